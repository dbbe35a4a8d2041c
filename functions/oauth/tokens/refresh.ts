/** The grant of a refresh token (RFC 6749, section 6). */

import { type ScopeName, scopeNames } from '../../../shared/edge.ts';
import type { Clients } from '../clients/clients.ts';
import { OAuthError } from '../oauth-error.ts';
import { requireOwnResource } from '../resource-parameter.ts';
import type { Seal } from '../sealing/seal.ts';
import type { UserPool } from '../user-pool.ts';
import { authenticate } from './client-authentication.ts';
import { personGrant, type RefreshToken } from './person-grant.ts';
import type { GrantType } from './token-request.ts';

export interface RefreshParts {
  readonly publicOrigin: string;
  readonly clients: Clients;
  readonly userPool: UserPool;
  readonly refreshTokens: Seal<RefreshToken>;
}

export function refresh({ publicOrigin, clients, userPool, refreshTokens }: RefreshParts): GrantType {
  return async ({ form, credentials }) => {
    const client = await authenticate(clients, credentials);
    requireOwnResource(publicOrigin, form.get('resource'));
    const token = form.get('refresh_token');
    if (token === undefined)
      throw new OAuthError('invalid_request', 'The parameter refresh_token is missing.');
    const opened = await refreshTokens.open(token);
    if (!opened) throw new OAuthError('invalid_grant', 'The refresh token is wrong or has ended.');
    if (opened.client !== client) {
      throw new OAuthError('invalid_grant', 'The refresh token was given to another client.');
    }
    requireGranted(form.get('scope'), opened.scopes);
    const issued = await userPool.refresh(opened.poolToken);
    return personGrant(publicOrigin, refreshTokens, opened, issued, opened.poolToken);
  };
}

/**
 * The user pool cannot give less than was granted, so asking for less changes nothing, and the answer says what the
 * token holds. Asking for more is refused.
 */
function requireGranted(asked: string | undefined, granted: readonly ScopeName[]): void {
  const wanted = new Set(asked?.split(' '));
  const excess = scopeNames.filter((name) => wanted.has(name) && !granted.includes(name));
  if (excess.length > 0) {
    throw new OAuthError('invalid_scope', `Not granted: ${excess.join(', ')}. Ask the person again.`);
  }
}
