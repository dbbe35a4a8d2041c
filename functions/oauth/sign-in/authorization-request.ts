import type { HttpRequest } from '../../http.ts';
import { OAuthError, type OAuthErrorCode } from '../oauth-error.ts';
import { type AskedScopes, askedScopes, requireOwnResource } from '../resource.ts';

/*
 * What a client asks for when it sends a person here (RFC 6749, section 4.1.1, with RFC 7636 and RFC 8707), and the
 * answer that the browser takes back to it (section 4.1.2; RFC 9207).
 */

/** Characters. It travels in a cookie, where there is little room. */
const longestState = 1_024;

/** The value of a parameter that counts only when it is given once. */
export function onlyValue({ query }: HttpRequest, name: string): string | undefined {
  const values = query.get(name) ?? [];
  return values.length === 1 && values[0] !== '' ? values[0] : undefined;
}

export interface AuthorizationRequest extends AskedScopes {
  readonly challenge: string;
}

/**
 * Reads what remains to be read once it is settled where answers go. A mistake is reported to the client if somebody
 * vouches for it, and otherwise to the person.
 * @throws {OAuthError}
 */
export function readAuthorizationRequest(publicOrigin: string, request: HttpRequest): AuthorizationRequest {
  for (const [name, values] of request.query) {
    // A client may name several resources (RFC 8707), if only they are ours.
    if (values.length > 1 && name !== 'resource') {
      throw new OAuthError('invalid_request', 'A parameter occurs more than once.');
    }
  }
  if ((onlyValue(request, 'state')?.length ?? 0) > longestState) {
    throw new OAuthError('invalid_request', `state must have at most ${longestState} characters.`);
  }
  const responseType = onlyValue(request, 'response_type');
  if (responseType === undefined) {
    throw new OAuthError('invalid_request', 'The parameter response_type is missing.');
  }
  if (responseType !== 'code') {
    throw new OAuthError('unsupported_response_type', 'The only supported response_type is code.');
  }
  if ((onlyValue(request, 'response_mode') ?? 'query') !== 'query') {
    throw new OAuthError('invalid_request', 'The only supported response_mode is query.');
  }
  const challenge = onlyValue(request, 'code_challenge') ?? '';
  // Without a method, the plain one would be meant.
  if (onlyValue(request, 'code_challenge_method') !== 'S256' || !/^[\w-]{43}$/.test(challenge)) {
    throw new OAuthError(
      'invalid_request',
      'PKCE is required: send a code_challenge of 43 characters and code_challenge_method=S256.',
    );
  }
  for (const resource of request.query.get('resource') ?? []) {
    requireOwnResource(publicOrigin, resource === '' ? undefined : resource);
  }
  return { challenge, ...askedScopes(onlyValue(request, 'scope')) };
}

export type AuthorizationAnswer =
  | { readonly code: string }
  | { readonly error: OAuthErrorCode; readonly error_description: string };

/** Where an answer goes, and what goes with it. */
export interface Return {
  /** As the client sent it, after it was found among those that it may use. */
  readonly redirectUri: string;
  readonly state: string | undefined;
}

/** The address is kept as it was written; the answer is added to it. */
export function answerUrl(
  publicOrigin: string,
  { redirectUri, state }: Return,
  answer: AuthorizationAnswer,
): string {
  const parameters = new URLSearchParams({
    ...answer,
    ...(state !== undefined && { state }),
    iss: publicOrigin,
  });
  return `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${parameters}`;
}
