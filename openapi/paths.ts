import type { ServedPath } from '../functions/oauth/authorization-server.ts';
import { largestMessage, scopeNames } from '../shared/edge.ts';
import { component, json, object, type Schema, schema, string, text } from './schema.ts';

/* What is served at each path. The types see to it that no path of the function for pages and tokens is left out. */

interface Operation {
  operationId: string;
  tags: readonly [string];
  summary: string;
  description?: string;
  security?: readonly Record<string, readonly string[]>[];
  parameters?: readonly object[];
  requestBody?: object;
  responses: Record<string, object>;
}

type PathItem = Partial<Record<'get' | 'post' | 'options', Operation>>;

const html = (description: string) => ({ description, content: text('text/html') });

const oauthError = (description: string) => ({ description, content: json(schema('OAuthError')) });

/** What the edge answers itself, at any path. */
const fromTheEdge = { default: component('responses', 'Edge') };

const page = (operationId: string, summary: string): PathItem => ({
  get: { operationId, tags: ['pages'], summary, responses: { 200: html('The page.'), ...fromTheEdge } },
});

const document = (operationId: string, summary: string, of: string): PathItem => ({
  get: {
    operationId,
    tags: ['discovery'],
    summary,
    responses: { 200: { description: 'The document.', content: json(schema(of)) }, ...fromTheEdge },
  },
});

const query = (name: string, more: { required?: boolean; schema?: Schema; description?: string } = {}) => ({
  name,
  in: 'query',
  schema: string,
  ...more,
});

const header = (name: string, description: string) => ({ name, in: 'header', schema: string, description });

const form = (of: Schema) => ({
  required: true,
  content: { 'application/x-www-form-urlencoded': { schema: of } },
});

/** The refusals of endpoints to which clients send forms with their id. */
const clientRefusals = {
  400: oauthError('The request cannot be answered as it is.'),
  401: oauthError('The client is not known, or its secret is wrong.'),
  413: oauthError('The form is too large.'),
  503: oauthError('Sign-in is temporarily unavailable.'),
};

const credentials = {
  client_id: { type: 'string', description: 'Unless it is sent with HTTP Basic.' },
  client_secret: {
    type: 'string',
    description: 'Of clients that have one, unless it is sent with HTTP Basic.',
  },
};

const refused = (description: string) => ({ description, content: json(schema('JsonRpcError')) });

const challenged = (description: string) => ({
  ...refused(description),
  headers: { 'WWW-Authenticate': { schema: string, description: 'Where to sign in, and for which scopes.' } },
});

export const paths: Readonly<Record<'/mcp' | ServedPath, PathItem>> = {
  '/mcp': {
    post: {
      operationId: 'mcp',
      tags: ['mcp'],
      summary: 'The MCP endpoint',
      description:
        'One JSON-RPC message. Both generations of MCP are served: 2026-07-28, in which every request stands for itself, ' +
        'and before it those that begin with initialize. There are no sessions and no streams. Errors about a method or its ' +
        'params travel under 200. Other HTTP methods are answered with 401 or 405.',
      // One of them is enough; all that are granted together decide which tools there are.
      security: scopeNames.map((name) => ({ oauth: [name] })),
      parameters: [
        header('MCP-Protocol-Version', 'The revision of MCP; required by 2026-07-28.'),
        header('Mcp-Method', 'The method, as in the body; required by 2026-07-28.'),
        header(
          'Mcp-Name',
          'The name of the tool or prompt, or the URI of the resource; required by 2026-07-28.',
        ),
      ],
      requestBody: {
        required: true,
        description: `At most ${largestMessage.bytes} bytes.`,
        content: json(schema('JsonRpcMessage')),
      },
      responses: {
        200: {
          description: 'The answer to a request.',
          content: json({ oneOf: [schema('JsonRpcResult'), schema('JsonRpcError')] }),
        },
        202: { description: 'A notification was received. The body is empty.' },
        400: refused('The message, its headers or its version cannot be understood.'),
        401: challenged('The access token is missing, has expired or is not valid here.'),
        403: challenged('The origin, the account or the scopes do not allow the call.'),
        404: refused('Under 2026-07-28: there is no such method.'),
        406: refused('The client does not accept application/json.'),
        413: refused('The message is too large.'),
        415: refused('The body is not application/json.'),
        429: {
          ...refused('Too many requests.'),
          headers: { 'Retry-After': { schema: string, description: 'Seconds to wait.' } },
        },
        500: refused('Something went wrong inside the server.'),
        ...fromTheEdge,
      },
    },
    options: {
      operationId: 'mcpPreflight',
      tags: ['mcp'],
      summary: 'The preflight of browsers',
      responses: {
        204: { description: 'What scripts of this page may send. The body is empty.' },
        403: refused('Scripts of this page may not call.'),
        ...fromTheEdge,
      },
    },
  },
  '/.well-known/oauth-protected-resource/mcp': document(
    'resourceMetadata',
    'What the MCP endpoint is, and who issues its tokens (RFC 9728)',
    'ResourceMetadata',
  ),
  '/.well-known/oauth-protected-resource': document(
    'resourceMetadataAtRoot',
    'The same, for clients that look at the root of the host',
    'ResourceMetadata',
  ),
  '/.well-known/oauth-authorization-server': document(
    'serverMetadata',
    'How tokens are requested (RFC 8414)',
    'AuthorizationServerMetadata',
  ),
  '/openapi.json': {
    get: {
      operationId: 'openApi',
      tags: ['discovery'],
      summary: 'This document',
      parameters: [header('If-None-Match', 'The ETag of an earlier answer.')],
      responses: {
        200: {
          description: 'The document.',
          headers: { ETag: { schema: string } },
          content: json(object({ openapi: { const: '3.1.1' } }, ['openapi', 'info', 'paths'])),
        },
        304: { description: 'It has not changed. The body is empty.' },
        ...fromTheEdge,
      },
    },
  },
  '/health': {
    get: {
      operationId: 'health',
      tags: ['discovery'],
      summary: 'Says that requests reach the server',
      responses: {
        200: {
          description: 'They do.',
          content: json(object({ status: { const: 'ok' } }, ['status'])),
        },
        ...fromTheEdge,
      },
    },
  },
  '/oauth/register': {
    post: {
      operationId: 'register',
      tags: ['oauth'],
      summary: 'Registers an application (RFC 7591)',
      requestBody: {
        required: true,
        content: json(
          object({ client_name: string, redirect_uris: { type: 'array', items: string } }, ['redirect_uris']),
        ),
      },
      responses: {
        201: { description: 'The application, with its id.', content: json(schema('RegisteredClient')) },
        400: oauthError('The metadata cannot be accepted.'),
        ...fromTheEdge,
      },
    },
  },
  '/oauth/authorize': {
    get: {
      operationId: 'authorize',
      tags: ['oauth'],
      summary: 'Asks the person whether an application may read the books (RFC 6749, section 4.1)',
      parameters: [
        query('client_id', { required: true }),
        query('redirect_uri', { required: true }),
        query('response_type', { required: true, schema: { const: 'code' } }),
        query('code_challenge', { required: true }),
        query('code_challenge_method', { required: true, schema: { const: 'S256' } }),
        query('scope', { description: 'Names with blanks between them; without it, all.' }),
        query('state'),
        query('resource', { description: 'The MCP URL.' }),
        query('response_mode', { schema: { const: 'query' } }),
      ],
      responses: {
        200: html('The consent page.'),
        302: { description: "Back to the application's redirect URI, with an error." },
        400: html('The application is not known, or its request is not acceptable.'),
        ...fromTheEdge,
      },
    },
  },
  '/oauth/consent': {
    post: {
      operationId: 'consent',
      tags: ['oauth'],
      summary: 'Takes the answer that a person gives on the consent page; for that page alone',
      requestBody: form({ type: 'object', additionalProperties: string }),
      responses: {
        200: html('Leads on to the sign-in, or back to the application.'),
        400: html('The request has ended.'),
        403: html('The answer did not come from the consent page.'),
        413: html('The form is too large.'),
        ...fromTheEdge,
      },
    },
  },
  '/oauth/callback': {
    get: {
      operationId: 'callback',
      tags: ['oauth'],
      summary: 'Where people return to from the sign-in; for the user pool alone',
      parameters: [query('state'), query('code'), query('error')],
      responses: {
        302: { description: "On to the application's redirect URI, with a code or an error." },
        400: html('The sign-in has ended.'),
        ...fromTheEdge,
      },
    },
  },
  '/oauth/token': {
    post: {
      operationId: 'token',
      tags: ['oauth'],
      summary: 'Issues tokens (RFC 6749, section 3.2)',
      requestBody: form(
        object(
          {
            grant_type: { enum: ['authorization_code', 'refresh_token', 'client_credentials'] },
            ...credentials,
            code: string,
            redirect_uri: string,
            code_verifier: string,
            refresh_token: string,
            scope: string,
            resource: string,
          },
          ['grant_type'],
        ),
      ),
      responses: {
        200: { description: 'The tokens.', content: json(schema('Tokens')) },
        ...clientRefusals,
        ...fromTheEdge,
      },
    },
  },
  '/oauth/revoke': {
    post: {
      operationId: 'revoke',
      tags: ['oauth'],
      summary: 'Ends a refresh token (RFC 7009)',
      requestBody: form(object({ ...credentials, token: string, token_type_hint: string }, ['token'])),
      responses: {
        200: { description: 'It has ended, or was none. The body is empty.' },
        ...clientRefusals,
        ...fromTheEdge,
      },
    },
  },
  '/': {
    get: {
      operationId: 'start',
      tags: ['pages'],
      summary: 'The start page: the MCP URL and how to connect',
      responses: {
        200: {
          description: 'The page; as text for programs that do not ask for HTML.',
          content: { ...text('text/html'), ...text('text/plain') },
        },
        ...fromTheEdge,
      },
    },
  },
  '/privacy': page('privacy', 'What the server stores and logs, and for how long'),
  '/support': page('support', 'Whom to ask'),
};
