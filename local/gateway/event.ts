/** The event that a REST API passes to a function (Lambda proxy integration, payload version 1.0). */

import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEvent } from 'aws-lambda';

export type AuthorizerClaims = Record<string, string>;

export interface EventParts {
  readonly request: IncomingMessage;
  /** The resource that matched, e.g. `/oauth/{proxy+}`. */
  readonly resource: string;
  /** Path as forwarded by the edge, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Claims of the token; undefined where no authorizer guards the route. */
  readonly claims: AuthorizerClaims | undefined;
  readonly requestId: string;
  readonly body: Buffer;
}

const stage = 'v1';
const apiId = 'local0001';

/** CloudFront does not forward the viewer's Host (the API would not be found by it), so a function never sees it. */
const apiHost = `${apiId}.execute-api.eu-west-1.amazonaws.com`;

/** Headers about a single connection, which the edge does not forward. */
const hopByHop = new Set([
  'connection',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-forwarded-for',
  'x-forwarded-port',
  'x-forwarded-proto',
]);

export function proxyEvent(parts: EventParts): APIGatewayProxyEvent {
  const { request, resource, path, body } = parts;
  const httpMethod = request.method ?? 'GET';
  const sourceIp = request.socket.remoteAddress ?? '127.0.0.1';
  const headers = forwardedHeaders(request, sourceIp);
  const query = grouped(parts.query);
  const proxy = resource.endsWith('/{proxy+}') ? path.slice(resource.indexOf('{')) : undefined;
  const time = new Date();
  return {
    resource,
    path,
    httpMethod,
    headers: lastOfEach(headers),
    multiValueHeaders: Object.fromEntries(headers),
    queryStringParameters: query.size > 0 ? lastOfEach(query) : null,
    multiValueQueryStringParameters: query.size > 0 ? Object.fromEntries(query) : null,
    pathParameters: proxy === undefined ? null : { proxy },
    stageVariables: null,
    requestContext: {
      accountId: '000000000000',
      apiId,
      authorizer: parts.claims ? { claims: parts.claims } : null,
      domainName: apiHost,
      domainPrefix: apiId,
      extendedRequestId: randomUUID(),
      httpMethod,
      identity: {
        accessKey: null,
        accountId: null,
        apiKey: null,
        apiKeyId: null,
        caller: null,
        clientCert: null,
        cognitoAuthenticationProvider: null,
        cognitoAuthenticationType: null,
        cognitoIdentityId: null,
        cognitoIdentityPoolId: null,
        principalOrgId: null,
        sourceIp,
        user: null,
        userAgent: request.headers['user-agent'] ?? null,
        userArn: null,
      },
      path: `/${stage}${path}`,
      protocol: 'HTTP/1.1',
      requestId: parts.requestId,
      requestTime: time.toUTCString(),
      requestTimeEpoch: time.getTime(),
      resourceId: 'local0',
      resourcePath: resource,
      stage,
    },
    body: body.length > 0 ? body.toString('utf8') : null,
    isBase64Encoded: false,
  };
}

/** Every header with all its values, under the spelling in which it came. */
function forwardedHeaders(request: IncomingMessage, sourceIp: string): Map<string, string[]> {
  const spelling = new Map<string, string>();
  const headers = new Map<string, string[]>();
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index]!;
    const key = name.toLowerCase();
    if (hopByHop.has(key)) continue;
    const known = spelling.get(key) ?? name;
    spelling.set(key, known);
    headers.set(known, [...(headers.get(known) ?? []), request.rawHeaders[index + 1]!]);
  }
  const forwardedFor = [request.headers['x-forwarded-for'], sourceIp].flat().filter(Boolean).join(', ');
  headers.set('Host', [apiHost]);
  headers.set('X-Forwarded-For', [forwardedFor]);
  headers.set('X-Forwarded-Port', ['443']);
  headers.set('X-Forwarded-Proto', ['https']);
  return headers;
}

function grouped(query: URLSearchParams): Map<string, string[]> {
  return new Map([...new Set(query.keys())].map((name) => [name, query.getAll(name)]));
}

/** Of a repeated header or parameter, the single-value form has the last. */
function lastOfEach(values: Map<string, string[]>): Record<string, string> {
  return Object.fromEntries([...values].map(([name, all]) => [name, all.at(-1)!]));
}
