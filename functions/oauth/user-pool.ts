/** The user pool's token endpoint, from which every access token comes. */

import { OAuthError, type OAuthErrorCode } from './oauth-error.ts';

export interface IssuedToken {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  /** Scopes of the token, as they stand in it. */
  readonly scope: string;
}

/** Clients give up on discovery and tokens after ten seconds; they shall get an answer before. */
const patienceMs = 8_000;

/** What a client may be told of the pool's refusals. */
const refusals: Readonly<Partial<Record<OAuthErrorCode, string>>> = {
  invalid_request: 'The user pool could not read the request.',
  invalid_client: 'The client_id is unknown or the client_secret is wrong.',
  invalid_grant: 'The grant is wrong, expired or used already.',
  invalid_scope: 'This client may not have one of the scopes.',
  unauthorized_client: 'This client may not use this grant type.',
};

/**
 * Asks the user pool for a token.
 * @param authorization value of the Authorization header, which the pool checks
 * @throws OAuthError with the pool's refusal, or temporarily_unavailable when it gives no usable answer
 */
export async function requestToken(
  userPoolUrl: string,
  authorization: string,
  form: Readonly<Record<string, string>>,
): Promise<IssuedToken> {
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(`${userPoolUrl}/oauth2/token`, {
      method: 'POST',
      headers: { authorization, accept: 'application/json' },
      body: new URLSearchParams(form),
      redirect: 'error',
      signal: AbortSignal.timeout(patienceMs),
    });
    body = await response.json();
  } catch (error) {
    throw unavailable(error instanceof Error ? error.name : 'unknown error');
  }
  if (!isRecord(body)) throw unavailable(`status ${response.status}, no JSON object`);
  if (!response.ok) throw refusal(response.status, body.error);
  const { access_token: accessToken, expires_in: expiresIn } = body;
  const scope = typeof accessToken === 'string' ? scopeClaim(accessToken) : undefined;
  if (typeof accessToken !== 'string' || typeof expiresIn !== 'number' || scope === undefined) {
    throw unavailable('an answer without a token');
  }
  return { accessToken, expiresIn, scope };
}

function refusal(status: number, error: unknown): OAuthError {
  const code = (Object.keys(refusals) as OAuthErrorCode[]).find((known) => known === error);
  const description = code && refusals[code];
  if (code === undefined || description === undefined || status >= 500) {
    return unavailable(`status ${status}, error ${String(error)}`);
  }
  return new OAuthError(code, description, { status: code === 'invalid_client' ? 401 : 400 });
}

/** The reason is for the log only. */
function unavailable(reason: string): OAuthError {
  console.error(JSON.stringify({ event: 'user-pool-unavailable', reason }));
  return new OAuthError('temporarily_unavailable', 'Sign-in does not answer at the moment. Try again soon.', {
    status: 503,
    headers: { 'Retry-After': '5' },
  });
}

/**
 * Cognito's answer does not say which scopes were granted, but the token does. It comes straight from the pool and
 * is only reported on here, so its signature need not be checked.
 */
function scopeClaim(accessToken: string): string | undefined {
  try {
    const payload: unknown = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString());
    return isRecord(payload) && typeof payload.scope === 'string' ? payload.scope : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
