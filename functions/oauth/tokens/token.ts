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
    if (name === undefined) throw new OAuthError('invalid_request', 'The parameter grant_type is missing.');
    const grantType = grantTypes.get(name);
    if (!grantType) {
      const known = [...grantTypes.keys()].join(', ');
      throw new OAuthError('unsupported_grant_type', `The grant types that work here: ${known}.`);
    }
    const credentials = readCredentials(request, form);
    const audited = { grantType: name, client: await labelOf(name, credentials) };
    try {
      const grant = await grantType({ request, form, credentials });
      audit('token-issued', request, { ...audited, subject: grant.subject, scopes: grant.scopes });
      return replyOf(grant);
    } catch (error) {
      if (error instanceof OAuthError) audit('token-refused', request, { ...audited, error: error.code });
      throw error;
    }
  }

  async function labelOf(grantType: string, { clientId }: Credentials): Promise<string> {
    // The user pool's own clients, of which nothing is known here. Their ids are short; a secret typed in is not.
    if (grantType === 'client_credentials' && /^[a-z\d][a-z\d-]{0,47}$/.test(clientId)) return clientId;
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
