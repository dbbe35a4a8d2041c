import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { type Finding, findingOf } from '../../cli/smoke/check.ts';
import { checks } from '../../cli/smoke/checks.ts';
import { Site } from '../../cli/smoke/site.ts';
import { closeServer, listen } from '../../local/loopback.ts';
import { readBody } from '../../local/request-body.ts';
import { startLocalEdition } from '../support/local-edition.ts';
import { toolNames } from '../support/tool-names.ts';
import { runOperator } from './operators-commands.ts';

/* The smoke test against the local edition as it is, and against one that breaks one promise at a time. */

const edition = await startLocalEdition();
const secrets = 'local-only\nlocal-only\n';
const clients = [
  '--client-id',
  'machine-northwind',
  '--client-secret-stdin',
  '--other-org-client',
  'machine-chinook',
];

async function smoke(url: string, args: string[], input = secrets) {
  const { code, stdout, stderr } = await runOperator('smoke', [url, '--json', ...args], { input });
  assert.equal(stderr, '');
  return { code, ...(JSON.parse(stdout) as { url: string; failed: number; checks: Finding[] }) };
}

const named = (checks: Finding[], outcome: Finding['outcome']): string[] =>
  checks.filter((check) => check.outcome === outcome).map(({ name }) => name);

describe('the local edition', () => {
  test('keeps every promise that can be tested here', async () => {
    const { code, url, checks } = await smoke(`${edition.url}/mcp/`, clients);
    assert.deepEqual(
      checks.filter(({ outcome }) => outcome === 'fail'),
      [],
    );
    assert.equal(code, 0);
    assert.equal(url, `${edition.url}/mcp`);
    assert.deepEqual(named(checks, 'skip'), ['transport security', 'no way around CloudFront']);
    assert.equal(checks.filter(({ name }) => name.startsWith('tool ')).length, toolNames.length);
  });

  test('is tested as far as possible without a client, and with one that may not see much', async () => {
    const without = await smoke(edition.url, [], '');
    assert.equal(without.code, 0, JSON.stringify(without.checks));
    for (const { name, outcome, detail } of without.checks) {
      if (/^(tool|introduction|machine)/.test(name)) {
        assert.equal(outcome, 'skip');
        assert.match(detail, /--client-id\.$/);
      }
    }
    const made = await runOperator('organizations', ['create', 'acme', '--local', String(edition.port)]);
    assert.equal(made.code, 0, made.stderr);
    const { stdout } = await runOperator('machine-clients', [
      ...['create', '--org', 'acme', '--scopes', 'business:read', '--json'],
      ...['--local', String(edition.port)],
    ]);
    const { clientId, clientSecret } = JSON.parse(stdout);
    const args = ['--client-id', clientId, '--client-secret-stdin'];
    const limited = await smoke(edition.url, args, clientSecret);
    assert.equal(limited.code, 0, JSON.stringify(limited.checks));
    const tools = limited.checks.filter(({ name }) => name.startsWith('tool '));
    assert.deepEqual(named(tools, 'pass'), ['tool get_financial_summary', 'tool get_business']);
  });

  test('prints a line for each check, and the sum', async () => {
    const { code, stdout } = await runOperator('smoke', [edition.url]);
    assert.equal(code, 0);
    assert.match(stdout, /^pass {2}health: GET \/health reports the status ok\.$/m);
    assert.match(stdout, /^skip {2}machine token: This check needs a machine client: --client-id\.$/m);
    assert.match(stdout, /\/mcp: \d+ passed, 0 failed, \d+ skipped\n$/);
  });

  test('fails with 1 where the secret is wrong or nothing answers, without repeating the secret', async () => {
    const wrong = await runOperator(
      'smoke',
      [edition.url, '--client-id', 'machine-northwind', '--client-secret-stdin'],
      { input: 'not-the-secret\n' },
    );
    assert.equal(wrong.code, 1);
    assert.match(
      wrong.stdout,
      /^fail {2}machine token: The client machine-northwind does not get a token: invalid_client\.$/m,
    );
    assert.doesNotMatch(wrong.stdout, /not-the-secret/);
    const nobody = await smoke('http://localhost:1', [], '');
    assert.equal(nobody.code, 1);
    assert.match(nobody.checks[0]?.detail ?? '', /^GET http:\/\/localhost:1\/health does not answer \(/);
    assert.deepEqual(named(nobody.checks, 'pass'), []);
  });
});

/** An answer on its way out, to be spoilt. */
interface Passing {
  status: number;
  headers: Record<string, string>;
  body: string;
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Sabotage = (answer: Passing, asked: Asked) => void | Promise<void>;

describe('a deployment that breaks a promise', { concurrency: false }, () => {
  let sabotage: Sabotage = () => undefined;
  let origin = '';

  /** The edition under another port, with its own address wherever it names itself. */
  const server = createServer(async (request, response) => {
    const there = (text: string) => text.replaceAll(origin, edition.url);
    const here = (text: string) => text.replaceAll(edition.url, origin);
    const body = String(await readBody(request, 1_000_000));
    const asked = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
    // Encoded in queries and forms, the address looks otherwise.
    const encoded = (text: string) =>
      there(text).replaceAll(encodeURIComponent(origin), encodeURIComponent(edition.url));
    const answer = await fetch(`${edition.url}${encoded(asked.path)}`, {
      method: asked.method,
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, there(String(value))]),
      ),
      ...(body !== '' && { body: encoded(body) }),
      redirect: 'manual',
    });
    const { 'content-length': ____, connection: _____, ...received } = Object.fromEntries(answer.headers);
    const passing = {
      status: answer.status,
      headers: Object.fromEntries(Object.entries(received).map(([name, value]) => [name, here(value)])),
      body: here(await answer.text()),
    };
    await sabotage(passing, asked);
    response.writeHead(passing.status, passing.headers).end(passing.body);
  });
  before(async () => {
    origin = `http://localhost:${await listen(server, 0, '127.0.0.1')}`;
  });
  after(() => closeServer(server, 0));

  async function failures(breaking: Sabotage, apiUrl?: string): Promise<string[]> {
    sabotage = breaking;
    const site = new Site({
      origin,
      apiUrl,
      client: { id: 'machine-northwind', secret: 'local-only' },
      otherClient: { id: 'machine-chinook', secret: 'local-only' },
    });
    const findings: Finding[] = [];
    for (const check of checks) findings.push(await findingOf(check, site));
    return named(findings, 'fail');
  }

  /** Changes the JSON of an answer. */
  function edit(answer: Passing, change: (body: Record<string, unknown>) => void): void {
    const body = JSON.parse(answer.body);
    change(body);
    answer.body = JSON.stringify(body);
  }

  /** What a result of the newest revision must have. */
  const resultType = 'complete';
  const bearer = ({ headers }: Asked): string => String(headers.authorization ?? '').slice('Bearer '.length);
  const isCall = ({ body }: Asked, tool: string): boolean => body.includes(`"name":"${tool}"`);
  const allow = (answer: Passing): void => {
    Object.assign(answer, { status: 200, body: '{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}' });
  };

  test('passes all the same where nothing is broken', async () => {
    assert.deepEqual(await failures(() => undefined), []);
  });

  const broken: [what: string, check: string, sabotage: Sabotage][] = [
    [
      'is not healthy',
      'health',
      (answer, { path }) => {
        if (path === '/health') answer.body = '{"status":"down"}';
      },
    ],
    [
      'lets its page be framed',
      'landing page',
      (answer, { path }) => {
        if (path === '/') delete answer.headers['content-security-policy'];
      },
    ],
    [
      'names another resource',
      'resource metadata',
      (answer, { path }) => {
        if (path.includes('protected-resource'))
          edit(answer, (body) => Object.assign(body, { resource: `${origin}/` }));
      },
    ],
    [
      'has an endpoint elsewhere',
      'server metadata',
      (answer, { path }) => {
        if (path.endsWith('authorization-server'))
          edit(answer, (body) =>
            Object.assign(body, { revocation_endpoint: 'https://elsewhere.example/revoke' }),
          );
      },
    ],
    [
      'offers weak proofs',
      'proof of possession of codes (PKCE S256)',
      (answer, { path }) => {
        if (path.endsWith('authorization-server'))
          edit(answer, (body) =>
            Object.assign(body, { code_challenge_methods_supported: ['S256', 'plain'] }),
          );
      },
    ],
    [
      'registers clients with any redirect',
      'registration of clients',
      (answer, { body }) => {
        if (body.includes('javascript:')) Object.assign(answer, { status: 201, body: '{"client_id":"x"}' });
      },
    ],
    [
      'redirects to where nobody registered',
      'sign-in page',
      (answer, { path }) => {
        if (path.includes('redirect.invalid')) {
          answer.status = 302;
          answer.headers.location = 'https://redirect.invalid/callback?error=invalid_request';
        }
      },
    ],
    [
      'has tokens that live for a day',
      'machine token',
      (answer, { path }) => {
        if (path === '/oauth/token' && answer.status === 200)
          edit(answer, (body) => Object.assign(body, { expires_in: 86_400 }));
      },
    ],
    [
      'has its challenge renamed by API Gateway',
      'no answer without a token',
      (answer) => {
        const { 'www-authenticate': challenge, ...rest } = answer.headers;
        if (challenge?.startsWith('Bearer'))
          answer.headers = { ...rest, 'x-amzn-remapped-www-authenticate': challenge };
      },
    ],
    [
      'does not say that a token is bad',
      'no answer for a made-up token',
      (answer) => {
        const challenge = answer.headers['www-authenticate'];
        if (challenge) answer.headers['www-authenticate'] = challenge.replace('error="invalid_token", ', '');
      },
    ],
    [
      'answers unsigned tokens',
      'no answer for a made-up token',
      (answer, asked) => {
        if (bearer(asked).endsWith('.')) allow(answer);
      },
    ],
    [
      'answers pages of any origin',
      'no web page that is not allowed',
      (answer, { headers, method }) => {
        if (headers.origin?.endsWith('.invalid') && method === 'POST') allow(answer);
      },
    ],
    [
      'has lost the oldest revision',
      'introduction (2025-11-25 and before)',
      (answer, { body }) => {
        if (body.includes('"2024-11-05"')) answer.body = answer.body.replace('2024-11-05', '2025-11-25');
      },
    ],
    [
      'has a tool that writes',
      'list of tools',
      (answer) => {
        answer.body = answer.body.replace('"readOnlyHint":true', '"readOnlyHint":false');
      },
    ],
    [
      'has a tool that fails',
      'tool get_financial_summary',
      (answer, asked) => {
        if (isCall(asked, 'get_financial_summary'))
          edit(answer, (body) => Object.assign(body.result as object, { isError: true }));
      },
    ],
    [
      'verifies no signatures',
      'no answer for an altered token',
      (answer, asked) => {
        if (
          asked.path === '/mcp' &&
          bearer(asked).split('.').length === 3 &&
          !bearer(asked).endsWith('.') &&
          answer.status === 401
        )
          allow(answer);
      },
    ],
    [
      'answers for whichever organization is asked for',
      "no way into another organization's books by asking",
      (answer, asked) => {
        if (asked.body.includes('"organization":"chinook"'))
          edit(answer, (body) => {
            body.result = { resultType, content: [], structuredContent: { organization: 'chinook' } };
          });
      },
    ],
    [
      'shows an invoice to everybody who knows its id',
      "no way into another organization's books by id",
      (answer, asked) => {
        if (isCall(asked, 'get_invoice'))
          edit(answer, (body) => {
            body.result = { resultType, content: [], structuredContent: { organization: 'northwind' } };
          });
      },
    ],
    [
      'repeats tokens in its refusals',
      'no token in refusals',
      (answer, asked) => {
        if (answer.status === 403 && bearer(asked) !== '') answer.body = `Forbidden: ${bearer(asked)}`;
      },
    ],
    [
      'shows its stack in its refusals',
      'no token in refusals',
      (answer) => {
        if (answer.status === 401) answer.body = 'Error\n    at file:///var/task/handler.mjs:1:200';
      },
    ],
  ];
  for (const [what, check, breaking] of broken) {
    test(`and ${what} fails "${check}"`, async () => {
      const failed = await failures(breaking);
      assert.ok(failed.includes(check), `failed: ${failed.join(', ') || 'nothing'}`);
    });
  }

  test('and answers without CloudFront fails, one that refuses does not', async () => {
    let status = 403;
    const api: Sabotage = (answer, { path }) => {
      if (path.startsWith('/prod/')) answer.status = status;
    };
    const apiUrl = `${origin}/prod`;
    assert.deepEqual(await failures(api, apiUrl), []);
    status = 200;
    assert.deepEqual(await failures(api, apiUrl), ['no way around CloudFront']);
  });
});
