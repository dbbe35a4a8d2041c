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
] as const;

export type ScopeName = (typeof edgeScopes)[number]['name'];

export const scopeNames: readonly ScopeName[] = edgeScopes.map((scope) => scope.name);

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

/** One gateway response, in the terms of `AWS::ApiGateway::GatewayResponse`. */
export interface EdgeGatewayResponse {
  readonly type: GatewayResponseType;
  /** Left out where API Gateway's own status is to stay. */
  readonly statusCode?: number;
  /** Values as API Gateway maps them: text in single quotes, or `method.request.header.<Name>`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Body templates per media type; `$context.error.messageString` is API Gateway's own message, quoted. */
  readonly templates: Readonly<Record<string, string>>;
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

function message(text: string): Record<string, string> {
  return { 'application/json': JSON.stringify({ message: text }) };
}

/**
 * Every gateway response of the API at this origin.
 * The challenge must come from here: API Gateway renames a `WWW-Authenticate` header that a function sends.
 */
export function gatewayResponses(publicOrigin: string): readonly EdgeGatewayResponse[] {
  const parameters = [
    `resource_metadata="${resourceMetadataUrl(publicOrigin)}"`,
    `scope="${scopeNames.join(' ')}"`,
  ];
  const challenge = {
    ...readableByScripts,
    'WWW-Authenticate': literal(`Bearer ${parameters.join(', ')}`),
  };
  const insufficient = {
    ...readableByScripts,
    'WWW-Authenticate': literal(`Bearer error="insufficient_scope", ${parameters.join(', ')}`),
  };
  const signIn = message(
    `A valid access token for ${mcpUrl(publicOrigin)} is needed. Sign in as the WWW-Authenticate header says.`,
  );
  const nothing = message(`Nothing is served at this path. The MCP endpoint is ${mcpUrl(publicOrigin)}.`);
  const apiMessage = { 'application/json': '{"message":$context.error.messageString}' };
  return [
    { type: 'UNAUTHORIZED', statusCode: 401, headers: challenge, templates: signIn },
    { type: 'EXPIRED_TOKEN', statusCode: 401, headers: challenge, templates: signIn },
    {
      type: 'ACCESS_DENIED',
      statusCode: 403,
      headers: insufficient,
      templates: message('This access token does not allow the call.'),
    },
    {
      type: 'INVALID_API_KEY',
      statusCode: 403,
      headers: readableByScripts,
      templates: message(`This address is not public. Use ${mcpUrl(publicOrigin)}.`),
    },
    // API Gateway's names for a path that no resource has: without an Authorization header, and with one
    // (which it then tries to read as an AWS signature).
    { type: 'MISSING_AUTHENTICATION_TOKEN', statusCode: 404, headers: readableByScripts, templates: nothing },
    { type: 'INVALID_SIGNATURE', statusCode: 404, headers: readableByScripts, templates: nothing },
    {
      type: 'REQUEST_TOO_LARGE',
      statusCode: 413,
      headers: readableByScripts,
      templates: message('The request body is larger than the 10 MB that are accepted.'),
    },
    {
      type: 'THROTTLED',
      statusCode: 429,
      headers: { ...readableByScripts, 'Retry-After': literal('1') },
      templates: message('Too many requests at once. Try again in a second.'),
    },
    { type: 'DEFAULT_4XX', headers: readableByScripts, templates: apiMessage },
    { type: 'DEFAULT_5XX', headers: readableByScripts, templates: apiMessage },
  ];
}
