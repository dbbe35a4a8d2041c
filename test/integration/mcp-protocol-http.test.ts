import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { configuration, machineClaims, mcpUrl, personClaims, secondsFromNow } from '../unit/mcp-tokens.ts';
import { type Ask, noon, start } from './mcp-protocol-setup.ts';

const { ask, modern, legacy } = start();

const list = { jsonrpc: '2.0', id: 7, method: 'tools/list' };
const envelope = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};
const enveloped = (method: string, meta: Record<string, unknown> = envelope) => ({
  jsonrpc: '2.0',
  id: 7,
  method,
  params: { _meta: meta },
});
const modernHeaders = { 'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': 'tools/list' };

const bad: readonly { what: string; asked: Ask; status: number; code: number; says: RegExp; id?: null }[] = [
  { what: 'no token', asked: { claims: null, body: list }, status: 401, code: 401, says: /Bearer <token>/ },
  {
    what: 'an expired token',
    asked: { claims: personClaims({ exp: secondsFromNow(-1) }), body: list },
    status: 401,
    code: 401,
    says: /has expired/,
  },
  {
    what: 'an ID token',
    asked: { claims: personClaims({ token_use: 'id' }), body: list },
    status: 401,
    code: 401,
    says: /not an ID token/,
  },
  {
    what: 'a token without groups',
    asked: { claims: personClaims({ 'cognito:groups': [] }), body: list },
    status: 403,
    code: 403,
    says: /no organization/,
  },
  {
    what: 'a machine without an organization',
    asked: { claims: machineClaims({ organization: undefined }), body: list },
    status: 403,
    code: 403,
    says: /no organization/,
  },
  {
    what: 'a token without our scopes',
    asked: { claims: personClaims({ scope: 'openid' }), body: list },
    status: 403,
    code: 403,
    says: /expected one or more of invoices:read/,
  },
  {
    what: 'an origin that is not on the list',
    asked: { headers: { Origin: 'https://evil.example' }, body: list },
    status: 403,
    code: 403,
    says: /origin is not allowed to call/,
  },
  {
    what: 'the origin null',
    asked: { headers: { Origin: 'null' }, body: list },
    status: 403,
    code: 403,
    says: /origin is not allowed to call/,
  },
  {
    what: 'an allowed origin with something behind it',
    asked: { headers: { Origin: 'https://claude.ai.evil.example' }, body: list },
    status: 403,
    code: 403,
    says: /origin is not allowed to call/,
  },
  {
    what: 'a Content-Type that is not JSON',
    asked: { headers: { 'Content-Type': 'text/plain' }, body: list },
    status: 415,
    code: 415,
    says: /expected application\/json/,
  },
  {
    what: 'no Content-Type',
    asked: { headers: { 'Content-Type': undefined }, body: list },
    status: 415,
    code: 415,
    says: /expected application\/json/,
  },
  {
    what: 'an Accept that takes no JSON',
    asked: { headers: { Accept: 'text/html' }, body: list },
    status: 406,
    code: 406,
    says: /application\/json/,
  },
  {
    what: 'a body of 5 MB',
    asked: { body: JSON.stringify({ ...list, params: { pad: 'x'.repeat(5_000_000) } }) },
    status: 413,
    code: 413,
    says: /at most 1,048,576 bytes/,
  },
  {
    what: 'a body that only its bytes make too large',
    asked: { body: JSON.stringify({ ...list, params: { pad: '€'.repeat(400_000) } }) },
    status: 413,
    code: 413,
    says: /at most 1,048,576 bytes/,
  },
  {
    what: 'broken JSON',
    asked: { body: '{"jsonrpc": "2.0",' },
    status: 400,
    code: -32700,
    says: /not valid JSON/,
  },
  { what: 'no body', asked: {}, status: 400, code: -32700, says: /not valid JSON/ },
  { what: 'an array', asked: { body: [list] }, status: 400, code: -32600, says: /not an array/ },
  { what: 'an empty array', asked: { body: [] }, status: 400, code: -32600, says: /not an array/ },
  { what: 'a text', asked: { body: '"tools/list"' }, status: 400, code: -32600, says: /JSON-RPC message/ },
  { what: 'null', asked: { body: 'null' }, status: 400, code: -32600, says: /JSON-RPC message/ },
  {
    what: 'another version of JSON-RPC',
    asked: { body: { ...list, jsonrpc: '1.0' } },
    status: 400,
    code: -32600,
    says: /JSON-RPC message/,
  },
  {
    what: 'a response',
    asked: { body: { jsonrpc: '2.0', id: 7, result: {} } },
    status: 400,
    code: -32600,
    says: /sends no requests/,
  },
  {
    what: 'an unknown version in the header alone',
    asked: { headers: { 'MCP-Protocol-Version': '2025-01-01' }, body: list },
    status: 400,
    code: -32600,
    says: /expected one of 2026-07-28, 2025-11-25, 2025-06-18, 2024-11-05/,
  },
  {
    what: 'a modern header over a body without _meta',
    asked: { headers: modernHeaders, body: list },
    status: 400,
    code: -32602,
    says: /_meta/,
  },
  {
    what: 'a modern body without client capabilities',
    asked: {
      headers: modernHeaders,
      body: enveloped('tools/list', { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' }),
    },
    status: 400,
    code: -32602,
    says: /clientCapabilities/,
  },
  {
    what: 'a header and a body of different versions',
    asked: {
      headers: { ...modernHeaders, 'MCP-Protocol-Version': '2025-06-18' },
      body: enveloped('tools/list'),
    },
    status: 400,
    code: -32020,
    says: /^The request headers and body disagree/,
  },
  {
    what: 'a modern body without the version header',
    asked: { headers: { 'Mcp-Method': 'tools/list' }, body: enveloped('tools/list') },
    status: 400,
    code: -32020,
    says: /MCP-Protocol-Version header is missing/,
  },
  {
    what: 'a modern body without the method header',
    asked: { headers: { 'MCP-Protocol-Version': '2026-07-28' }, body: enveloped('tools/list') },
    status: 400,
    code: -32020,
    says: /Mcp-Method header is missing/,
  },
  {
    what: 'a method header that names another method',
    asked: { headers: { ...modernHeaders, 'Mcp-Method': 'tools/call' }, body: enveloped('tools/list') },
    status: 400,
    code: -32020,
    says: /^The request headers and body disagree/,
  },
  {
    what: 'a handshake under a modern header',
    asked: {
      headers: { 'MCP-Protocol-Version': '2026-07-28' },
      body: {
        ...list,
        method: 'initialize',
        params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } },
      },
    },
    status: 400,
    code: -32020,
    says: /initialize/,
  },
];

for (const { what, asked, status, code, says } of bad) {
  test(`${what} gets ${status} and ${code}`, async () => {
    const answer = await ask(asked);
    assert.equal(answer.status, status);
    assert.equal(answer.at('jsonrpc'), '2.0');
    assert.equal(answer.at('error.code'), code);
    assert.match(String(answer.at('error.message')), says);
    assert.equal(answer.at('error.data.status'), status);
    assert.equal(answer.headers['content-type'], 'application/json');
    assert.equal(answer.headers['cache-control'], 'no-store');
  });
}

test('an error carries the id of the request that it answers, where one could be read', async () => {
  const readable = await ask({
    headers: { 'MCP-Protocol-Version': '2025-01-01' },
    body: { ...list, id: 'x1' },
  });
  assert.equal(readable.at('id'), 'x1');
  assert.equal((await ask({ body: '[' })).at('id'), null);
  assert.equal((await ask({ claims: null, body: list })).at('id'), null);
});

test('a version that is not served gets 400, -32022 and the one that is', async () => {
  const answer = await ask({
    headers: { ...modernHeaders, 'MCP-Protocol-Version': '2027-01-01' },
    body: enveloped('tools/list', { ...envelope, 'io.modelcontextprotocol/protocolVersion': '2027-01-01' }),
  });
  assert.equal(answer.status, 400);
  assert.equal(answer.at('error.code'), -32022);
  assert.deepEqual(answer.at('error.data.supported'), ['2026-07-28']);
  assert.equal(answer.at('error.data.requested'), '2027-01-01');
  assert.equal(answer.at('id'), 7);
});

for (const method of ['initialize', 'ping', 'logging/setLevel', 'subscriptions/listen', 'tools/delete']) {
  test(`the modern generation does not know ${method}: 404, -32601`, async () => {
    const answer = await modern(method);
    assert.equal(answer.status, 404);
    assert.equal(answer.at('error.code'), -32601);
    assert.equal(answer.at('id'), 7);
  });
}

test('the older generations hear of an unknown method in the answer: 200, -32601', async () => {
  const answer = await legacy('tools/delete');
  assert.equal(answer.status, 200);
  assert.equal(answer.at('error.code'), -32601);
});

test('Mcp-Name must name what the body names', async () => {
  const asked = (name: string | undefined) =>
    modern('tools/call', { name: 'get_trouble' }, { headers: { 'Mcp-Name': name } });
  const wrong = await asked('list_notes');
  assert.equal(wrong.status, 400);
  assert.equal(wrong.at('error.code'), -32020);
  assert.match(String((await asked(undefined)).at('error.message')), /Mcp-Name header is missing/);
  assert.equal((await asked('=?base64?Z2V0X3Ryb3VibGU=?=')).status, 200);
  assert.equal((await asked('=?base64?Z2V0X3Ryb3VibGU=')).status, 400);
  assert.equal((await asked('  get_trouble ')).status, 200);
});

test('a 2025-11-25 header over a 2026-07-28 body is let through, as Claude’s connectors send it', async () => {
  const asked = (version: string) =>
    ask({ headers: { 'MCP-Protocol-Version': version }, body: enveloped('tools/list') });
  const answer = await asked('2025-11-25');
  assert.equal(answer.status, 200);
  assert.equal(answer.at('result.resultType'), 'complete');
  assert.equal((await asked('2025-06-18')).status, 400);
  const mismatched = await ask({
    headers: { 'MCP-Protocol-Version': '2025-11-25', 'Mcp-Method': 'prompts/list' },
    body: enveloped('tools/list'),
  });
  assert.equal(mismatched.at('error.code'), -32020);
});

for (const method of ['GET', 'DELETE', 'PUT', 'PATCH', 'HEAD']) {
  test(`${method} gets 401 without a token and 405 with one`, async () => {
    const without = await ask({ method, claims: null });
    assert.equal(without.status, 401);
    assert.match(
      without.headers['www-authenticate'] ?? '',
      /^Bearer resource_metadata="https:\/\/finance\.example\/\.well-known\/oauth-protected-resource\/mcp", scope="/,
    );
    const answer = await ask({ method });
    assert.equal(answer.status, 405);
    assert.equal(answer.headers.allow, 'POST, OPTIONS');
    assert.match(String(answer.at('error.message')), /expected POST/);
  });
}

for (const accept of [
  undefined,
  '',
  '*/*',
  'application/json',
  'application/*',
  'text/event-stream, application/json;q=0.5',
]) {
  test(`Accept: ${accept ?? '(none)'} is answered in JSON`, async () => {
    const answer = await ask({ headers: { Accept: accept }, body: list });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['content-type'], 'application/json');
  });
}

test('a Content-Type may have parameters, in any case', async () => {
  assert.equal(
    (await ask({ headers: { 'Content-Type': 'Application/JSON; charset=utf-8' }, body: list })).status,
    200,
  );
});

test('a program that sends no Origin is served, without CORS headers', async () => {
  const answer = await ask({ body: list });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers['access-control-allow-origin'], undefined);
});

test('a web page of an allowed origin may read answers, refusals among them', async () => {
  for (const asked of [{ body: list }, { body: list, claims: null }]) {
    const { headers } = await ask({ ...asked, headers: { Origin: 'https://claude.ai' } });
    assert.equal(headers['access-control-allow-origin'], 'https://claude.ai');
    assert.equal(headers['access-control-expose-headers'], 'WWW-Authenticate, Mcp-Session-Id');
    assert.equal(headers.vary, 'origin');
  }
});

test('a preflight of an allowed origin is answered without a token', async () => {
  const answer = await ask({ method: 'OPTIONS', claims: null, headers: { Origin: 'https://chatgpt.com' } });
  assert.equal(answer.status, 204);
  assert.equal(answer.text, '');
  assert.equal(answer.headers['access-control-allow-origin'], 'https://chatgpt.com');
  assert.equal(answer.headers['access-control-allow-methods'], 'POST');
  for (const name of [
    'Authorization',
    'Content-Type',
    'Accept',
    'Mcp-Protocol-Version',
    'Mcp-Method',
    'Mcp-Name',
  ]) {
    assert.ok(answer.headers['access-control-allow-headers']?.includes(name), name);
  }
});

test('a preflight of another origin, or of none that it names, is refused', async () => {
  for (const origin of ['https://evil.example', 'null']) {
    const answer = await ask({ method: 'OPTIONS', claims: null, headers: { Origin: origin } });
    assert.equal(answer.status, 403);
    assert.equal(answer.headers['access-control-allow-origin'], undefined);
  }
});

test('no session is given out, and one that a client invents is ignored', async () => {
  const answer = await ask({ headers: { 'Mcp-Session-Id': 'mine' }, body: list });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers['mcp-session-id'], undefined);
});

test('a machine’s token is served like a person’s', async () => {
  assert.equal(
    (await ask({ claims: machineClaims({ scope: `${mcpUrl}/invoices:read` }), body: list })).status,
    200,
  );
});

test('an error inside the server says nothing but the request id, and is logged', async () => {
  const { ask: askBroken, failures } = start({
    record: () => {
      throw new Error('secret-detail');
    },
  });
  const answer = await askBroken({ claims: null, body: list });
  assert.equal(answer.status, 500);
  assert.match(String(answer.at('error.message')), /request-1/);
  assert.doesNotMatch(answer.text, /secret-detail/);
  assert.equal(failures.length, 1);
});

test('whatever is sent, the answer is JSON or empty, never a failure, and nothing is logged as one', async () => {
  const { ask: askAnything, failures } = start();
  const names = [
    'tools/call',
    'tools/list',
    'resources/read',
    'prompts/get',
    'initialize',
    'server/discover',
  ];
  const meta = fc.record(
    {
      'io.modelcontextprotocol/protocolVersion': fc.oneof(fc.constant('2026-07-28'), fc.jsonValue()),
      'io.modelcontextprotocol/clientCapabilities': fc.oneof(fc.constant({}), fc.jsonValue()),
    },
    { requiredKeys: [] },
  );
  const message = fc.record(
    {
      jsonrpc: fc.oneof({ weight: 9, arbitrary: fc.constant('2.0') }, fc.jsonValue()),
      id: fc.oneof({ weight: 9, arbitrary: fc.integer() }, fc.jsonValue()),
      method: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...names) }, fc.jsonValue()),
      params: fc.oneof(
        fc.record(
          {
            name: fc.oneof(fc.constantFrom('list_notes', 'look_back'), fc.jsonValue()),
            arguments: fc.oneof(fc.record({ day: fc.jsonValue(), month: fc.string() }), fc.jsonValue()),
            uri: fc.oneof(fc.constant('finance://notes/i1'), fc.jsonValue()),
            _meta: fc.oneof(meta, fc.jsonValue()),
          },
          { requiredKeys: [] },
        ),
        fc.jsonValue(),
      ),
    },
    { requiredKeys: [] },
  );
  const body = fc.oneof(message, fc.jsonValue(), fc.string());
  const headers = fc.record(
    {
      'MCP-Protocol-Version': fc.oneof(fc.constantFrom('2026-07-28', '2025-11-25'), fc.string()),
      'Mcp-Method': fc.oneof(fc.constantFrom(...names), fc.string()),
      'Mcp-Name': fc.oneof(fc.constantFrom('list_notes', '=?base64?x?='), fc.string()),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(body, headers, async (sent, given) => {
      const answer = await askAnything({ body: sent, headers: given });
      assert.ok([200, 202, 400, 404].includes(answer.status), String(answer.status));
      if (answer.status === 202) return assert.equal(answer.text, '');
      assert.equal(answer.at('jsonrpc'), '2.0');
      assert.doesNotMatch(String(answer.at('error.message')), /\n|node_modules/);
    }),
    { numRuns: 500 },
  );
  assert.deepEqual(failures, []);
});

test('a caller who asks too often is told how long to wait, before anything is read, and nobody else is', async () => {
  let time = 0;
  const { ask: limited, audit } = start({
    configuration: { ...configuration, requestsPerCaller: 3 },
    now: () => new Date(noon.getTime() + time),
  });
  for (let request = 0; request < 3; request++) assert.equal((await limited({ body: list })).status, 200);
  const recorded = audit.length;
  const refused = await limited({ body: list });
  assert.equal(refused.status, 429);
  assert.equal(refused.headers['retry-after'], '20');
  assert.deepEqual([refused.at('jsonrpc'), refused.at('error.code')], ['2.0', 429]);
  assert.match(String(refused.at('error.message')), /at most 3 in a minute\. Try again in 20 seconds\./);
  assert.equal(audit.length, recorded);
  assert.equal((await limited({ body: list, claims: machineClaims() })).status, 200);
  time = 20_000;
  assert.equal((await limited({ body: list })).status, 200);
});
