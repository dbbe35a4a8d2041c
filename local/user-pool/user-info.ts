/** Who the bearer of an access token is: `/oauth2/userInfo`. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { CognitoJwtVerifier } from 'aws-jwt-verify';
import type { People, Person } from './people.ts';
import type { PublicKey } from './signing-key.ts';

/** @returns a request listener for the endpoint */
export function userInfo(
  userPoolId: string,
  jwks: { keys: PublicKey[] },
  people: People,
): (request: IncomingMessage, response: ServerResponse) => void {
  const verifier = CognitoJwtVerifier.create({
    userPoolId,
    tokenUse: 'access',
    clientId: null,
    scope: 'openid',
  });
  verifier.cacheJwks(jwks);

  function bearer(request: IncomingMessage): Person | undefined {
    const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) return undefined;
    try {
      return people.findBySub(verifier.verifySync(token).sub);
    } catch {
      return undefined;
    }
  }

  return (request, response) => {
    const person = bearer(request);
    const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
    if (!person) {
      response.writeHead(401, { ...headers, 'www-authenticate': 'Bearer error="invalid_token"' });
      response.end(
        JSON.stringify({
          error: 'invalid_token',
          error_description: 'A valid access token with the scope openid is required.',
        }),
      );
      return;
    }
    const { sub, username, email } = person;
    response.writeHead(200, headers).end(JSON.stringify({ sub, username, email, email_verified: 'true' }));
  };
}
