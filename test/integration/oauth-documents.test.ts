import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { after, afterEach, describe, mock, test } from 'node:test';
import { clientDocuments, wellKnownDocuments } from '../../functions/oauth/clients/client-document.ts';
import {
  DocumentError,
  documentFetch,
  type FetchDocument,
  type FetchOptions,
  publicInternet,
} from '../../functions/oauth/clients/document-fetch.ts';
import type { Address } from '../../functions/oauth/clients/public-address.ts';
import { closeServer, listen } from '../../local/loopback.ts';
import { throwawayCertificate } from '../support/throwaway-certificate.ts';
import {
  type App,
  ask,
  authorizeUrl,
  connect,
  exchange,
  refresh,
  type Setup,
  type SetupOptions,
  startSignIn,
} from './oauth-setup.ts';
import { locationOf, openBrowser } from './user-pool-browser.ts';

const host = 'client.example';
const { cert, key } = throwawayCertificate(host);
const here: Address = { address: '127.0.0.1', family: 4 };

/** Takes this machine for the public internet, where the names of the test live. */
const pretended: FetchOptions = {
  resolve: async () => [here],
  isAllowed: ({ address }) => address === here.address,
  ca: cert,
  timeoutMs: 2_000,
};

const servers: Server[] = [];
const setups: Setup[] = [];
afterEach(async () => {
  mock.timers.reset();
  for (const setup of setups.splice(0)) await setup.close();
  await Promise.all(servers.splice(0).map((server) => closeServer(server, 0)));
});

async function serve(listener: RequestListener, secure = true): Promise<number> {
  const server = secure ? createHttpsServer({ cert, key }, listener) : createHttpServer(listener);
  servers.push(server as Server);
  return listen(server as Server, 0, '127.0.0.1');
}

/** Answers with a document whose client_id is the address under which it was asked for. */
function documentAt(
  members: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): RequestListener {
  return (request, response) => {
    const clientId = `https://${host}${request.url}`;
    response.writeHead(200, { 'content-type': 'application/json', ...headers });
    response.end(
      JSON.stringify({
        client_id: clientId,
        client_name: 'Document App',
        redirect_uris: ['http://127.0.0.1/callback', 'https://client.example/cb'],
        token_endpoint_auth_method: 'none',
        ...members,
      }),
    );
  };
}

async function startWith(options: SetupOptions): Promise<Setup> {
  const setup = await startSignIn(options);
  setups.push(setup);
  return setup;
}

describe('fetching a document', () => {
  test('goes over TLS to the checked address, under the name that was asked for', async () => {
    let asked: Record<string, unknown> = {};
    const port = await serve((request, response) => {
      asked = request.headers;
      documentAt({}, { 'cache-control': 'public, max-age=120' })(request, response);
    });
    const { value, maxAge } = await documentFetch(pretended)(new URL(`https://${host}:${port}/app.json`));
    assert.equal((value as Record<string, unknown>).client_name, 'Document App');
    assert.equal(maxAge, 120);
    assert.equal(asked.host, `${host}:${port}`);
    assert.equal(asked.accept, 'application/json');
    assert.equal('cookie' in asked || 'authorization' in asked, false);
  });

  test('does not go to a server that cannot prove its name', async () => {
    let asked = 0;
    const port = await serve((request, response) => {
      asked += 1;
      documentAt()(request, response);
    });
    for (const [options, name] of [
      [pretended, 'other.example'],
      [{ ...pretended, ca: throwawayCertificate(host).cert }, host],
    ] as const) {
      await assert.rejects(
        documentFetch(options)(new URL(`https://${name}:${port}/app.json`)),
        DocumentError,
      );
    }
    assert.equal(asked, 0);
  });

  test('asks for the name once, and connects to what was checked', async () => {
    const port = await serve(documentAt());
    const answers = [[here], [{ address: '10.255.255.1', family: 4 }]];
    let asked = 0;
    const fetchDocument = documentFetch({
      ...pretended,
      resolve: async () => answers[Math.min(asked++, 1)]!,
    });
    await fetchDocument(new URL(`https://${host}:${port}/app.json`));
    assert.equal(asked, 1);
    // The second time the name leads elsewhere, which is noticed before anything is sent.
    await assert.rejects(
      fetchDocument(new URL(`https://${host}:${port}/app.json`)),
      /not on the public internet/,
    );
  });

  test('goes nowhere when one of several addresses is not public', async () => {
    let connections = 0;
    const port = await serve(documentAt());
    servers[0]!.on('connection', () => {
      connections += 1;
    });
    const mixed = documentFetch({ ...pretended, resolve: async () => [here, { address: '::1', family: 6 }] });
    await assert.rejects(mixed(new URL(`https://${host}:${port}/app.json`)), /not on the public internet/);
    const none = documentFetch({ ...pretended, resolve: async () => [] });
    await assert.rejects(none(new URL(`https://${host}:${port}/app.json`)), /not on the public internet/);
    assert.equal(connections, 0);
  });

  for (const [address, family] of [
    ['127.0.0.1', 4],
    ['10.0.0.7', 4],
    ['172.16.5.4', 4],
    ['192.168.1.1', 4],
    ['169.254.169.254', 4],
    ['100.64.0.1', 4],
    ['0.0.0.0', 4],
    ['224.0.0.1', 4],
    ['::1', 6],
    ['fe80::1', 6],
    ['fd00:ec2::254', 6],
    ['::ffff:127.0.0.1', 6],
    ['::ffff:10.0.0.1', 6],
    ['2002:7f00:1::', 6],
    ['64:ff9b::7f00:1', 6],
  ] as const) {
    test(`goes nowhere for a name that leads to ${address}`, async () => {
      const fetchDocument = documentFetch({ ...publicInternet, resolve: async () => [{ address, family }] });
      await assert.rejects(
        fetchDocument(new URL('https://client.example/app.json')),
        (error) => error instanceof DocumentError && /not on the public internet/.test(error.message),
      );
    });
  }

  test('goes nowhere for a name of this machine, by its real resolver', async () => {
    const port = await serve(documentAt(), false);
    for (const name of [
      'localhost',
      '127.0.0.1',
      '[::1]',
      '[::ffff:7f00:1]',
      '0.0.0.0',
      '2130706433',
      '0x7f.1',
    ]) {
      const fetchDocument = documentFetch(publicInternet);
      await assert.rejects(fetchDocument(new URL(`http://${name}:${port}/app.json`)), DocumentError, name);
    }
  });

  test('follows no redirect', async () => {
    let reached = 0;
    const inside = await serve((_request, response) => {
      reached += 1;
      response.end('{}');
    }, false);
    for (const status of [301, 302, 303, 307, 308]) {
      const port = await serve((_request, response) => {
        response.writeHead(status, {
          location: `http://127.0.0.1:${inside}/`,
          'content-type': 'application/json',
        });
        response.end('{}');
      });
      const fetched = documentFetch(pretended)(new URL(`https://${host}:${port}/app.json`));
      await assert.rejects(fetched, new RegExp(`with status ${status}`));
    }
    assert.equal(reached, 0);
  });

  test('stops reading what is too large, and hangs up', async () => {
    let sent = 0;
    const closed = Promise.withResolvers<void>();
    const port = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.on('close', closed.resolve);
      const chunk = Buffer.alloc(16 * 1024, ' ');
      const more = (): void => {
        while (sent < 10 * 1024 * 1024) {
          sent += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', more);
        }
        response.end('{}');
      };
      more();
    });
    await assert.rejects(documentFetch(pretended)(new URL(`https://${host}:${port}/`)), /larger than 64 KB/);
    await closed.promise;
    assert.ok(sent < 10 * 1024 * 1024, `${sent} bytes were sent`);
  });

  for (const [what, listener] of [
    ['that never begins', () => undefined],
    [
      'that never ends',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{');
      },
    ],
  ] as const satisfies [string, RequestListener][]) {
    test(`gives up on an answer ${what}, and hangs up`, async () => {
      const port = await serve(listener);
      const closed = once(servers[0]!, 'secureConnection').then(([socket]) => once(socket, 'close'));
      const fetchDocument = documentFetch({ ...pretended, timeoutMs: 200 });
      await assert.rejects(fetchDocument(new URL(`https://${host}:${port}/`)), /did not arrive in time/);
      await closed;
    });
  }

  test('gives up on a name that is never resolved', async () => {
    const fetchDocument = documentFetch({
      ...pretended,
      timeoutMs: 50,
      resolve: () => new Promise(() => undefined),
    });
    // Nothing else keeps the process alive meanwhile.
    const alive = setInterval(() => undefined, 1_000);
    await assert.rejects(fetchDocument(new URL(`https://${host}/`)), /did not arrive in time/);
    clearInterval(alive);
  });

  test('reports a name that does not exist, and a port that nobody listens on, alike', async () => {
    const failing = documentFetch({ ...pretended, resolve: () => Promise.reject(new Error('ENOTFOUND')) });
    await assert.rejects(failing(new URL(`https://${host}/`)), /could not be reached/);
    const port = await serve(documentAt());
    await closeServer(servers.pop()!);
    await assert.rejects(
      documentFetch(pretended)(new URL(`https://${host}:${port}/`)),
      /could not be reached/,
    );
  });

  for (const [what, headers, body, message] of [
    ['HTML', { 'content-type': 'text/html' }, '{}', /not sent as JSON/],
    ['nothing said about its type', {}, '{}', /not sent as JSON/],
    ['compression', { 'content-type': 'application/json', 'content-encoding': 'gzip' }, 'x', /compressed/],
    ['no JSON', { 'content-type': 'application/json' }, '{', /not valid JSON/],
  ] as const) {
    test(`refuses ${what}`, async () => {
      const port = await serve((_request, response) => response.writeHead(200, headers).end(body));
      await assert.rejects(documentFetch(pretended)(new URL(`https://${host}:${port}/`)), message);
    });
  }

  test('takes the JSON types with a charset or a suffix', async () => {
    for (const type of ['application/json; charset=utf-8', 'application/client-metadata+json']) {
      const port = await serve(documentAt({}, { 'content-type': type }));
      await documentFetch(pretended)(new URL(`https://${host}:${port}/a`));
    }
  });
});

describe('the id of a client with a document', () => {
  const { urlOf } = clientDocuments({
    fetchPublic: () => assert.fail('nothing is fetched'),
    fetchLoopback: undefined,
  });

  test('is an https address with a path', () => {
    for (const id of [
      ...wellKnownDocuments.keys(),
      'https://client.example/a',
      'https://client.example/a/b.json?version=1',
      'https://xn--exmple-cua.example/a',
    ]) {
      assert.equal(urlOf(id)?.href, id);
    }
  });

  for (const id of [
    'http://client.example/a',
    'ftp://client.example/a',
    'https://client.example',
    'https://client.example/',
    'https://client.example/a#fragment',
    'https://client.example/a#',
    'https://user@client.example/a',
    'https://user:password@client.example/a',
    'https://client.example:443/a',
    'https://client.example:8443/a',
    'https://client.example/a/../b',
    'https://client.example/./a',
    'https://client.example/a/%2e%2e/b',
    'https://CLIENT.example/a',
    'HTTPS://client.example/a',
    'https://client.example./a',
    'https://exämple.com/a',
    'https://client.example\\a',
    'https:client.example/a',
    'https:///client.example/a',
    ' https://client.example/a',
    'https://client.example/a b',
    'https://client.example/a\n',
    'https://localhost/a',
    'https://intranet/a',
    'https://127.0.0.1/a',
    'https://2130706433/a',
    'https://0x7f.1/a',
    'https://10.0.0.1/a',
    'https://169.254.169.254/latest/meta-data',
    'https://[::1]/a',
    'https://[::ffff:127.0.0.1]/a',
    'http://localhost:3000/a',
    'http://127.0.0.1/a',
    `https://client.example/${'a'.repeat(1_000)}`,
  ]) {
    test(`is not ${JSON.stringify(id.slice(0, 60))}`, () => assert.equal(urlOf(id), undefined));
  }

  test('may be on this machine where that is allowed, and there only', () => {
    const local = clientDocuments({ fetchPublic: () => assert.fail(), fetchLoopback: () => assert.fail() });
    for (const id of [
      'http://localhost:3000/a',
      'http://127.0.0.1:1/a',
      'http://[::1]:1/a',
      'https://localhost:8443/a',
      'https://a.example/a',
    ]) {
      assert.equal(local.urlOf(id)?.href, id);
    }
    for (const id of [
      'http://client.example/a',
      'http://10.0.0.1/a',
      'https://10.0.0.1/a',
      'https://127.0.0.2/a',
      'http://localhost:3000/',
    ]) {
      assert.equal(local.urlOf(id), undefined);
    }
  });
});

describe('a document', () => {
  /** Documents of a real server; the port, which an id cannot have, is added on the way. */
  async function documents(listener: RequestListener, options: FetchOptions = pretended) {
    let asked = 0;
    const port = await serve((request, response) => {
      asked += 1;
      listener(request, response);
    });
    const fetchDocument = documentFetch(options);
    const fetchPublic: FetchDocument = (url) => {
      const withPort = new URL(url);
      withPort.port = String(port);
      return fetchDocument(withPort);
    };
    return { ...clientDocuments({ fetchPublic, fetchLoopback: undefined }), asked: () => asked };
  }
  const url = new URL(`https://${host}/app.json`);

  test('gives name and redirect URIs', async () => {
    const { read } = await documents(documentAt({ client_name: ' Doc\u202Eument ' }));
    assert.deepEqual(await read(url), {
      name: 'Document',
      redirectUris: ['http://127.0.0.1/callback', 'https://client.example/cb'],
    });
  });

  for (const [what, members, message] of [
    [
      'names another client_id',
      { client_id: `https://${host}/other.json` },
      /a client_id that is not its own address/,
    ],
    [
      'names its client_id with a slash',
      { client_id: `https://${host}/app.json/` },
      /a client_id that is not its own address/,
    ],
    ['names no client_id', { client_id: undefined }, /a client_id that is not its own address/],
    ['has a secret', { client_secret: 'public knowledge' }, /client secret/],
    ['wants one', { token_endpoint_auth_method: 'client_secret_basic' }, /client secret/],
    ['has no redirect URIs', { redirect_uris: undefined }, /redirect_uris must be/],
    ['has a bad redirect URI', { redirect_uris: ['javascript:alert(1)'] }, /redirect_uris\[0\] must be/],
    ['has a name that is no text', { client_name: ['x'] }, /client_name must be/],
  ] as const) {
    test(`is refused when it ${what}`, async () => {
      const { read } = await documents(documentAt(members));
      await assert.rejects(
        read(url),
        (error) => error instanceof DocumentError && message.test(error.message),
      );
    });
  }

  test('that is no object is refused', async () => {
    for (const text of ['null', '[]', '"text"']) {
      const { read } = await documents((_request, response) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(text),
      );
      await assert.rejects(read(url), DocumentError);
    }
  });

  for (const [cacheControl, seconds] of [
    ['max-age=600', 600],
    ['public, max-age=600, must-revalidate', 600],
    ['max-age=0', 60],
    ['no-store', 3_600],
    ['max-age=999999999', 86_400],
    [undefined, 3_600],
  ] as const) {
    test(`is kept for ${seconds} seconds when it says ${cacheControl}`, async () => {
      mock.timers.enable({ apis: ['Date'], now: Date.now() });
      const headers: Record<string, string> =
        cacheControl === undefined ? {} : { 'cache-control': cacheControl };
      const { read, asked } = await documents(documentAt({}, headers));
      await read(url);
      mock.timers.tick(seconds * 1_000 - 1);
      await read(url);
      assert.equal(asked(), 1);
      mock.timers.tick(1);
      await read(url);
      assert.equal(asked(), 2);
    });
  }

  test('that cannot be had is not asked for again at once', async () => {
    mock.timers.enable({ apis: ['Date'], now: Date.now() });
    const { read, asked } = await documents((_request, response) => response.writeHead(403).end());
    await assert.rejects(read(url), /answered with status 403/);
    await assert.rejects(read(url), /answered with status 403/);
    assert.equal(asked(), 1);
    mock.timers.tick(30_000);
    await assert.rejects(read(url), /answered with status 403/);
    assert.equal(asked(), 2);
  });

  test('that was had once stays good while its host fails', async () => {
    mock.timers.enable({ apis: ['Date'], now: Date.now() });
    let works = true;
    const { read, asked } = await documents((request, response) => {
      if (works) documentAt()(request, response);
      else response.writeHead(503).end();
    });
    await read(url);
    works = false;
    mock.timers.tick(3_600_000);
    assert.equal((await read(url)).name, 'Document App');
    assert.equal(asked(), 2);
  });

  test('of many is forgotten when there are too many', async () => {
    const { read, asked } = await documents(documentAt());
    for (let index = 0; index <= 200; index += 1) await read(new URL(`https://${host}/${index}`));
    assert.equal(asked(), 201);
    await read(new URL(`https://${host}/200`));
    assert.equal(asked(), 201);
    await read(new URL(`https://${host}/0`));
    assert.equal(asked(), 202);
  });

  for (const [address, metadata] of wellKnownDocuments) {
    test(`of ${metadata.name} is known where it cannot be fetched, and fetched where it can`, async () => {
      const failing = await documents((_request, response) => response.writeHead(403).end());
      assert.deepEqual(await failing.read(new URL(address)), metadata);
      const name = new URL(address).hostname;
      const certificate = throwawayCertificate(name);
      const server = createHttpsServer(certificate, (_request, response) => {
        response.setHeader('content-type', 'application/json');
        response.end(
          JSON.stringify({ client_id: address, client_name: 'New', redirect_uris: ['https://new.example/'] }),
        );
      });
      servers.push(server as unknown as Server);
      const port = await listen(server as unknown as Server, 0, '127.0.0.1');
      const fetchDocument = documentFetch({ ...pretended, ca: certificate.cert });
      const working = clientDocuments({
        fetchPublic: (asked) => fetchDocument(new URL(`https://${name}:${port}${asked.pathname}`)),
        fetchLoopback: undefined,
      });
      assert.equal((await working.read(new URL(address))).name, 'New');
    });
  }
});

describe('a client with a document', () => {
  /** A document on this machine, as somebody has it who develops a client. */
  async function localApp(members: Record<string, unknown> = {}): Promise<App> {
    let port = 0;
    port = await serve((request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({
          client_id: `http://localhost:${port}${request.url}`,
          client_name: 'Local App',
          redirect_uris: ['http://127.0.0.1/callback'],
          ...members,
        }),
      );
    }, false);
    return {
      clientId: `http://localhost:${port}/client.json`,
      redirectUri: 'http://127.0.0.1:6123/callback',
    };
  }
  const loopbackAllowed = { environment: { CLIENT_METADATA_LOOPBACK: 'allowed' } };

  test('connects, and refreshes without its document being fetched again', async () => {
    const setup = await startWith(loopbackAllowed);
    const app = await localApp();
    const { html } = await ask(setup, openBrowser(), app);
    assert.match(html, /According to <strong>localhost:\d+<\/strong>, “<bdi>Local App<\/bdi>” is one of its/);
    const { code } = await connect(setup, app);
    await closeServer(servers.pop()!, 0);
    setup.restart();
    const { status, body } = await exchange(setup, app, code);
    assert.equal(status, 200);
    assert.equal((await refresh(setup, app, body.refresh_token)).status, 200);
  });

  test('uses only redirect URIs of its document', async () => {
    const setup = await startWith(loopbackAllowed);
    const app = await localApp();
    const response = await openBrowser().get(
      authorizeUrl(setup, { ...app, redirectUri: 'http://127.0.0.1:6123/other' }),
    );
    assert.equal(response.status, 400);
  });

  test('is told of a document that cannot be used, on a page and in general words', async () => {
    const setup = await startWith(loopbackAllowed);
    const app = await localApp({ client_id: 'http://localhost/other' });
    const response = await openBrowser().get(authorizeUrl(setup, app));
    assert.equal(response.status, 400);
    assert.match(
      await response.text(),
      /The metadata document of the application has a client_id that is not its own/,
    );
  });

  test('of its own making is not sent an error without a click; the person sees it', async () => {
    const setup = await startWith(loopbackAllowed);
    const response = await openBrowser().get(
      authorizeUrl(setup, await localApp(), { code_challenge: undefined }),
    );
    assert.equal(response.status, 400);
    assert.equal(response.headers.get('location'), null);
    const html = await response.text();
    assert.match(html, /<dd>invalid_request: PKCE is required/);
    assert.match(html, /<dd>A program on this computer \(127\.0\.0\.1\)<\/dd>/);
    assert.doesNotMatch(html, /http-equiv|href=/);
  });

  test('that is known here is sent its errors, but nowhere that its document does not name', async () => {
    const internet = { ...publicInternet, resolve: () => Promise.reject(new Error('no network')) };
    const setup = await startWith({ internet });
    for (const [clientId, { redirectUris }] of wellKnownDocuments) {
      const app = { clientId, redirectUri: redirectUris[0]! };
      const mistake = { code_challenge: undefined };
      const told = locationOf(await openBrowser().get(authorizeUrl(setup, app, mistake)));
      assert.ok(told.href.startsWith(`${app.redirectUri}?error=invalid_request&`), told.href);
      const elsewhere = { ...mistake, redirect_uri: 'https://evil.example/' };
      const refused = await openBrowser().get(authorizeUrl(setup, app, elsewhere));
      assert.deepEqual([refused.status, refused.headers.get('location')], [400, null]);
    }
  });

  test('on this machine is unknown where that is not allowed', async () => {
    const setup = await startWith({});
    const app = await localApp();
    assert.equal((await openBrowser().get(authorizeUrl(setup, app))).status, 400);
    assert.equal((await refresh(setup, app, 'x')).body.error, 'invalid_client');
  });

  test('is never looked for in a private network, whatever its name leads to', async () => {
    for (const address of ['127.0.0.1', '10.0.0.1', '169.254.169.254']) {
      const internet = { ...publicInternet, resolve: async () => [{ address, family: 4 }] };
      const setup = await startWith({ internet });
      const app = { clientId: 'https://client.example/app.json', redirectUri: 'https://client.example/cb' };
      const response = await openBrowser().get(authorizeUrl(setup, app));
      assert.equal(response.status, 400);
      assert.match(await response.text(), /not on the public internet/);
    }
  });

  test('among the well-known connects although its host cannot be reached', async () => {
    const internet = { ...publicInternet, resolve: () => Promise.reject(new Error('no network')) };
    const setup = await startWith({ internet });
    const app = {
      clientId: 'https://claude.ai/oauth/claude-code-client-metadata',
      redirectUri: 'http://localhost:54545/callback',
    };
    const { html } = await ask(setup, openBrowser(), app);
    assert.match(html, /According to <strong>claude\.ai<\/strong>, “<bdi>Claude Code<\/bdi>” is one of its/);
    const { code } = await connect(setup, app);
    assert.equal((await exchange(setup, app, code)).status, 200);
  });

  test('is kept out by the operator’s lists', async () => {
    const internet = { ...publicInternet, resolve: () => Promise.reject(new Error('no network')) };
    const app = {
      clientId: 'https://claude.ai/oauth/mcp-oauth-client-metadata',
      redirectUri: 'https://claude.ai/api/mcp/auth_callback',
    };
    for (const [environment, status] of [
      [{ CLIENT_HOSTS_ALLOWED: 'claude.ai' }, 200],
      [{ CLIENT_HOSTS_ALLOWED: 'chatgpt.com,*.claude.ai' }, 400],
      [{ CLIENT_HOSTS_DENIED: 'claude.ai' }, 400],
    ] as const) {
      const setup = await startWith({ environment, internet });
      assert.equal((await openBrowser().get(authorizeUrl(setup, app))).status, status);
      const refused = await refresh(setup, app, 'x');
      assert.equal(refused.body.error, status === 200 ? 'invalid_grant' : 'invalid_client');
    }
  });
});

after(() => mock.timers.reset());
