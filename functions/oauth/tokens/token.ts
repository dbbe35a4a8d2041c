/** The token endpoint (RFC 6749, section 3.2). */

import type { Audit } from '../audit.ts';
import { type Clients, clientLabel } from '../clients/clients.ts';
import type { Endpoint } from '../endpoint.ts';
import { readForm } from '../form.ts';
import { errorReply, OAuthError } from '../oauth-error.ts';
import { json, type Reply } from '../reply.ts';
import type { Request } from '../request.ts';
import { type Credentials, readCredentials } from './client-authentication.ts';
import type { Grant, GrantType } from './token-request.ts';

export interface TokenParts {
  readonly grantTypes: ReadonlyMap<string, GrantType>;
  readonly clients: Clients;
  readonly audit: Audit;
}

export function token({ grantTypes, clients, audit }: TokenParts): Endpoint {
  async function answer(request: Request): Promise<Reply> {
    const form = readForm(request);
    const name = form.get('grant_type');
    if (name === undefined) throw new OAuthError('invalid_request', 'The parameter grant_type is required.');
    const grantType = grantTypes.get(name);
    if (!grantType) {
      const known = [...grantTypes.keys()].join(', ');
      throw new OAuthError('unsupported_grant_type', `The supported grant types are ${known}.`);
    }
    const credentials = readCredentials(request, form);
    try {
      const grant = await grantType({ request, form, credentials });
      audit('token-issued', request, {
        grantType: name,
        // The pool's own clients are known once it has given them a token.
        client: name === 'client_credentials' ? credentials.clientId : await labelOf(credentials),
        ...grant.connection,
        session: grant.session,
        subject: grant.subject,
        scopes: grant.scopes,
      });
      return replyOf(grant);
    } catch (error) {
      if (error instanceof OAuthError) {
        const client = await labelOf(credentials);
        audit('token-refused', request, { grantType: name, client, error: error.code });
      }
      throw error;
    }
  }

  async function labelOf({ clientId }: Credentials): Promise<string> {
    return clientLabel(clientId, await clients.recognize(clientId));
  }

  return {
    methods: ['POST'],
    readableByAnyPage: true,
    async answer(request) {
      try {
        return await answer(request);
      } catch (error) {
        if (error instanceof OAuthError) return errorReply(error);
        throw error;
      }
    },
  };
}

function replyOf({ accessToken, expiresIn, scopes, refreshToken }: Grant): Reply {
  return json(200, {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: expiresIn,
    scope: scopes.join(' '),
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
  });
}
