import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { CognitoJwtVerifier } from 'aws-jwt-verify';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { authorizationServer } from '../../functions/oauth/authorization-server.ts';
import { readConfiguration } from '../../functions/oauth/configuration.ts';
import { type Gateway, startGateway } from '../../local/gateway.ts';
import { closeServer, listen } from '../../local/loopback.ts';
import { startUserPool, type UserPool, userPoolId } from '../../local/user-pool.ts';
import { allScopes } from '../support/scopes.ts';
import { jane, nancy } from './oauth-setup.ts';

const publicOrigin = 'http://localhost:3000';
const resource = `${publicOrigin}/mcp`;
const formType = 'application/x-www-form-urlencoded';
const machine = { client_id: 'machine-northwind', client_secret: 'local-only' };
const asked = { grant_type: 'client_credentials', ...machine };

const complete = {
  PUBLIC_ORIGIN: publicOrigin,
  USER_POOL_URL: 'https://pool.example/',
  BROKER_CLIENT_ID: 'finance-mcp-broker',
};

type Handler = (event: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult>;

let pool: UserPool;
let handler: Handler;
let gateway: Gateway;

before(async () => {
  // The log of failures, which are provoked here.
  console.error = () => undefined;
  pool = await startUserPool({ port: 0, publicOrigin, people: [nancy, jane], brokerSecret: 'broker-secret' });
  handler = serverBefore(pool.url);
  gateway = await startGateway({
    port: 0,
    publicOrigin,
    functions: { mcp: async () => ({ statusCode: 200, body: '{}' }), oauth: handler },
    userPool: { id: userPoolId, jwks: pool.jwks },
  });
});
after(async () => {
  await gateway.close();
  await pool.close();
});

function serverBefore(userPoolUrl: string): Handler {
  return authorizationServer({
    configuration: readConfiguration({ ...complete, USER_POOL_URL: userPoolUrl }),
    readSecrets: async () => ({ sealing: 's'.repeat(40), brokerClient: 'broker-secret' }),
    record: () => undefined,
  });
}

function get(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`http://localhost:${gateway.port}${path}`, init);
}

interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: Record<string, unknown>;
}

/** Calls the function itself, before the edge renames its headers. */
async function invoke(
  body: string,
  headers: Record<string, string> = { 'content-type': formType },
  through: Handler = handler,
  changes: Partial<APIGatewayProxyEvent> = {},
): Promise<Answer> {
  const event = {
    requestContext: { requestId: 'a-request' },
    multiValueQueryStringParameters: null,
    httpMethod: 'POST',
    path: '/oauth/token',
    headers,
    body,
    isBase64Encoded: false,
    ...changes,
  };
  const result = await through(event as unknown as APIGatewayProxyEvent);
  return {
    status: result.statusCode,
    headers: Object.fromEntries(
      Object.entries(result.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
    ),
    body: JSON.parse(result.body),
  };
}

function ask(form: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
  return invoke(new URLSearchParams(form).toString(), { 'Content-Type': formType, ...headers });
}

function basic(id: string, secret: string): Record<string, string> {
  return { Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` };
}

function claimsOf(answer: Answer): Record<string, unknown> {
  return JSON.parse(Buffer.from(String(answer.body.access_token).split('.')[1]!, 'base64url').toString());
}

describe('discovery', () => {
  for (const path of ['/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource/mcp']) {
    test(`${path} describes the MCP endpoint`, async () => {
      const response = await get(path, { headers: { origin: 'https://any.example' } });
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('content-type'), 'application/json');
      assert.equal(response.headers.get('access-control-allow-origin'), '*');
      assert.match(response.headers.get('cache-control') ?? '', /^public, max-age=\d+$/);
      assert.deepEqual(await response.json(), {
        resource,
        authorization_servers: [publicOrigin],
        scopes_supported: allScopes.split(' '),
        bearer_methods_supported: ['header'],
        resource_name: 'Finance MCP',
        resource_documentation: `${publicOrigin}/`,
        resource_policy_uri: `${publicOrigin}/privacy`,
      });
    });
  }

  test('is where the challenge of the MCP endpoint points to', async () => {
    const challenge = (await get('/mcp', { method: 'POST' })).headers.get('www-authenticate') ?? '';
    const url = new URL(/resource_metadata="([^"]+)"/.exec(challenge)?.[1] ?? '');
    const document = (await (await get(url.pathname)).json()) as Record<string, unknown>;
    assert.equal(document.resource, resource);
  });

  test('names an issuer that is exactly the authorization server, and what works there', async () => {
    const response = await get('/.well-known/oauth-authorization-server');
    assert.equal(response.headers.get('access-control-allow-origin'), '*');
    assert.deepEqual(await response.json(), {
      issuer: publicOrigin,
      authorization_endpoint: `${publicOrigin}/oauth/authorize`,
      token_endpoint: `${publicOrigin}/oauth/token`,
      registration_endpoint: `${publicOrigin}/oauth/register`,
      revocation_endpoint: `${publicOrigin}/oauth/revoke`,
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post'],
      revocation_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post'],
      client_id_metadata_document_supported: true,
      authorization_response_iss_parameter_supported: true,
      scopes_supported: [...allScopes.split(' '), 'offline_access'],
      service_documentation: `${publicOrigin}/`,
      op_policy_uri: `${publicOrigin}/privacy`,
    });
  });

  test('can be read by scripts that send the protocol version', async () => {
    const response = await get('/.well-known/oauth-protected-resource/mcp', {
      method: 'OPTIONS',
      headers: { origin: 'https://any.example', 'access-control-request-headers': 'mcp-protocol-version' },
    });
    assert.equal(response.status, 204);
    assert.equal(response.headers.get('access-control-allow-origin'), '*');
    assert.match(response.headers.get('access-control-allow-headers') ?? '', /mcp-protocol-version/i);
  });
});

describe('the pages', () => {
  test('/health is ok', async () => {
    const response = await get('/health');
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), { status: 'ok' });
  });

  test('/ says what this is and the MCP URL, to browsers in HTML', async () => {
    const page = await get('/', { headers: { accept: 'text/html,*/*' } });
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
    assert.ok((await page.text()).includes(`<code>${resource}</code>`));
    const text = await get('/', { headers: { accept: '*/*' } });
    assert.match(text.headers.get('content-type') ?? '', /^text\/plain/);
    assert.ok((await text.text()).includes(resource));
  });

  for (const path of ['/privacy', '/support', '/privacy/']) {
    test(`${path} is a page for everybody, which the start page leads to`, async () => {
      const response = await get(path, { headers: { accept: 'text/html' } });
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('content-type'), 'text/html; charset=utf-8');
      assert.match(response.headers.get('content-security-policy') ?? '', /^default-src 'none'; /);
      const start = await get('/', { headers: { accept: 'text/html' } });
      assert.ok((await start.text()).includes(`href="${path.replace(/\/$/, '')}"`));
      assert.ok((await (await get('/')).text()).includes(`${publicOrigin}${path.replace(/\/$/, '')}`));
    });
  }

  test('what is not there is 404, and a wrong method 405 with the right ones', async () => {
    for (const path of ['/oauth/nothing', '/.well-known/openid-configuration', '/oauth/constructor']) {
      assert.equal((await get(path)).status, 404, path);
    }
    const response = await get('/oauth/token');
    assert.equal(response.status, 405);
    assert.equal(response.headers.get('allow'), 'POST, OPTIONS');
    assert.equal((await get('/health', { method: 'DELETE' })).status, 405);
    assert.equal((await get('/health', { method: 'HEAD' })).status, 200);
  });
});

describe('a machine', () => {
  for (const [how, form, headers] of [
    ['in the form', asked, {}],
    ['by HTTP Basic', { grant_type: 'client_credentials' }, basic('machine-northwind', 'local-only')],
    [
      'by HTTP Basic, form-encoded',
      { grant_type: 'client_credentials' },
      basic('machine%2Dnorthwind', 'local%2donly'),
    ],
    [
      'by HTTP Basic, with its id in the form too',
      { grant_type: 'client_credentials', client_id: 'machine-northwind' },
      basic('machine-northwind', 'local-only'),
    ],
  ] as const) {
    test(`gets a token for its secret ${how}`, async () => {
      const answer = await ask(form, headers);
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      assert.equal(answer.headers['cache-control'], 'no-store');
      assert.equal(answer.headers['content-type'], 'application/json');
      const { access_token: accessToken, ...rest } = answer.body;
      assert.deepEqual(rest, { token_type: 'Bearer', expires_in: 900, scope: allScopes });
      const verifier = CognitoJwtVerifier.create({
        userPoolId,
        tokenUse: 'access',
        clientId: 'machine-northwind',
      });
      verifier.cacheJwks(pool.jwks);
      const claims = await verifier.verify(String(accessToken));
      assert.equal(claims.organization, 'northwind');
    });
  }

  test('gets the scopes that it asks for, by their short names', async () => {
    const answer = await ask({ ...asked, scope: 'payments:read  invoices:read payments:read' });
    assert.equal(answer.body.scope, 'invoices:read payments:read');
    assert.equal(claimsOf(answer).scope, `${resource}/invoices:read ${resource}/payments:read`);
  });

  for (const scope of [
    'everything',
    'invoices:read invoices:write',
    'openid',
    'offline_access',
    `${resource}/invoices:read`,
    ' ',
  ]) {
    test(`is refused the scope ${JSON.stringify(scope)}`, async () => {
      const { status, body } = await ask({ ...asked, scope });
      assert.deepEqual([status, body.error], [400, 'invalid_scope']);
      assert.match(String(body.error_description), /invoices:read/);
    });
  }

  for (const value of [resource, `${resource}/`]) {
    test(`may name the resource ${value}`, async () => {
      assert.equal((await ask({ ...asked, resource: value })).status, 200);
    });
  }

  for (const value of [publicOrigin, `${resource}//`, 'https://other.example/mcp', 'mcp']) {
    test(`is refused the resource ${value}`, async () => {
      const { status, body } = await ask({ ...asked, resource: value });
      assert.deepEqual([status, body.error], [400, 'invalid_target']);
    });
  }

  test('opens the MCP endpoint with its token', async () => {
    const { body } = await ask(asked);
    const headers = { authorization: `Bearer ${body.access_token}` };
    assert.equal((await get('/mcp', { method: 'POST', headers })).status, 200);
  });

  test('gets its token through the edge too', async () => {
    const response = await get('/oauth/token', { method: 'POST', body: new URLSearchParams(asked) });
    assert.equal(response.status, 200);
    assert.equal(((await response.json()) as Record<string, unknown>).scope, allScopes);
  });
});

describe('a token request is refused', () => {
  test('with invalid_client and status 401 for a wrong secret or an unknown client', async () => {
    for (const wrong of [
      { client_secret: 'guess' },
      { client_id: 'machine-UPPER' },
      { client_id: 'nobody' },
    ]) {
      const { status, headers, body } = await ask({ ...asked, ...wrong });
      assert.deepEqual([status, body.error], [401, 'invalid_client']);
      assert.equal('www-authenticate' in headers, false);
      assert.equal(headers['cache-control'], 'no-store');
    }
  });

  test('with a challenge when HTTP Basic was used', async () => {
    const form = { grant_type: 'client_credentials' };
    for (const authorization of [
      basic('machine-northwind', 'guess').Authorization!,
      basic('machine-northwind', '%zz').Authorization!,
      `Basic ${btoa('no-colon')}`,
      'Basic ***',
      'Bearer something',
      '',
    ]) {
      const { status, headers, body } = await ask(form, { authorization });
      assert.deepEqual([status, body.error], [401, 'invalid_client'], authorization);
      assert.match(String(headers['www-authenticate']), /^Basic realm="/);
    }
  });

  test('with invalid_client when it names no client', async () => {
    for (const form of [
      { grant_type: 'client_credentials' },
      { grant_type: 'client_credentials', client_id: 'machine-northwind' },
      { ...asked, client_secret: '' },
    ]) {
      const { status, body } = await ask(form);
      assert.deepEqual([status, body.error], [401, 'invalid_client']);
    }
  });

  test('with invalid_request when the client is named in two ways', async () => {
    const both = await ask(asked, basic('machine-northwind', 'local-only'));
    assert.deepEqual([both.status, both.body.error], [400, 'invalid_request']);
    const different = await ask(
      { grant_type: 'client_credentials', client_id: 'machine-chinook' },
      basic('machine-northwind', 'local-only'),
    );
    assert.deepEqual([different.status, different.body.error], [400, 'invalid_request']);
  });

  test('with unsupported_grant_type for every other grant', async () => {
    for (const grantType of ['password', 'implicit', 'constructor']) {
      const { status, body } = await ask({ ...asked, grant_type: grantType });
      assert.deepEqual([status, body.error], [400, 'unsupported_grant_type']);
    }
  });

  test('with unauthorized_client when the client may not use the grant', async () => {
    const broker = { client_id: 'finance-mcp-broker', client_secret: 'broker-secret' };
    const { status, body } = await ask({ ...asked, ...broker });
    assert.deepEqual([status, body.error], [400, 'unauthorized_client']);
  });

  for (const [what, body, contentType] of [
    ['no grant type', 'client_id=a&client_secret=b', formType],
    ['an empty grant type', 'grant_type=', formType],
    ['a repeated parameter', 'grant_type=client_credentials&grant_type=client_credentials', formType],
    ['an empty body', '', formType],
    ['JSON', JSON.stringify(asked), 'application/json'],
    ['no content type', new URLSearchParams(asked).toString(), undefined],
    ['a multipart form', 'grant_type=client_credentials', 'multipart/form-data; boundary=x'],
  ] as const) {
    test(`with invalid_request for ${what}`, async () => {
      const headers: Record<string, string> =
        contentType === undefined ? {} : { 'content-type': contentType };
      const answer = await invoke(body, headers);
      assert.deepEqual([answer.status, answer.body.error], [400, 'invalid_request']);
      assert.equal(answer.headers['cache-control'], 'no-store');
      if (contentType !== formType) {
        assert.match(String(answer.body.error_description), /application\/x-www-form-urlencoded/);
      }
    });
  }

  test('with status 413 when it is far too long', async () => {
    assert.equal((await invoke(`x=${'y'.repeat(70_000)}`)).status, 413);
  });
});

test('a form is read with a charset, and from base64', async () => {
  const form = new URLSearchParams(asked).toString();
  const headers = { 'content-type': `${formType}; charset=UTF-8` };
  assert.equal((await invoke(form, headers)).status, 200);
  assert.equal((await invoke(btoa(form), headers, handler, { isBase64Encoded: true })).status, 200);
});

describe('a user pool that fails', () => {
  let broken: Server;
  let reply: { status: number; body: string } | 'hang up';
  let brokenUrl: string;

  before(async () => {
    broken = createServer((request, response) => {
      if (request.url === '/elsewhere') {
        const token = `x.${Buffer.from('{"scope":"x"}').toString('base64url')}.x`;
        response.end(JSON.stringify({ access_token: token, expires_in: 900 }));
      } else if (reply === 'hang up') response.destroy();
      else response.writeHead(reply.status, { location: '/elsewhere' }).end(reply.body);
    });
    brokenUrl = `http://127.0.0.1:${await listen(broken, 0, '127.0.0.1')}`;
  });
  after(() => closeServer(broken));

  for (const [what, given] of [
    ['hangs up', 'hang up'],
    ['has an error of its own', { status: 500, body: '{"error":"invalid_client"}' }],
    ['throttles', { status: 429, body: '{"error":"too_many_requests"}' }],
    ['answers no JSON', { status: 200, body: '<html>' }],
    ['answers null', { status: 200, body: 'null' }],
    ['answers without a token', { status: 200, body: '{}' }],
    ['answers with something that is no JWT', { status: 200, body: '{"access_token":"x","expires_in":1}' }],
    ['sends the client secret elsewhere', { status: 302, body: '{}' }],
    ['has an unknown refusal', { status: 400, body: '{"error":"who knows what"}' }],
  ] as const) {
    test(`and ${what} is temporarily unavailable, without a word of the inside`, async () => {
      reply = given;
      const through = serverBefore(brokenUrl);
      const form = new URLSearchParams(asked).toString();
      const { status, headers, body } = await invoke(form, { 'content-type': formType }, through);
      assert.equal(status, 503);
      assert.equal(body.error, 'temporarily_unavailable');
      assert.ok(headers['retry-after']);
      assert.doesNotMatch(JSON.stringify(body), /127\.0\.0\.1|fetch|who knows/);
    });
  }
});

describe('the configuration', () => {
  test('is read from the environment', () => {
    assert.deepEqual(readConfiguration(complete), {
      publicOrigin,
      userPoolUrl: 'https://pool.example',
      brokerClientId: 'finance-mcp-broker',
      clients: [],
      clientHosts: { allowed: undefined, denied: [] },
      loopbackDocuments: false,
      operator: { name: undefined, supportEmail: undefined, supportUrl: undefined, privacyUrl: undefined },
      retention: { auditDays: undefined, logDays: undefined, archiveDays: undefined },
    });
  });

  test('lets metadata documents be on this machine for a server on this machine alone', () => {
    const local = { ...complete, CLIENT_METADATA_LOOPBACK: 'allowed' };
    assert.equal(readConfiguration(local).loopbackDocuments, true);
    for (const origin of ['https://finance.example', 'https://localhost.evil.example', 'http://10.0.0.1']) {
      assert.throws(() => readConfiguration({ ...local, PUBLIC_ORIGIN: origin }), /only where PUBLIC_ORIGIN/);
    }
  });

  test('names what is missing or wrong', () => {
    for (const name of ['PUBLIC_ORIGIN', 'USER_POOL_URL', 'BROKER_CLIENT_ID']) {
      assert.throws(
        () => readConfiguration({ ...complete, [name]: undefined }),
        new RegExp(`${name} is not set`),
      );
      assert.throws(() => readConfiguration({ ...complete, [name]: '' }), new RegExp(`${name} is not set`));
    }
    for (const name of ['PUBLIC_ORIGIN', 'USER_POOL_URL']) {
      assert.throws(() => readConfiguration({ ...complete, [name]: 'nonsense' }), new RegExp(name));
    }
    for (const days of ['0', '-1', '1.5', 'ever']) {
      assert.throws(
        () => readConfiguration({ ...complete, AUDIT_DAYS: days }),
        /AUDIT_DAYS is .*: expected a whole number of days/,
      );
    }
    assert.throws(
      () => readConfiguration({ ...complete, PUBLIC_ORIGIN: 'https://a.example/b' }),
      /an origin/,
    );
  });
});
