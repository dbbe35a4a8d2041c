import { hash } from 'node:crypto';
import type { HttpRequest } from '../../http.ts';
import type { Clients, KnownClient } from '../clients/clients.ts';
import { isSecret } from '../clients/configured-client.ts';
import type { Form } from '../http.ts';
import { OAuthError } from '../oauth-error.ts';

export interface Credentials {
  readonly clientId: string;
  /** Undefined for a public client, which has none. */
  readonly secret: string | undefined;
  /** Headers of a refusal: a client that used HTTP Basic is told so (RFC 6749, section 5.2). */
  readonly challenge: Record<string, string>;
}

const basicChallenge = { 'WWW-Authenticate': 'Basic realm="Finance MCP", charset="UTF-8"' };

/**
 * Takes id and secret from the Authorization header or the form, but not from both.
 * @throws {OAuthError} invalid_client, invalid_request
 */
export function readCredentials(request: HttpRequest, form: Form): Credentials {
  const authorization = request.headers.get('authorization');
  if (authorization === undefined) {
    const clientId = form.get('client_id');
    if (clientId === undefined) {
      throw new OAuthError('invalid_client', 'Send the client_id in the form or with HTTP Basic.');
    }
    return { clientId, secret: form.get('client_secret'), challenge: {} };
  }
  if (form.has('client_secret')) {
    throw new OAuthError(
      'invalid_request',
      'Send the client secret either with HTTP Basic or in the form, not both.',
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

function readBasic(authorization: string): { clientId: string; secret: string | undefined } {
  const encoded = /^Basic ([A-Za-z0-9+/]+={0,2})$/i.exec(authorization)?.[1] ?? '';
  const [, id, secret] = /^([^:]+):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? [];
  try {
    if (id !== undefined && secret !== undefined) {
      return { clientId: formDecoded(id), secret: secret === '' ? undefined : formDecoded(secret) };
    }
  } catch {
    // A stray percent sign: refused below, like any other header that cannot be read.
  }
  throw new OAuthError(
    'invalid_client',
    'The Authorization header must use the Basic scheme, with the form-encoded client_id and client_secret.',
    { headers: basicChallenge },
  );
}

/** Both halves are form-encoded before they are joined (RFC 6749, section 2.3.1). */
function formDecoded(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

/**
 * Finds an application by its id, and checks its secret if the operator gave it one. A secret from any other client
 * proves nothing and is ignored.
 * @returns the client's hash, to which codes and refresh tokens are bound
 * @throws {OAuthError} invalid_client
 */
export async function authenticate(
  clients: Clients,
  { clientId, secret, challenge }: Credentials,
): Promise<string> {
  const client = await clients.recognize(clientId);
  if (!client) {
    throw new OAuthError('invalid_client', 'The client_id is unknown. Register again.', {
      headers: challenge,
    });
  }
  if (!isProven(client, secret)) {
    throw new OAuthError('invalid_client', 'The client_secret is wrong or missing.', {
      headers: challenge,
    });
  }
  return hash('sha256', clientId, 'base64url');
}

function isProven({ origin }: KnownClient, secret: string | undefined): boolean {
  if (origin.kind !== 'configured' || origin.secretHash === undefined) return true;
  return secret !== undefined && isSecret(secret, origin.secretHash);
}
