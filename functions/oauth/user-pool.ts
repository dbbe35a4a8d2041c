import { hash } from 'node:crypto';
import { mcpUrl } from '../../shared/edge.ts';
import { isPlainObject } from '../../shared/json.ts';
import { send } from '../../shared/outgoing.ts';
import type { Configuration } from './configuration.ts';
import { OAuthError, type OAuthErrorCode } from './oauth-error.ts';
import type { HeldSecrets } from './sealing/secrets.ts';

export interface IssuedToken {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  /** Scopes of the token, as they stand in it. */
  readonly scope: string;
  /** The pool's id of whom the token is for. */
  readonly subject: string | undefined;
  /** By what the records of calls name it: `origin_jti`, the same after every refresh, or a machine's `jti`. */
  readonly session: string | undefined;
  /** A machine gets none. */
  readonly refreshToken: string | undefined;
}

export interface SignInRequest {
  /** Comes back with the answer. */
  readonly state: string;
  /** Names that the pool knows. */
  readonly scopes: readonly string[];
  /** What proves that the code is fetched by whoever sent the person there (PKCE). */
  readonly verifier: string;
}

/** The user pool behind the authorization server, from which every access token comes. */
export interface UserPool {
  /** Where a person signs in. */
  signInUrl(request: SignInRequest): string;
  /** @throws {OAuthError} invalid_grant, temporarily_unavailable */
  exchangeCode(code: string, verifier: string): Promise<IssuedToken>;
  /** @throws {OAuthError} invalid_grant, temporarily_unavailable */
  refresh(refreshToken: string): Promise<IssuedToken>;
  /** Ends a refresh token; one that has already ended is no error. @throws {OAuthError} temporarily_unavailable */
  revoke(refreshToken: string): Promise<void>;
  /**
   * @param scope names that the pool knows; undefined asks for all that the client may have
   * @throws {OAuthError} with the pool's refusal, or temporarily_unavailable
   */
  machineToken(credentials: MachineCredentials, scope: string | undefined): Promise<IssuedToken>;
}

export interface MachineCredentials {
  readonly clientId: string;
  readonly secret: string;
}

/** Clients give up on discovery and tokens after ten seconds; they should get an answer before that. */
const timeoutMs = 8_000;

/** Bytes; the tokens of somebody in a hundred groups take a tenth of it. */
const longestAnswer = 256 * 1024;

/** What a client may be told of the pool's refusals. */
const refusals: Readonly<Partial<Record<OAuthErrorCode, string>>> = {
  invalid_request: 'The user pool rejected the request.',
  invalid_client: 'The client_id is unknown or the client_secret is wrong.',
  invalid_grant: 'The code or refresh token is invalid, has expired or was already used.',
  invalid_scope: 'This client is not allowed one of the scopes.',
  unauthorized_client: 'This client may not use this grant type.',
};

/** What the pool says about a token that is no longer valid. */
const endedTokenErrors = new Set(['invalid_grant', 'invalid_token', 'unsupported_token_type']);

export function userPoolOf(configuration: Configuration, secrets: HeldSecrets): UserPool {
  const { publicOrigin, userPoolUrl, brokerClientId } = configuration;
  const callback = `${publicOrigin}/oauth/callback`;

  async function brokerAuthorization(): Promise<string> {
    const { brokerClient } = await secrets.get();
    return basic({ clientId: brokerClientId, secret: brokerClient });
  }

  async function brokerToken(form: Readonly<Record<string, string>>): Promise<IssuedToken> {
    try {
      return await requestToken(userPoolUrl, await brokerAuthorization(), form);
    } catch (error) {
      // Any other refusal means us, not the client: it must not go and register again.
      if (!(error instanceof OAuthError) || error.code === 'invalid_grant' || error.status >= 500)
        throw error;
      throw unavailable(`the broker is refused: ${error.code}`);
    }
  }

  return {
    signInUrl({ state, scopes, verifier }) {
      const url = new URL(`${userPoolUrl}/oauth2/authorize`);
      url.search = new URLSearchParams({
        response_type: 'code',
        client_id: brokerClientId,
        redirect_uri: callback,
        scope: scopes.join(' '),
        state,
        code_challenge: hash('sha256', verifier, 'base64url'),
        code_challenge_method: 'S256',
        resource: mcpUrl(publicOrigin),
      }).toString();
      return url.href;
    },
    exchangeCode: (code, verifier) =>
      brokerToken({
        grant_type: 'authorization_code',
        code,
        redirect_uri: callback,
        code_verifier: verifier,
      }),
    refresh: (refreshToken) => brokerToken({ grant_type: 'refresh_token', refresh_token: refreshToken }),
    async revoke(refreshToken) {
      const { status, body } = await post(`${userPoolUrl}/oauth2/revoke`, await brokerAuthorization(), {
        token: refreshToken,
      });
      const error = status === 200 ? undefined : parsed(body)?.error;
      if (status !== 200 && !endedTokenErrors.has(String(error))) {
        throw unavailable(`revocation: status ${status}, error ${String(error).slice(0, 100)}`);
      }
    },
    // The resource is not passed on: the pool binds tokens of people to one, never those of machines.
    machineToken: (credentials, scope) =>
      requestToken(userPoolUrl, basic(credentials), {
        grant_type: 'client_credentials',
        ...(scope !== undefined && { scope }),
      }),
  };
}

function basic({ clientId, secret }: MachineCredentials): string {
  const credentials = `${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`;
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}

async function requestToken(
  userPoolUrl: string,
  authorization: string,
  form: Readonly<Record<string, string>>,
): Promise<IssuedToken> {
  const { status, body } = await post(`${userPoolUrl}/oauth2/token`, authorization, form);
  const answer = parsed(body);
  if (!answer) throw unavailable(`status ${status}, no JSON object`);
  if (status !== 200) throw refusal(status, answer.error);
  const { access_token: accessToken, expires_in: expiresIn, refresh_token: refreshToken } = answer;
  const claims = typeof accessToken === 'string' ? claimsOf(accessToken) : undefined;
  if (typeof accessToken !== 'string' || typeof expiresIn !== 'number' || typeof claims?.scope !== 'string') {
    throw unavailable('an answer without a token');
  }
  return {
    accessToken,
    expiresIn,
    scope: claims.scope,
    subject: typeof claims.sub === 'string' ? claims.sub : undefined,
    session: [claims.origin_jti, claims.jti].find((id) => typeof id === 'string'),
    refreshToken: typeof refreshToken === 'string' ? refreshToken : undefined,
  };
}

async function post(
  url: string,
  authorization: string,
  form: Readonly<Record<string, string>>,
): Promise<{ status: number; body: string }> {
  try {
    const answer = await send(
      new URL(url),
      {
        method: 'POST',
        headers: {
          authorization,
          accept: 'application/json',
          'content-type': 'application/x-www-form-urlencoded',
        },
      },
      new URLSearchParams(form).toString(),
      { deadline: AbortSignal.timeout(timeoutMs), longest: longestAnswer },
    );
    return { status: answer.status, body: answer.body.toString('utf8') };
  } catch (error) {
    throw unavailable(error instanceof Error ? error.name : 'unknown error');
  }
}

function refusal(status: number, error: unknown): OAuthError {
  const code = (Object.keys(refusals) as OAuthErrorCode[]).find((known) => known === error);
  const description = code && refusals[code];
  if (code === undefined || description === undefined || status >= 500) {
    return unavailable(`status ${status}, error ${String(error).slice(0, 100)}`);
  }
  return new OAuthError(code, description);
}

/** The reason is for the log only. */
function unavailable(reason: string): OAuthError {
  console.error(JSON.stringify({ event: 'user-pool-unavailable', reason }));
  return new OAuthError('temporarily_unavailable', 'Sign-in is temporarily unavailable. Try again shortly.', {
    headers: { 'Retry-After': '5' },
  });
}

/**
 * Cognito's answer does not say which scopes were granted, but the token does. It comes straight from the pool and
 * is only reported on here, so its signature need not be checked.
 */
function claimsOf(accessToken: string): Record<string, unknown> | undefined {
  return parsed(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString());
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isPlainObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
