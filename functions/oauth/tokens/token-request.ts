import type { Request } from '../request.ts';
import type { Credentials } from './client-authentication.ts';

/** A request for a token, as far as every grant has it. */
export interface TokenRequest {
  readonly request: Request;
  readonly form: ReadonlyMap<string, string>;
  readonly credentials: Credentials;
}

/** What a grant gives. */
export interface Grant {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  /** Short names. */
  readonly scopes: readonly string[];
  readonly refreshToken?: string;
  /** The user pool's id of the person or machine. */
  readonly subject: string | undefined;
}

/** One of the ways to a token. It throws OAuthError for a refusal. */
export type GrantType = (request: TokenRequest) => Promise<Grant>;
