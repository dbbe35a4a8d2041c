/**
 * The revocation endpoint (RFC 7009). It ends refresh tokens. An access token cannot be revoked, because it is verified
 * without asking the pool; it expires within 15 minutes.
 */

import type { Audit } from '../audit.ts';
import { type Clients, clientLabel } from '../clients/clients.ts';
import type { Endpoint } from '../endpoint.ts';
import { readForm } from '../form.ts';
import { errorReply, OAuthError } from '../oauth-error.ts';
import type { Reply } from '../reply.ts';
import type { Request } from '../request.ts';
import type { Seal } from '../sealing/seal.ts';
import type { UserPool } from '../user-pool.ts';
import { authenticate, readCredentials } from './client-authentication.ts';
import { connectionOf, type RefreshToken } from './person-grant.ts';

export interface RevocationParts {
  readonly clients: Clients;
  readonly userPool: UserPool;
  readonly refreshTokens: Seal<RefreshToken>;
  readonly audit: Audit;
}

export function revocation({ clients, userPool, refreshTokens, audit }: RevocationParts): Endpoint {
  async function revoke(request: Request): Promise<Reply> {
    const form = readForm(request);
    const credentials = readCredentials(request, form);
    const client = await authenticate(clients, credentials);
    const token = form.get('token');
    if (token === undefined) throw new OAuthError('invalid_request', 'The parameter token is required.');
    const opened = await refreshTokens.open(token);
    if (opened) {
      if (opened.client !== client) {
        throw new OAuthError('invalid_grant', 'The refresh token was issued to another client.');
      }
      await userPool.revoke(opened.poolToken);
      const known = await clients.recognize(credentials.clientId);
      audit('token-revoked', request, {
        client: clientLabel(credentials.clientId, known),
        ...connectionOf(opened),
        session: opened.session,
      });
    }
    // A value that is no token counts as revoked (section 2.2).
    return { status: 200, headers: { 'Cache-Control': 'no-store' }, body: '' };
  }

  return {
    methods: ['POST'],
    readableByAnyPage: true,
    async answer(request) {
      try {
        return await revoke(request);
      } catch (error) {
        if (error instanceof OAuthError) return errorReply(error);
        throw error;
      }
    },
  };
}
