import type { ScopeName } from '../../shared/edge.ts';
import type { Write } from './audit.ts';
import type { Caller } from './caller.ts';

/** JSON-RPC and MCP error codes that this function sends. */
export const errorCodes = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  headerMismatch: -32020,
  unsupportedProtocolVersion: -32022,
} as const;

interface Details {
  /** The JSON-RPC code; the HTTP status where JSON-RPC and MCP define none for the case. */
  code?: number;
  data?: Record<string, unknown>;
  headers?: Record<string, string>;
}

/** A request that is answered with an HTTP error. The message is shown and says what was expected. */
export class Rejection extends Error {
  override name = 'Rejection';
  readonly status: number;
  readonly code: number;
  readonly data: Record<string, unknown>;
  readonly headers: Record<string, string>;

  constructor(status: number, message: string, { code = status, data = {}, headers = {} }: Details = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.data = { status, ...data };
    this.headers = headers;
  }
}

/** Why a caller got nothing, as the audit record says it. */
export type DenialReason =
  | 'wrong_origin'
  | 'missing_token'
  | 'bad_token'
  | 'no_organization'
  | 'missing_scope';

/** A rejection because of who is asking, which the audit record keeps. */
export class Denial extends Rejection {
  override name = 'Denial';
  readonly reason: DenialReason;
  /** Known if the token was genuine. */
  readonly caller: Pick<Caller, 'subject' | 'clientId'> | undefined;

  constructor(
    status: 401 | 403,
    reason: DenialReason,
    message: string,
    { headers = {}, caller }: { headers?: Record<string, string>; caller?: Denial['caller'] } = {},
  ) {
    super(status, message, { headers });
    this.reason = reason;
    this.caller = caller;
  }
}

/** The scope is named on purpose: what needs which is public, and the person can grant it. */
export const missingScopeSentence = (scope: ScopeName): string =>
  `This needs the scope ${scope}, which was not granted: connect again and allow it.`;

/** All that a caller is shown of an internal error. */
export const internalErrorSentence = (requestId: string): string =>
  `Something went wrong inside this server, and it has been logged. Try again; if it keeps failing, report the request id ${requestId}.`;

/** Logs an error in full. Arguments are left out: the audit record has them. */
export function logFailure(log: Write, requestId: string, error: unknown): void {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  log({ level: 'error', requestId, name, message, stack });
}
