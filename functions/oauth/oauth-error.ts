/** Codes of RFC 6749, sections 4.1.2.1 and 5.2, of RFC 7591, section 3.2.2, and `invalid_target` of RFC 8707. */
export type OAuthErrorCode =
  | 'access_denied'
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'invalid_scope'
  | 'invalid_target'
  | 'invalid_redirect_uri'
  | 'invalid_client_metadata'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'unsupported_response_type'
  | 'server_error'
  | 'temporarily_unavailable';

const statuses: Partial<Record<OAuthErrorCode, number>> = {
  invalid_client: 401,
  temporarily_unavailable: 503,
};

/** A refusal in OAuth's form. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';
  readonly code: OAuthErrorCode;
  readonly status: number;
  readonly headers: Record<string, string>;

  /**
   * @param description a sentence for the developer of the client: what was expected
   * @param options.status if it is not the usual one of the code
   */
  constructor(
    code: OAuthErrorCode,
    description: string,
    {
      status = statuses[code] ?? 400,
      headers = {},
    }: { status?: number; headers?: Record<string, string> } = {},
  ) {
    super(description);
    this.code = code;
    this.status = status;
    this.headers = headers;
  }
}
