import assert from 'node:assert/strict';
import { after, before, describe, mock, test } from 'node:test';
import { allScopes } from '../support/scopes.ts';
import {
  type App,
  claimsOf,
  connect,
  exchange,
  formType,
  jane,
  post,
  refresh,
  register,
  type Setup,
  secret,
  startSignIn,
  type TokenAnswer,
  verifier,
} from './oauth-setup.ts';

const confidential: App = {
  clientId: 'claude-for-work',
  redirectUri: 'https://claude.ai/api/mcp/auth_callback',
  secret: 'the secret: of the client & more',
};
const open: App = { clientId: 'open-client', redirectUri: 'https://a.example/cb' };

let setup: Setup;

before(async () => {
  const clients = [
    {
      client_id: confidential.clientId,
      client_secret: confidential.secret,
      client_name: 'Claude',
      redirect_uris: [confidential.redirectUri],
    },
    { client_id: open.clientId, redirect_uris: [open.redirectUri] },
  ];
  setup = await startSignIn({ environment: { CLIENTS: JSON.stringify(clients) } });
});
after(() => setup.close());

async function tokensOf(app: App, changes: Parameters<typeof connect>[2] = {}): Promise<TokenAnswer> {
  const { code } = await connect(setup, app, changes);
  const answer = await exchange(setup, app, code);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer;
}

function isRefused(answer: TokenAnswer, status: number, error: string): void {
  assert.deepEqual([answer.status, answer.body.error], [status, error], JSON.stringify(answer.body));
  assert.match(String(answer.body.error_description), /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  assert.equal(answer.headers.get('access-control-allow-origin'), '*');
  assert.equal('access_token' in answer.body, false);
}

describe('a code', () => {
  test('works once', async () => {
    const app = await register(setup);
    const { code } = await connect(setup, app);
    assert.equal((await exchange(setup, app, code)).status, 200);
    isRefused(await exchange(setup, app, code), 400, 'invalid_grant');
  });

  test('works once when it is presented several times at once', async () => {
    const app = await register(setup);
    const { code } = await connect(setup, app);
    const answers = await Promise.all(Array.from({ length: 5 }, () => exchange(setup, app, code)));
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    for (const answer of answers) if (answer.status !== 200) isRefused(answer, 400, 'invalid_grant');
  });

  for (const [what, changes, status, error] of [
    ['another verifier', { code_verifier: 'w'.repeat(50) }, 400, 'invalid_grant'],
    ['a verifier that is too short', { code_verifier: verifier.slice(0, 42) }, 400, 'invalid_grant'],
    ['a verifier that is too long', { code_verifier: 'v'.repeat(129) }, 400, 'invalid_grant'],
    ['no verifier', { code_verifier: undefined }, 400, 'invalid_request'],
    ['another redirect URI', { redirect_uri: 'https://evil.example/' }, 400, 'invalid_grant'],
    ['another port', { redirect_uri: 'http://127.0.0.1:43118/callback' }, 400, 'invalid_grant'],
    ['no redirect URI', { redirect_uri: undefined }, 400, 'invalid_request'],
    ['no code', { code: undefined }, 400, 'invalid_request'],
    ['an invented code', { code: 'invented' }, 400, 'invalid_grant'],
    ['a resource of someone else', { resource: 'https://other.example/mcp' }, 400, 'invalid_target'],
    ['no client', { client_id: undefined }, 401, 'invalid_client'],
    ['an unknown client', { client_id: 'unknown' }, 401, 'invalid_client'],
    ['another known client', { client_id: open.clientId }, 400, 'invalid_grant'],
  ] as const) {
    test(`is refused with ${what}, and good for the right request afterwards`, async () => {
      const app = await register(setup);
      const { code } = await connect(setup, app);
      isRefused(await exchange(setup, app, code, changes), status, error);
      assert.equal((await exchange(setup, app, code)).status, 200);
    });
  }

  test('is refused after five minutes', async () => {
    const app = await register(setup);
    const { code } = await connect(setup, app);
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 301_000 });
    try {
      isRefused(await exchange(setup, app, code), 400, 'invalid_grant');
    } finally {
      mock.timers.reset();
    }
  });

  test('is no refresh token, and no refresh token is a code', async () => {
    const app = await register(setup);
    const { code } = await connect(setup, app);
    isRefused(await refresh(setup, app, code), 400, 'invalid_grant');
    const { body } = await exchange(setup, app, code);
    isRefused(await exchange(setup, app, String(body.refresh_token)), 400, 'invalid_grant');
  });

  test('of the user pool itself is worth nothing here', async () => {
    const app = await register(setup);
    isRefused(await exchange(setup, app, 'a-code-of-the-pool'), 400, 'invalid_grant');
  });
});

describe('a client with a secret', () => {
  const basic = (id: string, password: string): Record<string, string> => ({
    authorization: `Basic ${btoa(`${encodeURIComponent(id)}:${encodeURIComponent(password)}`)}`,
  });

  test('proves itself in the form', async () => {
    const { body } = await tokensOf(confidential);
    assert.equal((await refresh(setup, confidential, body.refresh_token)).status, 200);
  });

  test('proves itself by HTTP Basic', async () => {
    const { code } = await connect(setup, confidential);
    const form = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: confidential.redirectUri,
      code_verifier: verifier,
    };
    const right = basic(confidential.clientId, confidential.secret!);
    const wrong = await post(setup, '/oauth/token', form, basic(confidential.clientId, 'wrong'));
    isRefused(wrong, 401, 'invalid_client');
    // The edge renames the challenge; this is the name under which it comes out.
    assert.match(wrong.headers.get('x-amzn-remapped-www-authenticate') ?? '', /^Basic realm=/);
    assert.equal((await post(setup, '/oauth/token', form, right)).status, 200);
  });

  test('is refused without its secret, or with a wrong one', async () => {
    const { code } = await connect(setup, confidential);
    for (const given of [undefined, '', 'wrong', `${confidential.secret} `]) {
      const answer = await exchange(setup, confidential, code, { client_secret: given });
      isRefused(answer, 401, 'invalid_client');
    }
    const { body } = await exchange(setup, confidential, code);
    const without = { ...confidential, secret: 'wrong' };
    isRefused(await refresh(setup, without, body.refresh_token), 401, 'invalid_client');
    const form = { token: String(body.refresh_token), client_id: confidential.clientId };
    isRefused(await post(setup, '/oauth/revoke', form), 401, 'invalid_client');
    assert.equal((await refresh(setup, confidential, body.refresh_token)).status, 200);
  });

  test('needs PKCE all the same', async () => {
    const { code } = await connect(setup, confidential);
    isRefused(
      await exchange(setup, confidential, code, { code_verifier: undefined }),
      400,
      'invalid_request',
    );
  });
});

test('a public client may name itself by HTTP Basic, and what it sends as a secret proves nothing', async () => {
  const { code } = await connect(setup, open);
  const form = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: open.redirectUri,
    code_verifier: verifier,
  };
  const { status, body } = await post(setup, '/oauth/token', form, {
    authorization: `Basic ${btoa(`${open.clientId}:`)}`,
  });
  assert.equal(status, 200);
  assert.equal((await refresh(setup, { ...open, secret: 'whatever' }, body.refresh_token)).status, 200);
});

describe('a refresh token', () => {
  test('gives new tokens for the same person and scopes, and is replaced', async () => {
    const app = await register(setup);
    const first = await tokensOf(app, { person: jane, changes: { scope: 'invoices:read offline_access' } });
    const { status, body } = await refresh(setup, app, first.body.refresh_token);
    assert.equal(status, 200);
    const { access_token: accessToken, refresh_token: refreshToken, ...rest } = body;
    assert.deepEqual(rest, {
      token_type: 'Bearer',
      expires_in: 900,
      scope: 'invoices:read offline_access',
    });
    assert.notEqual(refreshToken, first.body.refresh_token);
    const [before, now] = [claimsOf(first.body.access_token), claimsOf(accessToken)];
    for (const name of ['sub', 'username', 'scope', 'aud', 'client_id'])
      assert.equal(now[name], before[name], name);
    assert.notEqual(now.jti, before.jti);
    assert.equal((await refresh(setup, app, refreshToken)).status, 200);
  });

  test('works again for ten seconds, for a client that did not get the answer, and not afterwards', async () => {
    const app = await register(setup);
    const { body } = await tokensOf(app);
    const start = Date.now();
    mock.timers.enable({ apis: ['Date'], now: start });
    try {
      const first = await refresh(setup, app, body.refresh_token);
      assert.equal(first.status, 200);
      mock.timers.setTime(start + 9_000);
      const again = await refresh(setup, app, body.refresh_token);
      assert.equal(again.status, 200);
      mock.timers.setTime(start + 11_000);
      isRefused(await refresh(setup, app, body.refresh_token), 400, 'invalid_grant');

      // What an operator finds: one sign-in refreshed twice from the same token, and then the token once more.
      const session = claimsOf(body.access_token).origin_jti;
      assert.deepEqual(
        setup.audit
          .filter((record) => record.session === session)
          .map(({ audit, refreshes }) => [audit, refreshes]),
        [
          ['token-issued', 0],
          ['token-issued', 1],
          ['token-issued', 1],
          ['refresh-reused', 0],
        ],
      );
    } finally {
      mock.timers.reset();
    }
  });

  test('works for its own client alone, and for that one still after another has tried', async () => {
    const [app, other] = [await register(setup), await register(setup, { client_name: 'Other' })];
    const { body } = await tokensOf(app);
    isRefused(await refresh(setup, other, body.refresh_token), 400, 'invalid_grant');
    isRefused(await refresh(setup, open, body.refresh_token), 400, 'invalid_grant');
    isRefused(await refresh(setup, confidential, body.refresh_token), 400, 'invalid_grant');
    isRefused(await refresh(setup, app, body.refresh_token, { client_id: 'unknown' }), 401, 'invalid_client');
    assert.equal((await refresh(setup, app, body.refresh_token)).status, 200);
  });

  test('cannot be asked for more than was granted; asked for less it gives what was granted, and says so', async () => {
    const app = await register(setup);
    const changes = { changes: { scope: 'invoices:read payments:read' } };
    const { body } = await tokensOf(app, changes);
    const more = await refresh(setup, app, body.refresh_token, { scope: 'invoices:read business:read' });
    isRefused(more, 400, 'invalid_scope');
    const less = await refresh(setup, app, body.refresh_token, { scope: 'invoices:read openid' });
    assert.equal(less.status, 200);
    assert.equal(less.body.scope, 'invoices:read payments:read');
  });

  for (const [what, token] of [
    ['an invented one', 'invented'],
    ['none', ''],
  ] as const) {
    test(`is refused when it is ${what}`, async () => {
      const answer = await refresh(setup, open, token);
      isRefused(answer, 400, token === '' ? 'invalid_request' : 'invalid_grant');
    });
  }

  test('is refused for a resource of someone else', async () => {
    const app = await register(setup);
    const { body } = await tokensOf(app);
    const answer = await refresh(setup, app, body.refresh_token, { resource: 'https://other.example/mcp' });
    isRefused(answer, 400, 'invalid_target');
  });

  test('of the user pool itself is worth nothing here', async () => {
    isRefused(
      await refresh(setup, open, 'eyJjdHkiOiJKV1QiLCJlbmMiOiJBMjU2R0NNIn0.a.b.c.d'),
      400,
      'invalid_grant',
    );
  });
});

test('a token’s audit record has the session of the token and names the client, over every refresh', async () => {
  const app = await register(setup, {
    client_name: 'My App',
    redirect_uris: ['com.example.app:/callback'],
  });
  let { body } = await tokensOf(app);
  for (let refreshes = 0; refreshes < 3; refreshes += 1) {
    const { session, clientName, redirectTarget, client, ...record } = setup.audit.at(-1)!;
    assert.equal(session, claimsOf(body.access_token).origin_jti);
    assert.deepEqual([clientName, redirectTarget], ['My App', 'com.example.app']);
    assert.match(String(client), /^registered:/);
    assert.equal(record.refreshes, refreshes);
    ({ body } = await refresh(setup, app, body.refresh_token));
  }
  const form = { token: String(body.refresh_token), client_id: app.clientId };
  await post(setup, '/oauth/revoke', form);
  const { audit, session, refreshes } = setup.audit.at(-1)!;
  assert.deepEqual([audit, session, refreshes], ['token-revoked', claimsOf(body.access_token).origin_jti, 3]);
});

describe('revocation', () => {
  const revoke = (app: App, token: unknown): Promise<TokenAnswer> =>
    post(setup, '/oauth/revoke', {
      token: String(token),
      client_id: app.clientId,
      ...(app.secret !== undefined && { client_secret: app.secret }),
    });

  for (const kind of ['a public', 'a confidential'] as const) {
    test(`ends a refresh token of ${kind} client`, async () => {
      const app = kind === 'a public' ? await register(setup) : confidential;
      const { body } = await tokensOf(app);
      const answer = await revoke(app, body.refresh_token);
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get('access-control-allow-origin'), '*');
      isRefused(await refresh(setup, app, body.refresh_token), 400, 'invalid_grant');
      assert.equal((await revoke(app, body.refresh_token)).status, 200, 'a second time');
    });
  }

  test('does not let a client end the token of another', async () => {
    const [app, other] = [await register(setup), await register(setup, { client_name: 'Other' })];
    const { body } = await tokensOf(app);
    isRefused(await revoke(other, body.refresh_token), 400, 'invalid_grant');
    assert.equal((await refresh(setup, app, body.refresh_token)).status, 200);
  });

  test('accepts what is no refresh token, and does nothing', async () => {
    const app = await register(setup);
    const { body } = await tokensOf(app);
    for (const token of ['unknown', body.access_token]) assert.equal((await revoke(app, token)).status, 200);
    assert.equal((await refresh(setup, app, body.refresh_token)).status, 200);
  });

  test('needs a client that is known, and a token', async () => {
    isRefused(await revoke({ ...open, clientId: 'unknown' }, 'x'), 401, 'invalid_client');
    isRefused(await post(setup, '/oauth/revoke', { token: 'x' }), 401, 'invalid_client');
    isRefused(await revoke(open, ''), 400, 'invalid_request');
    const json = await setup.call('/oauth/revoke', {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });
    assert.equal(json.status, 400);
  });
});

describe('a machine', () => {
  test('still gets its tokens here', async () => {
    const form = {
      grant_type: 'client_credentials',
      client_id: 'machine-northwind',
      client_secret: 'local-only',
    };
    const { status, body } = await post(setup, '/oauth/token', form);
    assert.equal(status, 200);
    assert.equal(body.scope, allScopes);
    assert.equal(claimsOf(body.access_token).organization, 'northwind');
    assert.equal('refresh_token' in body, false);
    const { time: _time, requestId: _id, ...record } = setup.audit.at(-1)!;
    assert.deepEqual(record, {
      audit: 'token-issued',
      grantType: 'client_credentials',
      client: 'machine-northwind',
      session: claimsOf(body.access_token).jti,
      subject: 'machine-northwind',
      scopes: allScopes.split(' '),
    });
  });

  test('and a client of people do not take each other’s place', async () => {
    const machine = { clientId: 'machine-northwind', redirectUri: open.redirectUri, secret: 'local-only' };
    isRefused(await exchange(setup, machine, 'x'), 401, 'invalid_client');
    const form = {
      grant_type: 'client_credentials',
      client_id: confidential.clientId,
      client_secret: confidential.secret!,
    };
    isRefused(await post(setup, '/oauth/token', form), 401, 'invalid_client');
  });
});

describe('a rotation of the sealing secret', () => {
  const rotate = (previous: boolean): void => {
    const { sealing, brokerClient } = setup.secrets;
    setup.secrets = { sealing: secret(), brokerClient, ...(previous && { previousSealing: sealing }) };
    setup.restart();
  };

  test('leaves every client, code and refresh token as good as it was, and a second one ends them', async () => {
    const app = await register(setup);
    const { body } = await tokensOf(app);
    const { code } = await connect(setup, app);
    rotate(true);
    assert.equal((await exchange(setup, app, code)).status, 200);
    const renewed = await refresh(setup, app, body.refresh_token);
    assert.equal(renewed.status, 200);

    rotate(true);
    // The client's id was signed two secrets ago: it registers again, and asks the person again.
    isRefused(await refresh(setup, app, renewed.body.refresh_token), 401, 'invalid_client');
    const again = await register(setup);
    assert.notEqual(again.clientId, app.clientId);
    isRefused(await refresh(setup, again, renewed.body.refresh_token), 400, 'invalid_grant');
    await tokensOf(again);
  });

  test('lets a client whose id does not depend on it go on for as long as it refreshes in between', async () => {
    let { refresh_token: token } = (await tokensOf(open)).body;
    for (let round = 0; round < 3; round += 1) {
      rotate(true);
      const { status, body } = await refresh(setup, open, token);
      assert.equal(status, 200);
      token = body.refresh_token;
    }
  });

  test('without the previous one ends everything at once', async () => {
    const { body } = await tokensOf(open);
    rotate(false);
    isRefused(await refresh(setup, open, body.refresh_token), 400, 'invalid_grant');
  });
});

test('a token request in JSON is told what was expected', async () => {
  const response = await setup.call('/oauth/token', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ grant_type: 'refresh_token' }),
  });
  assert.equal(response.status, 400);
  assert.ok(((await response.json()) as Record<string, string>).error_description?.includes(formType));
});
