/** Who runs this server, as far as its settings say. */
export interface Operator {
  readonly name: string | undefined;
  readonly supportEmail: string | undefined;
  readonly supportUrl: string | undefined;
  /** The operator's own privacy policy. */
  readonly privacyUrl: string | undefined;
}

/** Days for which records are kept; undefined where the server does not know. */
export interface Retention {
  readonly auditDays: number | undefined;
  readonly logDays: number | undefined;
  /** Of the copies that nobody can change; undefined where there are none. */
  readonly archiveDays: number | undefined;
}
