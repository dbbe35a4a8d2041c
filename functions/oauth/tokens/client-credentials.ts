import type { Parts } from '../authorization-server.ts';
import { OAuthError } from '../oauth-error.ts';
import { qualifiedScopes, requireOwnResource, shortScopes } from '../resource.ts';
import type { GrantType } from './token.ts';

/** The grant of programs that act for an organization and not for a person (RFC 6749, section 4.4). */
export function clientCredentials({ publicOrigin, userPool }: Parts): GrantType {
  return async ({ form, credentials: { clientId, secret, challenge } }) => {
    if (secret === undefined) {
      throw new OAuthError('invalid_client', 'Send the client_secret in the form or with HTTP Basic.', {
        headers: challenge,
      });
    }
    requireOwnResource(publicOrigin, form.get('resource'));
    // A client that asks for none means all that it may have, which only the pool knows.
    const asked = form.get('scope');
    const scope = asked === undefined ? undefined : qualifiedScopes(publicOrigin, asked).join(' ');
    try {
      const token = await userPool.machineToken({ clientId, secret }, scope);
      const { accessToken, expiresIn, subject, session } = token;
      return { accessToken, expiresIn, subject, session, scopes: shortScopes(publicOrigin, token.scope) };
    } catch (error) {
      if (error instanceof OAuthError && error.code === 'invalid_client') {
        throw new OAuthError(error.code, error.message, { headers: challenge });
      }
      throw error;
    }
  };
}
