import { mcpUrl, scopeNames } from '../../shared/edge.ts';
import { type Endpoint, json } from './http.ts';
import { everyScope } from './resource.ts';

/** What the MCP endpoint is and who issues its tokens (RFC 9728). */
export const resourceDocument = (publicOrigin: string) => ({
  resource: mcpUrl(publicOrigin),
  authorization_servers: [publicOrigin],
  scopes_supported: scopeNames,
  bearer_methods_supported: ['header'],
  resource_name: 'Finance MCP',
  resource_documentation: `${publicOrigin}/`,
  resource_policy_uri: `${publicOrigin}/privacy`,
});

// Clients with a metadata document of their own look for `none`; the other two are for those with a secret.
const authentication = ['none', 'client_secret_basic', 'client_secret_post'];

/** How tokens are requested (RFC 8414). It says what works, and nothing else: clients choose by it. */
export const serverDocument = (publicOrigin: string) => ({
  issuer: publicOrigin,
  authorization_endpoint: `${publicOrigin}/oauth/authorize`,
  token_endpoint: `${publicOrigin}/oauth/token`,
  registration_endpoint: `${publicOrigin}/oauth/register`,
  revocation_endpoint: `${publicOrigin}/oauth/revoke`,
  response_types_supported: ['code'],
  response_modes_supported: ['query'],
  grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
  code_challenge_methods_supported: ['S256'],
  token_endpoint_auth_methods_supported: authentication,
  revocation_endpoint_auth_methods_supported: authentication,
  client_id_metadata_document_supported: true,
  authorization_response_iss_parameter_supported: true,
  scopes_supported: everyScope,
  service_documentation: `${publicOrigin}/`,
  op_policy_uri: `${publicOrigin}/privacy`,
});

/** Says that requests reach the function. */
export const health: Endpoint = {
  methods: ['GET'],
  readableByAnyPage: true,
  answer: () => json(200, { status: 'ok' }),
};

/** A public JSON document that changes only with a deployment. */
export function documentEndpoint(document: Readonly<Record<string, unknown>>): Endpoint {
  const response = json(200, document, { 'Cache-Control': 'public, max-age=300' });
  return { methods: ['GET'], readableByAnyPage: true, answer: () => response };
}
