/** A REST API's built-in user pool authorizer, for a route that requires scopes. */

import { CognitoJwtVerifier } from 'aws-jwt-verify';
import type { PublicKey } from '../user-pool/signing-key.ts';
import type { AuthorizerClaims } from './event.ts';

export interface AuthorizerOptions {
  readonly userPoolId: string;
  readonly jwks: { keys: PublicKey[] };
  /** Scopes as written in tokens. One of them is enough. */
  readonly scopes: readonly string[];
}

/** @returns the claims of a valid token; for undefined, the gateway response is UNAUTHORIZED */
export type Authorizer = (authorization: string | undefined) => AuthorizerClaims | undefined;

export function userPoolAuthorizer(options: AuthorizerOptions): Authorizer {
  const verifier = CognitoJwtVerifier.create({
    userPoolId: options.userPoolId,
    tokenUse: 'access',
    clientId: null,
    scope: [...options.scopes],
  });
  verifier.cacheJwks(options.jwks);
  return (authorization) => {
    // API Gateway takes the token with or without the word Bearer.
    const token = authorization?.replace(/^Bearer /i, '');
    if (token === undefined) return undefined;
    try {
      // The synchronous form knows only the keys given above: a token of an older pool must not make it ask AWS.
      return asText(verifier.verifySync(token));
    } catch {
      return undefined;
    }
  };
}

/** API Gateway passes every claim on as text. */
function asText(claims: object): AuthorizerClaims {
  return Object.fromEntries(
    Object.entries(claims).map(([name, value]) => {
      if (name === 'exp' || name === 'iat') return [name, javaDate(Number(value))];
      return [name, Array.isArray(value) ? value.join(',') : String(value)];
    }),
  );
}

/** Times arrive as `Sat Nov 21 00:37:00 UTC 2026`. */
function javaDate(seconds: number): string {
  const [weekday, day, month, year, time] = new Date(seconds * 1000).toUTCString().split(/,? /);
  return `${weekday} ${month} ${day} ${time} UTC ${year}`;
}
