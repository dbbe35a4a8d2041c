import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { auditOf } from '../../functions/mcp/audit.ts';
import { readConfiguration } from '../../functions/oauth/configuration.ts';
import { type Connection, connections, type Part } from '../../functions/oauth/site/connections.ts';
import { siteResponse } from '../../functions/oauth/site/document.ts';
import { connectionsMarkdown, landingHtml } from '../../functions/oauth/site/landing.ts';
import { privacyHtml } from '../../functions/oauth/site/privacy.ts';
import { supportHtml, troubles } from '../../functions/oauth/site/support.ts';

const origin = 'https://finance.example.com';
const url = `${origin}/mcp`;

function connection(id: string): Connection {
  const found = connections(origin).find((candidate) => candidate.id === id);
  assert.ok(found, id);
  return found;
}

const codes = ({ parts }: Connection): string[] =>
  parts.flatMap((part) => (part.kind === 'code' ? [part.code] : []));
const link = ({ parts }: Connection): URL => {
  const found = parts.find((part): part is Extract<Part, { kind: 'link' }> => part.kind === 'link');
  return new URL(found?.href ?? '');
};

/** What a shell would send: the here-document with the token filled in. */
function sentBody(command: string): never {
  const text = /<<END\n([\s\S]*)\nEND$/.exec(command)?.[1] ?? '';
  return JSON.parse(text.replaceAll('$TOKEN', 'the-token')) as never;
}

describe('the ways to connect', () => {
  it('are in docs/connect.md as they are on the landing page', async () => {
    const document = await readFile(new URL('../../docs/connect.md', import.meta.url), 'utf8');
    const expected = connectionsMarkdown(connections(origin));
    assert.ok(document.includes(expected), `docs/connect.md must contain:\n\n${expected}`);
  });

  it('install the server in Cursor by the link that it documents', () => {
    const { protocol, host, pathname, searchParams } = link(connection('cursor'));
    assert.equal(`${protocol}//${host}${pathname}`, 'cursor://anysphere.cursor-deeplink/mcp/install');
    assert.equal(searchParams.get('name'), 'finance');
    const config = Buffer.from(searchParams.get('config') ?? '', 'base64').toString();
    assert.deepEqual(JSON.parse(config), { url });
  });

  it('install the server in VS Code by the link that it documents', () => {
    const { href } = link(connection('vs-code'));
    const [address, query = ''] = href.split('?');
    assert.equal(address, 'vscode:mcp/install');
    assert.deepEqual(JSON.parse(decodeURIComponent(query)), { name: 'finance', type: 'http', url });
  });

  it('give the APIs of OpenAI and Anthropic the token of a machine client', () => {
    const [openai = ''] = codes(connection('openai-api'));
    const { tools: openaiTools }: { tools: object[] } = sentBody(openai);
    assert.deepEqual(openaiTools, [
      {
        type: 'mcp',
        server_label: 'finance',
        server_url: url,
        authorization: 'the-token',
        require_approval: 'never',
      },
    ]);
    const [anthropic = ''] = codes(connection('anthropic-api'));
    const sent: { mcp_servers: object[]; tools: object[] } = sentBody(anthropic);
    assert.deepEqual(sent.mcp_servers, [
      { type: 'url', name: 'finance', url, authorization_token: 'the-token' },
    ]);
    assert.deepEqual(sent.tools, [{ type: 'mcp_toolset', mcp_server_name: 'finance' }]);
  });
});

/** The text of a page, as people read it. */
const textOf = (html: string): string =>
  html
    .replace(/<style>.*<\/style>/s, '')
    .replace(/<[^>]+>/g, '')
    .replaceAll('&amp;', '&')
    .replaceAll('&#39;', "'");

const deployed = {
  PUBLIC_ORIGIN: origin,
  USER_POOL_URL: 'https://pool.example',
  BROKER_CLIENT_ID: 'broker',
  AUDIT_DAYS: '400',
  LOG_DAYS: '30',
};
const operated = {
  ...deployed,
  OPERATOR_NAME: 'Müller & <Sons>',
  SUPPORT_EMAIL: 'help@example.com',
  SUPPORT_URL: 'https://example.com/help?topic="mcp"',
  PRIVACY_URL: 'https://example.com/privacy',
};

describe('the privacy page', () => {
  const page = (environment: Record<string, string>) => privacyHtml(readConfiguration(environment));

  it('says how long each kind of record is kept', () => {
    const text = textOf(page(deployed));
    assert.equal(text.match(/These records are deleted after 400 days\./g)?.length, 2);
    assert.match(text, /network address\. They are deleted after 30 days\./);
    assert.doesNotMatch(text, /archive/);
    const archived = textOf(page({ ...deployed, ARCHIVE_DAYS: '2557' }));
    assert.match(archived, /400 days\. Copies in an archive are kept for at least 2557 days/);
  });

  it('says where bank data come from', () => {
    const text = textOf(page(deployed));
    assert.match(text, /Nothing is fetched from banks: what is stored is what the operator imported\./);
  });

  it('claims no period that nobody has set', () => {
    const { AUDIT_DAYS: _audit, LOG_DAYS: _log, ...unknown } = deployed;
    const text = textOf(page(unknown));
    assert.match(text, /These records are kept until the operator deletes them\./);
    assert.doesNotMatch(text, /undefined|NaN/);
  });

  it('tells of every field of the records of calls', () => {
    const written: Record<string, unknown>[] = [];
    const audit = auditOf(
      (record) => written.push(record),
      () => new Date(0),
    );
    const asked = {
      requestId: 'r',
      caller: {
        subject: 's',
        clientId: 'c',
        session: 'i',
        organizations: ['acme'],
        scopes: ['invoices:read' as const],
      },
      client: 'Claude',
      organization: 'acme',
      tool: 'list_invoices',
      arguments: { status: 'overdue' },
    };
    audit.intent(asked);
    const noted = { downloadUntil: new Date(0) };
    audit.call(asked, { outcome: 'ok', rows: 1, text: '{}', noted, unitsRead: 1, durationMs: 1 });
    const told: Record<string, string> = {
      time: 'The time, ',
      subject: 'the ids of your account',
      session: 'and of the sign-in',
      client: 'the application',
      clientId: 'the application',
      organization: 'the organization',
      tool: 'the tool',
      arguments: 'its arguments',
      outcome: 'whether it succeeded',
      rows: 'the number of rows',
      bytes: 'and bytes',
      resultSha256: 'a hash of the answer',
      downloadUntil: 'until when a link to a file is valid',
    };
    // These say nothing about a person.
    const technical = ['audit', 'requestId', 'unitsRead', 'durationMs'];
    const text = textOf(page(deployed));
    for (const field of new Set(written.flatMap((record) => Object.keys(record)))) {
      if (!technical.includes(field)) assert.ok(told[field] && text.includes(told[field]), field);
    }
  });

  it('says of a server on this computer that everything stays there', () => {
    const local = { ...deployed, PUBLIC_ORIGIN: 'http://localhost:3000' };
    assert.match(textOf(page(local)), /on your own computer, and everything stays there/);
    assert.doesNotMatch(textOf(page(deployed)), /everything stays there/);
  });

  it('names the operator, whose own policy applies as well', () => {
    const text = textOf(page(operated));
    assert.ok(text.includes('Müller & &lt;Sons&gt; operates it.'));
    assert.ok(page(operated).includes('<a href="https://example.com/privacy">'));
    assert.doesNotMatch(textOf(page(deployed)), /own privacy policy applies/);
  });
});

describe('the support page', () => {
  const page = (environment: Record<string, string>) => supportHtml(readConfiguration(environment));

  it('says whom to ask', () => {
    const html = page(operated);
    assert.ok(html.includes('<a href="mailto:help@example.com">help@example.com</a>'));
    assert.ok(html.includes('<a href="https://example.com/help?topic=&quot;mcp&quot;">'));
    assert.match(page(deployed), /Contact the person who gave you access to this server\./);
  });

  it('says what to look at first, in the words of docs/connect.md', async () => {
    const document = await readFile(new URL('../../docs/connect.md', import.meta.url), 'utf8');
    const text = textOf(page(deployed));
    for (const { seen, meaning } of troubles) {
      assert.ok(text.includes(`${seen}\n${meaning}`), seen);
      assert.ok(document.includes(`| ${seen} | ${meaning} |`), `docs/connect.md: | ${seen} | ${meaning} |`);
    }
  });
});

describe('the landing page', () => {
  const page = landingHtml(origin);

  it('has every snippet, with the address of this server in it', () => {
    for (const way of connections(origin)) {
      assert.ok(page.includes(`id="${way.id}"`), way.id);
      for (const code of codes(way)) {
        const escaped = code
          .replaceAll('&', '&amp;')
          .replaceAll('<', '&lt;')
          .replaceAll('"', '&quot;')
          .replaceAll("'", '&#39;');
        assert.ok(page.includes(`<code>${escaped}</code>`), code);
      }
    }
  });

  it('loads nothing, and allows its own style and script only', () => {
    assert.doesNotMatch(page, /<(?:link|img|iframe|object|embed|form)\b|\bsrc=|@import|url\(/i);
    const policy = siteResponse('text/html', page).headers['Content-Security-Policy'] ?? '';
    assert.match(policy, /^default-src 'none'; /);
    assert.doesNotMatch(policy, /unsafe|\*|https?:/);
  });

  it('says which clients cannot reach a server on this computer', () => {
    assert.doesNotMatch(page, /runs on your own computer/);
    const local = landingHtml('http://localhost:3000');
    const section = (id: string) => local.split(`<section id="${id}"`)[1]?.split('</section>')[0] ?? '';
    assert.match(section('chatgpt'), /runs on your own computer/);
    assert.doesNotMatch(section('claude-code'), /runs on your own computer/);
  });
});
