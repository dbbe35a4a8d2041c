import type { Parts } from '../authorization-server.ts';
import { type Endpoint, formEndpoint, parameterOf } from '../http.ts';
import { authenticate, readCredentials } from './client-authentication.ts';
import { connectionOf, requireIssuedTo } from './person-grant.ts';

/**
 * The revocation endpoint (RFC 7009). It ends refresh tokens. An access token cannot be revoked, because it is verified
 * without asking the pool; it expires within 15 minutes.
 */
export function revocation({ clients, userPool, refreshTokens, audit }: Parts): Endpoint {
  return formEndpoint(async (request, form) => {
    const credentials = readCredentials(request, form);
    const client = await authenticate(clients, credentials);
    const opened = await refreshTokens.open(parameterOf(form, 'token'));
    if (opened) {
      requireIssuedTo(client, opened, 'refresh token');
      await userPool.revoke(opened.poolToken);
      audit('token-revoked', request, {
        client: await clients.label(credentials.clientId),
        ...connectionOf(opened),
        session: opened.session,
      });
    }
    // A value that is no token counts as revoked (section 2.2).
    return { status: 200, headers: { 'Cache-Control': 'no-store' }, body: '' };
  });
}
