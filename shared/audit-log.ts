import { appendFileSync } from 'node:fs';

/** Where the log is a terminal, which would be flooded: the file that takes the records in its place. */
const { AUDIT_FILE: file } = process.env;

/**
 * Writes an audit record to the log, as a line of JSON and nothing else. Not with `console`: Lambda's runtime puts the
 * time, the request's id and a level before what is said there, and filters that look into the JSON would find nothing.
 */
export function writeAuditRecord(record: Readonly<Record<string, unknown>>): void {
  const line = `${JSON.stringify(record)}\n`;
  if (file === undefined) process.stdout.write(line);
  else appendFileSync(file, line);
}
