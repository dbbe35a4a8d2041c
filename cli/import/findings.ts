import { Refusal } from '../../shared/ledger/errors.ts';
import type { LedgerRecord } from '../../shared/ledger/kinds/index.ts';
import { rowOf, type Statement } from '../../shared/ledger/kinds/statement.ts';
import { formatMoney } from '../../shared/ledger/money.ts';
import { findingsIn, type StatementFinding } from '../../shared/ledger/statements.ts';
import { quote } from '../../shared/text.ts';
import { Overview } from './overview.ts';
import { type Doubt, Reading } from './reading.ts';
import type { Refused, Warning } from './report.ts';
import { SeenRecords } from './seen-records.ts';
import type { Entry, Source } from './source.ts';

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
  /** Identical repeated records, where the mapping does not say to keep the first. */
  readonly repeated = new Overview();
  /** Repeated records, where the mapping says to keep the first. */
  readonly passedOver = new Overview();
  readonly readings = new Map<string, Reading>();
  refusedRows = 0;
  readonly #seen = new SeenRecords();
  readonly #statements = new Map<string, { file: string; line: number; statement: Statement }>();
  readonly #observer: Observer;

  constructor(observer: Observer) {
    this.#observer = observer;
  }

  /**
   * Reads the files one after the other and gives the records that are to be loaded, each once.
   * @throws {SourceFailure} when a file can no longer be read.
   */
  async *records(sources: readonly Source[]): AsyncGenerator<LedgerRecord> {
    let allRows = 0;
    for (const { file, entries } of sources) {
      const reading = new Reading();
      this.readings.set(file, reading);
      try {
        for await (const entry of entries(reading)) {
          for (const record of this.#take(file, entry)) yield record;
          reading.rows += entry.lines.length;
          allRows += entry.lines.length;
          this.#observer.rows(allRows);
        }
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === undefined) throw error;
        throw new SourceFailure(`The file ${quote(file)} can no longer be read (${code}).`);
      }
    }
  }

  /** Whether an identical repeated record has an amount: it may be another payment, bill or invoice. */
  get mergedMoney(): boolean {
    return this.repeated.hasMoney;
  }

  /** What was read, but not as it is written, and what is wrong in and between bank statements. */
  get warnings(): Warning[] {
    const found = findingsIn([...this.#statements.values()].map(({ statement }) => rowOf(statement)));
    return [...this.readings].flatMap(([file, { warnings }]) => [
      ...warnings.map((warning) => ({ file, ...warning })),
      ...found.flatMap((finding) => {
        const place = this.#statements.get(finding.statementId);
        return place?.file === file ? [{ file, line: place.line, message: sentenceOf(finding) }] : [];
      }),
    ]);
  }

  /** Where the mapping seems to be wrong, so that accepted values may be misread. */
  get doubts(): (Doubt & { file: string })[] {
    return [...this.readings].flatMap(([file, reading]) =>
      reading.doubts().map((doubt) => ({ file, ...doubt })),
    );
  }

  #take(file: string, entry: Entry): readonly LedgerRecord[] {
    const [line = 0] = entry.lines;
    const verdict = 'records' in entry ? this.#seen.take(entry.records, { file, line }) : entry;
    if ('leftOut' in verdict) {
      this.leftOut[verdict.leftOut] = (this.leftOut[verdict.leftOut] ?? 0) + 1;
      return [];
    }
    if ('refused' in verdict) {
      this.#refuse(file, entry.lines, verdict.line ?? line, verdict.refused);
      return [];
    }
    for (const record of verdict.repeated) this.repeated.add(record);
    for (const record of verdict.passedOver) this.passedOver.add(record);
    for (const record of verdict.added) {
      this.overview.add(record);
      if (record.kind === 'statement') this.#statements.set(record.id, { file, line, statement: record });
    }
    return verdict.added;
  }

  #refuse(file: string, lines: readonly number[], line: number, reason: string): void {
    const refused = { file, line, ...(lines.length > 1 && { lines }), reason };
    this.refused.push(refused);
    this.refusedRows += lines.length;
    this.#observer.refused(refused);
  }
}

/** What is wrong in a statement, or between it and the one before it. */
function sentenceOf({ finding, from, to, missing = [], amount, currency }: StatementFinding): string {
  const by = amount === undefined ? '' : `${formatMoney(amount, currency)} ${currency}`;
  if (finding === 'difference') {
    return `The statement does not add up: its opening balance and entries differ from its closing balance by ${by}.`;
  }
  if (finding === 'overlap') {
    return `The days ${from} to ${to} are in an earlier statement, too: the same entry counts once.`;
  }
  const numbers = missing.length > 0 ? ` (${missing.join(', ')})` : '';
  const change = amount ? `, in which the account changed by ${by}` : '';
  return `There is a gap before this statement${numbers}: ${from} to ${to}${change}.`;
}
