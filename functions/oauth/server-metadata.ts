/** How tokens are asked for (RFC 8414). It says what works, and nothing else: clients choose by it. */

import { scopeNames } from '../../shared/edge.ts';
import type { Configuration } from './configuration.ts';
import type { Endpoint } from './endpoint.ts';
import { metadata } from './metadata.ts';

export function serverMetadata({ publicOrigin }: Configuration): Endpoint {
  return metadata({
    issuer: publicOrigin,
    token_endpoint: `${publicOrigin}/oauth/token`,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    grant_types_supported: ['client_credentials'],
    response_types_supported: [],
    scopes_supported: scopeNames,
    service_documentation: `${publicOrigin}/`,
  });
}
