import type { LedgerRecord } from '../../shared/ledger/kinds/index.ts';

/** The result of a place in a file: records, of which all or none are loaded, or the reason why there are none. */
export type Entry = { lines: readonly number[] } & (
  | { records: readonly Candidate[] }
  | { refused: string; line?: number }
  | { leftOut: string }
);

export interface Candidate {
  record: LedgerRecord;
  /** If the file had the same record before, keep that one, even if this one differs. */
  keepFirst?: boolean;
}
