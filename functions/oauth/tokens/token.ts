import type { HttpRequest, HttpResponse } from '../../http.ts';
import type { Parts } from '../authorization-server.ts';
import { type Endpoint, type Form, formEndpoint, json, parameterOf } from '../http.ts';
import { OAuthError } from '../oauth-error.ts';
import { authorizationCode } from './authorization-code.ts';
import { type Credentials, readCredentials } from './client-authentication.ts';
import { clientCredentials } from './client-credentials.ts';
import { refresh } from './refresh.ts';

/** A request for a token, as far as every grant has it. */
export interface TokenRequest {
  readonly request: HttpRequest;
  readonly form: Form;
  readonly credentials: Credentials;
}

/** What a grant gives. */
export interface Grant {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  /** Short names. */
  readonly scopes: readonly string[];
  readonly refreshToken?: string;
  /** The user pool's id of the person or machine. */
  readonly subject: string | undefined;
  /** By what the records of calls name the token, or the sign-in that it belongs to. */
  readonly session: string | undefined;
  /** Absent for a machine, for which nobody signs in. */
  readonly connection?: Connection;
}

/** A sign-in of a person through a client, in the words of the audit. */
export interface Connection {
  readonly clientName: string;
  readonly redirectTarget: string;
  readonly refreshes: number;
}

/** One of the ways to a token. It throws OAuthError for a refusal. */
export type GrantType = (request: TokenRequest) => Promise<Grant>;

/** The token endpoint (RFC 6749, section 3.2). */
export function token(parts: Parts): Endpoint {
  const { clients, audit } = parts;
  const grantTypes = new Map([
    ['authorization_code', authorizationCode(parts)],
    ['refresh_token', refresh(parts)],
    ['client_credentials', clientCredentials(parts)],
  ]);
  return formEndpoint(async (request, form) => {
    const name = parameterOf(form, 'grant_type');
    const grantType = grantTypes.get(name);
    if (!grantType) {
      const known = [...grantTypes.keys()].join(', ');
      throw new OAuthError('unsupported_grant_type', `The supported grant types are ${known}.`);
    }
    const credentials = readCredentials(request, form);
    const { clientId } = credentials;
    try {
      const grant = await grantType({ request, form, credentials });
      audit('token-issued', request, {
        grantType: name,
        // The pool's own clients are known once it has given them a token.
        client: name === 'client_credentials' ? clientId : await clients.label(clientId),
        ...grant.connection,
        session: grant.session,
        subject: grant.subject,
        scopes: grant.scopes,
      });
      return tokenResponse(grant);
    } catch (error) {
      if (error instanceof OAuthError) {
        const client = await clients.label(clientId);
        audit('token-refused', request, { grantType: name, client, error: error.code });
      }
      throw error;
    }
  });
}

function tokenResponse({ accessToken, expiresIn, scopes, refreshToken }: Grant): HttpResponse {
  return json(200, {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: expiresIn,
    scope: scopes.join(' '),
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
  });
}
