import { type ScopeName, scopeNames } from '../../../shared/edge.ts';
import type { HttpRequest } from '../../http.ts';
import type { Parts } from '../authorization-server.ts';
import { parameterOf } from '../http.ts';
import { OAuthError } from '../oauth-error.ts';
import { requireOwnResource } from '../resource.ts';
import type { IssuedToken } from '../user-pool.ts';
import { authenticate } from './client-authentication.ts';
import { connectionOf, personGrant, type RefreshToken, requireIssuedTo } from './person-grant.ts';
import type { GrantType } from './token.ts';

/** The grant of a refresh token (RFC 6749, section 6). */
export function refresh({ publicOrigin, clients, userPool, refreshTokens, audit }: Parts): GrantType {
  return async ({ request, form, credentials }) => {
    const client = await authenticate(clients, credentials);
    requireOwnResource(publicOrigin, form.get('resource'));
    const opened = await refreshTokens.open(parameterOf(form, 'refresh_token'));
    if (!opened) throw new OAuthError('invalid_grant', 'The refresh token is invalid.');
    requireIssuedTo(client, opened, 'refresh token');
    requireGranted(form.get('scope'), opened.scopes);
    let issued: IssuedToken;
    try {
      issued = await userPool.refresh(opened.poolToken);
    } catch (error) {
      const isDead = error instanceof OAuthError && error.code === 'invalid_grant';
      if (isDead && Date.now() / 1000 < opened.until) {
        await endReused(request, await clients.label(credentials.clientId), opened);
      }
      throw error;
    }
    return personGrant(publicOrigin, refreshTokens, opened, issued, opened);
  };

  /**
   * A token that the pool refuses before its time was used before, or its sign-in was ended. Used before, its owner and
   * a thief cannot be told apart, so the sign-in is to end for both (RFC 9700, section 4.14.2). Nothing here knows the
   * token that took this one's place; the pool may know it, and is asked to end what belongs to this one.
   */
  async function endReused(request: HttpRequest, client: string, token: RefreshToken): Promise<void> {
    audit('refresh-reused', request, { client, ...connectionOf(token), session: token.session });
    try {
      await userPool.revoke(token.poolToken);
    } catch (error) {
      // The refusal stands, whether or not the pool could be asked; that it could not is logged where it is found out.
      if (!(error instanceof OAuthError)) throw error;
    }
  }
}

/**
 * The user pool cannot give less than was granted, so asking for less changes nothing, and the answer says what the
 * token allows. Asking for more is refused.
 */
function requireGranted(asked: string | undefined, granted: readonly ScopeName[]): void {
  const wanted = new Set(asked?.split(' '));
  const excess = scopeNames.filter((name) => wanted.has(name) && !granted.includes(name));
  if (excess.length > 0) {
    throw new OAuthError(
      'invalid_scope',
      `Not granted: ${excess.join(', ')}. Send the user through authorization again.`,
    );
  }
}
