import { mcpUrl, qualifiedScope, type ScopeName, scopeNames } from '../../shared/edge.ts';
import { OAuthError } from './oauth-error.ts';

/*
 * The resource that tokens are for, which is the MCP URL, and its scopes. Clients know the scopes by short names; the
 * user pool's names begin with the resource.
 */

/**
 * Checks the parameter by which a client says for which resource it wants a token (RFC 8707). The user pool is always
 * given our own resource, never the client's words.
 * @param resource undefined means ours; people type the MCP URL with a slash at its end, and clients repeat that
 * @throws {OAuthError} invalid_target
 */
export function requireOwnResource(publicOrigin: string, resource: string | undefined): void {
  if (resource === undefined || resource.replace(/\/$/, '') === mcpUrl(publicOrigin)) return;
  throw new OAuthError('invalid_target', `The only supported resource is ${mcpUrl(publicOrigin)}.`);
}

/**
 * Asks for a refresh token. Everybody gets one, but some clients keep it only when this scope was granted by name.
 * The user pool does not know it.
 */
export const offlineAccess = 'offline_access';

export const everyScope: readonly string[] = [...scopeNames, offlineAccess];

export interface AskedScopes {
  /** Those of ours, in the order of the contract. */
  readonly names: ScopeName[];
  readonly offline: boolean;
}

/** @param asked names with blanks between them; what is not ours is left out, and all are meant when nothing is left */
export function askedScopes(asked: string | undefined): AskedScopes {
  const wanted = new Set(asked?.split(' '));
  const names = scopeNames.filter((name) => wanted.has(name));
  return { names: names.length > 0 ? names : [...scopeNames], offline: wanted.has(offlineAccess) };
}

/**
 * @param asked short names with blanks between them
 * @returns the names that the user pool knows, in the order of the contract
 * @throws {OAuthError} invalid_scope
 */
export function qualifiedScopes(publicOrigin: string, asked: string): string[] {
  const names = new Set(asked.split(' ').filter((name) => name !== ''));
  const known: ScopeName[] = scopeNames.filter((name) => names.has(name));
  if (known.length === 0 || known.length < names.size) {
    throw new OAuthError('invalid_scope', `The supported scopes are ${scopeNames.join(', ')}.`);
  }
  return known.map((name) => qualifiedScope(publicOrigin, name));
}

/**
 * @param granted scopes of an access token, with blanks between them
 * @returns the short names of ours among them
 */
export function shortScopes(publicOrigin: string, granted: string): string[] {
  const prefix = `${mcpUrl(publicOrigin)}/`;
  return granted
    .split(' ')
    .filter((scope) => scope.startsWith(prefix))
    .map((scope) => scope.slice(prefix.length));
}
