import type { LedgerRecord } from '../../shared/ledger/records.ts';

/** What a place in a file has come to: records, which stand or fall together, or the reason why there are none. */
export type Entry = { lines: readonly number[] } & (
  | { records: readonly Candidate[] }
  | { refused: string; line?: number }
  | { leftOut: string }
);

export interface Candidate {
  record: LedgerRecord;
  /** When the file has told of the same record before, that is what counts, also where it differs. */
  keepFirst?: boolean;
}
