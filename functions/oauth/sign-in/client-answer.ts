/** The answer that the browser takes back to a client (RFC 6749, section 4.1.2; RFC 9207). */

export type AuthorizationErrorCode =
  | 'invalid_request'
  | 'unsupported_response_type'
  | 'invalid_target'
  | 'access_denied'
  | 'server_error'
  | 'temporarily_unavailable';

export type AuthorizationAnswer =
  | { readonly code: string }
  | { readonly error: AuthorizationErrorCode; readonly error_description: string };

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
