/** The parameter by which a client says for which resource it wants a token (RFC 8707). */

import { mcpUrl } from '../../shared/edge.ts';
import { OAuthError } from './oauth-error.ts';

/**
 * The user pool is always told our own resource, never the client's words.
 * @param resource undefined means ours; people type the MCP URL with a slash at its end, and clients repeat that
 * @throws OAuthError invalid_target
 */
export function requireOwnResource(publicOrigin: string, resource: string | undefined): void {
  if (resource === undefined || resource.replace(/\/$/, '') === mcpUrl(publicOrigin)) return;
  throw new OAuthError('invalid_target', `The only supported resource is ${mcpUrl(publicOrigin)}.`);
}
