import { hash } from 'node:crypto';
import type { Parts } from '../authorization-server.ts';
import { parameterOf } from '../http.ts';
import { OAuthError } from '../oauth-error.ts';
import { requireOwnResource } from '../resource.ts';
import type { Keys } from '../sealing/keys.ts';
import { type Seal, sealOf } from '../sealing/seal.ts';
import { authenticate } from './client-authentication.ts';
import { type PersonGrant, personGrant, requireIssuedTo } from './person-grant.ts';
import type { GrantType } from './token.ts';

/** What stands sealed in the code that a client gets. The user pool accepts its own code once, so this one works once. */
export interface AuthorizationCode extends PersonGrant {
  readonly poolCode: string;
  readonly poolVerifier: string;
  readonly redirectUriHash: string;
  readonly challenge: string;
}

/** Seconds; the user pool's code lives as long. */
const lifetime = 5 * 60;

export function codeSeal(keys: Keys): Seal<AuthorizationCode> {
  return sealOf(keys, { purpose: 'code 2', lifetime });
}

/** The grant of a code that came back from sign-in (RFC 6749, section 4.1.3, with RFC 7636). */
export function authorizationCode({
  publicOrigin,
  clients,
  userPool,
  codes,
  refreshTokens,
}: Parts): GrantType {
  return async ({ form, credentials }) => {
    const client = await authenticate(clients, credentials);
    requireOwnResource(publicOrigin, form.get('resource'));
    const code = parameterOf(form, 'code');
    const redirectUri = parameterOf(form, 'redirect_uri');
    const verifier = parameterOf(form, 'code_verifier');
    const opened = await codes.open(code);
    if (!opened) throw new OAuthError('invalid_grant', 'The code is invalid or more than five minutes old.');
    requireIssuedTo(client, opened, 'code');
    if (opened.redirectUriHash !== hash('sha256', redirectUri, 'base64url')) {
      throw new OAuthError(
        'invalid_grant',
        'The redirect_uri differs from that of the authorization request.',
      );
    }
    if (!isVerifier(verifier, opened.challenge)) {
      throw new OAuthError('invalid_grant', 'The code_verifier does not match the code_challenge.');
    }
    const token = await userPool.exchangeCode(opened.poolCode, opened.poolVerifier);
    return personGrant(publicOrigin, refreshTokens, opened, token);
  };
}

/** RFC 7636, sections 4.1 and 4.6. */
function isVerifier(verifier: string, challenge: string): boolean {
  return /^[\w.~-]{43,128}$/.test(verifier) && hash('sha256', verifier, 'base64url') === challenge;
}
