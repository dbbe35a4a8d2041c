import assert from 'node:assert/strict';
import { after, before, describe, mock, test } from 'node:test';
import {
  type App,
  answer,
  ask,
  authorizeUrl,
  challenge,
  connect,
  exchange,
  jane,
  onward,
  refresh,
  register,
  type Setup,
  signInAt,
  startSignIn,
} from './oauth-setup.ts';
import { type Browser, locationOf, openBrowser } from './user-pool-browser.ts';

let setup: Setup;
let app: App;

before(async () => {
  setup = await startSignIn();
  app = await register(setup);
});
after(() => setup.close());

function decide(
  browser: Browser,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return browser.post(`${setup.publicOrigin}/oauth/consent`, { decision: 'allow', ...form }, headers);
}

async function isRefusedPage(response: Response, status: number): Promise<void> {
  const html = await response.text();
  assert.equal(response.status, status, html);
  assert.equal(response.headers.get('location'), null);
  assert.doesNotMatch(html, /http-equiv="refresh"/);
}

/** The text with one character replaced, for every place. */
function alterations(text: string): string[] {
  return [...text].map((character, index) => {
    const other = character === 'A' ? 'B' : 'A';
    return `${text.slice(0, index)}${other}${text.slice(index + 1)}`;
  });
}

function cookieOf(browser: Browser): [string, string] {
  const found = [...browser.cookies()].find(([name]) => name.startsWith('finance-mcp-sign-in-'));
  return found ?? assert.fail('no cookie');
}

describe('an answer to the question is not taken', () => {
  test('from another site, which has no cookie and no form token', async () => {
    const victim = openBrowser();
    const { form } = await ask(setup, victim, app);
    // What the other site knows is its own question, asked in its own browser.
    const attacker = await ask(setup, openBrowser(), app);
    await isRefusedPage(await decide(openBrowser(), form), 400);
    await isRefusedPage(await decide(victim, attacker.form), 400);
    await isRefusedPage(await decide(victim, { ...form, form_token: attacker.form.form_token! }), 403);
    await isRefusedPage(await decide(victim, { ...form, form_token: '' }), 403);
    await isRefusedPage(await decide(victim, { ...form, sign_in: '' }), 400);
    await isRefusedPage(await decide(victim, {}), 400);
  });

  for (const origin of ['https://evil.example', 'null', 'http://localhost', 'https://localhost:3000', '']) {
    test(`from a page of the origin ${JSON.stringify(origin)}`, async () => {
      const browser = openBrowser();
      const { form } = await ask(setup, browser, app);
      await isRefusedPage(await decide(browser, form, { origin }), 403);
      assert.equal((await decide(browser, form, { origin: setup.publicOrigin })).status, 200);
    });
  }

  test('in another browser', async () => {
    const { form } = await ask(setup, openBrowser(), app);
    await isRefusedPage(await decide(openBrowser(), form), 400);
  });

  test('for another question of the same browser', async () => {
    const browser = openBrowser();
    const first = await ask(setup, browser, app);
    const second = await ask(setup, browser, app);
    await isRefusedPage(await decide(browser, { ...first.form, form_token: second.form.form_token! }), 403);
  });

  test('after ten minutes', async () => {
    const browser = openBrowser();
    const { form } = await ask(setup, browser, app);
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 601_000 });
    try {
      await isRefusedPage(await decide(browser, form), 400);
    } finally {
      mock.timers.reset();
    }
  });

  test('with any character of the form token altered', async () => {
    const browser = openBrowser();
    const { form } = await ask(setup, browser, app);
    for (const altered of alterations(form.form_token!)) {
      await isRefusedPage(await decide(browser, { ...form, form_token: altered }), 403);
    }
  });

  test('with any character of the cookie altered', async () => {
    const browser = openBrowser();
    const { form } = await ask(setup, browser, app);
    const [name, value] = cookieOf(browser);
    for (const altered of alterations(value)) {
      const forged = browser.copy();
      forged.setCookie(name, altered);
      await isRefusedPage(await decide(forged, form), 400);
    }
    assert.equal((await decide(browser, form)).status, 200);
  });

  test('with neither yes nor no, or in another form', async () => {
    const browser = openBrowser();
    const { form } = await ask(setup, browser, app);
    await isRefusedPage(await decide(browser, { ...form, decision: 'maybe' }), 403);
    const [name, value] = cookieOf(browser);
    for (const [contentType, body] of [
      ['application/json', JSON.stringify({ ...form, decision: 'allow' })],
      ['text/plain', new URLSearchParams({ ...form, decision: 'allow' }).toString()],
      [
        'application/x-www-form-urlencoded',
        `${new URLSearchParams({ ...form, decision: 'deny' })}&decision=allow`,
      ],
    ] as const) {
      const response = await setup.call('/oauth/consent', {
        method: 'POST',
        headers: { 'content-type': contentType, cookie: `${name}=${value}` },
        body,
      });
      await isRefusedPage(response, 400);
    }
    const got = await browser.get(
      `${setup.publicOrigin}/oauth/consent?${new URLSearchParams(form)}&decision=allow`,
    );
    assert.equal(got.status, 405);
  });
});

describe('a return from the user pool is not taken', () => {
  const at = (parameters: Record<string, string>): string =>
    `${setup.publicOrigin}/oauth/callback?${new URLSearchParams(parameters)}`;

  test('in another browser than the one in which it began', async () => {
    const attacker = openBrowser();
    const { form } = await ask(setup, attacker, app);
    // The attacker signs in and hands the last step to a victim, whose client would then act for the attacker.
    const callback = await signInAt(attacker, await answer(setup, attacker, form, 'allow'));
    await isRefusedPage(await openBrowser().get(callback.href), 400);
    const victim = openBrowser();
    await ask(setup, victim, app);
    await isRefusedPage(await victim.get(callback.href), 400);
    assert.ok(locationOf(await attacker.get(callback.href)).searchParams.has('code'));
  });

  test('when the question was not answered', async () => {
    const browser = openBrowser();
    const { form } = await ask(setup, browser, app);
    await isRefusedPage(await browser.get(at({ state: form.sign_in!, code: 'x' })), 400);
  });

  test('with no state, another one, or two', async () => {
    const browser = openBrowser();
    const { form } = await ask(setup, browser, app);
    const state = new URL(await answer(setup, browser, form, 'allow')).searchParams.get('state') ?? '';
    await isRefusedPage(await browser.get(at({ code: 'x' })), 400);
    for (const altered of alterations(state)) {
      await isRefusedPage(await browser.get(at({ state: altered, code: 'x' })), 400);
    }
    await isRefusedPage(await browser.get(`${at({ state, code: 'x' })}&state=${state}`), 400);
    assert.equal((await browser.get(at({ state, code: 'x' }))).status, 302);
  });

  test('with any character of the cookie altered', async () => {
    const browser = openBrowser();
    const { form } = await ask(setup, browser, app);
    const callback = await signInAt(browser, await answer(setup, browser, form, 'allow'));
    const [name, value] = cookieOf(browser);
    for (const altered of alterations(value)) {
      const forged = browser.copy();
      forged.setCookie(name, altered);
      await isRefusedPage(await forged.get(callback.href), 400);
    }
    assert.equal((await browser.get(callback.href)).status, 302);
  });

  test('after ten minutes', async () => {
    const browser = openBrowser();
    const { form } = await ask(setup, browser, app);
    const callback = await signInAt(browser, await answer(setup, browser, form, 'allow'));
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 601_000 });
    try {
      await isRefusedPage(await browser.get(callback.href), 400);
    } finally {
      mock.timers.reset();
    }
  });

  test('a second time', async () => {
    const browser = openBrowser();
    const { form } = await ask(setup, browser, app);
    const callback = await signInAt(browser, await answer(setup, browser, form, 'allow'));
    assert.equal((await browser.get(callback.href)).status, 302);
    await isRefusedPage(await browser.get(callback.href), 400);
  });

  test('with the cookie of one sign-in under the name of another', async () => {
    const browser = openBrowser();
    const other = await register(setup, {
      client_name: 'Other',
      redirect_uris: ['https://other.example/cb'],
    });
    const first = await ask(setup, browser, app);
    const callback = await signInAt(browser, await answer(setup, browser, first.form, 'allow'));
    const [name] = cookieOf(browser);

    const attacker = openBrowser();
    const second = await ask(setup, attacker, other);
    await answer(setup, attacker, second.form, 'allow');
    const [, foreign] = cookieOf(attacker);
    // Only a browser's owner can do this: the code then goes to the other client, without the verifier for it.
    const mixed = browser.copy();
    mixed.setCookie(name, foreign);
    const response = await mixed.get(callback.href);
    await isRefusedPage(response, 400);
  });
});

describe('a value that was sealed', () => {
  test('as a code is refused with any character altered', async () => {
    const { code } = await connect(setup, app);
    for (const altered of alterations(code)) {
      const { status, body } = await exchange(setup, app, altered);
      assert.deepEqual([status, body.error], [400, 'invalid_grant']);
    }
    assert.equal((await exchange(setup, app, code)).status, 200);
  });

  test('as a refresh token is refused with any character altered', async () => {
    const { code } = await connect(setup, app);
    const token = String((await exchange(setup, app, code)).body.refresh_token);
    for (const altered of alterations(token)) {
      const { status, body } = await refresh(setup, app, altered);
      assert.deepEqual([status, body.error], [400, 'invalid_grant']);
    }
    assert.equal((await refresh(setup, app, token)).status, 200);
  });

  test('as a client id is refused with any character altered', async () => {
    const browser = openBrowser();
    for (const altered of alterations(app.clientId)) {
      await isRefusedPage(await browser.get(authorizeUrl(setup, { ...app, clientId: altered })), 400);
      const { status, body } = await refresh(setup, { ...app, clientId: altered }, 'x');
      assert.deepEqual([status, body.error], [401, 'invalid_client']);
    }
  });

  test('for one place is refused in every other', async () => {
    const browser = openBrowser();
    const { form } = await ask(setup, browser, app);
    await answer(setup, browser, form, 'allow');
    const [name, cookie] = cookieOf(browser);
    const { code } = await connect(setup, app);
    const { body } = await exchange(setup, app, code);
    const token = String(body.refresh_token);
    for (const value of [cookie, token, app.clientId, String(body.access_token)]) {
      assert.equal((await exchange(setup, app, value)).body.error, 'invalid_grant');
    }
    for (const value of [cookie, code, app.clientId, String(body.access_token)]) {
      assert.equal((await refresh(setup, app, value)).body.error, 'invalid_grant');
    }
    for (const value of [code, token, app.clientId]) {
      const forged = browser.copy();
      forged.setCookie(name, value);
      await isRefusedPage(await decide(forged, form), 400);
    }
    for (const value of [code, token, cookie]) {
      await isRefusedPage(await browser.get(authorizeUrl(setup, { ...app, clientId: value })), 400);
    }
  });
});

describe('a stolen code', () => {
  test('is worth nothing to another client, not even with its own challenge', async () => {
    const thief = await register(setup, { client_name: 'Thief', redirect_uris: [app.redirectUri] });
    const { code } = await connect(setup, app);
    assert.equal((await exchange(setup, thief, code)).body.error, 'invalid_grant');
    assert.equal((await exchange(setup, app, code)).status, 200);
  });

  test('of an attacker, brought into the session of a victim, fails at the verifier', async () => {
    const { code } = await connect(setup, app, { person: jane, changes: { code_challenge: 'a'.repeat(43) } });
    assert.equal((await exchange(setup, app, code)).body.error, 'invalid_grant');
  });
});

describe('nobody is sent elsewhere', () => {
  const evil = 'https://evil.example/';

  for (const name of [
    'client_id',
    'redirect_uri',
    'response_type',
    'response_mode',
    'scope',
    'state',
    'resource',
    'code_challenge',
    'code_challenge_method',
    'next',
    'return_to',
    'login_hint',
    'request_uri',
  ]) {
    test(`by the parameter ${name} of an authorization request`, async () => {
      const browser = openBrowser();
      const response = await browser.get(authorizeUrl(setup, app, { [name]: evil }));
      if (response.status === 400) return isRefusedPage(response, 400);
      assert.equal(response.status, 200);
      assert.ok(!(await response.text()).includes('evil.example'));
    });
  }

  test('by a field of the form', async () => {
    const browser = openBrowser();
    const { form } = await ask(setup, browser, app);
    for (const [decision, start] of [
      ['allow', `${setup.pool.url}/oauth2/authorize?`],
      ['deny', `${app.redirectUri}?`],
    ] as const) {
      const extra = { redirect_uri: evil, next: evil, url: evil, state: evil, client_id: evil };
      const response = await decide(browser, { ...form, ...extra, decision });
      assert.ok(onward(await response.text()).startsWith(start));
    }
  });

  test('by a parameter of the way back from the user pool', async () => {
    const browser = openBrowser();
    const { form } = await ask(setup, browser, app);
    const callback = await signInAt(browser, await answer(setup, browser, form, 'allow'));
    for (const name of ['redirect_uri', 'next', 'iss']) callback.searchParams.set(name, evil);
    const url = locationOf(await browser.get(callback.href));
    assert.equal(`${url.origin}${url.pathname}`, app.redirectUri);
    assert.doesNotMatch(url.search, /evil/);
  });

  test('by a line break in the state, which comes back as it was', async () => {
    const state = 'a\r\nLocation: https://evil.example/\r\n\r\n<html>';
    const { url } = await connect(setup, app, { changes: { state } });
    assert.equal(url.searchParams.get('state'), state);
  });
});

test('PKCE towards the user pool is of our own making, and its resource and callback are fixed', async () => {
  const browser = openBrowser();
  const { form } = await ask(setup, browser, app, { scope: 'payments:read openid' });
  const url = new URL(await answer(setup, browser, form, 'allow'));
  assert.equal(`${url.origin}${url.pathname}`, `${setup.pool.url}/oauth2/authorize`);
  const { state, code_challenge: sent, ...rest } = Object.fromEntries(url.searchParams);
  assert.match(state ?? '', /^[\w-]{22}$/);
  assert.match(sent ?? '', /^[\w-]{43}$/);
  assert.notEqual(sent, challenge);
  assert.deepEqual(rest, {
    response_type: 'code',
    client_id: 'finance-mcp-broker',
    redirect_uri: `${setup.publicOrigin}/oauth/callback`,
    scope: `${setup.publicOrigin}/mcp/payments:read`,
    code_challenge_method: 'S256',
    resource: `${setup.publicOrigin}/mcp`,
  });
});
