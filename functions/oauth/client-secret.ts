/** Who asks for a token, and the secret that shall prove it. */

import { OAuthError } from './oauth-error.ts';
import type { Request } from './request.ts';

export interface ClientSecret {
  readonly clientId: string;
  readonly secret: string;
  /** Headers of a refusal: a client that used HTTP Basic is told so (RFC 6749, section 5.2). */
  readonly challenge: Record<string, string>;
}

const basicChallenge = { 'WWW-Authenticate': 'Basic realm="Finance MCP", charset="UTF-8"' };

/**
 * Takes id and secret from the Authorization header or the form, but not from both.
 * @throws OAuthError invalid_client, invalid_request
 */
export function readClientSecret(request: Request, form: ReadonlyMap<string, string>): ClientSecret {
  const authorization = request.header('authorization');
  if (authorization === undefined) {
    const clientId = form.get('client_id');
    const secret = form.get('client_secret');
    if (clientId === undefined || secret === undefined) {
      throw new OAuthError(
        'invalid_client',
        'Send client_id and client_secret, in the form or by HTTP Basic.',
        {
          status: 401,
        },
      );
    }
    return { clientId, secret, challenge: {} };
  }
  if (form.has('client_secret')) {
    throw new OAuthError(
      'invalid_request',
      'Send the client secret by HTTP Basic or in the form, not by both.',
    );
  }
  const { clientId, secret } = readBasic(authorization);
  if ((form.get('client_id') ?? clientId) !== clientId) {
    throw new OAuthError(
      'invalid_request',
      'client_id differs between the form and the Authorization header.',
    );
  }
  return { clientId, secret, challenge: basicChallenge };
}

function readBasic(authorization: string): { clientId: string; secret: string } {
  const encoded = /^Basic ([A-Za-z0-9+/]+={0,2})$/i.exec(authorization)?.[1] ?? '';
  const [, id, secret] = /^([^:]+):(.+)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? [];
  try {
    if (id !== undefined && secret !== undefined) {
      return { clientId: formDecoded(id), secret: formDecoded(secret) };
    }
  } catch {
    // A stray percent sign: refused below, like any other header that cannot be read.
  }
  throw new OAuthError(
    'invalid_client',
    'The Authorization header must be Basic with the form-encoded client_id and client_secret.',
    { status: 401, headers: basicChallenge },
  );
}

/** Both halves are form-encoded before they are joined (RFC 6749, section 2.3.1). */
function formDecoded(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}
