/** How tokens are asked for (RFC 8414). It says what works, and nothing else: clients choose by it. */

import type { Configuration } from './configuration.ts';
import type { Endpoint } from './endpoint.ts';
import { metadata } from './metadata.ts';
import { everyScope } from './scope-list.ts';

export function serverMetadata({ publicOrigin }: Configuration): Endpoint {
  // Clients with a metadata document of their own look for `none`; the other two are for those with a secret.
  const authentication = ['none', 'client_secret_basic', 'client_secret_post'];
  return metadata({
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
}
