import { hash } from 'node:crypto';
import type { Caller } from './caller.ts';
import type { DenialReason } from './rejection.ts';

/** Takes one record of a log, as an object that JSON can hold. */
export type Write = (record: Record<string, unknown>) => void;

/** Who asked for what, and from whose books. */
export interface Asked {
  requestId: string;
  caller: Caller;
  /** The program that asks, as it calls itself; whoever writes the program decides what it says. */
  client: string | undefined;
  /** Not known where the attempt was refused before. */
  organization: string | undefined;
  /** The tool's name, or the method for what is no tool. */
  tool: string;
  arguments: Readonly<Record<string, unknown>>;
}

/** `refused`: it could not be answered as asked; `denied`: the caller may not ask it; `error`: the server failed. */
export type Outcome = 'ok' | 'refused' | 'denied' | 'error';

/** What an answer gave beside the books' rows. */
export interface Noted {
  /** Until when the link to a file is valid that was made. The link itself is a secret, and is not kept. */
  downloadUntil?: Date;
}

export interface Ending {
  outcome: Outcome;
  /** Rows of the books in the answer. */
  rows: number;
  /** The answer's text; only its size and its hash are kept. */
  text: string;
  noted?: Noted;
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

/** The record of who read what. Neither tokens, links nor anything from the books ever enters it. */
export interface Audit {
  /** Before anything is read, so that a call that never ends has left a trace. */
  intent(asked: Asked): void;
  call(asked: Asked, ending: Ending): void;
  denial(request: DeniedRequest): void;
}

export const auditOf = (write: Write, now: () => Date): Audit => ({
  intent: (asked) => write({ audit: 'intent', time: now().toISOString(), ...described(asked) }),
  call: (asked, { outcome, rows, text, noted, unitsRead, durationMs }) =>
    write({
      audit: 'call',
      time: now().toISOString(),
      ...described(asked),
      outcome,
      rows,
      ...noted,
      bytes: Buffer.byteLength(text),
      unitsRead,
      durationMs: Math.round(durationMs * 10) / 10,
      resultSha256: hash('sha256', text),
    }),
  denial: ({ requestId, reason, status, subject, clientId, origin }) =>
    write({
      audit: 'denial',
      time: now().toISOString(),
      requestId,
      reason,
      status,
      ...(subject !== undefined && { subject, clientId }),
      ...(origin !== undefined && { origin: cut(origin, 200) }),
    }),
});

const described = ({ requestId, caller, client, organization, tool, arguments: given }: Asked) => ({
  requestId,
  subject: caller.subject,
  clientId: caller.clientId,
  session: caller.session,
  client: client === undefined ? undefined : cut(client, 100),
  organization,
  tool: cut(tool, 100),
  arguments: recorded(given),
});

/** Characters of an argument's value that a record keeps, and how many arguments. No tool takes half as many. */
const longestValue = 200;
const mostArguments = 40;
/** JSON Web Tokens begin with an encoded `{"`. */
const token = /eyJ[\w.-]{16,}/g;

/** Models put anything into arguments, even credentials. */
const cut = (text: string, longest: number): string => {
  const clean = text.replace(token, '[token]');
  return clean.length <= longest ? clean : `${clean.slice(0, longest)}…`;
};

/**
 * The arguments as a record keeps them. Each value is cut by itself, so that none can push another out, and no name
 * that a tool knows is ever left out.
 */
function recorded(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(given);
  const kept = entries.slice(0, mostArguments).map(([name, value]) => [cut(name, 100), recordedValue(value)]);
  const more = entries.length - kept.length;
  return { ...Object.fromEntries(kept), ...(more > 0 && { '…': `${more} more` }) };
}

const recordedValue = (value: unknown): unknown =>
  typeof value === 'object' && value !== null
    ? cut(JSON.stringify(value), longestValue)
    : typeof value === 'string'
      ? cut(value, longestValue)
      : value;
