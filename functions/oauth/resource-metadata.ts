/** What the MCP endpoint is and who issues its tokens (RFC 9728). */

import { mcpUrl, scopeNames } from '../../shared/edge.ts';
import type { Configuration } from './configuration.ts';
import type { Endpoint } from './endpoint.ts';
import { metadata } from './metadata.ts';

export function resourceMetadata({ publicOrigin }: Configuration): Endpoint {
  return metadata({
    resource: mcpUrl(publicOrigin),
    authorization_servers: [publicOrigin],
    scopes_supported: scopeNames,
    bearer_methods_supported: ['header'],
    resource_name: 'Finance MCP',
    resource_documentation: `${publicOrigin}/`,
    resource_policy_uri: `${publicOrigin}/privacy`,
  });
}
