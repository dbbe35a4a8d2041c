import { Refusal } from '../../shared/ledger/errors.ts';
import type { LedgerRecord, RecordKind } from '../../shared/ledger/records.ts';
import { quote } from '../../shared/ledger/strict-shapes.ts';
import type { Entry } from './entry.ts';
import { Overview } from './overview.ts';
import { Reading } from './reading.ts';
import type { Refused } from './report.ts';
import { SeenRecords } from './seen-records.ts';
import type { Source } from './source.ts';

interface Observer {
  refused(refused: Refused): void;
  /** Called after every row, with how many there were so far. */
  rows(count: number): void;
}

/** A file that stopped being readable while it was being read. */
export class SourceFailure extends Refusal {
  override name = 'SourceFailure';
}

/** What one reading of all files has found. */
export class Findings {
  readonly overview = new Overview();
  readonly refused: Refused[] = [];
  readonly leftOut: Record<string, number> = {};
  readonly repeated: Partial<Record<RecordKind, number>> = {};
  readonly rowsOf = new Map<string, number>();
  refusedRows = 0;
  readonly #seen = new SeenRecords();
  readonly #observer: Observer;
  #rows = 0;

  constructor(observer: Observer) {
    this.#observer = observer;
  }

  /**
   * Reads the files one after the other and gives the records that are to be loaded, each once.
   * @throws {SourceFailure} when a file can no longer be read.
   */
  async *records(sources: readonly Source[]): AsyncGenerator<LedgerRecord> {
    for (const { file, entries } of sources) {
      this.rowsOf.set(file, 0);
      for await (const entry of readable(file, entries(new Reading()))) {
        yield* this.#take(file, entry);
        this.#rows += entry.lines.length;
        this.rowsOf.set(file, (this.rowsOf.get(file) ?? 0) + entry.lines.length);
        this.#observer.rows(this.#rows);
      }
    }
  }

  #take(file: string, entry: Entry): readonly LedgerRecord[] {
    const [line = 0] = entry.lines;
    if ('leftOut' in entry) {
      this.leftOut[entry.leftOut] = (this.leftOut[entry.leftOut] ?? 0) + 1;
      return [];
    }
    if ('refused' in entry) {
      this.#refuse(file, entry.lines, entry.line ?? line, entry.refused);
      return [];
    }
    const verdict = this.#seen.take(entry.records, { file, line });
    if ('refused' in verdict) {
      this.#refuse(file, entry.lines, line, verdict.refused);
      return [];
    }
    for (const kind of verdict.repeated) this.repeated[kind] = (this.repeated[kind] ?? 0) + 1;
    for (const record of verdict.added) this.overview.add(record);
    return verdict.added;
  }

  #refuse(file: string, lines: readonly number[], line: number, reason: string): void {
    const refused = { file, line, ...(lines.length > 1 && { lines }), reason };
    this.refused.push(refused);
    this.refusedRows += lines.length;
    this.#observer.refused(refused);
  }
}

async function* readable(file: string, entries: AsyncIterable<Entry>): AsyncGenerator<Entry> {
  try {
    yield* entries;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw new SourceFailure(`The file ${quote(file)} can no longer be read (${code}).`);
  }
}
