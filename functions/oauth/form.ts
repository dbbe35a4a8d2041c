/** The parameters of a request that is sent as a form. */

import { OAuthError } from './oauth-error.ts';
import type { Request } from './request.ts';

/** Characters: far more than any request needs. */
const longestForm = 64 * 1024;

/**
 * Reads a form as RFC 6749, section 3.2, wants it: a parameter without a value counts as absent, none may repeat.
 * @throws OAuthError invalid_request
 */
export function readForm(request: Request): Map<string, string> {
  const mediaType = request.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (mediaType !== 'application/x-www-form-urlencoded') {
    throw new OAuthError(
      'invalid_request',
      'Send the parameters in the body, with the Content-Type application/x-www-form-urlencoded.',
    );
  }
  if (request.body.length > longestForm) {
    throw new OAuthError('invalid_request', `The request must have at most ${longestForm} characters.`, {
      status: 413,
    });
  }
  const form = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(request.body)) {
    if (value === '') continue;
    if (form.has(name)) throw new OAuthError('invalid_request', 'A parameter occurs more than once.');
    form.set(name, value);
  }
  return form;
}
