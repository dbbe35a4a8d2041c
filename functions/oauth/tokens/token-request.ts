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
  /** By what the records of calls name the token, or the sign-in that it belongs to. */
  readonly session: string | undefined;
  /** Absent for a machine, for which nobody signs in. */
  readonly connection?: Connection;
}

/** A sign-in of a person through a client, in the words of the audit. */
export interface Connection {
  readonly clientName: string;
  readonly redirectTarget: string;
  readonly refreshes: number;
}

/** One of the ways to a token. It throws OAuthError for a refusal. */
export type GrantType = (request: TokenRequest) => Promise<Grant>;
