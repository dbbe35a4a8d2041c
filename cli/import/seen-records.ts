import { writeRecord } from '../../shared/ledger/format.ts';
import type { AnyKind } from '../../shared/ledger/kind.ts';
import { kinds, type LedgerRecord } from '../../shared/ledger/kinds/index.ts';
import type { Candidate } from './source.ts';

export interface Place {
  file: string;
  line: number;
}

/** The decision about records of which all or none are loaded. */
export type Verdict = Taken | { refused: string; line?: number };

interface Taken {
  added: LedgerRecord[];
  /** Identical, where the mapping does not say to keep the first. */
  repeated: LedgerRecord[];
  /** Repeated where sources overlap, or, identical or not, where the mapping says to keep the first. */
  passedOver: LedgerRecord[];
}

/** A record by its JSON, which takes less memory than the record. */
type Seen = Place & { json: string };

/**
 * Remembers every record of a run, so that one that comes again is noticed: the same once more changes nothing, a
 * different one with the same id is refused, whichever of them may be right.
 */
export class SeenRecords {
  readonly #seen = new Map<string, Seen>();

  take(candidates: readonly Candidate[], place: Place): Verdict {
    const taken: Taken = { added: [], repeated: [], passedOver: [] };
    const fresh = new Map<string, Seen>();
    for (const { record, keepFirst, overlaps } of candidates) {
      const key = `${record.kind} ${record.id}`;
      const json = JSON.stringify(record);
      const earlier = this.#seen.get(key) ?? fresh.get(key);
      const rank = earlier && earlier.json !== json ? rankOf(record, earlier.json) : undefined;
      if (!earlier || rank === 'higher') {
        fresh.set(key, { ...place, json });
        taken.added.push(record);
      } else if (keepFirst || rank === 'lower') taken.passedOver.push(record);
      else if (earlier.json === json) taken[overlaps ? 'passedOver' : 'repeated'].push(record);
      else return { refused: contradiction(record, earlier, place, keepFirst) };
    }
    for (const [key, value] of fresh) this.#seen.set(key, value);
    return taken;
  }
}

/** Whether a record counts more or less than the one before it, where its kind says so. */
function rankOf(record: LedgerRecord, earlier: string): 'higher' | 'lower' | undefined {
  const { rank }: AnyKind = kinds[record.kind];
  const [before, now] = [rank?.(JSON.parse(earlier)), rank?.(record)];
  if (before === undefined || now === undefined || before === now) return undefined;
  return now > before ? 'higher' : 'lower';
}

function contradiction(
  record: LedgerRecord,
  earlier: Seen,
  { file, line }: Place,
  keepFirst: boolean | undefined,
): string {
  const there = earlier.file === file ? `line ${earlier.line}` : `line ${earlier.line} of ${earlier.file}`;
  const before = writeRecord(JSON.parse(earlier.json) as LedgerRecord) as Record<string, unknown>;
  const now = writeRecord(record) as Record<string, unknown>;
  const [field = ''] = [...new Set([...Object.keys(before), ...Object.keys(now)])].filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(now[name]),
  );
  // NDJSON has no mapping that could say more.
  const options =
    keepFirst === undefined
      ? ''
      : ' To keep the first, set "keepFirst": true in its rule. To load both, give each its own id, for example with {#equal}.';
  return `The ${record.kind} ${JSON.stringify(record.id)} was already read from ${there}, where ${field} is ${shown(before[field])} and not ${shown(now[field])} as on line ${line}: expected one record for each id.${options}`;
}

/** Long values, such as lists of lines, would hide the sentence. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
