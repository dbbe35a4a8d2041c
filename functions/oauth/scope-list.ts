/** Scopes between their short names, which clients know, and the user pool's, which begin with the resource. */

import { mcpUrl, qualifiedScope, type ScopeName, scopeNames } from '../../shared/edge.ts';
import { OAuthError } from './oauth-error.ts';

/**
 * @param asked short names with blanks between them; undefined asks for all
 * @returns the names that the user pool knows, in the order of the contract
 * @throws OAuthError invalid_scope
 */
export function qualifiedScopes(publicOrigin: string, asked: string | undefined): string[] {
  const names = new Set(asked?.split(' ').filter((name) => name !== '') ?? scopeNames);
  const known: ScopeName[] = scopeNames.filter((name) => names.has(name));
  if (known.length === 0 || known.length < names.size) {
    throw new OAuthError('invalid_scope', `The scopes are ${scopeNames.join(', ')}.`);
  }
  return known.map((name) => qualifiedScope(publicOrigin, name));
}

/**
 * @param granted scopes of an access token, with blanks between them
 * @returns the short names of ours among them, with blanks between them
 */
export function shortScopes(publicOrigin: string, granted: string): string {
  const prefix = `${mcpUrl(publicOrigin)}/`;
  return granted
    .split(' ')
    .filter((scope) => scope.startsWith(prefix))
    .map((scope) => scope.slice(prefix.length))
    .join(' ');
}
