import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, mock, test } from 'node:test';
import { errors } from 'oidc-provider';
import { openRecords } from '../../local/user-pool/records.ts';
import { startUserPool, type UserPool } from '../../local/user-pool.ts';
import { openBrowser, signIn } from './user-pool-browser.ts';

const publicOrigin = 'http://localhost:3000';
const callback = `${publicOrigin}/oauth/callback`;
const brokerSecret = 'the-same-after-a-restart';
const nancy = { username: 'nancy', password: 'first', email: 'nancy@example.com', groups: ['org_northwind'] };

let folder: string;
let pool: UserPool;

async function start(people = [nancy]): Promise<void> {
  pool = await startUserPool({ port: 0, publicOrigin, people, brokerSecret, dataDir: folder });
}

async function token(form: Record<string, string>): Promise<Record<string, string>> {
  const response = await fetch(`${pool.url}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: 'finance-mcp-broker', client_secret: brokerSecret, ...form }),
  });
  return (await response.json()) as Record<string, string>;
}

async function signInFully(): Promise<Record<string, string>> {
  const query = new URLSearchParams({
    client_id: 'finance-mcp-broker',
    response_type: 'code',
    redirect_uri: callback,
  });
  const url = await signIn(openBrowser(), `${pool.url}/oauth2/authorize?${query}`, 'nancy', nancy.password);
  assert.ok(url instanceof URL);
  const code = url.searchParams.get('code') ?? '';
  return token({ grant_type: 'authorization_code', code, redirect_uri: callback });
}

test('a record is consumed by one caller, though several found it unconsumed', async () => {
  const codes = (await openRecords(undefined)).adapter('AuthorizationCode');
  await codes.upsert('code', { jti: 'code' }, 60);
  assert.ok(await codes.find('code'));
  await codes.consume('code');
  await assert.rejects(codes.consume('code'), errors.InvalidGrant);
  await assert.rejects(codes.consume('never issued'), errors.InvalidGrant);
});

test('a record is gone when its time is over', async () => {
  const codes = (await openRecords(undefined)).adapter('AuthorizationCode');
  await codes.upsert('code', { jti: 'code' }, 0);
  assert.equal(await codes.find('code'), undefined);
});

describe('a user pool with a data folder', () => {
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'user-pool-'));
  });
  after(() => rm(folder, { recursive: true }));
  afterEach(() => pool.close());

  test('keeps its key, its people, their groups and their refresh tokens over a restart', async () => {
    await start();
    const [key] = pool.jwks.keys;
    await pool.people.setGroups('nancy', ['org_northwind', 'org_chinook']);
    const people = pool.people.list();
    const first = await signInFully();
    const second = await token({ grant_type: 'refresh_token', refresh_token: first.refresh_token! });
    await pool.close();

    await start([{ ...nancy, groups: [] }]);
    assert.deepEqual(pool.jwks.keys, [key]);
    assert.deepEqual(pool.people.list(), people);
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 11_000 });
    try {
      const used = await token({ grant_type: 'refresh_token', refresh_token: first.refresh_token! });
      assert.equal(used.error, 'invalid_grant');
      const refreshed = await token({ grant_type: 'refresh_token', refresh_token: second.refresh_token! });
      assert.ok(refreshed.access_token);
    } finally {
      mock.timers.reset();
    }
  });

  test('lets only its owner read what it keeps, and keeps no password', async () => {
    await start();
    const files = await readdir(folder);
    assert.deepEqual(files.sort(), ['people.json', 'refresh-tokens.json', 'signing-key.json']);
    for (const file of files) {
      assert.equal((await stat(join(folder, file))).mode & 0o077, 0, file);
    }
    assert.ok((await pool.people.signIn('nancy', nancy.password)) !== undefined);
    assert.equal(JSON.stringify(pool.people.list()).includes(nancy.password), false);
  });

  test('says which file it cannot read', async () => {
    const broken = await mkdtemp(join(tmpdir(), 'user-pool-'));
    await writeFile(join(broken, 'people.json'), '[{"username"');
    const starting = startUserPool({ port: 0, publicOrigin, people: [], brokerSecret, dataDir: broken });
    await assert.rejects(starting, /people\.json is not valid JSON/);
    await rm(broken, { recursive: true });
    await start();
  });
});
