import type { HttpRequest } from '../http.ts';

/** Takes one record of a log, as an object that JSON can hold. */
export type Write = (record: Record<string, unknown>) => void;

export type AuditEvent =
  | 'registration'
  | 'registration-refused'
  | 'authorization-refused'
  | 'consent-shown'
  | 'consent-granted'
  | 'consent-denied'
  | 'sign-in'
  | 'sign-in-failed'
  | 'token-issued'
  | 'refresh-reused'
  | 'token-refused'
  | 'token-revoked';

/** Records who was let in to what. No token, code or secret ever enters a record. */
export type Audit = (event: AuditEvent, request: HttpRequest, details: Record<string, unknown>) => void;

export function auditOf(write: Write): Audit {
  return (event, request, details) =>
    write({ audit: event, time: new Date().toISOString(), requestId: request.id, ...details });
}
