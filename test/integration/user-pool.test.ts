import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, describe, mock, test } from 'node:test';
import { CognitoJwtVerifier } from 'aws-jwt-verify';
import { issuer, startUserPool, type UserPool, userPoolId } from '../../local/user-pool.ts';
import { allScopes } from '../support/scopes.ts';
import { follow, locationOf, openBrowser, signIn } from './user-pool-browser.ts';

const publicOrigin = 'http://localhost:3000';
const resource = `${publicOrigin}/mcp`;
const callback = `${publicOrigin}/oauth/callback`;
const brokerId = 'finance-mcp-broker';
const brokerSecret = randomBytes(24).toString('base64url');
const resourceScopes = allScopes.split(' ').map((name) => `${resource}/${name}`);
const robin = {
  username: 'robin',
  password: 'both-books',
  email: 'robin@example.com',
  groups: ['org_northwind', 'org_chinook'],
};
const loner = { username: 'lone', password: 'no-books', email: 'lone@example.com', groups: [] };

const verifier = 'v'.repeat(50);
const challenge = createHash('sha256').update(verifier).digest('base64url');

let pool: UserPool;
let cognito: ReturnType<typeof createVerifier>;

function createVerifier() {
  const created = CognitoJwtVerifier.create({ userPoolId, tokenUse: 'access', clientId: null });
  created.cacheJwks(pool.jwks);
  return created;
}

before(async () => {
  pool = await startUserPool({ port: 0, publicOrigin, people: [robin, loner], brokerSecret });
  cognito = createVerifier();
});
after(() => pool.close());

function authorizeUrl(changes: Record<string, string | undefined> = {}): string {
  const parameters = {
    client_id: brokerId,
    response_type: 'code',
    redirect_uri: callback,
    state: 'some-state',
    scope: resourceScopes[0],
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...changes,
  };
  const url = new URL(`${pool.url}/oauth2/authorize`);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return url.href;
}

interface TokenAnswer {
  status: number;
  body: Record<string, string>;
}

async function token(
  form: Record<string, string>,
  client = { id: brokerId, secret: brokerSecret },
): Promise<TokenAnswer> {
  const response = await fetch(`${pool.url}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${client.id}:${client.secret}`)}` },
    body: new URLSearchParams(form),
  });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

function machine(organization: string, form: Record<string, string> = {}): Promise<TokenAnswer> {
  const client = { id: `machine-${organization}`, secret: 'local-only' };
  return token({ grant_type: 'client_credentials', ...form }, client);
}

/** Signs in and gives the code that came back. */
async function code(changes: Record<string, string | undefined> = {}, person = robin): Promise<string> {
  const url = await signIn(openBrowser(), authorizeUrl(changes), person.username, person.password);
  assert.ok(url instanceof URL, 'the callback was not reached');
  const value = url.searchParams.get('code');
  assert.ok(value, url.search);
  return value;
}

function exchange(value: string, changes: Record<string, string> = {}): Promise<TokenAnswer> {
  return token({
    grant_type: 'authorization_code',
    code: value,
    redirect_uri: callback,
    code_verifier: verifier,
    ...changes,
  });
}

function decoded(jwt: string | undefined): {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
} {
  assert.ok(jwt);
  const [header, claims] = jwt
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
  return { header, claims };
}

describe('discovery', () => {
  test('has the shape of Cognito: no registration, no PKCE methods', async () => {
    const response = await fetch(`${pool.url}/${userPoolId}/.well-known/openid-configuration`);
    const document = (await response.json()) as Record<string, unknown>;
    assert.equal(document.issuer, issuer);
    assert.equal(document.token_endpoint, `${pool.url}/oauth2/token`);
    assert.equal('registration_endpoint' in document, false);
    assert.equal('code_challenge_methods_supported' in document, false);
  });

  test('publishes only the public half of a 2048 bit RSA key', async () => {
    const response = await fetch(`${pool.url}/${userPoolId}/.well-known/jwks.json`);
    const { keys } = (await response.json()) as { keys: Record<string, string>[] };
    assert.equal(keys.length, 1);
    assert.deepEqual(Object.keys(keys[0]!).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use']);
    assert.equal(Buffer.from(keys[0]!.n!, 'base64url').length * 8, 2048);
  });

  test('offers no registration endpoint', async () => {
    for (const path of ['/register', '/reg', '/oauth2/register', '/request', '/token/introspection']) {
      assert.equal((await fetch(`${pool.url}${path}`, { method: 'POST' })).status, 404, path);
    }
  });
});

describe('signing in', () => {
  test('gives a person an access token with the claims of Cognito', async () => {
    const { status, body } = await exchange(await code({ scope: resourceScopes.slice(0, 2).join(' ') }));
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body).sort(), ['access_token', 'expires_in', 'refresh_token', 'token_type']);
    const { header, claims } = decoded(body.access_token);
    assert.deepEqual(Object.keys(header).sort(), ['alg', 'kid']);
    assert.equal(claims.iss, issuer);
    assert.equal(claims.token_use, 'access');
    assert.equal(claims.client_id, brokerId);
    assert.equal(claims.scope, resourceScopes.slice(0, 2).join(' '));
    assert.equal(claims.username, 'robin');
    assert.equal(claims.sub, pool.people.list().find((person) => person.username === 'robin')?.sub);
    assert.deepEqual(claims['cognito:groups'], robin.groups);
    assert.equal(claims.version, 2);
    assert.equal(Number(claims.exp) - Number(claims.iat), 900);
    for (const name of ['origin_jti', 'jti', 'auth_time']) assert.ok(claims[name], name);
    assert.equal('aud' in claims, false);
    const accepted = await cognito.verify(body.access_token!);
    assert.equal(accepted.sub, claims.sub);
  });

  test('binds the token to the resource that was asked for', async () => {
    const { body } = await exchange(await code({ resource }));
    assert.equal(decoded(body.access_token).claims.aud, resource);
    const refreshed = await token({ grant_type: 'refresh_token', refresh_token: body.refresh_token! });
    assert.equal(decoded(refreshed.body.access_token).claims.aud, resource);
  });

  test('grants all of the scopes of the client when none is asked', async () => {
    const { body } = await exchange(await code({ scope: undefined }));
    const granted = new Set(String(decoded(body.access_token).claims.scope).split(' '));
    assert.deepEqual(granted, new Set(['openid', 'email', 'profile', ...resourceScopes]));
    const { claims } = decoded(body.id_token);
    assert.equal(claims.token_use, 'id');
    assert.equal(claims.email, robin.email);
    assert.equal(claims.aud, brokerId);
  });

  test('leaves the groups out for somebody in none', async () => {
    const { body } = await exchange(await code({}, loner));
    assert.equal('cognito:groups' in decoded(body.access_token).claims, false);
  });

  test('takes the email for the username, in any case', async () => {
    const url = await signIn(openBrowser(), authorizeUrl(), 'Robin@Example.com', robin.password);
    assert.ok(url instanceof URL && url.searchParams.has('code'));
  });

  test('brings the state back, and no iss', async () => {
    const url = await signIn(openBrowser(), authorizeUrl(), robin.username, robin.password);
    assert.ok(url instanceof URL);
    assert.equal(`${url.origin}${url.pathname}`, callback);
    assert.deepEqual([...url.searchParams.keys()].sort(), ['code', 'state']);
    assert.equal(url.searchParams.get('state'), 'some-state');
  });

  test('does not ask again while the session lasts, until signed out', async () => {
    const browser = openBrowser();
    await signIn(browser, authorizeUrl(), robin.username, robin.password);
    const again = await follow(browser, await browser.get(authorizeUrl()));
    assert.ok(again instanceof URL && again.searchParams.has('code'));

    const thief = browser.copy();
    const query = new URLSearchParams({ client_id: brokerId, logout_uri: `${publicOrigin}/` });
    const out = await browser.get(`${pool.url}/logout?${query}`);
    assert.equal(locationOf(out).href, `${publicOrigin}/`);
    for (const visitor of [browser, thief]) {
      const page = await follow(visitor, await visitor.get(authorizeUrl()));
      assert.ok(page instanceof Response && page.status === 200);
    }
  });

  test('lets another person sign in where one is signed in already', async () => {
    const browser = openBrowser();
    await signIn(browser, authorizeUrl(), robin.username, robin.password);
    const page = await signIn(browser, authorizeUrl({ prompt: 'login' }), loner.username, loner.password);
    // The page that ends the first session; a browser submits it by itself.
    assert.ok(page instanceof Response);
    const html = await page.text();
    const action = /action="([^"]+)"/.exec(html)?.[1] ?? '';
    const inputs = [...html.matchAll(/name="([^"]+)" value="([^"]+)"/g)].map(([, name, value]) => [
      name,
      value,
    ]);
    const last = await follow(browser, await browser.post(action, Object.fromEntries(inputs)));
    assert.ok(last instanceof URL);
    const { body } = await exchange(last.searchParams.get('code') ?? '');
    assert.equal(decoded(body.access_token).claims.username, loner.username);
  });

  test('sends nobody to a logout address that is not registered', async () => {
    const query = new URLSearchParams({ client_id: brokerId, logout_uri: 'https://evil.example/' });
    const response = await fetch(`${pool.url}/logout?${query}`, { redirect: 'manual' });
    assert.equal(response.status, 400);
  });

  test('shows the form again after a wrong password, without saying which half was wrong', async () => {
    const pages = [];
    for (const username of ['robin', 'nobody']) {
      const page = await signIn(openBrowser(), authorizeUrl(), username, 'wrong');
      assert.ok(page instanceof Response && page.status === 401);
      pages.push((await page.text()).replace(/request=[^"]+/, ''));
    }
    assert.match(pages[0]!, /role="alert">Incorrect username or password/);
    assert.equal(pages[0], pages[1]);
  });

  test('has a page without script that no other page can frame', async () => {
    const browser = openBrowser();
    const page = await follow(browser, await browser.get(authorizeUrl()));
    assert.ok(page instanceof Response);
    const policy = page.headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /frame-ancestors 'none'/);
    const html = await page.text();
    assert.doesNotMatch(html, /<script/i);
    const style = /<style>(.*)<\/style>/s.exec(html)?.[1] ?? '';
    assert.ok(policy.includes(createHash('sha256').update(style).digest('base64')), 'the style is blocked');
    for (const id of ['username', 'password']) {
      assert.match(html, new RegExp(`<label for="${id}">`));
      assert.match(html, new RegExp(`<input id="${id}"`));
    }
  });

  test('does not take the form of one window for the request of another', async () => {
    const browser = openBrowser();
    const first = await follow(browser, await browser.get(authorizeUrl({ state: 'first' })));
    await follow(browser, await browser.get(authorizeUrl({ state: 'second' })));
    assert.ok(first instanceof Response);
    const answer = await browser.post(first.url, { username: robin.username, password: robin.password });
    assert.equal(answer.status, 400);
    assert.match(await answer.text(), /This sign-in has ended/);
  });

  test('does not take a form without the cookie of its request', async () => {
    const browser = openBrowser();
    const page = await follow(browser, await browser.get(authorizeUrl()));
    assert.ok(page instanceof Response);
    const stranger = await openBrowser().post(page.url, { username: 'robin', password: robin.password });
    assert.equal(stranger.status, 400);
    assert.match(await stranger.text(), /This sign-in has ended/);
  });
});

describe('an authorization request is refused', () => {
  async function refusal(changes: Record<string, string | undefined>): Promise<URL> {
    const response = await openBrowser().get(authorizeUrl(changes));
    const url = locationOf(response);
    assert.equal(`${url.origin}${url.pathname}`, callback);
    assert.equal(url.searchParams.get('state'), 'some-state');
    assert.equal(url.searchParams.has('iss'), false);
    return url;
  }

  for (const redirectUri of [
    `${callback}/`,
    `${callback}?x=1`,
    'http://127.0.0.1:3000/oauth/callback',
    'http://localhost:3001/oauth/callback',
    'https://evil.example/',
  ]) {
    test(`without leaving the pool for the redirect URI ${redirectUri}`, async () => {
      const response = await openBrowser().get(authorizeUrl({ redirect_uri: redirectUri }));
      assert.equal(response.status, 400);
      assert.equal(response.headers.get('location'), null);
    });
  }

  test('without leaving the pool for an unknown client', async () => {
    const response = await openBrowser().get(authorizeUrl({ client_id: 'somebody-else' }));
    assert.equal(response.status, 400);
    assert.match(await response.text(), /Sign-in is not possible/);
  });

  for (const scope of [
    'invoices:read',
    'offline_access',
    `openid offline_access`,
    `${resource}/everything`,
    `https://other.example/mcp/invoices:read`,
  ]) {
    test(`for the scope ${scope}`, async () => {
      assert.equal((await refusal({ scope })).searchParams.get('error'), 'invalid_scope');
    });
  }

  test('for offline_access even when consent is asked for', async () => {
    const url = await refusal({ scope: `openid offline_access`, prompt: 'consent' });
    assert.equal(url.searchParams.get('error'), 'invalid_scope');
  });

  for (const other of ['https://other.example/mcp', `${resource}/`, publicOrigin]) {
    test(`for the resource ${other}`, async () => {
      assert.equal((await refusal({ resource: other })).searchParams.get('error'), 'invalid_target');
    });
  }

  test('for the challenge method plain', async () => {
    const url = await refusal({ code_challenge: verifier, code_challenge_method: 'plain' });
    assert.equal(url.searchParams.get('error'), 'invalid_request');
  });

  test('for the implicit grant', async () => {
    const url = locationOf(await openBrowser().get(authorizeUrl({ response_type: 'token' })));
    assert.match(url.href, /error=unsupported_response_type/);
  });
});

describe('a code', () => {
  test('works once', async () => {
    const value = await code();
    const first = await exchange(value);
    assert.equal(first.status, 200);
    const second = await exchange(value);
    assert.deepEqual([second.status, second.body.error], [400, 'invalid_grant']);
  });

  test('works once when it is presented several times at once', async () => {
    const value = await code();
    const answers = await Promise.all(Array.from({ length: 5 }, () => exchange(value)));
    assert.equal(answers.filter((answer) => answer.status === 200).length, 1);
  });

  for (const [what, changes] of [
    ['another verifier', { code_verifier: 'w'.repeat(50) }],
    ['no verifier', { code_verifier: '' }],
    ['another redirect URI', { redirect_uri: `${callback}/` }],
  ] as const) {
    test(`is refused with ${what}`, async () => {
      const { status, body } = await exchange(await code(), changes);
      assert.deepEqual([status, body.error], [400, 'invalid_grant']);
    });
  }

  test('needs no PKCE when its request had none, as at Cognito', async () => {
    const value = await code({ code_challenge: undefined, code_challenge_method: undefined });
    const { status } = await token({
      grant_type: 'authorization_code',
      code: value,
      redirect_uri: callback,
    });
    assert.equal(status, 200);
  });
});

describe('a refresh token', () => {
  test('is replaced at every use and keeps the sign-in', async () => {
    const first = (await exchange(await code())).body;
    const second = await token({ grant_type: 'refresh_token', refresh_token: first.refresh_token! });
    assert.equal(second.status, 200);
    assert.ok(second.body.refresh_token);
    assert.notEqual(second.body.refresh_token, first.refresh_token);
    const before = decoded(first.access_token).claims;
    const now = decoded(second.body.access_token).claims;
    for (const name of ['sub', 'origin_jti', 'auth_time', 'scope', 'username']) {
      assert.equal(now[name], before[name], name);
    }
    assert.notEqual(now.jti, before.jti);
  });

  test('is taken again within the grace period, which forks the session, and not afterwards', async () => {
    const { refresh_token: first = '', access_token: original } = (await exchange(await code())).body;
    const use = (refreshToken: string) => token({ grant_type: 'refresh_token', refresh_token: refreshToken });
    const start = Date.now();
    mock.timers.enable({ apis: ['Date'], now: start });
    try {
      const forks = await Promise.all(Array.from({ length: 3 }, () => use(first)));
      mock.timers.setTime(start + 9_900);
      forks.push(await use(first));
      // The grace counts from the first use, not from the last.
      mock.timers.setTime(start + 10_100);
      const late = await use(first);
      assert.deepEqual([late.status, late.body.error], [400, 'invalid_grant']);

      assert.deepEqual(new Set(forks.map(({ status }) => status)), new Set([200]));
      const successors = forks.map(({ body }) => body.refresh_token!);
      assert.equal(new Set(successors).size, 4);
      const session = decoded(original).claims.origin_jti;
      for (const successor of successors) {
        const { status, body } = await use(successor);
        assert.equal(status, 200, 'a refused predecessor does not end it');
        assert.equal(decoded(body.access_token).claims.origin_jti, session);
      }
    } finally {
      mock.timers.reset();
    }
  });

  test('carries the groups that the person has now', async () => {
    const newcomer = { username: 'new', password: 'new-here', email: 'new@example.com', groups: [] };
    await pool.people.add(newcomer);
    const { body } = await exchange(await code({}, newcomer));
    await pool.people.setGroups('new', ['org_xero']);
    const { body: later } = await token({
      grant_type: 'refresh_token',
      refresh_token: body.refresh_token!,
    });
    assert.deepEqual(decoded(later.access_token).claims['cognito:groups'], ['org_xero']);
    assert.ok(pool.people.groups().includes('org_xero'));
  });

  test('is dead after it was revoked', async () => {
    const { refresh_token: refreshToken = '' } = (await exchange(await code())).body;
    const revoked = await fetch(`${pool.url}/oauth2/revoke`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${brokerId}:${brokerSecret}`)}` },
      body: new URLSearchParams({ token: refreshToken }),
    });
    assert.equal(revoked.status, 200);
    const { body } = await token({ grant_type: 'refresh_token', refresh_token: refreshToken });
    assert.equal(body.error, 'invalid_grant');
  });
});

describe('a machine', () => {
  test('gets a token with its organization and without groups', async () => {
    const { status, body } = await machine('northwind');
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body).sort(), ['access_token', 'expires_in', 'token_type']);
    const { claims } = decoded(body.access_token);
    assert.equal(claims.client_id, 'machine-northwind');
    assert.equal(claims.sub, 'machine-northwind');
    assert.equal(claims.organization, 'northwind');
    assert.equal(claims.scope, resourceScopes.join(' '));
    for (const name of ['cognito:groups', 'username', 'aud', 'origin_jti']) {
      assert.equal(name in claims, false, name);
    }
    await cognito.verify(body.access_token!);
  });

  test('may send its secret in the form too', async () => {
    const response = await fetch(`${pool.url}/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: 'machine-chinook',
        client_secret: 'local-only',
      }),
    });
    assert.equal(response.status, 200);
  });

  test('gets the scopes that it asks for', async () => {
    const { body } = await machine('northwind', { scope: resourceScopes[2]! });
    assert.equal(decoded(body.access_token).claims.scope, resourceScopes[2]);
  });

  for (const scope of ['invoices:read', 'openid', 'offline_access', `${resource}/everything`]) {
    test(`is refused the scope ${scope}`, async () => {
      const { status, body } = await machine('northwind', { scope });
      assert.deepEqual([status, body.error], [400, 'invalid_scope']);
    });
  }

  test('exists only for an organization that exists', async () => {
    const { status, body } = await machine('northwnd');
    assert.deepEqual([status, body.error], [400, 'invalid_client']);
  });

  for (const organization of ['', 'UPPER', 'a', '-a', 'a#b', 'a/b', 'x'.repeat(64), 'a\n']) {
    test(`does not exist for the organization ${JSON.stringify(organization)}`, async () => {
      const { status, body } = await machine(organization);
      assert.notEqual(status, 200);
      assert.match(body.error ?? '', /^invalid_(client|request)$/);
    });
  }

  test('is refused with another secret, with status 400 as Cognito answers', async () => {
    const client = { id: 'machine-northwind', secret: 'guessed' };
    const { status, body } = await token({ grant_type: 'client_credentials' }, client);
    assert.deepEqual([status, body.error], [400, 'invalid_client']);
  });

  test('cannot use the grants of people, nor the broker those of machines', async () => {
    const asMachine = await machine('northwind', { grant_type: 'refresh_token', refresh_token: 'x' });
    assert.equal(asMachine.body.error, 'unauthorized_client');
    const asBroker = await token({ grant_type: 'client_credentials' });
    assert.equal(asBroker.body.error, 'unauthorized_client');
  });
});

describe('user info', () => {
  test('tells who the bearer is, for a token with the scope openid', async () => {
    const { body } = await exchange(await code({ scope: 'openid email' }));
    const response = await fetch(`${pool.url}/oauth2/userInfo`, {
      headers: { authorization: `Bearer ${body.access_token}` },
    });
    const person = (await response.json()) as Record<string, string>;
    assert.equal(person.username, 'robin');
    assert.equal(person.email, robin.email);
  });

  test('tells nothing for a machine or without the scope', async () => {
    const { body } = await machine('northwind');
    for (const bearer of [body.access_token, (await exchange(await code())).body.access_token, 'x']) {
      const headers = { authorization: `Bearer ${bearer}` };
      assert.equal((await fetch(`${pool.url}/oauth2/userInfo`, { headers })).status, 401);
    }
  });
});

describe('people', () => {
  test('have one username and one email each', async () => {
    const twin = { ...robin, username: 'ROBIN', email: 'other@example.com' };
    await assert.rejects(pool.people.add(twin), /already a person/);
    await assert.rejects(pool.people.add({ ...robin, username: 'other' }), /already a person/);
    await assert.rejects(pool.people.setGroups('nobody', []), /no person/);
  });
});
