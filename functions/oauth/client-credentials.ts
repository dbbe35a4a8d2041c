/** The grant of programs that act for an organization and not for a person (RFC 6749, section 4.4). */

import { mcpUrl } from '../../shared/edge.ts';
import { readClientSecret } from './client-secret.ts';
import type { Configuration } from './configuration.ts';
import { OAuthError } from './oauth-error.ts';
import { json, type Reply } from './reply.ts';
import type { Request } from './request.ts';
import { qualifiedScopes, shortScopes } from './scope-list.ts';
import { requestToken } from './user-pool.ts';

/** @throws OAuthError */
export async function grantClientCredentials(
  { publicOrigin, userPoolUrl }: Configuration,
  request: Request,
  form: ReadonlyMap<string, string>,
): Promise<Reply> {
  const { clientId, secret, challenge } = readClientSecret(request, form);
  const resource = form.get('resource');
  if (resource !== undefined && resource.replace(/\/$/, '') !== mcpUrl(publicOrigin)) {
    throw new OAuthError('invalid_target', `The only resource is ${mcpUrl(publicOrigin)}.`);
  }
  const scope = qualifiedScopes(publicOrigin, form.get('scope')).join(' ');
  const credentials = `${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`;
  try {
    // The resource is not passed on: the pool binds tokens of people to one, never those of machines.
    const token = await requestToken(userPoolUrl, `Basic ${Buffer.from(credentials).toString('base64')}`, {
      grant_type: 'client_credentials',
      scope,
    });
    return json(200, {
      access_token: token.accessToken,
      token_type: 'Bearer',
      expires_in: token.expiresIn,
      scope: shortScopes(publicOrigin, token.scope),
    });
  } catch (error) {
    if (error instanceof OAuthError && error.status === 401) {
      throw new OAuthError(error.code, error.message, { status: 401, headers: challenge });
    }
    throw error;
  }
}
