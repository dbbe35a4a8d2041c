/**
 * Writes an audit record to the log, as a line of JSON and nothing else. Not with `console`: Lambda's runtime puts the
 * time, the request's id and a level before what is said there, and filters that look into the JSON would find nothing.
 */
export function writeAuditRecord(record: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(record)}\n`);
}
