import { hash } from 'node:crypto';
import type { LedgerRecord, RecordKind } from '../../shared/ledger/records.ts';
import type { Candidate } from './entry.ts';

export interface Place {
  file: string;
  line: number;
}

/** What a run has seen of records that stand or fall together. */
export type Verdict = { added: LedgerRecord[]; repeated: RecordKind[] } | { refused: string };

/**
 * Remembers every record of a run, so that one that comes again is noticed: the same once more changes nothing, a
 * different one with the same id is refused, whichever of them may be right.
 */
export class SeenRecords {
  readonly #seen = new Map<string, Place & { digest: string }>();

  take(candidates: readonly Candidate[], place: Place): Verdict {
    const added: LedgerRecord[] = [];
    const repeated: RecordKind[] = [];
    const fresh = new Map<string, Place & { digest: string }>();
    for (const { record, keepFirst } of candidates) {
      const key = `${record.kind} ${record.id}`;
      const digest = hash('sha256', JSON.stringify(record), 'base64');
      const earlier = this.#seen.get(key) ?? fresh.get(key);
      if (!earlier) {
        fresh.set(key, { ...place, digest });
        added.push(record);
      } else if (keepFirst || earlier.digest === digest) {
        repeated.push(record.kind);
      } else {
        return { refused: contradiction(record, earlier, place) };
      }
    }
    for (const [key, value] of fresh) this.#seen.set(key, value);
    return { added, repeated };
  }
}

function contradiction({ kind, id }: LedgerRecord, earlier: Place, { file, line }: Place): string {
  const there = earlier.file === file ? `line ${earlier.line}` : `line ${earlier.line} of ${earlier.file}`;
  return `The ${kind} ${JSON.stringify(id)} is there already, from ${there}, with other content than on line ${line}: expected one record for each id.`;
}
