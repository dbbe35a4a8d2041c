/** Who runs this server, according to its settings. */
export interface Operator {
  readonly name: string | undefined;
  readonly supportEmail: string | undefined;
  readonly supportUrl: string | undefined;
  /** The operator's own privacy policy. */
  readonly privacyUrl: string | undefined;
}

/** Days for which records are kept; undefined if the server does not know. */
export interface Retention {
  readonly auditDays: number | undefined;
  readonly logDays: number | undefined;
  /** For the copies that nobody can change; undefined if there are none. */
  readonly archiveDays: number | undefined;
}
