import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { tools } from '../../functions/mcp/tools/index.ts';
import { viewedTools, viewFile, viewNames, viewsIn, viewType } from '../../functions/mcp/view.ts';
import { bundleViews } from '../../functions/mcp/view-bundle.ts';
import { mcpUrl, personClaims } from '../unit/mcp-tokens.ts';
import { type Answer, type Ask, start } from './mcp-protocol-setup.ts';

const folder = mkdtempSync(join(tmpdir(), 'views-'));
after(() => rmSync(folder, { recursive: true }));
bundleViews(folder);
const views = viewsIn(folder);

const withViews = start({ tools, views });
const without = start({ tools });

const capabilities = { extensions: { 'io.modelcontextprotocol/ui': { mimeTypes: [viewType] } } };
const handshake = (announced: object): Record<string, unknown> => ({
  protocolVersion: '2025-11-25',
  clientInfo: { name: 'test', version: '1' },
  capabilities: announced,
});

interface Listed {
  name: string;
  _meta?: { ui: { resourceUri: string; visibility: string[] }; 'ui/resourceUri': string };
}
const toolsIn = (answer: Answer) => answer.at('result.tools') as Listed[];
const resourcesIn = (answer: Answer) => answer.at('result.resources') as { uri: string }[];

/** The headers with which an older client goes on after its handshake. */
async function sessionOf(announced: object): Promise<Record<string, string>> {
  const { headers } = await withViews.legacy('initialize', handshake(announced));
  const id = headers['mcp-session-id'];
  return id === undefined ? {} : { 'Mcp-Session-Id': id };
}

describe('clients that do not announce views', () => {
  const others: Record<string, object> = {
    'announce nothing': {},
    'announce other extensions': { extensions: { 'io.example/other': { mimeTypes: [viewType] } } },
    'announce no type that there is': {
      extensions: { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html'] } },
    },
    'announce without types': { extensions: { 'io.modelcontextprotocol/ui': {} } },
  };
  for (const [name, announced] of Object.entries(others)) {
    test(`and ${name} are told the same, byte for byte, as if there were none`, async () => {
      const asked: Ask = { capabilities: { ...announced } };
      for (const method of ['tools/list', 'resources/list', 'server/discover']) {
        const [told, expected] = await Promise.all(
          [withViews, without].map(({ modern }) => modern(method, {}, asked)),
        );
        assert.equal(told?.text, expected?.text, method);
        assert.deepEqual(told?.headers, expected?.headers, method);
      }
      const session = await sessionOf(announced);
      assert.deepEqual(session, {});
      for (const method of ['tools/list', 'resources/list']) {
        const headers = { ...session, 'Mcp-Session-Id': 'some-other-session' };
        const [told, expected] = await Promise.all(
          [withViews, without].map(({ legacy }) => legacy(method, {}, { headers })),
        );
        assert.equal(told?.text, expected?.text, method);
      }
    });
  }

  test('cause no file to be read', async () => {
    const { modern } = start({ tools, views: viewsIn('/nowhere') });
    assert.equal(toolsIn(await modern('tools/list')).length, tools.length);
    assert.equal((await modern('tools/list', {}, { capabilities })).at('error.code'), -32603);
  });
});

describe('clients that announce views', () => {
  async function assertShown(ask: (method: string) => Promise<Answer>): Promise<void> {
    const listed = toolsIn(await ask('tools/list'));
    assert.equal(listed.length, tools.length);
    for (const { name, _meta } of listed) {
      const view = views.of(name);
      assert.deepEqual(
        _meta,
        view && {
          ui: { resourceUri: view.uri, visibility: ['model', 'app'] },
          'ui/resourceUri': view.uri,
        },
        name,
      );
    }
    const named = listed.flatMap(({ _meta }) => _meta?.ui.resourceUri ?? []);
    const addresses = resourcesIn(await ask('resources/list')).map(({ uri }) => uri);
    assert.deepEqual(
      addresses.filter((uri) => uri.startsWith('ui:')),
      [...new Set(views.all().map(({ uri }) => uri))],
    );
    assert.deepEqual(
      [...new Set(named)].sort(),
      views
        .all()
        .map(({ uri }) => uri)
        .sort(),
    );
  }

  test('in each request are told which view shows a tool’s answers', () =>
    assertShown((method) => withViews.modern(method, {}, { capabilities })));

  test('in the handshake alone are recognized by the session id that they were given', async () => {
    const headers = await sessionOf(capabilities);
    assert.match(headers['Mcp-Session-Id'] ?? '', /^[\x21-\x7e]+$/);
    await assertShown((method) => withViews.legacy(method, {}, { headers }));
    const forgotten = await withViews.legacy('tools/list');
    assert.deepEqual(
      toolsIn(forgotten).filter(({ _meta }) => _meta),
      [],
    );
  });

  test('get no session where there are no views', async () => {
    const { headers } = await without.legacy('initialize', handshake(capabilities));
    assert.equal(headers['mcp-session-id'], undefined);
  });

  test('see the view of each tool that has one, and every name is a tool’s', () => {
    const names: readonly string[] = viewNames.flatMap((name) => viewedTools[name].tools);
    assert.equal(new Set(names).size, names.length);
    assert.deepEqual(
      names.filter((name) => !tools.some((tool) => tool.name === name)),
      [],
    );
  });
});

describe('a view', () => {
  for (const { name, uri, html } of views.all()) {
    test(`${name} is one file of at most 25 KB that loads nothing`, () => {
      assert.equal(html, readFileSync(join(folder, viewFile(name)), 'utf8'));
      assert.ok(Buffer.byteLength(html) <= 25_000, `${Buffer.byteLength(html)} bytes`);
      const addresses = html.replaceAll('http://www.w3.org/2000/svg', '').match(/[a-z]+:\/\/[^"'`\s]*/g);
      assert.equal(addresses, null);
      assert.doesNotMatch(
        html,
        /\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval|Function|fetch|XMLHttpRequest|import)\b\s*[(=]/,
      );
      assert.doesNotMatch(html, /\s(src|href)=|url\(|@import/);
    });

    test(`${name} is read by whoever has a token, for a day, with the frame that it needs`, async () => {
      const claims = personClaims({ scope: `${mcpUrl}/business:read` });
      const frame = {
        ui: {
          csp: { connectDomains: [], resourceDomains: [], frameDomains: [], baseUriDomains: [] },
          prefersBorder: true,
        },
      };
      const contents = [{ uri, mimeType: viewType, text: html, _meta: frame }];
      const modern = await withViews.modern('resources/read', { uri }, { claims });
      assert.deepEqual(modern.at('result.contents'), contents);
      assert.equal(modern.at('result.ttlMs'), 86_400_000);
      assert.equal(modern.at('result.cacheScope'), 'public');
      const legacy = await withViews.legacy('resources/read', { uri }, { claims });
      assert.deepEqual(legacy.at('result'), { contents });
      const refused = await withViews.modern('resources/read', { uri }, { claims: null });
      assert.equal(refused.status, 401);
    });

    test(`${name} answers at the address of an earlier version as well`, async () => {
      const earlier = `ui://finance/${name}-0123456789ab.html`;
      assert.notEqual(earlier, uri);
      const answer = await withViews.modern('resources/read', { uri: earlier });
      assert.equal(answer.at('result.contents.0.text'), html);
      assert.equal(answer.at('result.contents.0.uri'), earlier);
    });
  }

  test('that nobody knows is refused', async () => {
    for (const uri of [
      'ui://finance/other-0123456789ab.html',
      'ui://finance/list.html',
      'ui://finance/list-.html',
      'ui://other/list-0123456789ab.html',
      'ui://finance/../list-0123456789ab.html',
      'ui://finance/constructor-0123456789ab.html',
    ]) {
      const answer = await withViews.modern('resources/read', { uri });
      assert.equal(answer.at('error.code'), -32602, uri);
    }
  });

  test('is made anew with the same bytes', () => {
    const again = mkdtempSync(join(tmpdir(), 'views-again-'));
    try {
      bundleViews(again);
      assert.deepEqual(viewsIn(again).all(), views.all());
    } finally {
      rmSync(again, { recursive: true });
    }
  });
});
