/**
 * The edge contract: what CloudFront and the REST API answer and forward, as data.
 * The CDK app deploys it and the local gateway imitates it, so that neither can drift from the other.
 */

/** The function that answers a route. */
export type EdgeFunction = 'mcp' | 'oauth';

/** One resource of the REST API; every method of it reaches the function. */
export interface EdgeRoute {
  /** Path as API Gateway writes it; `{proxy+}` stands for one or more segments. */
  readonly resource: string;
  readonly function: EdgeFunction;
  /** `cognito`: the native user pool authorizer guards every method but OPTIONS (a preflight carries no token). */
  readonly authorizer: 'cognito' | 'none';
}

export const edgeRoutes: readonly EdgeRoute[] = [
  { resource: '/mcp', function: 'mcp', authorizer: 'cognito' },
  { resource: '/.well-known/{proxy+}', function: 'oauth', authorizer: 'none' },
  { resource: '/oauth/{proxy+}', function: 'oauth', authorizer: 'none' },
  { resource: '/', function: 'oauth', authorizer: 'none' },
  { resource: '/privacy', function: 'oauth', authorizer: 'none' },
  { resource: '/support', function: 'oauth', authorizer: 'none' },
  { resource: '/openapi.json', function: 'oauth', authorizer: 'none' },
  { resource: '/health', function: 'oauth', authorizer: 'none' },
];

/** Limits of a REST API with a Lambda proxy integration (API Gateway quotas). */
export const edgeLimits = {
  /** Bytes of a request body. */
  requestBytes: 10 * 1024 * 1024,
  /** Bytes of the request line and the headers together. */
  headerBytes: 10_240,
  /** Milliseconds that a function may take. */
  integrationTimeoutMs: 29_000,
  /** Bytes of a function's whole answer (Lambda's own limit). */
  responseBytes: 6 * 1024 * 1024,
} as const;

/**
 * The largest message that `/mcp` takes. The edge stops larger requests only from `edgeLimits.requestBytes` on; the
 * function stops the rest, in the same words.
 */
export const largestMessage = {
  bytes: 1024 * 1024,
  exceeded: 'The request is too large: expected at most 1,048,576 bytes.',
} as const;

/** What a token may be allowed to read, in the order in which clients are told. */
export const edgeScopes = [
  { name: 'invoices:read', sentence: 'See invoices: their lines, status and balance.' },
  { name: 'expenses:read', sentence: 'See expenses: vendors, categories and amounts.' },
  { name: 'payments:read', sentence: 'See payments received and refunds given.' },
  { name: 'customers:read', sentence: 'See customers: names, contact details and open balances.' },
  {
    name: 'business:read',
    sentence: 'See the business profile and its totals: income, expenses and what is owed.',
  },
  { name: 'banking:read', sentence: 'See bank accounts, their balances and transactions.' },
  { name: 'contracts:read', sentence: 'See contracts and what is due under them.' },
] as const;

export type ScopeName = (typeof edgeScopes)[number]['name'];

export const scopeNames: readonly ScopeName[] = edgeScopes.map((scope) => scope.name);

/** How long the user pool's refresh tokens last. Each use gives another token, which ends when the first one would have. */
export const refreshTokens = {
  /** Days from the sign-in. */
  lifetimeDays: 30,
  /**
   * Seconds for which a token that was used is accepted again, for clients that did not receive the answer; Cognito
   * allows 0 to 60. A thief has the same time to use a token beside its owner.
   */
  graceSeconds: 10,
} as const;

/** The MCP URL: the OAuth resource, and the identifier of Cognito's resource server. */
export function mcpUrl(publicOrigin: string): string {
  return `${publicOrigin}/mcp`;
}

/** Where the metadata of the MCP resource is served (RFC 9728: the well-known path before the resource's own). */
export function resourceMetadataUrl(publicOrigin: string): string {
  return `${publicOrigin}/.well-known/oauth-protected-resource/mcp`;
}

/** A scope as it stands in Cognito's tokens: `<resource server>/<name>`. */
export function qualifiedScope(publicOrigin: string, name: ScopeName): string {
  return `${mcpUrl(publicOrigin)}/${name}`;
}

/**
 * The path that the edge forwards: one trailing slash is dropped, because people paste the MCP URL with one
 * and a REST API has no resource of that name.
 */
export function forwardedPath(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

/** Web pages whose scripts may call the MCP URL; programs that are no browser send no Origin. */
export function allowedOrigins(publicOrigin: string, extras: readonly string[] = []): string[] {
  return [
    'https://claude.ai',
    'https://claude.com',
    'https://chatgpt.com',
    'https://vscode.dev',
    'https://github.dev',
    publicOrigin,
    ...extras,
  ];
}

/**
 * Whether CloudFront answers a request itself, because it brings no token to a guarded route. API Gateway has one and
 * the same answer for a token that is missing and for one that is wrong; clients have to be told which.
 * @param path as forwarded, without a slash at its end
 */
export function lacksToken(method: string, path: string, authorization: string | undefined): boolean {
  const guarded = edgeRoutes.some(
    ({ resource, authorizer }) => authorizer === 'cognito' && resource === path,
  );
  return guarded && method !== 'OPTIONS' && !authorization;
}

/** The names that API Gateway gives to the answers which it writes itself. */
export type GatewayResponseType =
  | 'UNAUTHORIZED'
  | 'EXPIRED_TOKEN'
  | 'INVALID_SIGNATURE'
  | 'ACCESS_DENIED'
  | 'INVALID_API_KEY'
  | 'MISSING_AUTHENTICATION_TOKEN'
  | 'REQUEST_TOO_LARGE'
  | 'THROTTLED'
  | 'DEFAULT_4XX'
  | 'DEFAULT_5XX';

/** An answer that the edge gives without asking a function, in the terms of `AWS::ApiGateway::GatewayResponse`. */
export interface EdgeAnswer {
  /** Left out where API Gateway's own status is to stay. */
  readonly statusCode?: number;
  /** Values as API Gateway maps them: text in single quotes, or `method.request.header.<Name>`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Body templates per media type; `$context.error.messageString` is API Gateway's own message, quoted. */
  readonly templates: Readonly<Record<string, string>>;
}

export interface EdgeGatewayResponse extends EdgeAnswer {
  readonly type: GatewayResponseType;
}

/** A header value that API Gateway sends as it stands. */
function literal(value: string): string {
  return `'${value}'`;
}

/** Scripts of any page may read that a call failed and why; whom a call is answered is the function's decision. */
const readableByScripts = {
  'Access-Control-Allow-Origin': 'method.request.header.Origin',
  'Access-Control-Expose-Headers': literal('WWW-Authenticate'),
  'Cache-Control': literal('no-store'),
  Vary: literal('Origin'),
};

/** A `WWW-Authenticate` value (RFC 6750, RFC 9728); scopes are given by their short names. */
export function bearerChallenge(
  publicOrigin: string,
  wanted: readonly ScopeName[],
  parameters: Readonly<Record<string, string>> = {},
): string {
  const all = {
    ...parameters,
    resource_metadata: resourceMetadataUrl(publicOrigin),
    scope: wanted.join(' '),
  };
  return `Bearer ${Object.entries(all)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')}`;
}

/** The headers of an answer that challenges whoever calls the MCP URL. */
const challenge = (publicOrigin: string, error?: 'invalid_token' | 'insufficient_scope') => ({
  ...readableByScripts,
  'WWW-Authenticate': literal(bearerChallenge(publicOrigin, scopeNames, error && { error })),
});

/** Takes the place of a message in a template: API Gateway's own one, as JSON. */
const ownMessage = '$context.error.messageString';

const asJson = (body: object): Record<string, string> => ({
  'application/json': JSON.stringify(body).replace(`"${ownMessage}"`, ownMessage),
});

/** The shape of errors at the MCP URL. JSON-RPC's code, or the HTTP status where it defines none for the case. */
const jsonRpcError = (code: number, message: string) =>
  asJson({ jsonrpc: '2.0', id: null, error: { code, message } });

/** The shape of errors at every other path. */
const plainError = (message: string) => asJson({ message });

/** What anybody is told who asks too often, whoever counts. */
export const tooManyRequests = jsonRpcError(429, 'Too many requests. Wait a little before you try again.');

/** What CloudFront answers to a request that {@link lacksToken lacks a token}. */
export function missingToken(publicOrigin: string): EdgeAnswer {
  return {
    statusCode: 401,
    headers: challenge(publicOrigin),
    templates: jsonRpcError(
      401,
      'An access token is needed: sign in as the WWW-Authenticate header says, and send "Authorization: Bearer <token>".',
    ),
  };
}

/**
 * Every gateway response of the API at this origin.
 *
 * The challenge must come from here: API Gateway renames a `WWW-Authenticate` header that a function sends. A gateway
 * response is the same for all paths, so each type that the MCP URL can be answered with has the shape of errors there.
 */
export function gatewayResponses(publicOrigin: string): readonly EdgeGatewayResponse[] {
  const badToken = {
    statusCode: 401,
    headers: challenge(publicOrigin, 'invalid_token'),
    templates: jsonRpcError(
      401,
      `The access token has expired or is not valid here: expected one for ${mcpUrl(publicOrigin)}. Refresh it or sign in again.`,
    ),
  };
  const nothingHere = {
    statusCode: 404,
    headers: readableByScripts,
    templates: plainError(`Nothing is served at this path. The MCP endpoint is ${mcpUrl(publicOrigin)}.`),
  };
  return [
    // By all reports an expired token is UNAUTHORIZED as well; AWS's guide says EXPIRED_TOKEN.
    { type: 'UNAUTHORIZED', ...badToken },
    { type: 'EXPIRED_TOKEN', ...badToken },
    {
      type: 'ACCESS_DENIED',
      statusCode: 403,
      headers: challenge(publicOrigin, 'insufficient_scope'),
      templates: jsonRpcError(403, 'This access token does not allow the call.'),
    },
    {
      type: 'INVALID_API_KEY',
      statusCode: 403,
      headers: readableByScripts,
      templates: jsonRpcError(403, `This address is not public. Use ${mcpUrl(publicOrigin)}.`),
    },
    // API Gateway's names for a path that no resource has: without an Authorization header, and with one
    // (which it then tries to read as an AWS signature).
    { type: 'MISSING_AUTHENTICATION_TOKEN', ...nothingHere },
    { type: 'INVALID_SIGNATURE', ...nothingHere },
    {
      type: 'REQUEST_TOO_LARGE',
      statusCode: 413,
      headers: readableByScripts,
      templates: jsonRpcError(413, largestMessage.exceeded),
    },
    {
      type: 'THROTTLED',
      statusCode: 429,
      headers: { ...readableByScripts, 'Retry-After': literal('1') },
      templates: tooManyRequests,
    },
    { type: 'DEFAULT_4XX', headers: readableByScripts, templates: jsonRpcError(-32_600, ownMessage) },
    { type: 'DEFAULT_5XX', headers: readableByScripts, templates: jsonRpcError(-32_603, ownMessage) },
  ];
}
