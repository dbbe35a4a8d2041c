import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tools as allTools } from '../../functions/mcp/tools/index.ts';
import { coreToolNames } from '../support/tool-names.ts';
import { mcpUrl, personClaims } from '../unit/mcp-tokens.ts';
import { openMemoryReader, start } from './mcp-protocol-setup.ts';

const { ask, modern, legacy, call, failures } = start();

const client = { capabilities: {}, clientInfo: { name: 'test', version: '1' } };
const several = personClaims({ 'cognito:groups': ['org_zeta', 'org_acme'] });

for (const version of ['2024-11-05', '2025-06-18', '2025-11-25']) {
  test(`the handshake of ${version} leads to tools and an answer, without a session`, async () => {
    const hello = await legacy('initialize', { protocolVersion: version, ...client });
    assert.equal(hello.status, 200);
    assert.equal(hello.at('result.protocolVersion'), version);
    assert.deepEqual(hello.at('result.serverInfo'), {
      name: 'finance-mcp',
      title: 'Finance MCP',
      version: '0.1.0',
    });
    assert.equal(hello.headers['mcp-session-id'], undefined);

    const ready = await ask({ body: { jsonrpc: '2.0', method: 'notifications/initialized' } });
    assert.equal(ready.status, 202);
    assert.equal(ready.text, '');

    const headers = version < '2025-06-18' ? {} : { 'MCP-Protocol-Version': version };
    const listed = await legacy('tools/list', {}, { headers });
    assert.equal(listed.at('result.tools.0.name'), 'list_notes');
    const answer = await legacy(
      'tools/call',
      { name: 'list_notes', arguments: { day: '2026-11-20' } },
      { headers },
    );
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.at('result.structuredContent.notes'), ['To Anna', 'To Bo']);
  });
}

for (const [what, version] of [
  ['an unknown version', '2099-01-01'],
  ['the version that demands batches', '2025-03-26'],
]) {
  test(`a client that asks for ${what} is offered the newest that has a handshake`, async () => {
    const hello = await legacy('initialize', { protocolVersion: version, ...client });
    assert.equal(hello.at('result.protocolVersion'), '2025-11-25');
  });
}

test('the older generations may ping', async () => {
  assert.deepEqual((await legacy('ping')).at('result'), {});
});

test('discovery names the one modern version, the server, and no changing lists', async () => {
  const answer = await modern('server/discover');
  assert.deepEqual(answer.at('result.supportedVersions'), ['2026-07-28']);
  assert.deepEqual(answer.at('result.capabilities'), {
    tools: { listChanged: false },
    resources: { listChanged: false, subscribe: false },
    prompts: { listChanged: false },
  });
  const meta = answer.at('result._meta') as Record<string, { name: string }>;
  assert.equal(meta['io.modelcontextprotocol/serverInfo']?.name, 'finance-mcp');
});

test('both generations give the same tools', async () => {
  const [old, young] = [await legacy('tools/list'), await modern('tools/list')];
  assert.deepEqual(old.at('result.tools'), young.at('result.tools'));
});

test('what a modern client may keep says how long, and for whom', async () => {
  for (const method of [
    'server/discover',
    'tools/list',
    'resources/list',
    'resources/templates/list',
    'prompts/list',
  ]) {
    const answer = await modern(method);
    assert.equal(answer.at('result.resultType'), 'complete', method);
    assert.equal(answer.at('result.ttlMs'), 300_000, method);
    assert.equal(answer.at('result.cacheScope'), 'private', method);
  }
  const rules = await modern('resources/read', { uri: 'finance://rules' });
  assert.equal(rules.at('result.ttlMs'), 3_600_000);
  assert.equal(rules.at('result.cacheScope'), 'public');
  const note = await modern('resources/read', { uri: 'finance://notes/i2' });
  assert.equal(note.at('result.ttlMs'), 0);
  assert.equal(note.at('result.cacheScope'), 'private');
});

test('a modern notification is acknowledged', async () => {
  const answer = await ask({
    headers: { 'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': 'notifications/cancelled' },
    body: { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } },
  });
  assert.equal(answer.status, 202);
  assert.equal(answer.text, '');
});

for (const generation of ['modern', 'legacy'] as const) {
  const introduce = (claims: Record<string, unknown>) =>
    generation === 'modern'
      ? modern('server/discover', {}, { claims })
      : legacy('initialize', { protocolVersion: '2025-11-25', ...client }, { claims });

  test(`the ${generation} introduction says what day it is for the business, and how figures are given`, async () => {
    const instructions = String((await introduce(personClaims())).at('result.instructions'));
    assert.match(instructions, /For acme, today is 2026-11-21 \(time zone Pacific\/Auckland\)\./);
    for (const word of ['ISO 4217', 'decimal strings', 'totalCount', 'never add up rows', 'nextCursor']) {
      assert.ok(instructions.includes(word), word);
    }
    assert.doesNotMatch(instructions, /several organizations/);
  });

  test(`the ${generation} introduction of several organizations names each and its day`, async () => {
    const instructions = String((await introduce(several)).at('result.instructions'));
    assert.match(instructions, /several organizations: acme, zeta\./);
    assert.match(instructions, /For acme, today is 2026-11-21 \(time zone Pacific\/Auckland\)\./);
    assert.match(instructions, /For zeta, today is 2026-11-20 \(time zone America\/Los_Angeles\)\./);
  });
}

test('no name from the books stands in the instructions', async () => {
  const answer = await modern('server/discover', {}, { claims: several });
  assert.doesNotMatch(answer.text, /Ignore previous instructions/);
});

test('an organization without a profile has the days of UTC', async () => {
  const answer = await modern(
    'server/discover',
    {},
    { claims: personClaims({ 'cognito:groups': ['org_new'] }) },
  );
  assert.match(answer.text, /For new, today is 2026-11-20 \(time zone UTC\)\./);
});

test('clients can connect while books cannot be read', async () => {
  const answer = await modern(
    'server/discover',
    {},
    { claims: personClaims({ 'cognito:groups': ['org_gone'] }) },
  );
  assert.equal(answer.status, 200);
  assert.match(String(answer.at('result.instructions')), /never add up rows/);
  assert.doesNotMatch(answer.text, /secret-detail/);
  assert.match(String(failures.at(-1)?.message), /secret-detail/);
});

test('only an introduction and the list of tools read the books', async () => {
  let opened = 0;
  const counting = start({
    openReader: (organization) => {
      opened++;
      return openMemoryReader(organization);
    },
  });
  for (const method of ['resources/list', 'resources/templates/list', 'prompts/list']) {
    await counting.modern(method);
  }
  assert.equal(opened, 0);
  await counting.modern('server/discover');
  assert.equal(opened, 1);
  await counting.modern('tools/list');
  assert.equal(opened, 2);
});

test('what is asked at the same time is answered to whoever asked it', async () => {
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, index) => {
      const organization = index % 2 === 0 ? 'acme' : 'zeta';
      const claims = personClaims({ 'cognito:groups': [`org_${organization}`] });
      return call('list_notes', { day: '2026-11-20' }, { claims }).then(
        (answer) => [organization, answer] as const,
      );
    }),
  );
  for (const [organization, answer] of answers) {
    assert.equal(answer.at('result.structuredContent.organization'), organization);
  }
});

const badParams: readonly { method: string; params: Record<string, unknown>; says: RegExp }[] = [
  { method: 'tools/list', params: { cursor: 'abc' }, says: /Invalid cursor/ },
  { method: 'tools/call', params: {}, says: /name: expected string, received undefined/ },
  { method: 'tools/call', params: { name: 5 }, says: /name: expected string, received number/ },
  {
    method: 'tools/call',
    params: { name: 'list_notes', arguments: [] },
    says: /arguments: expected object, received array/,
  },
  {
    method: 'tools/call',
    params: { name: 'list_notes', arguments: 'x' },
    says: /arguments: expected object, received string/,
  },
  {
    method: 'tools/call',
    params: { name: 'delete_all' },
    says: /Unknown tool: delete_all\. Expected one of list_notes, get_trouble\./,
  },
  { method: 'resources/read', params: {}, says: /uri: expected string/ },
  { method: 'prompts/get', params: {}, says: /name: expected string, received undefined/ },
  {
    method: 'prompts/get',
    params: { name: 'look_back', arguments: { month: 5 } },
    says: /arguments.month: expected string, received number/,
  },
];

for (const { method, params, says } of badParams) {
  test(`${method} with ${JSON.stringify(params)} gets -32602 in both generations`, async () => {
    for (const answer of [await modern(method, params), await legacy(method, params)]) {
      assert.equal(answer.status, 200);
      assert.equal(answer.at('error.code'), -32602);
      assert.match(String(answer.at('error.message')), says);
      assert.equal(answer.at('id'), 7);
    }
  });
}

for (const params of [
  {},
  { protocolVersion: 1, ...client },
  { protocolVersion: '2025-11-25', clientInfo: client.clientInfo },
  { protocolVersion: '2025-11-25', capabilities: {} },
]) {
  test(`a handshake with ${JSON.stringify(params)} gets -32602`, async () => {
    const answer = await legacy('initialize', params);
    assert.equal(answer.at('error.code'), -32602);
    assert.match(
      String(answer.at('error.message')),
      /^Invalid params: (protocolVersion|capabilities|clientInfo): expected /,
    );
  });
}

for (const [which, tools, most] of [
  ['the core tools', allTools.slice(0, coreToolNames.length), 11_300],
  ['all tools', allTools, 24_000],
] as const) {
  test(`the list of ${which}, as it is sent, stays within ${most} bytes`, async () => {
    const { modern: ask } = start({ tools });
    const answer = await ask('tools/list');
    assert.equal((answer.at('result.tools') as unknown[]).length, tools.length);
    assert.ok(Buffer.byteLength(answer.text) <= most, `${Buffer.byteLength(answer.text)} bytes`);
  });
}

test('the lists hold what the scopes allow', async () => {
  const claims = personClaims({ scope: `${mcpUrl}/business:read` });
  const tools = await modern('tools/list', {}, { claims });
  assert.deepEqual(
    (tools.at('result.tools') as { name: string }[]).map(({ name }) => name),
    ['get_trouble'],
  );
  assert.deepEqual(
    (await modern('resources/templates/list', {}, { claims })).at('result.resourceTemplates'),
    [],
  );
  assert.deepEqual((await modern('prompts/list', {}, { claims })).at('result.prompts'), []);
  assert.equal((await modern('prompts/list')).at('result.prompts.0.name'), 'look_back');
});
