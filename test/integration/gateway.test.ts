import assert from 'node:assert/strict';
import { createSign, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { after, before, describe, test } from 'node:test';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { type Gateway, startGateway } from '../../local/gateway.ts';
import { closeServer, listen, listenOnLoopback, PortInUseError } from '../../local/loopback.ts';
import { allScopes } from '../support/scopes.ts';

const publicOrigin = 'http://localhost:3000';
const resource = `${publicOrigin}/mcp`;
const userPoolId = 'eu-west-1_LOCAL0001';
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
const jwks = { keys: [{ alg: 'RS256', e, kid: 'one', kty: 'RSA', n, use: 'sig' }] };
const parameters = `resource_metadata="${publicOrigin}/.well-known/oauth-protected-resource/mcp", scope="${allScopes}"`;

/** What errors look like at the MCP URL. */
interface McpError {
  jsonrpc: '2.0';
  id: null;
  error: { code: number; message: string };
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function accessToken(changes: Record<string, unknown> = {}, header: Record<string, unknown> = {}): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: `https://cognito-idp.eu-west-1.amazonaws.com/${userPoolId}`,
    token_use: 'access',
    client_id: 'some-client',
    scope: `${resource}/invoices:read`,
    sub: 'somebody',
    'cognito:groups': ['org_northwind', 'org_chinook'],
    iat: now,
    exp: now + 900,
    ...changes,
  };
  const content = `${encoded({ alg: 'RS256', kid: 'one', ...header })}.${encoded(claims)}`;
  return `${content}.${createSign('RSA-SHA256').update(content).sign(privateKey, 'base64url')}`;
}

const internalError = (message: string): McpError => ({
  jsonrpc: '2.0',
  id: null,
  error: { code: -32603, message },
});

/** A real function that answers as the body of the request tells it, and shows the event when told nothing. */
async function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  switch (event.queryStringParameters?.do) {
    case 'crash':
      throw new Error('a secret of the inside');
    case 'hang':
      return new Promise(() => undefined);
    case 'answer':
      return JSON.parse(event.body ?? 'null');
    case 'big':
      return { statusCode: 200, body: 'x'.repeat(7 * 1024 * 1024) };
    case 'length':
      return { statusCode: 200, body: String(event.body?.length ?? 0) };
  }
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(event) };
}

let gateway: Gateway;
let base: string;

before(async () => {
  // Failures of the function are logged as Lambda would log them; here they are provoked.
  console.error = () => undefined;
  gateway = await startGateway({
    port: 0,
    publicOrigin,
    functions: {
      mcp: handler,
      oauth: async (event) => ({ ...(await handler(event)), multiValueHeaders: { 'X-Function': ['oauth'] } }),
    },
    userPool: { id: userPoolId, jwks },
    integrationTimeoutMs: 100,
  });
  base = `http://127.0.0.1:${gateway.port}`;
});
after(() => gateway.close());

function call(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${base}${path}`, init);
}

function authorized(headers: Record<string, string> = {}): Record<string, string> {
  return { authorization: `Bearer ${accessToken()}`, ...headers };
}

/** Sends a request as it stands; fetch would tidy it. */
async function raw(path: string, headers: Record<string, string | string[]>): Promise<IncomingMessage> {
  const sent = httpRequest({ host: '127.0.0.1', port: gateway.port, path, headers, agent: false });
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return response;
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('the event', () => {
  test('is what a REST API hands over', async () => {
    const response = await raw('/mcp?a=1&a=two%20words&b=', {
      authorization: `Bearer ${accessToken()}`,
      'X-Custom': ['first', 'second'],
      'x-forwarded-for': '203.0.113.7',
    });
    const event = JSON.parse(await bodyOf(response)) as APIGatewayProxyEvent;
    assert.equal(event.resource, '/mcp');
    assert.equal(event.path, '/mcp');
    assert.equal(event.httpMethod, 'GET');
    assert.deepEqual(event.queryStringParameters, { a: 'two words', b: '' });
    assert.deepEqual(event.multiValueQueryStringParameters, { a: ['1', 'two words'], b: [''] });
    assert.equal(event.headers['X-Custom'], 'second');
    assert.deepEqual(event.multiValueHeaders['X-Custom'], ['first', 'second']);
    assert.equal(event.headers['X-Forwarded-For'], '203.0.113.7, 127.0.0.1');
    assert.equal(event.pathParameters, null);
    assert.equal(event.body, null);
    assert.equal(event.isBase64Encoded, false);
    assert.equal(event.requestContext.identity.sourceIp, '127.0.0.1');
    assert.equal(event.requestContext.requestId, response.headers['x-amzn-requestid']);
  });

  test("has the API's host, since CloudFront keeps the viewer's", async () => {
    const event = (await (await call('/health')).json()) as APIGatewayProxyEvent;
    assert.match(event.headers.Host ?? '', /\.execute-api\.eu-west-1\.amazonaws\.com$/);
  });

  test('has the rest of the path where the resource ends in a proxy', async () => {
    const response = await call('/.well-known/oauth-protected-resource/mcp');
    const event = (await response.json()) as APIGatewayProxyEvent;
    assert.equal(response.headers.get('x-function'), 'oauth');
    assert.equal(event.resource, '/.well-known/{proxy+}');
    assert.deepEqual(event.pathParameters, { proxy: 'oauth-protected-resource/mcp' });
  });

  test('carries the claims of the token as text', async () => {
    const headers = { authorization: `Bearer ${accessToken({ exp: 4_102_444_800 })}` };
    const event = (await (await call('/mcp', { headers })).json()) as APIGatewayProxyEvent;
    const claims = event.requestContext.authorizer?.claims as Record<string, string>;
    assert.equal(claims.sub, 'somebody');
    assert.equal(claims['cognito:groups'], 'org_northwind,org_chinook');
    assert.equal(claims.exp, 'Fri Jan 01 00:00:00 UTC 2100');
  });

  test('has the body as text', async () => {
    const body = JSON.stringify({ name: 'Köhler 株式会社' });
    const response = await call('/mcp', { method: 'POST', headers: authorized(), body });
    const event = (await response.json()) as APIGatewayProxyEvent;
    assert.equal(event.body, body);
  });

  test('has a header named __proto__ as a header like any other', async () => {
    const response = await raw('/health', { ['__proto__']: 'a' });
    const event = JSON.parse(await bodyOf(response)) as APIGatewayProxyEvent;
    assert.ok(Object.hasOwn(event.headers, '__proto__'));
  });
});

describe('the route of', () => {
  for (const [path, expected] of [
    ['/', 'oauth'],
    ['/health', 'oauth'],
    ['/openapi.json', 'oauth'],
    ['/oauth/token', 'oauth'],
    ['/oauth/a/b', 'oauth'],
    ['/.well-known/x', 'oauth'],
  ] as const) {
    test(`${path} leads to the function ${expected}, without a token`, async () => {
      const response = await call(path);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('x-function'), expected);
    });
  }

  for (const method of ['GET', 'POST', 'DELETE', 'PUT', 'PATCH']) {
    test(`/mcp takes ${method}`, async () => {
      const response = await call('/mcp', { method, headers: authorized() });
      assert.equal(((await response.json()) as APIGatewayProxyEvent).httpMethod, method);
    });
  }

  test('/mcp/ is that of /mcp', async () => {
    const response = await call('/mcp/', { headers: authorized() });
    assert.equal(((await response.json()) as APIGatewayProxyEvent).path, '/mcp');
  });

  for (const path of ['/nothing', '/mcp/more', '/oauth', '/oauth/', '/mcpx', '/health/x', '//mcp']) {
    test(`${path} is the gateway response for a missing resource`, async () => {
      const headers = { origin: 'https://claude.ai' };
      const response = await call(path, { headers });
      assert.equal(response.status, 404);
      assert.equal(response.headers.has('www-authenticate'), false);
      assert.equal(response.headers.get('content-type'), 'application/json');
      assert.equal(response.headers.get('access-control-allow-origin'), 'https://claude.ai');
      assert.match(
        ((await response.json()) as { message: string }).message,
        /Nothing is served at this path/,
      );
    });
  }
});

describe('the authorizer', () => {
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const past = Math.floor(Date.now() / 1000) - 10;

  function forged(): string {
    const content = accessToken().split('.').slice(0, 2).join('.');
    return `${content}.${createSign('RSA-SHA256').update(content).sign(other.privateKey, 'base64url')}`;
  }

  function unsigned(): string {
    return `${encoded({ alg: 'none' })}.${accessToken().split('.')[1]}.`;
  }

  for (const [what, authorization, error] of [
    ['no token', undefined],
    ['an empty header', ''],
    ['no JWT', 'Bearer abc', 'invalid_token'],
    ['Basic credentials', `Basic ${btoa('machine-northwind:local-only')}`, 'invalid_token'],
    ['another signature', `Bearer ${forged()}`, 'invalid_token'],
    ['alg none', `Bearer ${unsigned()}`, 'invalid_token'],
    ['a key that is not of the pool', `Bearer ${accessToken({}, { kid: 'two' })}`, 'invalid_token'],
    ['an expired token', `Bearer ${accessToken({ exp: past })}`, 'invalid_token'],
    [
      'a token of another pool',
      `Bearer ${accessToken({ iss: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_OTHER' })}`,
      'invalid_token',
    ],
    ['an ID token', `Bearer ${accessToken({ token_use: 'id', aud: 'some-client' })}`, 'invalid_token'],
    ['a token without a scope of the route', `Bearer ${accessToken({ scope: 'openid' })}`, 'invalid_token'],
    [
      'a scope of another resource',
      `Bearer ${accessToken({ scope: 'https://x.example/mcp/invoices:read' })}`,
      'invalid_token',
    ],
    ['a scope by its short name', `Bearer ${accessToken({ scope: 'invoices:read' })}`, 'invalid_token'],
  ] as const) {
    test(`answers ${what} with the challenge${error ? ' and that the token is bad' : ''}`, async () => {
      for (const method of ['GET', 'POST']) {
        const headers = {
          origin: 'https://claude.ai',
          ...(authorization === undefined ? {} : { authorization }),
        };
        const response = await call('/mcp', { method, headers });
        assert.equal(response.status, 401);
        assert.equal(
          response.headers.get('www-authenticate'),
          error ? `Bearer error="${error}", ${parameters}` : `Bearer ${parameters}`,
        );
        assert.equal(response.headers.get('content-type'), 'application/json');
        assert.equal(response.headers.get('access-control-allow-origin'), 'https://claude.ai');
        assert.equal(response.headers.get('access-control-expose-headers'), 'WWW-Authenticate');
        const { error: told, ...rest } = (await response.json()) as McpError;
        assert.deepEqual(rest, { jsonrpc: '2.0', id: null });
        assert.equal(told.code, 401);
        assert.match(told.message, /access token/i);
      }
    });
  }

  test('sends no allowed origin to a caller that named none', async () => {
    const response = await call('/mcp');
    assert.equal(response.headers.has('access-control-allow-origin'), false);
  });

  test('takes a token with and without the word Bearer, in any case', async () => {
    for (const authorization of [accessToken(), `Bearer ${accessToken()}`, `bearer ${accessToken()}`]) {
      assert.equal((await call('/mcp', { headers: { authorization } })).status, 200);
    }
  });

  test('lets a preflight through to the function', async () => {
    const response = await call('/mcp', { method: 'OPTIONS', headers: { origin: 'https://claude.ai' } });
    const event = (await response.json()) as APIGatewayProxyEvent;
    assert.equal(event.httpMethod, 'OPTIONS');
    assert.equal(event.requestContext.authorizer, null);
  });
});

describe("a function's answer", () => {
  function answer(result: unknown): Promise<Response> {
    return call('/oauth/x?do=answer', { method: 'POST', body: JSON.stringify(result) });
  }
  /** The guarded function passes its result on untouched. */
  function answerOfMcp(result: unknown): Promise<Response> {
    return call('/mcp?do=answer', { method: 'POST', headers: authorized(), body: JSON.stringify(result) });
  }

  test('loses the name of its WWW-Authenticate header, and others that a REST API sends itself', async () => {
    const headers = { 'WWW-Authenticate': 'Bearer', Date: 'today', Server: 'mine', 'X-Kept': 'yes' };
    const response = await answer({ statusCode: 401, headers, body: '{}' });
    assert.equal(response.status, 401);
    assert.equal(response.headers.has('www-authenticate'), false);
    assert.equal(response.headers.get('x-amzn-remapped-www-authenticate'), 'Bearer');
    assert.equal(response.headers.get('x-amzn-remapped-date'), 'today');
    assert.equal(response.headers.get('x-amzn-remapped-server'), 'mine');
    assert.equal(response.headers.get('x-kept'), 'yes');
  });

  test('keeps several cookies, merges both forms of headers, and is JSON unless it says otherwise', async () => {
    const response = await answerOfMcp({
      statusCode: 201,
      headers: { 'X-One': 1 },
      multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'], 'X-One': ['1', '2'] },
      body: 'text',
    });
    assert.equal(response.status, 201);
    assert.deepEqual(response.headers.getSetCookie(), ['a=1', 'b=2']);
    assert.equal(response.headers.get('x-one'), '1, 2');
    assert.equal(response.headers.get('content-type'), 'application/json');
    assert.equal(await response.text(), 'text');
  });

  test('is decoded when it is base64', async () => {
    const response = await answerOfMcp({ statusCode: 200, body: btoa('decoded'), isBase64Encoded: true });
    assert.equal(await response.text(), 'decoded');
  });

  test('has no body for HEAD and for 204', async () => {
    assert.equal(await (await call('/health', { method: 'HEAD' })).text(), '');
    assert.equal((await answerOfMcp({ statusCode: 204, body: '' })).status, 204);
  });

  for (const [what, result] of [
    ['nothing', null],
    ['no status', { body: 'x' }],
    ['a status as text', { statusCode: '200', body: 'x' }],
    ['an impossible status', { statusCode: 99, body: 'x' }],
    ['a body that is no text', { statusCode: 200, body: { a: 1 } }],
    ['headers that are a list', { statusCode: 200, headers: [], body: '' }],
    ['a header that is an object', { statusCode: 200, headers: { a: {} }, body: '' }],
    ['a header with a line break', { statusCode: 200, headers: { a: 'b\r\nset-cookie: c=d' }, body: '' }],
    ['a header name with a blank', { statusCode: 200, headers: { 'a b': 'c' }, body: '' }],
  ] as const) {
    test(`with ${what} is malformed`, async () => {
      const response = await answerOfMcp(result);
      assert.equal(response.status, 502);
      assert.deepEqual(await response.json(), internalError('Internal server error'));
      assert.equal(response.headers.get('set-cookie'), null);
    });
  }

  test('is not sent when it is larger than Lambda allows', async () => {
    assert.equal((await call('/health?do=big')).status, 502);
  });

  test('that is a crash tells nothing of the inside', async () => {
    const headers = authorized({ origin: 'https://claude.ai' });
    const response = await call('/mcp?do=crash', { headers });
    assert.equal(response.status, 502);
    assert.deepEqual(await response.json(), internalError('Internal server error'));
    assert.equal(response.headers.get('access-control-allow-origin'), 'https://claude.ai');
  });

  test('that comes too late is a timeout', async () => {
    const response = await call('/mcp?do=hang', { headers: authorized() });
    assert.equal(response.status, 504);
    assert.deepEqual(await response.json(), internalError('Endpoint request timed out'));
  });
});

describe('limits', () => {
  const limit = 10 * 1024 * 1024;

  test('a body of 10 MB is taken', async () => {
    const response = await call('/oauth/x?do=length', { method: 'POST', body: 'x'.repeat(limit) });
    assert.equal(await response.text(), String(limit));
  });

  test('a larger one is refused, whether its length is declared or not', async () => {
    const declared = await call('/oauth/x', { method: 'POST', body: 'x'.repeat(limit + 1) });
    assert.equal(declared.status, 413);
    assert.match(await declared.text(), /at most 1,048,576 bytes/);

    const sent = httpRequest({ host: '127.0.0.1', port: gateway.port, path: '/oauth/x', method: 'POST' });
    const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
    sent.write('x'.repeat(limit));
    sent.end('x');
    const [streamed] = await answered;
    assert.equal(streamed.statusCode, 413);
    streamed.resume();
  });

  test('headers of more than 10 KB are refused', async () => {
    const response = await raw('/health', { 'x-long': 'x'.repeat(10_500) });
    assert.equal(response.statusCode, 431);
    response.resume();
  });

  test('a target that is no path is refused', async () => {
    const socket = connect(gateway.port, '127.0.0.1');
    socket.end('OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    assert.match(chunk.toString(), /^HTTP\/1\.1 400 /);
  });
});

describe('the address', () => {
  const noIPv6 = !Object.values(networkInterfaces()).some((all) =>
    all?.some(({ address }) => address === '::1'),
  );

  test('answers to localhost', async () => {
    assert.equal((await fetch(`http://localhost:${gateway.port}/health`)).status, 200);
  });

  test('answers where localhost means ::1', { skip: noIPv6 }, async () => {
    assert.equal((await fetch(`http://[::1]:${gateway.port}/health`)).status, 200);
  });

  test('answers to no other name, but to that of its public origin', async () => {
    for (const host of ['evil.example', 'evil.example:3000', 'localhost.evil.example', '127.0.0.1.nip.io']) {
      const response = await raw('/health', { host });
      assert.equal(response.statusCode, 403, host);
      response.resume();
    }
    const published = await raw('/health', { host: 'localhost:3000' });
    assert.equal(published.statusCode, 200);
    published.resume();
  });

  function refusesPort(port: number): Promise<void> {
    return assert.rejects(
      listenOnLoopback(() => undefined, { port }),
      (error) => error instanceof PortInUseError && error.message.includes(`Port ${port} `),
    );
  }

  test('that is taken is named', () => refusesPort(gateway.port));

  test('that is taken on ::1 only is named too, and 127.0.0.1 is free again', { skip: noIPv6 }, async () => {
    const other = createServer();
    const port = await listen(other, 0, '::1');
    await refusesPort(port);
    await closeServer(other);
    const now = await listenOnLoopback(() => undefined, { port });
    await now.close();
  });

  test('is let go although an answer never comes', async () => {
    const server = createServer();
    const port = await listen(server, 0, '127.0.0.1');
    const caller = connect(port, '127.0.0.1');
    const cut = once(caller, 'close');
    caller.on('error', () => undefined);
    caller.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(server, 'request');
    await closeServer(server, 20);
    await cut;
  });

  test('is free again after closing, though a caller keeps its connection open', async () => {
    const first = await listenOnLoopback((_request, response) => response.end('ok'), { port: 0 });
    const socket = connect(first.port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket, 'data');
    await first.close();
    const second = await listenOnLoopback(() => undefined, { port: first.port });
    await second.close();
    socket.destroy();
  });
});
