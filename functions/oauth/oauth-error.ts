/** Refusals in OAuth's form. */

import { json, type Reply } from './reply.ts';

/** Codes of RFC 6749, section 5.2; `invalid_target` of RFC 8707; `temporarily_unavailable` as in section 4.1.2.1. */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'invalid_scope'
  | 'invalid_target'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'temporarily_unavailable';

export class OAuthError extends Error {
  override readonly name = 'OAuthError';
  readonly code: OAuthErrorCode;
  readonly status: number;
  readonly headers: Record<string, string>;

  /** @param description a sentence for the developer of the client: what was expected */
  constructor(
    code: OAuthErrorCode,
    description: string,
    options: { status?: number; headers?: Record<string, string> } = {},
  ) {
    super(description);
    this.code = code;
    this.status = options.status ?? 400;
    this.headers = options.headers ?? {};
  }
}

export function errorReply(error: OAuthError): Reply {
  return json(error.status, { error: error.code, error_description: error.message }, error.headers);
}
