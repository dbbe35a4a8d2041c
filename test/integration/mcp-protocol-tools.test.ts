import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import * as z from 'zod';
import { registryOf } from '../../functions/mcp/registry.ts';
import { defineTool } from '../../functions/mcp/tool.ts';
import { scopeNames } from '../../shared/edge.ts';
import { mcpUrl, personClaims, token } from '../unit/mcp-tokens.ts';
import { type Answer, start, tools } from './mcp-protocol-setup.ts';

const several = personClaims({ 'cognito:groups': ['org_acme', 'org_zeta'] });
const day = '2026-11-20';

const textOf = (answer: Answer): string => String(answer.at('result.content.0.text'));

const { call, modern } = start();

test('an answer is structured content that names its organization first, and the same as compact JSON', async () => {
  const answer = await call('list_notes', { day });
  const content = answer.at('result.structuredContent') as object;
  assert.deepEqual(content, { organization: 'acme', notes: ['To Anna', 'To Bo'], today: '2026-11-21' });
  assert.equal(Object.keys(content)[0], 'organization');
  assert.equal(textOf(answer), JSON.stringify(content));
  assert.equal(answer.at('result.isError'), undefined);
});

test('texts from the books lose what cannot be seen', async () => {
  const answer = await call('list_notes', { day, limit: 1 });
  assert.deepEqual(answer.at('result.structuredContent.notes'), ['To Anna']);
});

test('every tool says what it is for, what it takes and that it only reads', async () => {
  const listed = (await modern('tools/list')).at('result.tools') as Record<string, unknown>[];
  assert.deepEqual(listed[0], {
    name: 'list_notes',
    title: 'List notes',
    description: 'The notes of the invoices.',
    inputSchema: {
      type: 'object',
      properties: {
        day: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\d$' },
        limit: { type: 'integer', minimum: 1, maximum: 100, default: 25 },
        repeat: { type: 'number' },
      },
      additionalProperties: false,
      required: ['day'],
    },
    outputSchema: {
      type: 'object',
      properties: {
        notes: { type: 'array', items: { type: 'string' } },
        today: { type: 'string' },
      },
      required: ['organization', 'notes'],
    },
    annotations: {
      title: 'List notes',
      readOnlyHint: true,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: false,
    },
    securitySchemes: [{ type: 'oauth2', scopes: ['invoices:read'] }],
  });
});

const badArguments: readonly { args: Record<string, unknown>; says: string }[] = [
  { args: {}, says: 'The argument day is missing: expected a day written YYYY-MM-DD.' },
  { args: { day: 5 }, says: 'The argument day was 5: expected a day written YYYY-MM-DD.' },
  { args: { day: 'soon' }, says: 'The argument day was "soon": expected a day written YYYY-MM-DD.' },
  { args: { day, limit: 0 }, says: 'The argument limit was 0: expected 1 or more.' },
  { args: { day, limit: '5' }, says: 'The argument limit was "5": expected a whole number.' },
  { args: { day, limit: null }, says: 'The argument limit was null: expected a whole number.' },
  { args: { day, repeat: 'x' }, says: 'The argument repeat was "x": expected a number.' },
  { args: { day, colour: 'red' }, says: 'Unknown argument colour: expected only day, limit, repeat.' },
  {
    args: { day, organization: 'acme' },
    says: 'Unknown argument organization: expected only day, limit, repeat.',
  },
  {
    args: { limit: 0, colour: 1 },
    says: 'The argument day is missing: expected a day written YYYY-MM-DD. The argument limit was 0: expected 1 or more. Unknown argument colour: expected only day, limit, repeat.',
  },
  {
    args: { day: 'x'.repeat(500) },
    says: `The argument day was "${'x'.repeat(78)}…: expected a day written YYYY-MM-DD.`,
  },
];

for (const { args, says } of badArguments) {
  test(`arguments ${JSON.stringify(args).slice(0, 60)} are refused in words that a model can act on`, async () => {
    const answer = await call('list_notes', args);
    assert.equal(answer.status, 200);
    assert.equal(answer.at('result.isError'), true);
    assert.equal(textOf(answer), says);
    assert.equal(answer.at('result.structuredContent'), undefined);
  });
}

test('a tool’s own refusal reaches the model, cleaned like every text', async () => {
  const answer = await call('get_trouble', { kind: 'refusal' });
  assert.equal(answer.at('result.isError'), true);
  assert.equal(textOf(answer), 'Nothing like that: expected something else.');
});

test('an error inside the server reaches the log, and the model only as a request id', async () => {
  const { call: callLogged, failures } = start();
  const answer = await callLogged('get_trouble', { kind: 'bug' });
  assert.equal(answer.at('result.isError'), true);
  assert.match(textOf(answer), /request-1/);
  assert.doesNotMatch(answer.text, /secret-detail|TypeError/);
  assert.equal(failures.length, 1);
  assert.equal(failures[0]?.requestId, 'request-1');
  assert.equal(failures[0]?.name, 'TypeError');
  assert.match(String(failures[0]?.stack), /mcp-protocol-setup/);
});

test('books that cannot be opened are an error inside the server', async () => {
  const answer = await call(
    'list_notes',
    { day },
    { claims: personClaims({ 'cognito:groups': ['org_gone'] }) },
  );
  assert.match(textOf(answer), /Something went wrong inside this server/);
  assert.doesNotMatch(answer.text, /secret-detail/);
});

test('an answer that the SDK cannot encode is an error inside the server, not of the parameters', async () => {
  const endless: Record<string, unknown> = { type: 'array' };
  endless.items = endless;
  const { legacy: askEndless, failures } = start({ tools: [{ ...tools[0]!, output: endless }] });
  const answer = await askEndless('tools/list');
  assert.equal(answer.at('error.code'), -32603);
  assert.match(String(answer.at('error.message')), /request-1/);
  assert.equal(failures.length, 1);
  assert.match(String(failures[0]?.message), /encode/);
});

test('an error while tools are listed is not told either', async () => {
  const late = Object.defineProperty({ ...tools[0]! }, 'description', {
    get() {
      throw new Error('secret-detail');
    },
  });
  const { modern: askLate, failures } = start({ tools: [late] });
  const answer = await askLate('tools/list');
  assert.equal(answer.at('error.code'), -32603);
  assert.doesNotMatch(answer.text, /secret-detail/);
  assert.match(String(failures[0]?.message), /secret-detail/);
});

test('an answer that would be too large says how to ask for less', async () => {
  const answer = await call('get_trouble', { kind: 'huge' });
  assert.equal(answer.at('result.isError'), true);
  assert.match(textOf(answer), /lower limit or narrower filters/);
});

test('no answer is larger than 60 KB, and one below that is given', async () => {
  // Each note is held twice: as JSON and in the text that repeats it.
  const size = async (repeat: number) => {
    const answer = await call('list_notes', { day, repeat });
    return { bytes: Buffer.byteLength(answer.text), refused: answer.at('result.isError') === true };
  };
  const fits = await size(280);
  assert.equal(fits.refused, false);
  for (const repeat of [280, 1000, 100_000]) assert.ok((await size(repeat)).bytes < 60_000);
});

test('a tool without the scope for it is neither listed nor called, and says what is missing', async () => {
  const answer = await call(
    'list_notes',
    { day },
    { claims: personClaims({ scope: `${mcpUrl}/business:read` }) },
  );
  assert.equal(answer.status, 200);
  assert.equal(answer.at('result.isError'), true);
  assert.equal(
    textOf(answer),
    'This needs the scope invoices:read, which was not granted: connect again and allow it.',
  );
  const meta = answer.at('result._meta') as Record<string, unknown>;
  assert.deepEqual(meta['mcp/www_authenticate'], [
    'Bearer error="insufficient_scope", error_description="This needs the scope invoices:read, which was not granted: connect again and allow it.", ' +
      'resource_metadata="https://finance.example/.well-known/oauth-protected-resource/mcp", scope="invoices:read"',
  ]);
});

test('an unknown tool names those that the caller has', async () => {
  const answer = await call('x', {}, { claims: personClaims({ scope: `${mcpUrl}/business:read` }) });
  assert.equal(answer.at('error.message'), 'Unknown tool: x. Expected one of get_trouble.');
});

test('several organizations: each tool takes one of the caller’s own', async () => {
  const listed = await modern('tools/list', {}, { claims: several });
  for (const index of [0, 1]) {
    assert.deepEqual(listed.at(`result.tools.${index}.inputSchema.properties.organization.enum`), [
      'acme',
      'zeta',
    ]);
  }
  assert.deepEqual(listed.at('result.tools.0.inputSchema.required'), ['day']);
  const alone = await modern('tools/list');
  assert.equal(alone.at('result.tools.0.inputSchema.properties.organization'), undefined);
});

test('several organizations: the one that is named is asked', async () => {
  for (const organization of ['acme', 'zeta']) {
    const answer = await call('list_notes', { day, organization }, { claims: several });
    assert.equal(answer.at('result.structuredContent.organization'), organization);
  }
  const zeta = await call('list_notes', { day, organization: 'zeta' }, { claims: several });
  assert.deepEqual(zeta.at('result.structuredContent.notes'), ['To Cy']);
  assert.equal(zeta.at('result.structuredContent.today'), '2026-11-20');
});

test('several organizations: nobody is put into a default one', async () => {
  const answer = await call('list_notes', { day }, { claims: several });
  assert.equal(answer.at('result.isError'), true);
  assert.equal(
    textOf(answer),
    'This account has several organizations: expected the argument organization, one of acme, zeta.',
  );
});

test('several organizations: another’s is refused like one that does not exist', async () => {
  const refusal = async (organization: unknown) =>
    textOf(await call('list_notes', { day, organization }, { claims: several })).replace(/^"[^"]*"/, '…');
  assert.equal(
    await refusal('new'),
    "… is not one of this account's organizations: expected the argument organization, one of acme, zeta.",
  );
  assert.equal(await refusal('new'), await refusal('nowhere'));
  assert.match(await refusal(['acme', 'zeta']), /is not one of this account/);
  assert.match(await refusal('ACME'), /is not one of this account/);
});

test('several organizations: an unknown argument is told with the organization among the known', async () => {
  const answer = await call('list_notes', { day, organization: 'acme', colour: 1 }, { claims: several });
  assert.equal(textOf(answer), 'Unknown argument colour: expected only day, limit, repeat, organization.');
});

test('a call is recorded before anything is read, and when it ends', async () => {
  const seen: string[] = [];
  const { call: callRecorded, audit } = start({
    openReader: async (organization) => {
      seen.push(...audit.map((record) => String(record.audit)), 'open');
      return (await import('./mcp-protocol-setup.ts')).openMemoryReader(organization);
    },
  });
  const answer = await callRecorded('list_notes', { day, limit: 2 });
  assert.deepEqual(seen, ['intent', 'open']);
  const [intent, record] = audit;
  assert.deepEqual(intent, {
    audit: 'intent',
    time: '2026-11-20T12:00:00.000Z',
    requestId: 'request-1',
    subject: 'person-1',
    clientId: 'the-broker',
    session: 'sign-in-1',
    client: 'test 1',
    organization: 'acme',
    tool: 'list_notes',
    arguments: { day, limit: 2 },
  });
  const { durationMs, ...rest } = record ?? {};
  assert.ok(typeof durationMs === 'number' && durationMs >= 0);
  assert.deepEqual(rest, {
    ...intent,
    audit: 'call',
    outcome: 'ok',
    rows: 2,
    bytes: Buffer.byteLength(textOf(answer)),
    unitsRead: 0.5,
    resultSha256: createHash('sha256').update(textOf(answer)).digest('hex'),
  });
  assert.doesNotMatch(JSON.stringify(audit), /To Anna/);
});

const outcomes: readonly {
  what: string;
  tool: string;
  args: Record<string, unknown>;
  claims?: Record<string, unknown>;
  outcome: string;
  intent: boolean;
  organization: string | undefined;
}[] = [
  {
    what: 'bad arguments',
    tool: 'list_notes',
    args: {},
    outcome: 'refused',
    intent: false,
    organization: 'acme',
  },
  {
    what: 'an unknown tool',
    tool: 'x',
    args: {},
    outcome: 'refused',
    intent: false,
    organization: undefined,
  },
  {
    what: 'no organization named',
    tool: 'list_notes',
    args: { day },
    claims: several,
    outcome: 'refused',
    intent: false,
    organization: undefined,
  },
  {
    what: 'another’s organization',
    tool: 'list_notes',
    args: { day, organization: 'new' },
    claims: several,
    outcome: 'denied',
    intent: false,
    organization: undefined,
  },
  {
    what: 'a missing scope',
    tool: 'list_notes',
    args: { day },
    claims: personClaims({ scope: `${mcpUrl}/business:read` }),
    outcome: 'denied',
    intent: false,
    organization: undefined,
  },
  {
    what: 'a tool’s refusal',
    tool: 'get_trouble',
    args: { kind: 'refusal' },
    outcome: 'refused',
    intent: true,
    organization: 'acme',
  },
  {
    what: 'a failure',
    tool: 'get_trouble',
    args: { kind: 'bug' },
    outcome: 'error',
    intent: true,
    organization: 'acme',
  },
];

for (const { what, tool, args, claims, outcome, intent, organization } of outcomes) {
  test(`${what} is recorded as ${outcome}`, async () => {
    const { call: callRecorded, audit } = start();
    await callRecorded(tool, args, claims ? { claims } : {});
    assert.deepEqual(
      audit.map((record) => record.audit),
      intent ? ['intent', 'call'] : ['call'],
    );
    const record = audit.at(-1);
    assert.equal(record?.outcome, outcome);
    assert.equal(record?.organization, organization);
    assert.equal(record?.tool, tool);
    assert.equal(record?.rows, 0);
  });
}

test('denials are recorded with their reason, and with the caller where the token was genuine', async () => {
  const { ask, audit } = start();
  const body = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
  await ask({ body, headers: { Origin: 'https://evil.example' } });
  await ask({ body, claims: null });
  await ask({ body, claims: personClaims({ token_use: 'id' }) });
  await ask({ body, claims: personClaims({ 'cognito:groups': ['staff'] }) });
  await ask({ body, claims: personClaims({ scope: 'openid' }) });
  assert.deepEqual(
    audit.map(({ audit: kind, reason, status, subject, clientId, origin }) => ({
      kind,
      reason,
      status,
      subject,
      clientId,
      origin,
    })),
    [
      { reason: 'wrong_origin', status: 403, origin: 'https://evil.example' },
      { reason: 'missing_token', status: 401 },
      { reason: 'bad_token', status: 401 },
      { reason: 'no_organization', status: 403, subject: 'person-1', clientId: 'the-broker' },
      { reason: 'missing_scope', status: 403, subject: 'person-1', clientId: 'the-broker' },
    ].map((record) => ({
      kind: 'denial',
      subject: undefined,
      clientId: undefined,
      origin: undefined,
      ...record,
    })),
  );
});

test('no token enters a record, not even one that somebody puts into an argument, a tool’s name or an origin', async () => {
  const { ask, call: callRecorded, audit, failures } = start();
  const secret = token(personClaims());
  const body = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
  await callRecorded('list_notes', { day: secret });
  await callRecorded('list_notes', { day, [secret]: 1 });
  await callRecorded(secret);
  await ask({ body, headers: { Origin: `https://evil.example/${secret}` } });
  await ask({ body, headers: { Authorization: `Bearer ${secret}x` } });
  assert.equal(audit.length, 5);
  const written = JSON.stringify([audit, failures]);
  for (const part of secret.split('.')) assert.ok(!written.includes(part.slice(0, 40)));
  assert.match(written, /\[token\]/);
});

test('a record keeps the name of every argument, and as much of each value as fits', async () => {
  const { call: callRecorded, audit } = start();
  const padding = '='.repeat(100_000);
  await callRecorded('list_notes', { cursor: padding, nested: [padding], day, limit: 5 });
  assert.deepEqual(audit.at(-1)?.arguments, {
    cursor: `${'='.repeat(200)}…`,
    nested: `["${'='.repeat(198)}…`,
    day,
    limit: 5,
  });
  const many = Object.fromEntries(
    Array.from({ length: 5000 }, (_, at) => [`name ${at}`, padding.slice(0, 20)]),
  );
  await callRecorded('list_notes', { day, ...many });
  const { arguments: kept } = audit.at(-1) as { arguments: Record<string, unknown> };
  assert.equal(kept.day, day);
  assert.equal(kept['…'], '4961 more');
});

test('a request that is nested too deeply is refused before anything looks into it; one that is not leaves its record', async () => {
  const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  const { ask, audit } = start();
  const asked = (levels: number) =>
    ask({
      body: `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_notes","arguments":{"day":"${day}","x":${nested(levels)}}}}`,
    });
  for (const levels of [30, 5000, 100_000]) {
    const answer = await asked(levels);
    assert.equal(answer.status, 400);
    assert.match(String(answer.at('error.message')), /nested too deeply: expected at most 32 levels/);
  }
  assert.equal(audit.length, 0);
  assert.match((await asked(29)).text, /Unknown argument x/);
  assert.equal(audit.at(-1)?.outcome, 'refused');
});

test('a record says which program asked: as it calls itself, or its User-Agent', async () => {
  const { ask, modern: modernRecorded, legacy: legacyRecorded, audit } = start();
  const clientInfo = { name: 'cursor\u202e', version: '2.1' };
  await legacyRecorded('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo });
  assert.equal(audit.at(-1)?.client, 'cursor 2.1');
  const call = { name: 'list_notes', arguments: { day } };
  await legacyRecorded('tools/call', call, { headers: { 'User-Agent': 'node/24' } });
  assert.equal(audit.at(-1)?.client, 'node/24');
  await modernRecorded('tools/call', call);
  assert.equal(audit.at(-1)?.client, 'test 1');
  await ask({ body: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: call } });
  assert.equal(audit.at(-1)?.client, undefined);
});

test('an introduction reads the calendar only where the profile may be read, and leaves a record of it', async () => {
  const { modern: modernRecorded, audit } = start();
  const introduced = await modernRecorded('server/discover');
  assert.match(introduced.text, /For acme, today is/);
  assert.deepEqual(
    audit.map(({ audit: kind, tool, organization, outcome }) => ({ kind, tool, organization, outcome })),
    [
      { kind: 'intent', tool: 'server/discover', organization: 'acme', outcome: undefined },
      { kind: 'call', tool: 'server/discover', organization: 'acme', outcome: 'ok' },
    ],
  );
  const claims = personClaims({ scope: `${mcpUrl}/invoices:read` });
  const without = await modernRecorded('server/discover', {}, { claims });
  assert.doesNotMatch(without.text, /today is/);
  assert.equal(audit.length, 2);
});

test('a tool may not take the names that are the server’s', () => {
  const clashing = defineTool({ ...tools[0]!, input: () => z.strictObject({ organization: z.string() }) });
  const caller = {
    subject: 's',
    clientId: 'c',
    session: undefined,
    organizations: ['acme'],
    scopes: scopeNames,
  };
  assert.throws(() => registryOf([clashing]).list(caller), /declares "organization"/);
  assert.throws(() => start({ tools: [tools[0]!, tools[0]!] }), /same name/);
});
