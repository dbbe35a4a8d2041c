import { createHash } from 'node:crypto';
import type { Caller } from './caller.ts';
import type { DenialReason } from './rejection.ts';

/** Takes one record of a log, as an object that JSON can hold. */
export type Write = (record: Record<string, unknown>) => void;

/** Who asked for what, and from whose books. */
export interface Attempt {
  requestId: string;
  caller: Caller;
  /** Absent while it is not known, because the call was refused before. */
  organization?: string;
  /** The tool's name, or the method for what is no tool. */
  tool: string;
  arguments: unknown;
}

/** `refused`: it could not be answered as asked; `denied`: the caller may not ask it; `error`: the server failed. */
export type Outcome = 'ok' | 'refused' | 'denied' | 'error';

export interface Ending {
  outcome: Outcome;
  /** Rows of the books in the answer. */
  rows: number;
  /** The answer's text; only its size and its hash are kept. */
  text: string;
  unitsRead: number;
  durationMs: number;
}

export interface DeniedRequest {
  requestId: string;
  reason: DenialReason;
  status: number;
  /** Known where the token was genuine. */
  subject?: string | undefined;
  clientId?: string | undefined;
  origin?: string | undefined;
}

/** The record of who read what. Neither tokens nor anything from the books ever enters it. */
export interface Audit {
  /** Before anything is read, so that a call that never ends has left a trace. */
  intent(attempt: Attempt): void;
  call(attempt: Attempt, ending: Ending): void;
  denial(request: DeniedRequest): void;
}

export const createAudit = (write: Write, now: () => Date): Audit => ({
  intent: (attempt) => write({ audit: 'intent', time: now().toISOString(), ...described(attempt) }),
  call: (attempt, { outcome, rows, text, unitsRead, durationMs }) =>
    write({
      audit: 'call',
      time: now().toISOString(),
      ...described(attempt),
      outcome,
      rows,
      bytes: Buffer.byteLength(text),
      unitsRead,
      durationMs: Math.round(durationMs * 10) / 10,
      resultSha256: createHash('sha256').update(text).digest('hex'),
    }),
  denial: ({ requestId, reason, status, subject, clientId, origin }) =>
    write({
      audit: 'denial',
      time: now().toISOString(),
      requestId,
      reason,
      status,
      ...(subject !== undefined && { subject, clientId }),
      ...(origin !== undefined && { origin: withoutTokens(origin).slice(0, 200) }),
    }),
});

const described = ({ requestId, caller, organization, tool, arguments: given }: Attempt) => ({
  requestId,
  subject: caller.subject,
  clientId: caller.clientId,
  ...(organization !== undefined && { organization }),
  tool: withoutTokens(tool).slice(0, 100),
  arguments: recorded(given),
});

/** Characters of the arguments that a record keeps; a longer list of them is kept as a text that is cut. */
const longestArguments = 2000;
/** JSON Web Tokens begin with an encoded `{"`. */
const token = /eyJ[\w.-]{16,}/g;

const withoutTokens = (text: string): string => text.replace(token, '[token]');

/** Models put anything into arguments, even credentials. */
function recorded(given: unknown): unknown {
  const json = withoutTokens(JSON.stringify(given ?? {}));
  return json.length <= longestArguments ? JSON.parse(json) : json.slice(0, longestArguments);
}
