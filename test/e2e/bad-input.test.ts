import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { startLocalEdition } from '../support/local-edition.ts';
import { machineToken } from '../support/machine-token.ts';

/* What clients get wrong, and what attackers try, through the whole edge as it is started by `npm start`. */

const data = await mkdtemp(join(tmpdir(), 'finance-mcp-bad-input-'));
after(() => rm(data, { recursive: true, force: true }));
const edition = await startLocalEdition(['--data', data]);
const url = `${edition.url}/mcp`;
const token = await machineToken(url, 'northwind');

const call = (name: string, args: unknown) => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name, arguments: args },
});

const post = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

describe('arguments', () => {
  for (const [name, args, expected] of [
    ['list_invoices', { limit: 0 }, /limit was 0: expected a whole number from 1 to 100/],
    ['list_invoices', { limit: 1e9 }, /limit was 1000000000: expected a whole number from 1 to 100/],
    ['list_invoices', { limit: 'many' }, /limit was "many": expected a whole number/],
    ['list_invoices', { status: 'late' }, /status was "late": expected one of draft, sent/],
    ['list_invoices', { state: 'paid' }, /Unknown argument state: expected only status,/],
    ['list_invoices', { startDate: '2026-02-30' }, /startDate was "2026-02-30": expected .*YYYY-MM-DD/],
    ['list_invoices', { startDate: '2026-03-01', endDate: '2026-02-01' }, /endDate/],
    ['list_invoices', { currency: 'EURO' }, /currency was "EURO": expected .*ISO 4217/],
    ['list_invoices', { currency: 'ZZZ' }, /currency was "ZZZ": expected .*ISO 4217/],
    ['list_invoices', { cursor: 'AAAA' }, /cursor/],
    ['list_invoices', { cursor: 'x'.repeat(5000) }, /cursor/],
    ['list_invoices', { minDaysOverdue: -1 }, /minDaysOverdue was -1: expected/],
    ['list_invoices', [], /expected/],
    ['get_invoice', {}, /invoiceId.*invoiceNumber/],
    ['get_invoice', { invoiceId: 'no such' }, /no such/],
    ['payments_report', { startDate: '2026-01-01' }, /endDate is missing: expected/],
    ['get_financial_summary', { period: 'this_month', startDate: '2026-01-01' }, /period/],
    ['search_customers', { query: '   ' }, /query was " {3}": expected a text/],
    ['get_business', { organization: 'chinook' }, /organization/],
  ] as const) {
    it(`${name} ${JSON.stringify(args).slice(0, 70)} are refused with what was expected`, async () => {
      const response = await post(call(name, args));
      const { result, error } = (await response.json()) as {
        result?: { isError: boolean; content: { text: string }[] };
        error?: { code: number; message: string };
      };
      assert.ok(result?.isError || error?.code === -32602);
      assert.match(result?.content[0]?.text ?? error?.message ?? '', expected);
    });
  }
});

describe('requests', () => {
  for (const [what, body, headers, status, expected] of [
    ['an array', [call('get_business', {})], {}, 400, /array|batch/i],
    ['no JSON', '{"jsonrpc":', {}, 400, /JSON/],
    [
      '5 MB',
      JSON.stringify({ ...call('get_business', {}), padding: 'x'.repeat(5_000_000) }),
      {},
      413,
      /larger|limit|bytes/i,
    ],
    ['a form', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 415, /application\/json/],
    ['a page of elsewhere', call('get_business', {}), { origin: 'https://evil.example' }, 403, /origin/i],
    ['a page without an origin', call('get_business', {}), { origin: 'null' }, 403, /origin/i],
    ['another revision', call('get_business', {}), { 'mcp-protocol-version': '1999-01-01' }, 400, /version/i],
  ] as const) {
    it(`with ${what} are answered ${status}`, async () => {
      const response = await post(body, headers);
      const text = await response.text();
      assert.equal(response.status, status, text);
      assert.match(text, expected);
      assert.ok(!/node:|at .*\.ts:/.test(text), 'no stack');
    });
  }

  for (const method of ['GET', 'DELETE', 'PUT']) {
    it(`${method} is not served`, async () => {
      const response = await fetch(url, { method, headers: { authorization: `Bearer ${token}` } });
      assert.equal(response.status, 405);
      assert.equal(response.headers.get('allow'), 'POST, OPTIONS');
    });
  }

  it('are kept apart from what other paths say', async () => {
    assert.equal((await fetch(`${edition.url}/nothing/here`)).status, 404);
  });
});

const [header = '', claims = '', signature = ''] = token.split('.');
const decoded = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signs with the pool's own key, as nobody but the pool can: only the claims are wrong. */
async function signedByPool(change: object): Promise<string> {
  const files = await readdir(data, { recursive: true });
  const file = files.find((name) => name.endsWith('signing-key.json'));
  assert.ok(file, `the pool keeps its key in ${files.join(', ')}`);
  const stored = JSON.parse(await readFile(join(data, file), 'utf8'));
  const payload = `${header}.${encoded({ ...decoded(claims), ...change })}`;
  const key = { key: stored.privateKey ?? stored, format: 'jwk' } as const;
  return `${payload}.${sign('RSA-SHA256', Buffer.from(payload), key).toString('base64url')}`;
}

describe('tokens', () => {
  const now = Math.floor(Date.now() / 1000);
  const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  for (const [what, make, status] of [
    ['nothing', () => '', 401],
    ['garbage', () => 'abc', 401],
    [
      'a token with one byte changed',
      () =>
        `${header}.${claims}.${signature.slice(0, -2)}${signature.at(-2) === 'A' ? 'B' : 'A'}${signature.at(-1)}`,
      401,
    ],
    ['alg none', () => `${encoded({ ...decoded(header), alg: 'none' })}.${claims}.`, 401],
    [
      'the signature of another key',
      () =>
        `${header}.${claims}.${sign('RSA-SHA256', Buffer.from(`${header}.${claims}`), foreign).toString('base64url')}`,
      401,
    ],
    ['an expired token', () => signedByPool({ exp: now - 10, iat: now - 910 }), 401],
    [
      'a token of another pool',
      () => signedByPool({ iss: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_OTHER0001' }),
      401,
    ],
    ['an ID token', () => signedByPool({ token_use: 'id', aud: 'finance-mcp-broker' }), 401],
    ['a token without scopes of this server', () => signedByPool({ scope: 'openid email' }), 401],
    ['a machine without an organization', () => signedByPool({ organization: undefined }), 403],
    [
      'a person without groups',
      () => signedByPool({ organization: undefined, client_id: 'finance-mcp-broker', aud: url }),
      403,
    ],
    [
      'a person with groups that are no organizations',
      () =>
        signedByPool({
          organization: undefined,
          client_id: 'finance-mcp-broker',
          aud: url,
          'cognito:groups': ['admins', 'org_A#b', 'org_*'],
        }),
      403,
    ],
    ['a token for another audience', () => signedByPool({ aud: 'https://elsewhere.example/mcp' }), 401],
  ] as const) {
    it(`${what} is answered ${status}, and never with books`, async () => {
      const bad = await make();
      const response = await post(call('get_business', {}), { authorization: bad ? `Bearer ${bad}` : '' });
      const text = await response.text();
      assert.equal(response.status, status, text);
      assert.ok(!text.includes('Northwind'));
      if (status === 401) assert.match(text, /token|unauthorized/i);
      else assert.match(text, /expected|organization/);
      if (bad)
        assert.ok(!text.includes(bad) && !edition.output().includes(bad), 'the token is nowhere repeated');
    });
  }

  it('that are good are in no log either', () => assert.ok(!edition.output().includes(token)));
});
