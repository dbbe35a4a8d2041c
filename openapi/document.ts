import { resourceDocument, serverDocument } from '../functions/oauth/discovery.ts';
import { everyScope } from '../functions/oauth/resource.ts';
import packageJson from '../package.json' with { type: 'json' };
import { edgeScopes, gatewayResponses } from '../shared/edge.ts';
import { paths } from './paths.ts';
import { json, object, type Schema, schema, schemaOf, string } from './schema.ts';
import { toolSchemas } from './tools.ts';

/*
 * The HTTP surface and the tools as OpenAPI 3.1: what is served as /openapi.json. It is made at build time, because the
 * function that serves it has none of the tools.
 */

/** Takes the place of the origin in what is made of it. */
const anyOrigin = 'https://origin.invalid';

const jsonRpc = { jsonrpc: { const: '2.0' } };
const id: Schema = { type: ['string', 'integer'] };

const schemas: Readonly<Record<string, Schema>> = {
  ...toolSchemas,
  JsonRpcMessage: {
    oneOf: [
      object({ ...jsonRpc, id, method: { const: 'tools/call' }, params: schema('ToolCall') }, [
        'jsonrpc',
        'id',
        'method',
        'params',
      ]),
      object(
        {
          ...jsonRpc,
          id,
          method: {
            type: 'string',
            description: 'Another method of MCP; without id, a notification.',
            not: { const: 'tools/call' },
          },
          params: { type: 'object' },
        },
        ['jsonrpc', 'method'],
      ),
    ],
  },
  JsonRpcResult: object(
    {
      ...jsonRpc,
      id,
      result: {
        anyOf: [
          schema('ToolResult'),
          { type: 'object', description: 'The result of another method, as MCP has it.' },
        ],
      },
    },
    ['jsonrpc', 'id', 'result'],
  ),
  JsonRpcError: object(
    {
      ...jsonRpc,
      id: { type: ['string', 'integer', 'null'] },
      error: object(
        {
          code: {
            type: 'integer',
            description: "JSON-RPC's or MCP's code; the HTTP status where there is none.",
          },
          message: { type: 'string', description: 'What was found and what was expected.' },
          data: { type: 'object' },
        },
        ['code', 'message'],
      ),
    },
    ['jsonrpc', 'error'],
  ),
  Message: object({ message: string }, ['message']),
  OAuthError: object({ error: string, error_description: string }, ['error', 'error_description']),
  Tokens: object(
    {
      access_token: string,
      token_type: { const: 'Bearer' },
      expires_in: { type: 'integer', description: 'Seconds.' },
      scope: string,
      refresh_token: string,
    },
    ['access_token', 'token_type', 'expires_in', 'scope'],
  ),
  RegisteredClient: object(
    {
      client_id: string,
      client_name: string,
      redirect_uris: { type: 'array', items: string },
      token_endpoint_auth_method: { const: 'none' },
      grant_types: { type: 'array', items: string },
      response_types: { type: 'array', items: string },
      application_type: string,
      scope: string,
    },
    ['client_id', 'redirect_uris', 'token_endpoint_auth_method', 'grant_types', 'response_types', 'scope'],
  ),
  ResourceMetadata: schemaOf(resourceDocument(anyOrigin)),
  AuthorizationServerMetadata: schemaOf(serverDocument(anyOrigin)),
};

const scopes = Object.fromEntries(edgeScopes.map(({ name, sentence }) => [name, sentence]));
const { authorization_endpoint, token_endpoint } = serverDocument('');
/** Tokens of machines come without a refresh token. */
const refreshable = Object.fromEntries(
  everyScope.map((name) => [name, scopes[name] ?? 'Stay connected without signing in again.']),
);

/** Statuses that the edge answers with itself, as it describes them. */
const edgeStatuses = [
  ...new Set(gatewayResponses(anyOrigin).flatMap(({ statusCode }) => statusCode ?? [])),
].sort();

/** The document, but for the address of the server, which is known where it is served. */
export const openApiDocument = {
  openapi: '3.1.1',
  info: {
    title: 'Finance MCP',
    version: packageJson.version,
    description: packageJson.description,
    license: { name: packageJson.license, identifier: packageJson.license },
  },
  tags: [
    { name: 'mcp', description: 'The tools, for MCP clients' },
    { name: 'discovery', description: 'What programs read before they connect' },
    { name: 'oauth', description: 'Sign-in and tokens' },
    { name: 'pages', description: 'Pages for people' },
  ],
  paths,
  components: {
    securitySchemes: {
      oauth: {
        type: 'oauth2',
        flows: {
          authorizationCode: {
            authorizationUrl: authorization_endpoint,
            tokenUrl: token_endpoint,
            refreshUrl: token_endpoint,
            scopes: refreshable,
          },
          clientCredentials: { tokenUrl: token_endpoint, scopes },
        },
      },
    },
    responses: {
      Edge: {
        description: `The edge refused the request before it reached the server (${edgeStatuses.join(', ')}, 5xx).`,
        content: json({ anyOf: [schema('JsonRpcError'), schema('Message')] }),
      },
    },
    schemas,
  },
};
