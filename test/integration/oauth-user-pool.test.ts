import { hash } from 'node:crypto';
/** The authorization server before a user pool that does what the stand-in never does. */

import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { authorizationServer } from '../../functions/oauth/authorization-server.ts';
import { readConfiguration } from '../../functions/oauth/configuration.ts';
import { keysOf } from '../../functions/oauth/sealing/keys.ts';
import { heldSecrets } from '../../functions/oauth/sealing/secrets.ts';
import { codeSeal } from '../../functions/oauth/tokens/authorization-code.ts';
import { refreshTokenSeal } from '../../functions/oauth/tokens/person-grant.ts';
import { closeServer, listen } from '../../local/loopback.ts';

const publicOrigin = 'http://localhost:3000';
const secrets = { sealing: 's'.repeat(40), brokerClient: 'the broker’s secret' };
const keys = keysOf(heldSecrets(async () => secrets));
const client = { client_id: 'a-client', redirect_uris: ['https://a.example/cb'] };
const verifier = 'v'.repeat(43);
const consented = {
  client: hash('sha256', client.client_id, 'base64url'),
  clientName: 'A client',
  redirectTarget: 'a.example',
  scopes: ['invoices:read'] as const,
  offline: false,
};
const day = 24 * 60 * 60;
const seconds = (): number => Math.floor(Date.now() / 1000);

let pool: Server;
let reply: { status: number; body: unknown };
/** What the pool answers to a revocation, where that is another answer. */
let revocation: typeof reply | undefined;
const audit: Record<string, unknown>[] = [];
const asked: { path: string; authorization: string; form: Record<string, string> }[] = [];
let handler: ReturnType<typeof authorizationServer>;
const { error: printError } = console;
const printed: string[] = [];

before(async () => {
  pool = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      const { authorization = '' } = request.headers;
      asked.push({
        path: request.url ?? '',
        authorization,
        form: Object.fromEntries(new URLSearchParams(body)),
      });
      const { status, body: answer } = (request.url === '/oauth2/revoke' && revocation) || reply;
      response.writeHead(status).end(answer === undefined ? '' : JSON.stringify(answer));
    });
  });
  handler = authorizationServer({
    configuration: readConfiguration({
      PUBLIC_ORIGIN: publicOrigin,
      USER_POOL_URL: `http://127.0.0.1:${await listen(pool, 0, '127.0.0.1')}`,
      BROKER_CLIENT_ID: 'broker',
      CLIENTS: JSON.stringify([client]),
    }),
    readSecrets: async () => secrets,
    record: (record) => audit.push(record),
  });
});
after(() => closeServer(pool));
beforeEach(() => {
  asked.length = 0;
  printed.length = 0;
  audit.length = 0;
  revocation = undefined;
  console.error = (line: string) => printed.push(line);
});
afterEach(() => {
  console.error = printError;
});

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function post(path: string, form: Record<string, string>): Promise<Answer> {
  const event = {
    httpMethod: 'POST',
    path,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    multiValueQueryStringParameters: null,
    requestContext: { requestId: 'a-request' },
    body: new URLSearchParams({ client_id: client.client_id, ...form }).toString(),
  };
  const { statusCode, body } = await handler(event as unknown as APIGatewayProxyEvent);
  return { status: statusCode, body: body === '' ? {} : (JSON.parse(body) as Record<string, unknown>) };
}

async function exchange(
  challenge = hash('sha256', verifier, 'base64url'),
  given = verifier,
): Promise<Answer> {
  const code = await codeSeal(keys).seal({
    ...consented,
    challenge,
    poolCode: 'code-of-the-pool',
    poolVerifier: 'verifier-of-the-pool',
    redirectUriHash: hash('sha256', 'https://a.example/cb', 'base64url'),
  });
  return post('/oauth/token', {
    grant_type: 'authorization_code',
    code,
    redirect_uri: 'https://a.example/cb',
    code_verifier: given,
  });
}

/** @param until seconds since the epoch at which the sign-in ends */
async function refreshToken(until = seconds() + day): Promise<string> {
  const sealed = {
    ...consented,
    poolToken: 'token-of-the-pool',
    session: 'the-session',
    refreshes: 3,
    until,
  };
  return refreshTokenSeal(keys).seal(sealed);
}

function tokenOf(...scopes: string[]): string {
  const claims = { sub: 'somebody', scope: scopes.map((scope) => `${publicOrigin}/mcp/${scope}`).join(' ') };
  return `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
}

const issued = { access_token: tokenOf('invoices:read'), expires_in: 900 };

describe('a code', () => {
  test('is exchanged with the secret of the broker, its callback and its own verifier', async () => {
    reply = { status: 200, body: { ...issued, refresh_token: 'new', id_token: 'never given away' } };
    const { status, body } = await exchange();
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body).sort(), [
      'access_token',
      'expires_in',
      'refresh_token',
      'scope',
      'token_type',
    ]);
    const credentials = `broker:${encodeURIComponent(secrets.brokerClient)}`;
    assert.deepEqual(asked, [
      {
        path: '/oauth2/token',
        authorization: `Basic ${btoa(credentials)}`,
        form: {
          grant_type: 'authorization_code',
          code: 'code-of-the-pool',
          redirect_uri: `${publicOrigin}/oauth/callback`,
          code_verifier: 'verifier-of-the-pool',
        },
      },
    ]);
  });

  for (const length of [1, 42, 129]) {
    test(`is not exchanged for a verifier of ${length} characters, though it belongs to the challenge`, async () => {
      const weak = 'v'.repeat(length);
      const { status, body } = await exchange(hash('sha256', weak, 'base64url'), weak);
      assert.deepEqual([status, body.error], [400, 'invalid_grant']);
      assert.deepEqual(asked, []);
    });
  }

  test('gives no token that allows more than the person has agreed to', async () => {
    reply = { status: 200, body: { ...issued, access_token: tokenOf('invoices:read', 'payments:read') } };
    const { status, body } = await exchange();
    assert.deepEqual([status, body.error], [503, 'temporarily_unavailable']);
    assert.equal('access_token' in body, false);
    assert.match(printed.join(''), /scopes-exceed-consent/);
  });

  test('may give less, which the answer says', async () => {
    reply = { status: 200, body: { ...issued, access_token: tokenOf() } };
    const { status, body } = await exchange();
    assert.deepEqual([status, body.scope, 'refresh_token' in body], [200, '', false]);
  });

  for (const error of ['invalid_client', 'unauthorized_client', 'invalid_request', 'invalid_scope']) {
    test(`is not the client’s fault when the pool answers ${error}: it must not register again`, async () => {
      for (const status of [400, 401]) {
        reply = { status, body: { error } };
        const answer = await exchange();
        assert.deepEqual([answer.status, answer.body.error], [503, 'temporarily_unavailable']);
        assert.doesNotMatch(printed.join(''), /token-of-the-pool|code-of-the-pool/);
      }
    });
  }

  test('that the pool refuses is refused', async () => {
    reply = { status: 400, body: { error: 'invalid_grant' } };
    const { status, body } = await exchange();
    assert.deepEqual([status, body.error], [400, 'invalid_grant']);
  });
});

describe('a refresh token', () => {
  test('stays good where the pool gives no new one', async () => {
    reply = { status: 200, body: issued };
    const first = await post('/oauth/token', {
      grant_type: 'refresh_token',
      refresh_token: await refreshToken(),
    });
    const form = { grant_type: 'refresh_token', refresh_token: String(first.body.refresh_token) };
    assert.equal((await post('/oauth/token', form)).status, 200);
    assert.deepEqual(
      asked.map(({ form: sent }) => sent.refresh_token),
      ['token-of-the-pool', 'token-of-the-pool'],
    );
  });

  const events = (): unknown[] => audit.map(({ audit: event }) => event);

  for (const [what, answer] of [
    ['does as asked', { status: 200, body: undefined }],
    ['has nothing to end', { status: 400, body: { error: 'invalid_token' } }],
    ['fails', { status: 500, body: undefined }],
  ] as const) {
    test(`that the pool refuses before its time is reported as reused, and its sign-in ended if the pool ${what}`, async () => {
      reply = { status: 400, body: { error: 'invalid_grant' } };
      revocation = answer;
      const form = { grant_type: 'refresh_token', refresh_token: await refreshToken() };
      const { status, body } = await post('/oauth/token', form);
      assert.deepEqual([status, body.error], [400, 'invalid_grant']);
      assert.deepEqual(
        asked.map(({ path, form: sent }) => [path, sent.refresh_token ?? sent.token]),
        [
          ['/oauth2/token', 'token-of-the-pool'],
          ['/oauth2/revoke', 'token-of-the-pool'],
        ],
      );
      assert.deepEqual(events(), ['refresh-reused', 'token-refused']);
      const { time: _time, ...record } = audit[0]!;
      assert.deepEqual(record, {
        audit: 'refresh-reused',
        requestId: 'a-request',
        client: 'a-client',
        clientName: 'A client',
        redirectTarget: 'a.example',
        session: 'the-session',
        refreshes: 3,
      });
    });
  }

  test('that has expired is refused, and nothing more', async () => {
    reply = { status: 400, body: { error: 'invalid_grant' } };
    const form = { grant_type: 'refresh_token', refresh_token: await refreshToken(seconds()) };
    assert.equal((await post('/oauth/token', form)).body.error, 'invalid_grant');
    assert.deepEqual(events(), ['token-refused']);
    assert.equal(asked.length, 1);
  });

  test('is not taken for reused while the pool does not answer', async () => {
    reply = { status: 503, body: undefined };
    const form = { grant_type: 'refresh_token', refresh_token: await refreshToken() };
    assert.equal((await post('/oauth/token', form)).status, 503);
    assert.deepEqual(events(), ['token-refused']);
    assert.equal(asked.length, 1);
  });

  test('ends 30 days after the sign-in, however often it is refreshed', async () => {
    reply = { status: 200, body: { ...issued, refresh_token: 'next' } };
    const untils = [];
    let { body } = await exchange();
    for (let refreshes = 0; refreshes < 3; refreshes += 1) {
      const opened = await refreshTokenSeal(keys).open(String(body.refresh_token));
      assert.equal(opened?.refreshes, refreshes);
      untils.push(opened?.until);
      const form = { grant_type: 'refresh_token', refresh_token: String(body.refresh_token) };
      body = (await post('/oauth/token', form)).body;
    }
    assert.equal(new Set(untils).size, 1);
    assert.ok(Math.abs(untils[0]! - (seconds() + 30 * day)) < 60);
  });
});

describe('revocation', () => {
  test('is passed on', async () => {
    reply = { status: 200, body: undefined };
    assert.equal((await post('/oauth/revoke', { token: await refreshToken() })).status, 200);
    const [{ path, form } = assert.fail()] = asked;
    assert.deepEqual([path, form], ['/oauth2/revoke', { token: 'token-of-the-pool' }]);
  });

  for (const error of ['invalid_grant', 'invalid_token', 'unsupported_token_type']) {
    test(`has nothing to do when the pool says ${error}`, async () => {
      reply = { status: 400, body: { error } };
      assert.equal((await post('/oauth/revoke', { token: await refreshToken() })).status, 200);
    });
  }

  for (const [status, body] of [
    [400, { error: 'invalid_request' }],
    [401, { error: 'invalid_client' }],
    [500, undefined],
    [302, undefined],
  ] as const) {
    test(`is not reported as done when the pool answers ${status} ${JSON.stringify(body ?? '')}`, async () => {
      reply = { status, body };
      const answer = await post('/oauth/revoke', { token: await refreshToken() });
      assert.deepEqual([answer.status, answer.body.error], [503, 'temporarily_unavailable']);
    });
  }
});
