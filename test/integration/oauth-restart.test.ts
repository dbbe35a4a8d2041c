import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type LocalEdition, startLocalEdition } from '../support/local-edition.ts';
import { demoPerson } from '../support/sign-in.ts';
import { type AuthorizationServer, connect, exchange, refresh, register } from './oauth-setup.ts';

const folder = await mkdtemp(join(tmpdir(), 'oauth-restart-'));
after(() => rm(folder, { recursive: true, force: true }));

function serverOf({ url }: LocalEdition): AuthorizationServer {
  return {
    publicOrigin: url,
    call: (path, init = {}) => fetch(`${url}${path}`, { redirect: 'manual', ...init }),
  };
}

test('with a data folder, clients and their refresh tokens outlive a restart of the local edition', async () => {
  const first = await startLocalEdition(['--data', folder]);
  const server = serverOf(first);
  const app = await register(server);
  const { code } = await connect(server, app, { person: demoPerson('robin') });
  const { body } = await exchange(server, app, code);
  assert.ok(body.refresh_token);
  await first.stop();

  const second = await startLocalEdition(['--data', folder], first.port);
  const renewed = await refresh(serverOf(second), app, body.refresh_token);
  assert.equal(renewed.status, 200, JSON.stringify(renewed.body));
  assert.equal((await register(serverOf(second))).clientId, app.clientId);
  await second.stop();

  // In another place, with other secrets, they are worth nothing.
  await rm(join(folder, 'secrets.json'));
  const third = await startLocalEdition(['--data', folder], first.port);
  const refused = await refresh(serverOf(third), app, renewed.body.refresh_token);
  assert.deepEqual([refused.status, refused.body.error], [401, 'invalid_client']);
});
