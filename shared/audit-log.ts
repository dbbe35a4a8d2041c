let write = (line: string): void => void process.stdout.write(line);

/** Has the records go elsewhere than to the log, where that is a terminal. */
export function writeAuditRecordsTo(other: (line: string) => void): void {
  write = other;
}

/**
 * Writes an audit record to the log, as a line of JSON and nothing else. Not with `console`: Lambda's runtime puts the
 * time, the request's id and a level before what is said there, and filters that look into the JSON would find nothing.
 */
export function writeAuditRecord(record: Readonly<Record<string, unknown>>): void {
  write(`${JSON.stringify(record)}\n`);
}
