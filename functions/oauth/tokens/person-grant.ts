import { refreshTokens, type ScopeName } from '../../../shared/edge.ts';
import { OAuthError } from '../oauth-error.ts';
import { offlineAccess, shortScopes } from '../resource.ts';
import type { Keys } from '../sealing/keys.ts';
import { type Seal, sealOf } from '../sealing/seal.ts';
import type { IssuedToken } from '../user-pool.ts';
import type { Connection, Grant } from './token.ts';

/** What a person has granted to a client. It is carried from one refresh token to the next. */
export interface PersonGrant {
  /** Hash of the client id. */
  readonly client: string;
  /** The client's name, as the person was told it. */
  readonly clientName: string;
  /** Where the client received the code: a host, or the scheme of an application. */
  readonly redirectTarget: string;
  readonly scopes: readonly ScopeName[];
  /** Whether offline_access was asked for by name. */
  readonly offline: boolean;
}

/** What stands sealed in a client's refresh token. */
export interface RefreshToken extends PersonGrant {
  readonly poolToken: string;
  /** The pool's id of the sign-in. */
  readonly session: string | undefined;
  /** How often the sign-in had been refreshed when this token was given out: two tokens with the same are a fork. */
  readonly refreshes: number;
  /** Seconds since the epoch at which the pool ends the last token of the sign-in. */
  readonly until: number;
}

/** The sign-in that a refresh token belongs to. */
export function connectionOf(token: Omit<RefreshToken, 'poolToken'>): Connection {
  const { clientName, redirectTarget, refreshes } = token;
  return { clientName, redirectTarget, refreshes };
}

/** @throws {OAuthError} invalid_grant, when a code or refresh token was not issued to the client. */
export function requireIssuedTo(client: string, issued: PersonGrant, what: 'code' | 'refresh token'): void {
  if (issued.client === client) return;
  throw new OAuthError('invalid_grant', `The ${what} was issued to another client.`);
}

export function refreshTokenSeal(keys: Keys): Seal<RefreshToken> {
  return sealOf(keys, { purpose: 'refresh token 2' });
}

/**
 * Makes the client's tokens from the pool's.
 * @param earlier the refresh token that was used; the pool's in it stays good where the pool gives no new one
 * @throws {OAuthError} temporarily_unavailable
 */
export async function personGrant(
  publicOrigin: string,
  seal: Seal<RefreshToken>,
  { client, clientName, redirectTarget, scopes, offline }: PersonGrant,
  token: IssuedToken,
  earlier?: RefreshToken,
): Promise<Grant> {
  const { accessToken, expiresIn, subject, session } = token;
  const granted = shortScopes(publicOrigin, token.scope);
  // A pool whose trigger adds scopes would give more than the person agreed to.
  if (granted.some((name) => !scopes.some((scope) => scope === name))) {
    console.error(JSON.stringify({ event: 'scopes-exceed-consent', granted, consented: scopes }));
    throw new OAuthError(
      'temporarily_unavailable',
      'Sign-in is misconfigured. Ask the operator of this server.',
    );
  }
  const poolToken = token.refreshToken ?? earlier?.poolToken;
  const refreshes = earlier === undefined ? 0 : earlier.refreshes + 1;
  const until = earlier?.until ?? Math.floor(Date.now() / 1000) + refreshTokens.lifetimeDays * 24 * 60 * 60;
  const next = { client, clientName, redirectTarget, scopes, offline, session, refreshes, until };
  return {
    accessToken,
    expiresIn,
    subject,
    session,
    connection: connectionOf(next),
    scopes: offline ? [...granted, offlineAccess] : granted,
    ...(poolToken !== undefined && { refreshToken: await seal.seal({ ...next, poolToken }) }),
  };
}
