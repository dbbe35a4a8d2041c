import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { tools } from '../../functions/mcp/tools/index.ts';
import { openApiDocument } from '../../openapi/document.ts';
import { inputName, outputName } from '../../openapi/tools.ts';
import { edgeRoutes, mcpUrl, scopeNames } from '../../shared/edge.ts';
import { runCommand, startLocalEdition } from '../support/local-edition.ts';
import { machineToken } from '../support/machine-token.ts';

/* The OpenAPI document, as it is served, against its standard and against what the local edition really answers. */

const edition = await startLocalEdition();
const token = await machineToken(mcpUrl(edition.url), 'northwind');

type Operation = { responses: Record<string, { $ref?: string; content?: Record<string, unknown> }> };
interface Document {
  openapi: string;
  servers: { url: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; responses: Record<string, { content: object }> };
}

const served = await fetch(`${edition.url}/openapi.json`);
const document = (await served.json()) as Document;

const ajv = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false, validateFormats: false });
// The document around the schemas, which refer to each other through it.
ajv.addVocabulary(Object.keys(document));
ajv.addSchema(document, 'openapi');

function assertIs(pointer: string, value: unknown): void {
  const validate = ajv.getSchema(`openapi#/${pointer}`);
  assert.ok(validate, pointer);
  assert.ok(
    validate(value),
    `${pointer}: ${JSON.stringify(validate.errors)} in ${JSON.stringify(value).slice(0, 500)}`,
  );
}

const escaped = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1');

/** Records of the kinds that the newer tools answer about. */
const records = [
  { kind: 'supplier', id: 's1', name: 'Paper & Co', taxNumber: 'CHE-123' },
  { kind: 'cost_group', id: 'office', name: 'Office' },
  { kind: 'cost_group', id: 'paper', name: 'Paper', parentId: 'office' },
  { kind: 'project', id: 'p1', name: 'Moving house', currency: 'USD', budget: '900.00' },
  { kind: 'tax_group', id: 't1', name: 'VAT', rates: [{ percent: '8.1' }] },
  {
    kind: 'bill',
    id: 'b1',
    number: 'R-1',
    supplierId: 's1',
    currency: 'USD',
    issued: '2026-01-05',
    due: '2026-02-04',
    total: '120.00',
    costGroupId: 'paper',
    projectId: 'p1',
  },
  {
    kind: 'bill',
    id: 'b2',
    supplierId: 's1',
    currency: 'USD',
    lifecycle: 'draft',
    issued: '2026-01-06',
    total: '7.00',
    costGroupId: 'office',
  },
  { kind: 'bill_payment', id: 'bp1', billId: 'b1', currency: 'USD', date: '2026-01-20', amount: '20.00' },
  {
    kind: 'connection',
    id: 'c1',
    name: 'First Bank',
    status: 'needs_sign_in',
    reason: 'The consent has ended.',
    updated: '2026-01-31T06:00:00Z',
  },
  {
    kind: 'bank_account',
    id: 'a1',
    name: 'Checking',
    type: 'checking',
    currency: 'USD',
    number: 'CH9300762011623852957',
    connectionId: 'c1',
  },
  {
    kind: 'balance',
    id: 'a1-booked',
    accountId: 'a1',
    type: 'closing_booked',
    currency: 'USD',
    amount: '1000.00',
    date: '2026-01-31',
  },
  {
    kind: 'balance',
    id: 'a1-available',
    accountId: 'a1',
    type: 'available',
    currency: 'USD',
    amount: '950.00',
    date: '2026-01-31',
  },
  {
    kind: 'statement',
    id: 'st1',
    accountId: 'a1',
    currency: 'USD',
    from: '2026-01-01',
    to: '2026-01-31',
    opening: '1.00',
    closing: '1000.00',
    entryCount: 1,
    sum: '20.00',
  },
  {
    kind: 'bank_transaction',
    id: 'x1',
    accountId: 'a1',
    currency: 'USD',
    date: '2026-01-20',
    amount: '-20.00',
    counterparty: 'Paper & Co',
    text: 'R-1',
    links: [{ kind: 'bill_payment', id: 'bp1' }],
  },
  {
    kind: 'bank_transaction',
    id: 'x2',
    accountId: 'a1',
    currency: 'USD',
    date: '2026-01-21',
    amount: '75.00',
    counterparty: 'Alfreds Futterkiste',
    recurring: 'monthly',
  },
  {
    kind: 'contract',
    id: 'k1',
    name: 'Rent',
    direction: 'supplier',
    counterpartyId: 's1',
    currency: 'USD',
    start: '2025-01-01',
    end: '2030-12-31',
    noticeDays: 90,
  },
  { kind: 'schedule_line', id: 'l1', contractId: 'k1', currency: 'USD', due: '2027-01-01', amount: '500.00' },
  {
    kind: 'attachment',
    id: 'f1',
    name: 'R-1.pdf',
    mimeType: 'application/pdf',
    bytes: 1200,
    linkedTo: [{ kind: 'bill', id: 'b1' }],
  },
];

before(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'finance-mcp-openapi-'));
  after(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'records.ndjson');
  await writeFile(file, records.map((record) => JSON.stringify(record)).join('\n'));
  const imported = await runCommand('import', ['--org', 'northwind', '--local', String(edition.port), file]);
  assert.equal(imported.code, 0, imported.output);
});

describe('the document', () => {
  test('is valid OpenAPI 3.1, and every reference in it leads somewhere', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document) as never);
    assert.ok(valid, JSON.stringify(errors));
    assert.equal(validator.version, '3.1');
    for (const [, pointer = ''] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const target = pointer
        .split('/')
        .reduce((at: unknown, part) => (at as Record<string, unknown>)?.[part], document);
      assert.ok(target, pointer);
    }
  });

  test('is what the declarations of tools and routes say, and names the server', () => {
    const { servers, ...rest } = document;
    assert.deepEqual(rest, JSON.parse(JSON.stringify(openApiDocument)));
    assert.deepEqual(servers, [{ url: edition.url }]);
  });

  test('needs no token, may be read by any page, and is sent again only when it has changed', async () => {
    assert.equal(served.status, 200);
    assert.equal(served.headers.get('content-type'), 'application/json');
    assert.equal(served.headers.get('cache-control'), 'public, max-age=300');
    assert.equal(served.headers.get('access-control-allow-origin'), '*');
    const etag = served.headers.get('etag') ?? '';
    assert.match(etag, /^"[\w-]{43}"$/);
    const ask = (tag: string) => fetch(`${edition.url}/openapi.json`, { headers: { 'if-none-match': tag } });
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const answer = await ask(tag);
      assert.deepEqual(
        [answer.status, await answer.text(), answer.headers.get('etag')],
        [304, '', etag],
        tag,
      );
    }
    assert.equal((await ask('"other"')).status, 200);
  });

  test('describes every route of the edge, and nothing else', () => {
    const matches = (resource: string, path: string) =>
      resource.endsWith('/{proxy+}') ? path.startsWith(resource.replace('{proxy+}', '')) : path === resource;
    const paths = Object.keys(document.paths);
    for (const { resource, authorizer } of edgeRoutes) {
      const here = paths.filter((path) => matches(resource, path));
      assert.ok(here.length > 0, resource);
      for (const path of here) {
        for (const [method, operation] of Object.entries(document.paths[path] ?? {})) {
          const guarded = authorizer === 'cognito' && method !== 'options';
          assert.deepEqual(
            (operation as { security?: object }).security,
            guarded ? scopeNames.map((name) => ({ oauth: [name] })) : undefined,
            `${method} ${path}`,
          );
        }
      }
    }
    for (const path of paths)
      assert.ok(
        edgeRoutes.some(({ resource }) => matches(resource, path)),
        path,
      );
  });

  test('has an input and an output for every tool, each a schema of JSON Schema 2020-12', () => {
    const own = Object.keys(document.components.schemas).filter((name) => /(In|Out)put$/.test(name));
    assert.deepEqual(
      own,
      tools.flatMap(({ name }) => [inputName(name), outputName(name)]),
    );
    for (const name of Object.keys(document.components.schemas)) {
      assert.ok(ajv.getSchema(`openapi#/components/schemas/${name}`), name);
    }
  });
});

/** Sends a request and holds it and its answer against the document. */
async function ask(
  method: string,
  path: string,
  init: RequestInit = {},
): Promise<{ status: number; body: unknown }> {
  const [template = ''] = path.split('?');
  const operation = document.paths[template]?.[method.toLowerCase()];
  assert.ok(operation, `${method} ${template} is not documented`);
  const response = await fetch(edition.url + path, { method, redirect: 'manual', ...init });
  const { status } = response;
  const described = operation.responses[status];
  assert.ok(described, `${method} ${path} answered ${status}, which is not documented`);
  const text = await response.text();
  const [mediaType = ''] = (response.headers.get('content-type') ?? '').split(';');
  if (!described.content) {
    assert.equal(text, '', `${method} ${path} answered ${status} with a body`);
    return { status, body: undefined };
  }
  assert.ok(mediaType in described.content, `${method} ${path} answered ${status} with ${mediaType}`);
  if (mediaType !== 'application/json') return { status, body: text };
  const body = JSON.parse(text);
  const at = [
    'paths',
    template,
    method.toLowerCase(),
    'responses',
    String(status),
    'content',
    mediaType,
    'schema',
  ];
  assertIs(at.map(escaped).join('/'), body);
  return { status, body };
}

const authorized = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };

async function callTool(name: string, args: object): Promise<Record<string, unknown>> {
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } };
  assertIs('components/schemas/JsonRpcMessage', message);
  assertIs(`components/schemas/${inputName(name)}`, args);
  const { status, body } = await ask('POST', '/mcp', { headers: authorized, body: JSON.stringify(message) });
  assert.equal(status, 200);
  const { result } = body as { result: { isError?: boolean; structuredContent: Record<string, unknown> } };
  assertIs('components/schemas/ToolResult', result);
  assert.notEqual(result.isError, true, JSON.stringify(result));
  assertIs(`components/schemas/${outputName(name)}`, result.structuredContent);
  return result.structuredContent;
}

describe('the answers of every tool are as the document says', () => {
  const period = { startDate: '2026-01-01', endDate: '2026-12-31' };
  const questions: Record<string, object[]> = {
    list_invoices: [{}, { status: 'overdue', limit: 2 }, { documents: 'credit_notes' }, { groupBy: 'age' }],
    get_invoice: [{ invoiceId: '10707' }],
    get_financial_summary: [{}, { period: 'this_year', compareTo: 'previous_year' }],
    list_expenses: [{}, { groupBy: 'vendor', limit: 0 }],
    payments_report: [period, { ...period, only: 'unapplied' }],
    receivables_report: [{}, { include: ['to_look_at'], asOf: '2026-06-30' }, { customerId: 'alfki' }],
    search_customers: [{}, { query: 'alfreds' }],
    get_business: [{}],
    list_bills: [{}, { status: 'open' }, { groupBy: 'costGroup' }, { status: 'draft' }],
    payables_report: [{}, { include: ['to_look_at'] }, { asOf: '2026-06-30' }],
    get_cash_position: [{}, { startDate: '2026-01-01' }],
    list_bank_transactions: [{}, { groupBy: 'counterparty' }, { only: 'recurring' }, { text: 'pap' }],
    list_commitments: [{}, { groupBy: 'month' }, { cancelBy: '2030-12-31' }, { status: 'active' }],
    find_records: [
      { kind: 'supplier' },
      { kind: 'counterparty', query: 'paper' },
      { kind: 'bank_account', id: 'a1' },
      { kind: 'attachment' },
    ],
  };
  for (const { name } of tools) {
    test(name, async () => {
      const asked = questions[name] ?? [];
      assert.ok(asked.length > 0, `no question to ${name}`);
      for (const args of asked) {
        const answer = await callTool(name, args);
        assert.equal(answer.organization, 'northwind');
        if ('returned' in answer && !('limit' in args))
          assert.notEqual(answer.returned, 0, JSON.stringify(args));
      }
    });
  }

  test('and a refused call is a result with an error', async () => {
    const params = { name: 'list_invoices', arguments: { limit: -1 } };
    const message = { jsonrpc: '2.0', id: 'x', method: 'tools/call', params };
    const { body } = await ask('POST', '/mcp', { headers: authorized, body: JSON.stringify(message) });
    assert.equal((body as { result: { isError?: boolean } }).result.isError, true);
  });
});

/** Requests to every operation, with the status that each must be answered with. */
const form = (fields: Record<string, string>) => ({ body: new URLSearchParams(fields) });
const message = (method: string, more: object = {}) => ({
  headers: authorized,
  body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, ...more }),
});
const machine = { client_id: 'machine-northwind', client_secret: 'local-only' };
const requests: [method: string, path: string, status: number, init?: RequestInit][] = [
  ['POST', '/mcp', 200, message('tools/list')],
  ['POST', '/mcp', 200, message('nothing/like/this')],
  [
    'POST',
    '/mcp',
    202,
    { headers: authorized, body: '{"jsonrpc":"2.0","method":"notifications/initialized"}' },
  ],
  ['POST', '/mcp', 400, { headers: authorized, body: '[]' }],
  ['POST', '/mcp', 401],
  ['POST', '/mcp', 401, { headers: { authorization: 'Bearer wrong' } }],
  ['POST', '/mcp', 403, { headers: { ...authorized, origin: 'https://elsewhere.example' }, body: '{}' }],
  [
    'POST',
    '/mcp',
    404,
    {
      headers: { ...authorized, 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'nothing/like/this' },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'nothing/like/this',
        params: {
          _meta: {
            'io.modelcontextprotocol/protocolVersion': '2026-07-28',
            'io.modelcontextprotocol/clientCapabilities': {},
          },
        },
      }),
    },
  ],
  ['POST', '/mcp', 406, { headers: { ...authorized, accept: 'text/html' }, body: '{}' }],
  ['POST', '/mcp', 413, { headers: authorized, body: ' '.repeat(1024 * 1024 + 1) }],
  ['POST', '/mcp', 415, { headers: { ...authorized, 'content-type': 'text/plain' }, body: '{}' }],
  ['OPTIONS', '/mcp', 204, { headers: { origin: 'https://claude.ai' } }],
  ['OPTIONS', '/mcp', 403, { headers: { origin: 'https://elsewhere.example' } }],
  ['GET', '/.well-known/oauth-protected-resource/mcp', 200],
  ['GET', '/.well-known/oauth-protected-resource', 200],
  ['GET', '/.well-known/oauth-authorization-server', 200],
  ['GET', '/openapi.json', 200],
  ['GET', '/openapi.json', 304, { headers: { 'if-none-match': '*' } }],
  ['GET', '/health', 200],
  ['GET', '/', 200, { headers: { accept: 'text/html' } }],
  ['GET', '/', 200, { headers: { accept: '*/*' } }],
  ['GET', '/privacy', 200],
  ['GET', '/support', 200],
  [
    'POST',
    '/oauth/register',
    201,
    { body: '{"client_name":"A","redirect_uris":["http://localhost/callback"]}' },
  ],
  ['POST', '/oauth/register', 400, { body: '{}' }],
  ['GET', '/oauth/authorize', 400],
  ['POST', '/oauth/consent', 400, form({})],
  ['POST', '/oauth/consent', 403, { ...form({}), headers: { origin: 'https://elsewhere.example' } }],
  ['POST', '/oauth/consent', 413, form({ a: 'x'.repeat(70_000) })],
  ['GET', '/oauth/callback', 400],
  ['POST', '/oauth/token', 200, form({ grant_type: 'client_credentials', ...machine })],
  ['POST', '/oauth/token', 400, form({ grant_type: 'password' })],
  [
    'POST',
    '/oauth/token',
    401,
    form({ grant_type: 'client_credentials', ...machine, client_secret: 'wrong' }),
  ],
  ['POST', '/oauth/token', 413, form({ grant_type: 'x'.repeat(70_000) })],
  ['POST', '/oauth/revoke', 401, form({ token: 'x' })],
];

describe('every route answers as the document says', () => {
  for (const [method, path, status, init] of requests) {
    test(`${method} ${path}: ${status}`, async () => {
      assert.equal((await ask(method, path, init)).status, status);
    });
  }

  test('an application that registers itself is asked about, and can end its tokens', async () => {
    const redirect = 'http://localhost:1234/callback';
    const init = { body: JSON.stringify({ redirect_uris: [redirect] }) };
    const { body } = await ask('POST', '/oauth/register', init);
    const { client_id: id } = body as { client_id: string };
    const query = new URLSearchParams({
      client_id: id,
      redirect_uri: redirect,
      response_type: 'code',
      code_challenge: 'a'.repeat(43),
      code_challenge_method: 'S256',
    });
    assert.equal((await ask('GET', `/oauth/authorize?${query}`)).status, 200);
    assert.equal((await ask('POST', '/oauth/revoke', form({ client_id: id, token: 'none' }))).status, 200);
    assert.equal((await ask('POST', '/oauth/revoke', form({ client_id: id }))).status, 400);
  });

  test('every operation has been asked', () => {
    const operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const asked = new Set(requests.map(([method, path]) => `${method} ${path}`));
    assert.deepEqual(
      operations.filter((operation) => !asked.has(operation)),
      [],
    );
  });

  test('a method that is not described is not supported', async () => {
    for (const [path, item] of Object.entries(document.paths)) {
      const described = Object.keys(item).map((method) => method.toUpperCase());
      for (const method of ['GET', 'POST', 'PUT', 'DELETE'].filter((name) => !described.includes(name))) {
        const response = await fetch(edition.url + path, {
          method,
          headers: { authorization: `Bearer ${token}` },
          redirect: 'manual',
        });
        assert.equal(response.status, 405, `${method} ${path}`);
        const allowed = (response.headers.get('allow') ?? '').split(', ');
        const expected = described.flatMap((name) => (name === 'GET' ? ['GET', 'HEAD'] : [name]));
        assert.deepEqual(new Set(allowed), new Set([...expected, 'OPTIONS']), `${method} ${path}`);
      }
    }
  });

  test('what the edge refuses itself has the described shape', async () => {
    const response = await fetch(`${edition.url}/nothing-here`);
    assert.equal(response.status, 404);
    assertIs('components/responses/Edge/content/application~1json/schema', await response.json());
  });
});
