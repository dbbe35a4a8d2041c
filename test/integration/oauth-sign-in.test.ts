import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { clientRedirects, impossibleRedirects, nearMisses } from '../support/client-redirects.ts';
import { allScopes } from '../support/scopes.ts';
import {
  answer,
  ask,
  authorizeUrl,
  claimsOf,
  connect,
  exchange,
  jane,
  nancy,
  readQuestion,
  refresh,
  register,
  type Setup,
  signInAt,
  startSignIn,
} from './oauth-setup.ts';
import { locationOf, openBrowser } from './user-pool-browser.ts';

const configured = [
  {
    client_id: 'claude-for-work',
    client_secret: 'the secret of the configured client',
    client_name: 'Claude',
    redirect_uris: ['https://claude.ai/api/mcp/auth_callback'],
  },
];

const trusted = { clientId: configured[0]!.client_id, redirectUri: configured[0]!.redirect_uris[0]! };

let setup: Setup;

/** @returns the page, from which nothing leads anywhere */
async function isDeadEnd(response: Response): Promise<string> {
  const html = await response.text();
  assert.equal(response.status, 400, html);
  assert.equal(response.headers.get('location'), null);
  assert.deepEqual(response.headers.getSetCookie(), []);
  assert.doesNotMatch(html, /http-equiv|href=|<form/);
  return html;
}

before(async () => {
  setup = await startSignIn({
    environment: { CLIENTS: JSON.stringify(configured), CLIENT_HOSTS_DENIED: 'denied.example' },
  });
});
after(() => setup.close());

describe('registration', () => {
  async function ask(body: unknown, headers: Record<string, string> = {}) {
    const response = await setup.call('/oauth/register', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Record<string, unknown>,
    };
  }
  const metadata = { client_name: 'App', redirect_uris: ['http://localhost:3118/callback'] };

  test('gives an id and says what was registered', async () => {
    const { status, headers, body } = await ask({
      ...metadata,
      application_type: 'native',
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      response_types: ['code'],
      logo_uri: 'https://a.example/logo.png',
      something: { unknown: true },
    });
    assert.equal(status, 201);
    assert.equal(headers.get('cache-control'), 'no-store');
    const { client_id: clientId, ...rest } = body;
    assert.match(String(clientId), /^dcr\.[\w.-]+$/);
    assert.deepEqual(rest, {
      ...metadata,
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      application_type: 'native',
      scope: `${allScopes} offline_access`,
    });
  });

  test('gives the same id for the same metadata, also from another instance', async () => {
    const { body } = await ask(metadata);
    setup.restart();
    assert.equal((await ask({ ...metadata, extra: 1 })).body.client_id, body.client_id);
    assert.notEqual((await ask({ ...metadata, client_name: 'Other' })).body.client_id, body.client_id);
  });

  for (const uri of impossibleRedirects) {
    test(`refuses the redirect URI ${JSON.stringify(uri.slice(0, 60))}`, async () => {
      const { status, body } = await ask({ ...metadata, redirect_uris: [...metadata.redirect_uris, uri] });
      assert.deepEqual([status, body.error], [400, 'invalid_redirect_uri']);
    });
  }

  for (const [what, body, error] of [
    ['no JSON', '{', 'invalid_client_metadata'],
    ['an empty body', '', 'invalid_client_metadata'],
    ['an array', [metadata], 'invalid_client_metadata'],
    ['no redirect URIs', { client_name: 'App' }, 'invalid_redirect_uri'],
    ['a name that is no text', { ...metadata, client_name: {} }, 'invalid_client_metadata'],
    ['another grant alone', { ...metadata, grant_types: ['client_credentials'] }, 'invalid_client_metadata'],
    ['another response type', { ...metadata, response_types: ['token'] }, 'invalid_client_metadata'],
    ['too much of it', { ...metadata, x: 'y'.repeat(20_000) }, 'invalid_client_metadata'],
    [
      'too many long redirect URIs',
      { redirect_uris: Array.from({ length: 4 }, (_, i) => `https://a.example/${i}${'x'.repeat(400)}`) },
      'invalid_client_metadata',
    ],
    [
      'a host that the operator keeps out',
      { redirect_uris: ['https://denied.example/x'] },
      'invalid_redirect_uri',
    ],
  ] as const) {
    test(`refuses ${what}`, async () => {
      const answer = await ask(body);
      assert.deepEqual([answer.status, answer.body.error], [400, error]);
      assert.match(String(answer.body.error_description), /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
    });
  }

  test('can be asked by a script of any page, without credentials', async () => {
    const { headers } = await ask(metadata, { origin: 'https://any.example' });
    assert.equal(headers.get('access-control-allow-origin'), '*');
    assert.equal(headers.get('access-control-allow-credentials'), null);
    for (const path of ['register', 'token', 'revoke']) {
      const response = await setup.call(`/oauth/${path}`, {
        method: 'OPTIONS',
        headers: { origin: 'https://any.example', 'access-control-request-method': 'POST' },
      });
      assert.equal(response.status, 204);
      assert.equal(response.headers.get('access-control-allow-origin'), '*');
      assert.match(response.headers.get('access-control-allow-methods') ?? '', /POST/);
      assert.match(response.headers.get('access-control-allow-headers') ?? '', /authorization/i);
      assert.match(response.headers.get('access-control-allow-headers') ?? '', /content-type/i);
    }
    for (const path of ['authorize', 'consent', 'callback']) {
      const response = await setup.call(`/oauth/${path}`, { headers: { origin: 'https://any.example' } });
      assert.equal(response.headers.get('access-control-allow-origin'), null, path);
    }
  });
});

describe('a person', () => {
  test('is asked, signs in, and goes back with a code for tokens of what was granted', async () => {
    const app = await register(setup);
    const { url, code } = await connect(setup, app);
    assert.equal(`${url.origin}${url.pathname}`, app.redirectUri);
    assert.deepEqual([...url.searchParams.keys()].sort(), ['code', 'iss', 'state']);
    assert.equal(url.searchParams.get('state'), 'state of the client');
    assert.equal(url.searchParams.get('iss'), setup.publicOrigin);

    const { status, headers, body } = await exchange(setup, app, code);
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(headers.get('access-control-allow-origin'), '*');
    const { access_token: accessToken, refresh_token: refreshToken, ...rest } = body;
    assert.deepEqual(rest, { token_type: 'Bearer', expires_in: 900, scope: allScopes });
    assert.ok(refreshToken);
    const claims = claimsOf(accessToken);
    assert.equal(claims.username, 'nancy');
    assert.equal(claims.aud, `${setup.publicOrigin}/mcp`);
    assert.equal(claims.client_id, 'finance-mcp-broker');
    assert.deepEqual(claims['cognito:groups'], nancy.groups);
    const opened = await setup.call('/mcp', {
      method: 'POST',
      headers: { authorization: `Bearer ${accessToken}` },
    });
    assert.equal(opened.status, 200);
  });

  test('gives no more than is ticked', async () => {
    const app = await register(setup);
    const untick = allScopes.split(' ').filter((name) => !/^(invoices|customers):/.test(name));
    const { code } = await connect(setup, app, { untick });
    const { body } = await exchange(setup, app, code);
    assert.equal(body.scope, 'invoices:read customers:read');
    const expected = ['invoices:read', 'customers:read'].map((name) => `${setup.publicOrigin}/mcp/${name}`);
    assert.deepEqual(String(claimsOf(body.access_token).scope).split(' ').sort(), expected.sort());
    const later = await refresh(setup, app, body.refresh_token);
    assert.equal(later.body.scope, 'invoices:read customers:read');
  });

  test('cannot be made to give more than was asked for, by a box that was not there', async () => {
    const app = await register(setup);
    const browser = openBrowser();
    const { form } = await ask(setup, browser, app, { scope: 'invoices:read' });
    const url = await answer(setup, browser, { ...form, 'payments:read': 'yes', openid: 'yes' }, 'allow');
    assert.equal(new URL(url).searchParams.get('scope'), `${setup.publicOrigin}/mcp/invoices:read`);
  });

  test('is asked again when nothing is ticked', async () => {
    const app = await register(setup);
    const browser = openBrowser();
    const { form } = await ask(setup, browser, app, { scope: 'invoices:read' });
    delete form['invoices:read'];
    const again = await browser.post(`${setup.publicOrigin}/oauth/consent`, { ...form, decision: 'allow' });
    assert.equal(again.status, 400);
    assert.match(await again.text(), /role="alert">Tick at least one box/);
    await answer(setup, browser, { ...form, 'invoices:read': 'yes' }, 'allow');
  });

  test('may say no, which the client is told', async () => {
    const app = await register(setup);
    const browser = openBrowser();
    const { form } = await ask(setup, browser, app);
    const url = new URL(await answer(setup, browser, form, 'deny'));
    assert.equal(`${url.origin}${url.pathname}`, app.redirectUri);
    assert.equal(url.searchParams.get('error'), 'access_denied');
    assert.equal(url.searchParams.get('state'), 'state of the client');
    assert.equal(url.searchParams.get('iss'), setup.publicOrigin);
    assert.equal(url.searchParams.has('code'), false);
    assert.equal(browser.cookies().size, 0);
  });

  test('may change the answer while it is not too late', async () => {
    const app = await register(setup);
    const browser = openBrowser();
    const { form } = await ask(setup, browser, app);
    await answer(setup, browser, form, 'allow');
    const { 'payments:read': _unticked, ...less } = form;
    const callback = await signInAt(browser, await answer(setup, browser, less, 'allow'));
    const url = locationOf(await browser.get(callback.href));
    const { body } = await exchange(setup, app, url.searchParams.get('code') ?? '');
    assert.doesNotMatch(String(body.scope), /payments/);
  });

  test('is asked every time, also while signed in', async () => {
    const app = await register(setup);
    const browser = openBrowser();
    await connect(setup, app, { browser });
    const { form } = await ask(setup, browser, app);
    // The pool knows the person: from the answer it goes straight back.
    const toPool = await browser.get(await answer(setup, browser, form, 'allow'));
    let callback = locationOf(toPool);
    if (callback.origin !== setup.publicOrigin) callback = locationOf(await browser.get(callback.href));
    const url = locationOf(await browser.get(callback.href));
    assert.ok(url.searchParams.has('code'));
  });

  test('who does not sign in is reported to the client, in words of ours', async () => {
    const app = await register(setup);
    for (const [error, reported] of [
      ['access_denied', 'access_denied'],
      ['temporarily_unavailable', 'temporarily_unavailable'],
      ['invalid_scope', 'server_error'],
      ['<script>', 'server_error'],
      [undefined, 'server_error'],
    ] as const) {
      const browser = openBrowser();
      const { form } = await ask(setup, browser, app);
      const state = new URL(await answer(setup, browser, form, 'allow')).searchParams.get('state') ?? '';
      const query = new URLSearchParams({
        state,
        error_description: 'words of the pool',
        ...(error && { error }),
      });
      const url = locationOf(await browser.get(`${setup.publicOrigin}/oauth/callback?${query}`));
      assert.equal(`${url.origin}${url.pathname}`, app.redirectUri);
      assert.equal(url.searchParams.get('error'), reported);
      assert.equal(url.searchParams.get('state'), 'state of the client');
      assert.equal(url.searchParams.get('iss'), setup.publicOrigin);
      assert.doesNotMatch(url.search, /words/);
      assert.equal(browser.cookies().size, 0);
    }
  });

  test('never meets another one who connects another client at the same time', async () => {
    const [first, second] = [
      await register(setup, { client_name: 'First', redirect_uris: ['http://127.0.0.1:1111/callback'] }),
      await register(setup, { client_name: 'Second', redirect_uris: ['http://127.0.0.1:2222/callback'] }),
    ];
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, async (_, round) => {
        const [app, person] = round % 2 === 0 ? [first, nancy] : [second, jane];
        const state = `round ${round}`;
        const { url, code } = await connect(setup, app, { person, changes: { state } });
        assert.equal(`${url.origin}${url.pathname}`, app.redirectUri);
        assert.equal(url.searchParams.get('state'), state);
        const { body } = await exchange(setup, app, code);
        const renewed = await refresh(setup, app, body.refresh_token);
        return [body, renewed.body].map((tokens) => {
          const { username, 'cognito:groups': groups } = claimsOf(tokens.access_token);
          return { expected: person, username, groups };
        });
      }),
    );
    for (const { expected, username, groups } of outcomes.flat()) {
      assert.equal(username, expected.username);
      assert.deepEqual(groups, expected.groups);
    }
  });

  test('may connect several clients in one browser at once', async () => {
    const browser = openBrowser();
    const apps = [
      await register(setup, { client_name: 'First' }),
      await register(setup, { client_name: 'Second', redirect_uris: ['https://second.example/cb'] }),
    ];
    const questions = [];
    for (const [index, app] of apps.entries()) {
      questions.push(await ask(setup, browser, app, { state: `state ${index}` }));
    }
    const addresses = [];
    for (const { form } of questions) addresses.push(await answer(setup, browser, form, 'allow'));
    const callbacks = [];
    for (const address of addresses) callbacks.push(await signInAt(browser, address));
    for (const [index, app] of apps.entries()) {
      const url = locationOf(await browser.get(callbacks[index]!.href));
      assert.equal(`${url.origin}${url.pathname}`, app.redirectUri);
      assert.equal(url.searchParams.get('state'), `state ${index}`);
      const { status } = await exchange(setup, app, url.searchParams.get('code') ?? '');
      assert.equal(status, 200);
    }
  });

  test('who begins again and again is not locked out by cookies', async () => {
    const app = await register(setup);
    const browser = openBrowser();
    const state = 's'.repeat(1_000);
    for (let round = 0; round < 12; round += 1) await ask(setup, browser, app, { state });
    const { code } = await connect(setup, app, { browser, changes: { state } });
    assert.equal((await exchange(setup, app, code)).status, 200);
  });
});

describe('the question', () => {
  test('names the application, who vouches for it, where the answer goes, and what it may read', async () => {
    const local = await ask(setup, openBrowser(), await register(setup, { client_name: 'My App' }));
    assert.match(local.html, /“<bdi>My App<\/bdi>”/);
    assert.match(local.html, /Nobody has checked/);
    assert.match(local.html, /A program on this computer \(127\.0\.0\.1\)/);
    assert.match(local.html, /class="warning">Continue only if you have just started this yourself/);
    for (const sentence of [
      'See invoices',
      'See expenses',
      'See payments',
      'See customers',
      'See the business profile',
    ]) {
      assert.ok(local.html.includes(sentence), sentence);
    }

    assert.match(local.html, /The account you sign in with decides whose books are read\./);
    assert.match(local.html, /several organizations, the application can read the books of all of them\./);

    const { html, form } = await ask(setup, openBrowser(), trusted, {
      scope: 'payments:read customers:read',
    });
    assert.match(html, /The operator of this server set up “<bdi>Claude<\/bdi>”/);
    assert.match(html, /<dd>claude\.ai<\/dd>/);
    assert.doesNotMatch(html, /class="warning"/);
    assert.doesNotMatch(html, /See invoices/);
    assert.equal(form['payments:read'], 'yes');

    const scheme = await register(setup, { redirect_uris: ['cursor://anysphere.cursor-mcp/oauth/callback'] });
    const app = await ask(setup, openBrowser(), scheme);
    assert.match(app.html, /The application that opens cursor: links/);
    assert.match(app.html, /class="warning"/);
  });

  test('is a page without script that keeps to itself', async () => {
    const response = await openBrowser().get(authorizeUrl(setup, await register(setup)));
    const policy = response.headers.get('content-security-policy') ?? '';
    for (const directive of [
      "default-src 'none'",
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ]) {
      assert.ok(policy.split('; ').includes(directive), directive);
    }
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(response.headers.get('x-frame-options'), 'DENY');
    assert.equal(response.headers.get('cache-control'), 'no-store');
    // With no-referrer, browsers would send the form with `Origin: null`.
    assert.equal(response.headers.get('referrer-policy'), 'strict-origin');
    const { html } = await readQuestion(response);
    const style = /<style>(.*)<\/style>/s.exec(html)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    assert.ok(policy.includes(`style-src 'sha256-${hash}'`), 'the style is blocked');
    assert.doesNotMatch(html, /<script|javascript:|\son[a-z]+=|style=/i);
    assert.doesNotMatch(html, /<(?:link|img|iframe|object|embed)\b/);
    assert.match(html, /<html lang="en">/);
    assert.match(html, /name="viewport" content="width=device-width, initial-scale=1"/);
    assert.match(html, /prefers-color-scheme: dark/);
    assert.match(html, /<fieldset>\s*<legend>/);
    for (const box of html.match(/<input type="checkbox"[^>]*>/g) ?? assert.fail('no boxes')) {
      assert.ok(html.includes(`<label>${box}<span>`), box);
    }
  });

  for (const name of [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '</title></style></bdi><h1>Signed in</h1>',
    '&lt;b&gt;',
  ]) {
    test(`shows the name ${name} as text`, async () => {
      const { html } = await ask(setup, openBrowser(), await register(setup, { client_name: name }));
      const escaped = name
        .replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll('>', '&gt;')
        .replaceAll('"', '&quot;')
        .replaceAll("'", '&#39;');
      assert.ok(html.includes(`“<bdi>${escaped}</bdi>”`));
      assert.ok(!html.includes(name));
    });
  }

  test('does not show what cannot be seen, and cuts what is long', async () => {
    const app = await register(setup, { client_name: `\u202Eevil\u200B ${'x'.repeat(200)}` });
    const { html } = await ask(setup, openBrowser(), app);
    assert.match(html, /“<bdi>evil x{54}…<\/bdi>”/);
  });

  test('keeps its transaction in a cookie that no script and no other site can use', async () => {
    const response = await openBrowser().get(authorizeUrl(setup, await register(setup)));
    const [cookie = ''] = response.headers.getSetCookie();
    assert.match(
      cookie,
      /^finance-mcp-sign-in-[\w-]{22}=[\w.-]+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    assert.ok(cookie.length < 4_096);
  });
});

describe('what an application asks for', () => {
  for (const [scope, granted] of [
    [undefined, allScopes],
    ['', allScopes],
    ['invoices:read', 'invoices:read'],
    ['payments:read   invoices:read payments:read', 'invoices:read payments:read'],
    ['openid profile email', allScopes],
    ['openid invoices:read something:write', 'invoices:read'],
    ['offline_access', `${allScopes} offline_access`],
    ['offline_access business:read', 'business:read offline_access'],
  ] as const) {
    test(`by the scope ${JSON.stringify(scope)} is ${granted}`, async () => {
      const app = await register(setup);
      const { code } = await connect(setup, app, { changes: { scope } });
      const { body } = await exchange(setup, app, code);
      assert.equal(body.scope, granted);
      const resource = `${setup.publicOrigin}/mcp/`;
      const expected = granted.split(' ').filter((name) => name !== 'offline_access');
      const actual = String(claimsOf(body.access_token).scope).replaceAll(resource, '').split(' ');
      assert.deepEqual(actual.sort(), expected.sort());
    });
  }

  test('may name the resource, with a slash at its end, or not at all', async () => {
    const app = await register(setup);
    for (const resource of [undefined, '', `${setup.publicOrigin}/mcp`, `${setup.publicOrigin}/mcp/`]) {
      const { code } = await connect(setup, app, { changes: { resource } });
      const { status, body } = await exchange(setup, app, code, { resource });
      assert.equal(status, 200);
      assert.equal(claimsOf(body.access_token).aud, `${setup.publicOrigin}/mcp`);
    }
  });

  for (const [what, changes, error] of [
    ['no PKCE', { code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
    ['no method, which would mean plain', { code_challenge_method: undefined }, 'invalid_request'],
    ['the method plain', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['a short challenge', { code_challenge: 'abc' }, 'invalid_request'],
    ['a long challenge', { code_challenge: 'a'.repeat(44) }, 'invalid_request'],
    ['a challenge of other letters', { code_challenge: '+'.repeat(43) }, 'invalid_request'],
    ['no response type', { response_type: undefined }, 'invalid_request'],
    ['the implicit grant', { response_type: 'token' }, 'unsupported_response_type'],
    ['a hybrid', { response_type: 'code id_token' }, 'unsupported_response_type'],
    ['a form post', { response_mode: 'form_post' }, 'invalid_request'],
    ['a resource of someone else', { resource: 'https://other.example/mcp' }, 'invalid_target'],
    ['a resource that only begins like ours', { resource: 'http://localhost/mcp/../x' }, 'invalid_target'],
    ['a very long state', { state: 's'.repeat(1_025) }, 'invalid_request'],
  ] as const) {
    test(`is refused with ${what}, and told so if the operator set it up`, async () => {
      const response = await openBrowser().get(authorizeUrl(setup, trusted, changes));
      assert.equal(response.status, 302);
      const url = locationOf(response);
      assert.equal(`${url.origin}${url.pathname}`, trusted.redirectUri);
      assert.equal(url.searchParams.get('error'), error);
      assert.equal(url.searchParams.get('iss'), setup.publicOrigin);
      const state = 'state' in changes ? changes.state : 'state of the client';
      assert.equal(url.searchParams.get('state'), state);
      assert.ok(url.searchParams.get('error_description'));
      assert.deepEqual(response.headers.getSetCookie(), []);
    });

    test(`is refused with ${what}, which the person is told if it registered itself`, async () => {
      for (const [redirectUri, shown] of [
        ['https://evil.example/phish?x', 'evil.example'],
        ['http://127.0.0.1:43117/callback', 'A program on this computer (127.0.0.1)'],
        ['com.example.app:/callback', 'The application that opens com.example.app: links'],
      ] as const) {
        const app = await register(setup, { client_name: '<b>Evil', redirect_uris: [redirectUri] });
        const response = await openBrowser().get(authorizeUrl(setup, app, changes));
        const html = await isDeadEnd(response);
        assert.ok(html.includes(`<dd>${error}: `), html);
        assert.ok(html.includes(`<dd>${shown}</dd>`), html);
        assert.ok(html.includes('“<bdi>&lt;b&gt;Evil</bdi>”. Nobody has checked'), html);
        // The address with its path is a stranger's text, and so is the state.
        assert.doesNotMatch(html, /phish|state of the client/);
      }
    });
  }

  for (const name of ['scope', 'state', 'response_type', 'code_challenge', 'prompt']) {
    test(`is refused when it gives ${name} twice`, async () => {
      const query = `${authorizeUrl(setup, trusted)}&${name}=a&${name}=b`;
      const url = locationOf(await openBrowser().get(query));
      assert.equal(url.searchParams.get('error'), 'invalid_request');
    });
  }

  test('may name its own resource twice, but not another one beside it', async () => {
    const twice = `${authorizeUrl(setup, trusted)}&resource=${encodeURIComponent(`${setup.publicOrigin}/mcp/`)}`;
    assert.equal((await openBrowser().get(twice)).status, 200);
    const other = `${authorizeUrl(setup, trusted)}&resource=https://other.example/mcp`;
    assert.equal(locationOf(await openBrowser().get(other)).searchParams.get('error'), 'invalid_target');
  });

  test('is answered at an address with a query of its own, which stays as it was', async () => {
    const app = await register(setup, { redirect_uris: ['https://a.example/cb?tenant=a%20b&x'] });
    const browser = openBrowser();
    const { form } = await ask(setup, browser, app);
    const url = await answer(setup, browser, form, 'deny');
    assert.ok(url.startsWith('https://a.example/cb?tenant=a%20b&x&error=access_denied&'), url);
  });

  test('needs no state', async () => {
    const app = await register(setup);
    const { url } = await connect(setup, app, { changes: { state: undefined } });
    assert.equal(url.searchParams.has('state'), false);
  });
});

describe('an address for the answer', () => {
  for (const { client, registered, used = [] } of clientRedirects) {
    test(`of ${client} is taken: ${registered}`, async () => {
      const { clientId } = await register(setup, { client_name: client, redirect_uris: [registered] });
      for (const redirectUri of [registered, ...used]) {
        const browser = openBrowser();
        const { form } = await ask(setup, browser, { clientId, redirectUri });
        const url = await answer(setup, browser, form, 'deny');
        assert.ok(
          url.startsWith(`${redirectUri}${redirectUri.includes('?') ? '&' : '?'}error=access_denied&`),
          url,
        );
      }
      const used0 = used[0] ?? registered;
      const app = { clientId, redirectUri: used0 };
      const { code } = await connect(setup, app);
      assert.equal((await exchange(setup, app, code)).status, 200);
    });
  }

  for (const { registered, used } of nearMisses) {
    test(`is not ${JSON.stringify(used)} for ${registered}: the person sees a page`, async () => {
      const { clientId } = await register(setup, { redirect_uris: [registered] });
      const response = await openBrowser().get(authorizeUrl(setup, { clientId, redirectUri: used }));
      assert.equal(response.status, 400);
      assert.equal(response.headers.get('location'), null);
      assert.deepEqual(response.headers.getSetCookie(), []);
      const html = await response.text();
      assert.match(html, /This application cannot be connected/);
      assert.doesNotMatch(html, /evil|http-equiv/);
    });
  }
});

describe('a page instead of an answer', () => {
  const redirectUri = 'https://evil.example/';

  for (const [what, changes] of [
    ['no client', { client_id: undefined }],
    ['an empty client', { client_id: '' }],
    ['an unknown client', { client_id: 'who-is-this' }],
    ['a client with markup', { client_id: '<script>alert(1)</script>' }],
    ['no redirect URI', { redirect_uri: undefined }],
  ] as const) {
    test(`is shown for ${what}`, async () => {
      const app = await register(setup);
      const url = authorizeUrl(setup, { clientId: app.clientId, redirectUri }, changes);
      const response = await openBrowser().get(url);
      assert.equal(response.status, 400);
      assert.equal(response.headers.get('location'), null);
      assert.match(response.headers.get('content-security-policy') ?? '', /default-src 'none'/);
      assert.equal(response.headers.get('cache-control'), 'no-store');
      const html = await response.text();
      assert.doesNotMatch(html, /evil|<script|who-is-this/);
    });
  }

  for (const name of ['client_id', 'redirect_uri']) {
    test(`is shown when ${name} is given twice`, async () => {
      const app = await register(setup);
      const url = `${authorizeUrl(setup, app)}&${name}=${encodeURIComponent(redirectUri)}`;
      const response = await openBrowser().get(url);
      assert.equal(response.status, 400);
      assert.equal(response.headers.get('location'), null);
    });
  }
});

describe('on https', () => {
  test('the cookie has the prefix that binds it to this host', async () => {
    const secure = await startSignIn({ publicOrigin: 'https://finance.example' });
    try {
      const app = await register(secure);
      const path = authorizeUrl(secure, app).slice(secure.publicOrigin.length);
      const response = await secure.call(path);
      const [cookie = ''] = response.headers.getSetCookie();
      assert.match(
        cookie,
        /^__Host-sign-in-[\w-]{22}=[\w.-]+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
      );
    } finally {
      await secure.close();
    }
  });
});
