import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { decodeJwt, decodeProtectedHeader, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { runCommand, startLocalEdition } from '../support/local-edition.ts';
import { machineToken } from '../support/machine-token.ts';
import { allScopes } from '../support/scopes.ts';

/*
 * What is wrong with a request is said in its answer: which status, and what was expected. Here through the whole
 * edge, over HTTP; the rules themselves are tested one by one beside the function.
 */

const folder = await mkdtemp(join(tmpdir(), 'finance-mcp-bad-input-'));
const edition = await startLocalEdition(['--empty', '--data', folder]);
after(async () => {
  await edition.stop();
  await rm(folder, { recursive: true });
});
const url = `${edition.url}/mcp`;
await runCommand('organizations', ['create', 'northwind', '--local', String(edition.port)]);
const genuine = await machineToken(url, 'northwind');

/** The pool's own key, so that each bad token is wrong in nothing but what its test says. */
const poolKey = createPrivateKey({
  key: JSON.parse(await readFile(join(folder, 'user-pool/signing-key.json'), 'utf8')) as JsonWebKey,
  format: 'jwk',
});
const { kid = '' } = decodeProtectedHeader(genuine);
const strangersKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

/** The genuine token with other claims; one that is undefined is left out. */
const resigned = (changes: JWTPayload, key: KeyObject = poolKey): Promise<string> =>
  new SignJWT({ ...decodeJwt(genuine), ...changes }).setProtectedHeader({ alg: 'RS256', kid }).sign(key);

/** What a person's token has, who signed in through the broker. */
const person = {
  client_id: 'finance-mcp-broker',
  aud: url,
  username: 'nobody',
  organization: undefined,
};

const listTools = { jsonrpc: '2.0', id: 1, method: 'tools/list' };

interface Ask {
  method?: string;
  headers?: Record<string, string>;
  body?: unknown;
  token?: string;
}

interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

async function ask({
  method = 'POST',
  headers = {},
  body = listTools,
  token = genuine,
}: Ask): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Nothing of the inside is ever shown. */
const assertNothingInternal = (text: string): void =>
  assert.doesNotMatch(text, /\.ts\b|node_modules|\bat \w+ \(|TypeError|DynamoDB|zod/i);

describe('a request', () => {
  const call = { ...listTools, method: 'tools/call' };
  const cases: readonly { what: string; asked: Ask; status: number; says: RegExp }[] = [
    { what: 'with an array as its body', asked: { body: [listTools] }, status: 400, says: /not an array/ },
    { what: 'with an empty array as its body', asked: { body: [] }, status: 400, says: /not an array/ },
    { what: 'with broken JSON', asked: { body: '{"jsonrpc":' }, status: 400, says: /expected a JSON-RPC/ },
    { what: 'with a number as its body', asked: { body: '7' }, status: 400, says: /JSON-RPC message/ },
    {
      what: 'with arguments in an array',
      asked: { body: { ...call, params: { name: 'list_invoices', arguments: [10] } } },
      status: 200,
      says: /arguments: expected object/,
    },
    {
      what: 'for a tool that is not there',
      asked: { body: { ...call, params: { name: 'delete_invoice' } } },
      status: 200,
      says: /Unknown tool: delete_invoice\. Expected one of list_invoices, get_invoice/,
    },
    {
      what: 'of 5 MB',
      asked: { body: { ...listTools, params: { padding: 'x'.repeat(5_000_000) } } },
      status: 413,
      says: /expected at most 1,048,576 bytes/,
    },
    {
      what: 'that is larger than the edge takes',
      asked: { body: 'x'.repeat(10 * 1024 * 1024 + 1) },
      status: 413,
      says: /at most 1,048,576 bytes/,
    },
    {
      what: 'with text as its Content-Type',
      asked: { headers: { 'content-type': 'text/plain' } },
      status: 415,
      says: /expected application\/json/,
    },
    {
      what: 'with a form as its Content-Type',
      asked: { headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      status: 415,
      says: /expected application\/json/,
    },
    {
      what: 'that takes no JSON',
      asked: { headers: { accept: 'text/html' } },
      status: 406,
      says: /application\/json/,
    },
    {
      what: 'from a page of another site',
      asked: { headers: { origin: 'https://evil.example' } },
      status: 403,
      says: /not allowed to call/,
    },
    {
      what: 'from the origin null',
      asked: { headers: { origin: 'null' } },
      status: 403,
      says: /not allowed to call/,
    },
    {
      what: 'of a protocol version that there is not',
      asked: { headers: { 'mcp-protocol-version': '1999-12-31' } },
      status: 400,
      says: /expected one of 2026-07-28, 2025-11-25/,
    },
    { what: 'by PUT', asked: { method: 'PUT' }, status: 405, says: /expected POST/ },
  ];
  for (const { what, asked, status, says } of cases) {
    it(`${what} is answered ${status} and what was expected`, async () => {
      const { status: given, headers, text } = await ask(asked);
      assert.equal(given, status, text);
      assert.match(headers.get('content-type') ?? '', /^application\/json/);
      const { error, message } = JSON.parse(text) as { error?: { message: string }; message?: string };
      assert.match(error?.message ?? message ?? '', says);
      assertNothingInternal(text);
    });
  }

  it('from a page of another site may not be read by it', async () => {
    const { headers } = await ask({ headers: { origin: 'https://evil.example' } });
    assert.equal(headers.get('access-control-allow-origin'), null);
  });
});

describe('a token', () => {
  const hourAgo = Math.floor(Date.now() / 1000) - 3600;
  const issuer = 'https://cognito-idp.eu-west-1.amazonaws.com';
  const refused: Record<string, () => string | Promise<string>> = {
    'that is none': () => 'not-a-token',
    'that has expired': () => resigned({ iat: hourAgo - 900, exp: hourAgo }),
    'of another pool, which its own key signed': () =>
      resigned({ iss: `${issuer}/eu-west-1_ANOTHER01` }, strangersKey),
    'of another pool under our key': () => resigned({ iss: `${issuer}/eu-west-1_ANOTHER01` }),
    'that a stranger signed': () => resigned({}, strangersKey),
    'that says who somebody is (an ID token)': () => resigned({ ...person, token_use: 'id' }),
    'that nobody signed (alg none)': () => new UnsecuredJWT(decodeJwt(genuine)).encode(),
    'whose signature was cut off': () => genuine.slice(0, genuine.lastIndexOf('.') + 1),
    'whose claims were changed': () => {
      const [header, , signature] = genuine.split('.');
      const claims = { ...decodeJwt(genuine), organization: 'chinook' };
      return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
    },
    'without our scopes': () => resigned({ scope: 'openid email' }),
  };
  for (const [what, make] of Object.entries(refused)) {
    it(`${what} is answered 401, that it is bad, and where to sign in`, async () => {
      const { status, headers, text } = await ask({ token: await make() });
      assert.equal(status, 401, text);
      assert.equal(
        headers.get('www-authenticate'),
        `Bearer error="invalid_token", resource_metadata="${edition.url}/.well-known/oauth-protected-resource/mcp", scope="${allScopes}"`,
      );
      const { error } = JSON.parse(text) as { error: { message: string } };
      assert.match(error.message, new RegExp(`expected one for ${url}\\.`));
      assertNothingInternal(text);
    });
  }

  it('that the pool signed for this server opens it', async () => {
    assert.equal((await ask({ token: await resigned({}) })).status, 200);
    assert.equal(
      (await ask({ token: await resigned({ ...person, 'cognito:groups': ['org_northwind'] }) })).status,
      200,
    );
  });

  it('made for another resource is answered 401', async () => {
    const { status, text } = await ask({
      token: await resigned({ ...person, aud: 'https://else.example', 'cognito:groups': ['org_northwind'] }),
    });
    assert.equal(status, 401);
    assert.match(text, /made for another resource: expected /);
  });

  const withoutBooks: Record<string, JWTPayload> = {
    'of somebody without groups': person,
    'of somebody whose groups are no organizations': { ...person, 'cognito:groups': ['admins', 'org_'] },
    'of a machine without an organization': { organization: undefined },
  };
  for (const [what, changes] of Object.entries(withoutBooks)) {
    it(`${what} is answered 403 and whom to ask`, async () => {
      const { status, headers, text } = await ask({ token: await resigned(changes) });
      assert.equal(status, 403, text);
      // Signing in once more would change nothing.
      assert.equal(headers.get('www-authenticate'), null);
      assert.match(text, /belongs to no organization: an administrator has to add it to one/);
    });
  }
});

describe('the log', () => {
  it('holds no token, neither a good one nor a bad one', async () => {
    const bad = await resigned({ scope: 'openid' });
    await ask({ token: bad });
    const records = await readFile(join(folder, 'audit.ndjson'), 'utf8');
    for (const token of [genuine, bad]) assert.ok(!(records + edition.output()).includes(token));
    assert.match(records, /"audit"/, 'there is a log');
  });
});

describe('an argument', () => {
  const range = { startDate: '2026-01-01', endDate: '2026-01-31' };
  const day = /expected an existing date in the format YYYY-MM-DD/;
  const limit = /limit was .+: expected a whole number from 0 to 100/;
  const cases: readonly [tool: string, args: Record<string, unknown>, says: RegExp][] = [
    ['list_invoices', { limit: 'ten' }, limit],
    ['list_invoices', { limit: -1 }, limit],
    ['list_invoices', { limit: 1_000_000_000 }, limit],
    ['list_expenses', { limit: 2.5 }, limit],
    ['list_invoices', { limit: null }, limit],
    ['list_invoices', { status: 'late' }, /status was "late": expected one of draft, sent/],
    ['list_invoices', { status: ['paid'] }, /status was \["paid"\]: expected one of draft, sent/],
    ['list_invoices', { customerId: { $ne: '' } }, /customerId was .+: expected text/],
    ['list_invoices', { minDaysOverdue: -1 }, /minDaysOverdue was -1: expected a whole number of days/],
    ['list_invoices', { colour: 'red' }, /Unknown argument colour: expected only status, limit/],
    ['list_invoices', { organization: 'chinook' }, /Unknown argument organization/],
    ['get_business', { verbose: true }, /Unknown argument verbose: expected none/],
    ['list_invoices', { startDate: '2026-02-30' }, day],
    ['list_invoices', { asOf: '2025-02-29' }, day],
    ['list_expenses', { endDate: '2026-13-01' }, day],
    ['payments_report', { ...range, startDate: '01/31/2026' }, day],
    ['get_financial_summary', { startDate: 'yesterday', endDate: '2026-01-31' }, day],
    ['list_invoices', { startDate: '2026-02-01', endDate: '2026-01-31' }, /expected startDate on or before/],
    ['list_expenses', { startDate: '2026-02-01', endDate: '2026-01-31' }, /expected startDate on or before/],
    [
      'payments_report',
      { startDate: '2026-02-01', endDate: '2026-01-31' },
      /expected startDate on or before/,
    ],
    [
      'get_financial_summary',
      { startDate: '2026-02-01', endDate: '2026-01-31' },
      /expected startDate on or before/,
    ],
    ['payments_report', {}, /startDate is missing: .+ endDate is missing: /],
    ['list_invoices', { currency: 'ABC' }, /currency was "ABC": expected an ISO 4217 code/],
    ['list_expenses', { currency: 'usd' }, /expected the code in capitals: USD/],
    ['list_expenses', { minAmount: '-5' }, /minAmount was "-5": expected a non-negative decimal string/],
    ['list_invoices', { cursor: 'broken' }, /cursor is not from list_invoices/],
    ['list_expenses', { cursor: '' }, /cursor is not from list_expenses/],
    ['payments_report', { ...range, cursor: 'x'.repeat(5000) }, /cursor is not from payments_report/],
    ['get_invoice', {}, /Neither invoiceId nor invoiceNumber is given/],
    ['get_invoice', { invoiceId: '1', invoiceNumber: '1' }, /Both invoiceId and invoiceNumber are given/],
    ['get_invoice', { invoiceId: 'nope' }, /No invoice has the id "nope"/],
    ['search_customers', { query: '' }, /query was "": expected text/],
  ];
  for (const [name, args, says] of cases) {
    it(`${JSON.stringify(args).slice(0, 80)} of ${name} comes back with what was expected`, async () => {
      const { status, text } = await ask({
        body: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } },
      });
      assert.equal(status, 200);
      const { result } = JSON.parse(text) as {
        result: { isError: boolean; content: { text: string }[]; structuredContent?: unknown };
      };
      assert.equal(result.isError, true);
      assert.equal(result.structuredContent, undefined);
      assert.match(result.content[0]?.text ?? '', says);
      assertNothingInternal(text);
    });
  }
});
