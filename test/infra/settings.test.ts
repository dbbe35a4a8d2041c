import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readSettings, SettingError } from '../../infra/settings.ts';
import { cdkContext } from './synthesized.ts';

const refusal = (context: Record<string, unknown>): string => {
  try {
    readSettings(context);
  } catch (error) {
    if (error instanceof SettingError) return error.message;
    throw error;
  }
  return assert.fail(`${JSON.stringify(context)} was accepted.`);
};

test('without settings there are defaults, and the CDK’s own context is none of them', () => {
  const { stage, domain, waf, archive, removal, mfa } = readSettings(cdkContext);
  assert.deepEqual(
    [stage, domain, waf, archive, removal, mfa],
    ['prod', undefined, false, 'off', 'retain', 'required'],
  );
});

test('a value may come from the command line or from JSON', () => {
  const json = readSettings({ burst: 7, waf: true, allowedOrigins: ['https://a.example'], logDays: 90 });
  const texts = readSettings({ burst: '7', waf: 'true', allowedOrigins: 'https://a.example', logDays: '90' });
  assert.deepEqual(json, texts);
  assert.deepEqual(
    [json.burst, json.waf, json.allowedOrigins, json.logDays],
    [7, true, ['https://a.example'], 90],
  );
  assert.deepEqual(readSettings({ allowedOrigins: '' }).allowedOrigins, []);
});

test('an unknown setting is named, with those that there are', () => {
  assert.match(
    refusal({ wafs: 'true' }),
    /^There is no setting "wafs": expected one of stage, domain, .*removal\.$/,
  );
});

const impossible: Record<string, readonly unknown[]> = {
  stage: ['', 'Prod', '1st', 'a'.repeat(21), 5],
  domain: ['https://mcp.example.com', 'localhost', '127.0.0.1', 'MCP.example.com', `${'a.'.repeat(130)}com`],
  certificate: ['arn:aws:acm:eu-west-1:111111111111:certificate/0'],
  signInPrefix: ['my-aws-login', '-a', 'a_b', 'a'.repeat(64)],
  allowedOrigins: ['https://a.example/', 'a.example', 'null', '*', [5], { a: 1 }],
  clientHostsAllowed: ['https://a.example', '*', 'a.*.example'],
  clientHostsDenied: ['10.0.0.1'],
  mfa: ['on', true, 'optional'],
  emailFrom: ['nobody', 'Ops <ops@example.com>'],
  operatorName: ['', 'a\nb', 'x'.repeat(101), 5],
  supportEmail: ['nobody', 'Help <help@example.com>'],
  supportUrl: ['http://example.com/', 'example.com', 'javascript:alert(1)', 'https://example.com/a b'],
  privacyUrl: ['', 'ftp://example.com/'],
  operators: ['*', 'arn:aws:iam::111111111111:root', 'arn:aws:iam::111111111111:role/*'],
  breakGlassRole: ['admin', 'arn:aws:iam::111111111111:user/nancy'],
  requestsPerSecond: ['0', '-1', '1.5', 'many', 20_000, true],
  burst: ['0', '1e3'],
  reservedConcurrency: ['0', ''],
  waf: ['yes', '', 1],
  requestsPerCaller: ['1', '0'],
  wafRequestsPerAddress: ['0'],
  customerManagedKey: ['1'],
  sealingRotationDays: ['29', '1000'],
  originKey: ['0'],
  logDays: ['0', '31', '9999', 'for ever'],
  auditDays: ['2'],
  archive: ['on', true],
  archiveDays: ['0'],
  alarmEmail: ['nobody', 'a@b', 'a b@example.com'],
  apiLogsRole: ['none'],
  removal: ['delete'],
};

for (const [name, values] of Object.entries(impossible)) {
  test(`${name} refuses what it cannot be, and says what it expected`, () => {
    for (const value of values) {
      const sentence = refusal({ [name]: value });
      assert.ok(sentence.startsWith(`The setting ${name} is ${JSON.stringify(value)}: expected `), sentence);
    }
  });
}

test('domain and certificate are given together or not at all', () => {
  assert.match(
    refusal({ domain: 'mcp.example.com' }),
    /Only one of the settings domain and certificate is set: expected both/,
  );
  assert.match(
    refusal({ certificate: 'arn:aws:acm:us-east-1:111111111111:certificate/0' }),
    /Only one of the settings domain and certificate is set: expected both/,
  );
});

test('clients are checked as the sign-in function would, and show no secret', () => {
  const client = { client_id: 'typed-in', redirect_uris: ['https://client.example.com/callback'] };
  const hashed = `sha256:${'0a'.repeat(32)}`;
  assert.equal(readSettings({ clients: [client] }).clients, JSON.stringify([client]));
  assert.ok(readSettings({ clients: JSON.stringify([{ ...client, client_secret: hashed }]) }).clients);
  assert.match(refusal({ clients: '{' }), /^The setting clients is invalid: CLIENTS must be a JSON array/);
  assert.match(refusal({ clients: [{ ...client, redirect_uris: [] }] }), /redirect_uris must be an array/);
  assert.match(
    refusal({ clients: [{ ...client, client_secret: 'a secret as it is' }] }),
    /expected "sha256:"/,
  );
  assert.match(
    refusal({ clients: [{ ...client, client_name: 'x'.repeat(2_500) }] }),
    /at most 2500 characters/,
  );
});

test('a wrong setting ends the synthesis with its sentence and nothing else', () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    [fileURLToPath(new URL('../../infra/main.ts', import.meta.url))],
    { env: { ...process.env, CDK_CONTEXT_JSON: JSON.stringify({ mfa: 'always' }) }, encoding: 'utf8' },
  );
  assert.equal(status, 1);
  assert.equal(stderr.trim(), 'The setting mfa is "always": expected required or off.');
});

test('docs/deploy.md has every setting with its default, in the same order', () => {
  const guide = readFileSync(new URL('../../docs/deploy.md', import.meta.url), 'utf8');
  const documented = [...guide.matchAll(/^\| `(\w+)` +\| ([^|]+?) +\|/gm)].map(([, name, value]) => [
    name,
    value,
  ]);
  const defaults = Object.entries(readSettings({})).map(([name, value]) => [
    name,
    value === undefined || value.length === 0 || value === '[]' ? 'none' : `\`${value}\``,
  ]);
  assert.deepEqual(documented, defaults);
});
