/** What a person has granted to a client, and how it goes on from one refresh token to the next. */

import type { ScopeName } from '../../../shared/edge.ts';
import { OAuthError } from '../oauth-error.ts';
import { offlineAccess, shortScopes } from '../scope-list.ts';
import type { Keys } from '../sealing/keys.ts';
import { type Seal, sealOf } from '../sealing/seal.ts';
import type { IssuedToken } from '../user-pool.ts';
import type { Grant } from './token-request.ts';

export interface PersonGrant {
  /** Hash of the client id. */
  readonly client: string;
  readonly scopes: readonly ScopeName[];
  /** Whether offline_access was asked for by name. */
  readonly offline: boolean;
}

/** What stands sealed in a client's refresh token. It ages as the user pool's does. */
export interface RefreshToken extends PersonGrant {
  readonly poolToken: string;
}

export function refreshTokenSeal(keys: Keys): Seal<RefreshToken> {
  return sealOf(keys, { purpose: 'refresh token 1' });
}

/**
 * Makes the client's tokens from the pool's.
 * @param earlier the pool's refresh token that was used; it stays good where the pool gives no new one
 * @throws OAuthError temporarily_unavailable
 */
export async function personGrant(
  publicOrigin: string,
  seal: Seal<RefreshToken>,
  { client, scopes, offline }: PersonGrant,
  token: IssuedToken,
  earlier?: string,
): Promise<Grant> {
  const { accessToken, expiresIn, subject } = token;
  const granted = shortScopes(publicOrigin, token.scope);
  // A pool whose trigger adds scopes would give more than the person has agreed to.
  if (granted.some((name) => !scopes.some((scope) => scope === name))) {
    console.error(JSON.stringify({ event: 'scopes-exceed-consent', granted, consented: scopes }));
    throw new OAuthError(
      'temporarily_unavailable',
      'Sign-in is set up wrong. Ask the operator of this server.',
      {
        status: 503,
      },
    );
  }
  const poolToken = token.refreshToken ?? earlier;
  return {
    accessToken,
    expiresIn,
    subject,
    scopes: offline ? [...granted, offlineAccess] : granted,
    ...(poolToken !== undefined && { refreshToken: await seal.seal({ client, scopes, offline, poolToken }) }),
  };
}
