import type { Write } from './audit.ts';

/** All that a caller learns of an error that is nobody's argument's fault. */
export const internalErrorSentence = (requestId: string): string =>
  `Something went wrong inside this server, and it has been logged. Try again; if it keeps failing, report the request id ${requestId}.`;

/** Logs an error in full. Arguments are left out: what was asked stands in the audit record. */
export function logFailure(log: Write, requestId: string, error: unknown): void {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  log({ level: 'error', requestId, name, message, stack });
}
