/** What sign-in leaves behind: records of the audit, and nothing else. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { authorizationServer } from '../../functions/oauth/authorization-server.ts';
import { readConfiguration } from '../../functions/oauth/configuration.ts';
import { keysOf } from '../../functions/oauth/sealing/keys.ts';
import { heldSecrets } from '../../functions/oauth/sealing/secrets.ts';
import { codeSeal } from '../../functions/oauth/tokens/authorization-code.ts';
import { refreshTokenSeal } from '../../functions/oauth/tokens/person-grant.ts';
import { type BundledFunction, bundleFunction } from '../support/first-calls.ts';
import { allScopes } from '../support/scopes.ts';
import {
  type App,
  answer,
  ask,
  authorizeUrl,
  claimsOf,
  connect,
  exchange,
  nancy,
  post,
  refresh,
  register,
  type Setup,
  signInAt,
  startSignIn,
  verifier,
} from './oauth-setup.ts';
import { locationOf, openBrowser } from './user-pool-browser.ts';

const confidential: App = {
  clientId: 'claude-for-work',
  redirectUri: 'https://claude.ai/api/mcp/auth_callback',
  secret: 'the-secret-of-the-configured-client',
};

describe('after every kind of request', () => {
  let setup: Setup;
  const printed: string[] = [];
  const secrets = new Map<string, string>();
  const original = { out: process.stdout.write, err: process.stderr.write };

  /** What the authorization server's process writes, whatever it is written with. */
  function capture(): void {
    const take = (chunk: unknown): boolean => {
      printed.push(String(chunk));
      return true;
    };
    process.stdout.write = take as typeof process.stdout.write;
    process.stderr.write = take as typeof process.stderr.write;
  }

  before(async () => {
    const { clientId: client_id, redirectUri, secret: client_secret } = confidential;
    const clients = [{ client_id, client_secret, client_name: 'Claude', redirect_uris: [redirectUri] }];
    setup = await startSignIn({ environment: { CLIENTS: JSON.stringify(clients) } });
    capture();
    try {
      await goThroughEverything();
    } finally {
      process.stdout.write = original.out;
      process.stderr.write = original.err;
    }
  });
  after(() => setup.close());

  async function goThroughEverything(): Promise<void> {
    const keys = keysOf(heldSecrets(async () => setup.secrets));
    const keep = (name: string, value: unknown): string => {
      secrets.set(name, String(value));
      return String(value);
    };
    keep('the sealing secret', setup.secrets.sealing);
    keep('the secret of the broker', setup.secrets.brokerClient);
    keep('the secret of the client', confidential.secret);
    keep('the password', nancy.password);
    keep('the verifier', verifier);

    for (const app of [await register(setup), confidential]) {
      const browser = openBrowser();
      const { form } = await ask(setup, browser, app, {
        state: keep(`the state ${app.clientId}`, 'state-of-the-client'),
      });
      keep(`the form token ${app.clientId}`, form.form_token);
      const toPool = await answer(setup, browser, form, 'allow');
      for (const [name, value] of browser.cookies()) keep(`the cookie ${name}`, value);
      const callback = await signInAt(browser, toPool);
      keep(`the pool's code ${app.clientId}`, callback.searchParams.get('code'));
      const url = locationOf(await browser.get(callback.href));
      const code = keep(`the code ${app.clientId}`, url.searchParams.get('code'));
      keep(`the pool's verifier ${app.clientId}`, (await codeSeal(keys).open(code))?.poolVerifier);
      await exchange(setup, app, code, { code_verifier: 'w'.repeat(50) });
      const { body } = await exchange(setup, app, code);
      keep(`the access token ${app.clientId}`, body.access_token);
      const first = keep(`the refresh token ${app.clientId}`, body.refresh_token);
      keep(`the pool's refresh token ${app.clientId}`, (await refreshTokenSeal(keys).open(first))?.poolToken);
      const renewed = (await refresh(setup, app, first)).body;
      keep(`the second access token ${app.clientId}`, renewed.access_token);
      const second = keep(`the second refresh token ${app.clientId}`, renewed.refresh_token);
      await refresh(setup, app, first);
      await refresh(setup, { ...app, secret: keep('a wrong secret', 'wrong-secret-of-a-client') }, second);
      const revocation = { client_id: app.clientId, client_secret: app.secret ?? '' };
      await post(setup, '/oauth/revoke', { ...revocation, token: String(renewed.access_token) });
      await post(setup, '/oauth/revoke', { ...revocation, token: second });
      await refresh(setup, app, second);
      // People who mix the fields up.
      for (const value of [
        second,
        String(renewed.access_token),
        confidential.secret!,
        'MixedUpSecret0123456789',
      ]) {
        keep(`mixed up ${value.slice(-8)}`, value);
        await post(setup, '/oauth/token', {
          grant_type: 'refresh_token',
          client_id: value,
          refresh_token: 'x',
        });
        await post(setup, '/oauth/token', {
          grant_type: 'client_credentials',
          client_id: value,
          client_secret: 'x',
        });
        await post(setup, '/oauth/token', { grant_type: value, client_id: value });
        await openBrowser().get(authorizeUrl(setup, app, { client_id: value }));
        await openBrowser().get(authorizeUrl(setup, app, { redirect_uri: `https://a.example/${value}` }));
        await openBrowser().get(authorizeUrl(setup, app, { scope: value, resource: value }));
        await openBrowser().get(`${setup.publicOrigin}/oauth/callback?code=${value}&state=${value}`);
        await openBrowser().get(`${setup.publicOrigin}/oauth/callback?error=${value}&state=${value}`);
        await openBrowser().post(`${setup.publicOrigin}/oauth/consent`, {
          sign_in: value,
          form_token: value,
        });
        await setup.call('/oauth/register', {
          method: 'POST',
          body: JSON.stringify({ redirect_uris: [value] }),
        });
      }
      const again = await connect(setup, app);
      await exchange(setup, app, again.code);
      await exchange(setup, app, again.code);
      const refused = openBrowser();
      await answer(setup, refused, (await ask(setup, refused, app)).form, 'deny');
    }
    const machine = { client_id: 'machine-northwind', client_secret: 'local-only' };
    const { body } = await post(setup, '/oauth/token', { grant_type: 'client_credentials', ...machine });
    keep('the access token of a machine', body.access_token);
    const guess = keep('a guess', 'guess-at-the-secret-of-a-machine');
    await post(setup, '/oauth/token', { grant_type: 'client_credentials', ...machine, client_secret: guess });
  }

  test('no token, code, cookie or secret was recorded or printed', () => {
    const left = JSON.stringify(setup.audit) + printed.join('');
    assert.ok(setup.audit.length > 20);
    assert.ok(secrets.size > 30);
    for (const [name, value] of secrets) {
      assert.ok(value.length >= 8, name);
      assert.ok(!left.includes(value), name);
      // Nor a part of it that would help: the end of a token is its signature.
      assert.ok(!left.includes(value.slice(-20)), `the end of ${name}`);
    }
  });

  test('nothing was printed but what an operator needs to know of failures', () => {
    for (const line of printed.join('').split('\n')) {
      if (line !== '') assert.match(line, /^\{"event":"(user-pool-unavailable|sign-in-refused)"/);
    }
  });

  test('the privacy page tells of every field that was recorded', async () => {
    const page = await (await setup.call('/privacy')).text();
    const told: Record<string, string> = {
      time: 'The time, ',
      client: 'the name and host of the application',
      clientName: 'the name and host of the application',
      redirectTarget: 'the name and host of the application',
      redirectTargets: 'the name and host of the application',
      scopes: 'what you allowed it to read',
      subject: 'the ids of your account',
      session: 'the ids of your account and of the sign-in',
    };
    // These say what was done to which request, and nothing about a person.
    const technical = ['audit', 'requestId', 'grantType', 'refreshes', 'error', 'reason'];
    for (const field of new Set(setup.audit.flatMap((record) => Object.keys(record)))) {
      if (technical.includes(field)) continue;
      assert.ok(told[field] !== undefined && page.includes(told[field]), field);
    }
  });

  test('the audit knows what happened, to which client and for whom', () => {
    const events = Map.groupBy(setup.audit, (record) => String(record.audit));
    assert.deepEqual([...events.keys()].sort(), [
      'authorization-refused',
      'consent-denied',
      'consent-granted',
      'consent-shown',
      'refresh-reused',
      'registration',
      'registration-refused',
      'sign-in',
      'sign-in-failed',
      'token-issued',
      'token-refused',
      'token-revoked',
    ]);
    for (const record of setup.audit) {
      assert.match(String(record.time), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      assert.match(String(record.requestId), /^[\da-f-]{36}$/);
    }
    const subject = setup.pool.people.list().find(({ username }) => username === 'nancy')?.sub;
    const {
      time: _time,
      requestId: _id,
      ...issued
    } = events.get('token-issued')!.find(({ client }) => client === confidential.clientId)!;
    assert.deepEqual(issued, {
      audit: 'token-issued',
      grantType: 'authorization_code',
      client: confidential.clientId,
      clientName: 'Claude',
      redirectTarget: 'claude.ai',
      session: claimsOf(secrets.get(`the access token ${confidential.clientId}`)).origin_jti,
      refreshes: 0,
      subject,
      scopes: allScopes.split(' '),
    });
    const clientsOf = (event: string): string[] => events.get(event)!.map(({ client }) => String(client));
    assert.ok(clientsOf('token-issued').includes('machine-northwind'));
    // What nobody knows may be anything, so only its hash is there.
    assert.ok(clientsOf('token-refused').some((client) => /^unknown:[\w-]{12}$/.test(client)));
    assert.ok(!clientsOf('token-refused').includes('machine-northwind'));
    for (const client of clientsOf('consent-shown')) {
      assert.match(client, /^(registered:[\w-]{12}|claude-for-work)$/);
    }
  });
});

test('10,000 registrations, and as many questions as one asks, leave the memory where it was', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const handler = authorizationServer({
    configuration: readConfiguration({
      PUBLIC_ORIGIN: 'http://localhost:3000',
      USER_POOL_URL: 'http://localhost:1',
      BROKER_CLIENT_ID: 'finance-mcp-broker',
    }),
    readSecrets: async () => ({ sealing: 's'.repeat(40), brokerClient: 'broker' }),
    record: () => undefined,
  });
  const call = (event: Partial<APIGatewayProxyEvent>) =>
    handler({
      headers: {},
      body: null,
      multiValueQueryStringParameters: null,
      requestContext: { requestId: 'r' },
      ...event,
    } as APIGatewayProxyEvent);

  async function round(index: number): Promise<void> {
    const redirect = `https://client-${index}.example/${'x'.repeat(300)}`;
    const body = JSON.stringify({ client_name: `Client ${index}`, redirect_uris: [redirect] });
    const registered = await call({ httpMethod: 'POST', path: '/oauth/register', body });
    assert.equal(registered.statusCode, 201);
    const { client_id: id } = JSON.parse(registered.body) as { client_id: string };
    if (index % 10 !== 0) return;
    const asked = await call({
      httpMethod: 'GET',
      path: '/oauth/authorize',
      multiValueQueryStringParameters: {
        client_id: [id],
        redirect_uri: [redirect],
        response_type: ['code'],
        code_challenge: ['c'.repeat(43)],
        code_challenge_method: ['S256'],
      },
    });
    assert.equal(asked.statusCode, 200);
  }

  for (let index = 0; index < 1_000; index += 1) await round(index);
  collectGarbage();
  const { heapUsed: before } = process.memoryUsage();
  for (let index = 1_000; index < 11_000; index += 1) await round(index);
  collectGarbage();
  const growth = process.memoryUsage().heapUsed - before;
  // If only the redirect URIs were kept, they would take 3 MB.
  assert.ok(growth < 1_000_000, `${growth} bytes more`);
});

describe('the bundle that is uploaded', () => {
  let bundled: BundledFunction;
  let imports: string[];

  before(async () => {
    bundled = await bundleFunction(
      fileURLToPath(new URL('../../functions/oauth/handler.ts', import.meta.url)),
    );
    const { outputs } = bundled.metafile;
    imports = Object.values(outputs).flatMap(({ imports: found }) => found.map(({ path }) => path));
  });
  after(() => bundled.remove());

  test('has no means to write a file or to start a program', () => {
    for (const path of imports) assert.doesNotMatch(path, /fs|child_process|worker|sqlite|cluster/);
  });

  test('has the OpenAPI document, and none of the tools that it describes', () => {
    const inputs = Object.keys(bundled.metafile.inputs);
    assert.ok(inputs.some((path) => path.endsWith('functions/oauth/site/openapi.json')));
    assert.deepEqual(
      inputs.filter((path) => path.includes('functions/mcp/')),
      [],
    );
  });

  test('starts without the HTTP client that Node loads slowly', async () => {
    assert.ok(!imports.some((path) => /^(?:node:)?https?$/.test(path)), imports.join(' '));
    const printed = await bundled.firstCalls(
      `
      const event = { headers: {}, requestContext: { requestId: 'r' }, multiValueQueryStringParameters: null };
      const form = 'application/x-www-form-urlencoded';
      const answers = [
        await handler({ ...event, httpMethod: 'GET', path: '/health' }),
        await handler({ ...event, httpMethod: 'GET', path: '/openapi.json' }),
        await handler({ ...event, httpMethod: 'POST', path: '/oauth/register',
          body: JSON.stringify({ redirect_uris: ['http://localhost/callback'] }) }),
        await handler({ ...event, httpMethod: 'POST', path: '/oauth/token', headers: { 'content-type': form },
          body: 'grant_type=client_credentials&client_id=a&client_secret=b' }),
      ];
      process.stdout.write('\\n' + JSON.stringify({ touched, statuses: answers.map(({ statusCode }) => statusCode) }));
      `,
      {
        PUBLIC_ORIGIN: 'https://finance.example',
        // Nobody listens there: the call is made, and fails.
        USER_POOL_URL: 'http://127.0.0.1:9',
        BROKER_CLIENT_ID: 'broker',
        BROKER_CLIENT_SECRET: 'broker-secret',
        SEALING_SECRET: 's'.repeat(40),
      },
    );
    assert.deepEqual(JSON.parse(printed.split('\n').at(-1)!), {
      touched: [],
      statuses: [200, 200, 201, 503],
    });
  });
});
