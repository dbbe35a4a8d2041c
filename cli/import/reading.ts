import { Refusal } from '../../shared/ledger/errors.ts';
import { OtherOrder } from './date-format.ts';
import type { Row } from './sheet.ts';

/** A place in the records where the texts of the file do not fit the mapping. */
export interface Doubt {
  /** The field and where it comes from: `date, from "{Paid on}"`. */
  place: string;
  failed: number;
  tried: number;
  /** Whether all failed texts are days with day and month swapped. */
  otherOrder: boolean;
}

const mostWarnings = 1000;

/** Fewer failures may be a few bad rows of a small file. */
const fewestFailures = 3;

/** What is counted while a file is read once from start to end. */
export class Reading {
  readonly #equals = new Map<string, number>();
  readonly #tried = new Map<string, number>();
  readonly #failed = new Map<string, number>();
  readonly #reversed = new Map<string, number>();
  /** The rows of which the result is known. */
  rows = 0;
  /** Rows with filled cells beyond the header, which the mapping says to ignore. */
  surplus: { rows: number; line: number; cell: string } | undefined;

  /** What was read, but not as it is written, or does not add up. */
  readonly warnings: { line: number; message: string }[] = [];

  /** Of very many, only the first are kept. */
  warn(line: number, message: string): void {
    if (this.warnings.length < mostWarnings) this.warnings.push({ line, message });
  }

  /** How many times the template has given this text, including this time. */
  countEqual(template: string, text: string): number {
    return increment(this.#equals, `${template}\n${text}`);
  }

  /** Counts a text there that is not empty. */
  tried(place: string): void {
    increment(this.#tried, place);
  }

  /** Counts a text there that could not be read. */
  failed(place: string, why?: unknown): void {
    increment(this.#failed, place);
    if (why instanceof OtherOrder) increment(this.#reversed, place);
  }

  passedOver(line: number, cell: string): void {
    this.surplus ??= { rows: 0, line, cell };
    this.surplus.rows++;
  }

  /**
   * The places where the mapping seems to be wrong, so that what could be read may be misread: most texts failed, or all
   * that failed are days with day and month swapped, in which case days up to the 12th are read as other days.
   */
  doubts(): Doubt[] {
    return [...this.#failed]
      .map(([place, failed]) => ({
        place,
        failed,
        tried: this.#tried.get(place) ?? failed,
        otherOrder: this.#reversed.get(place) === failed,
      }))
      .filter(
        ({ failed, tried, otherOrder }) => failed >= fewestFailures && (otherOrder || failed * 2 > tried),
      );
  }
}

/** Reads a place of rows, counts what is read and what cannot be, and names the place in refusals. */
export const watched =
  <Result>(place: string, read: (row: Row) => Result | undefined) =>
  (row: Row): Result | undefined => {
    try {
      const result = read(row);
      if (result !== undefined) row.reading.tried(place);
      return result;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      row.reading.tried(place);
      row.reading.failed(place, error);
      throw new Refusal(`${place}: ${error.message}`);
    }
  };

function increment(counts: Map<string, number>, key: string): number {
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return count;
}
