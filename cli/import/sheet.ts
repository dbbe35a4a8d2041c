import { Refusal } from '../../shared/ledger/errors.ts';
import { quote } from '../../shared/text.ts';
import { type CsvRow, positionOf } from './csv-source.ts';
import type { DateReader } from './date-format.ts';
import { columnOf, type Lookup, onlyRows } from './lookup.ts';
import { asWholeNumber, type NumberReader } from './number-style.ts';
import type { Reading } from './reading.ts';
import { templateText } from './text.ts';

/** A row while records are made from it. */
export interface Row extends CsvRow {
  /** Its place among the rows after the header: 1 is the first. */
  number: number;
  reading: Reading;
  /** The currency of the record that is being made; empty where it has none. */
  currency: string;
  /** The ordinal among equal rows that each template was given so far. */
  ordinals: Map<string, number>;
  /** The row of the lookup that is gone through item by item. */
  item?: readonly string[];
}

export type ReadCell = (row: Row) => string;

/** A text, an amount or the value of a field, compiled for the rows of a file. */
export interface Value<Result> {
  /** As the mapping has it, for messages. */
  shown: string;
  /** The columns that it is made from; constants alone say nothing about a row. */
  cells: readonly ReadCell[];
  /** Whether it is computed, and so may have more decimals than the file. */
  computed?: boolean;
  /**
   * The value; undefined where the row has nothing for it.
   * @throws {Refusal} when the row has a text that the mapping does not expect.
   */
  read(row: Row): Result | undefined;
}

/** What is made of a value, where the row has one. */
export const converted = <Found, Result>(
  value: Value<Found>,
  convert: (found: Found, row: Row) => Result,
): Value<Result> => ({
  ...value,
  read(row) {
    const found = value.read(row);
    return found === undefined ? undefined : convert(found, row);
  },
});

/** What is known of a file before its rows are read. */
interface Known {
  header: readonly string[];
  /** The columns in which 7290.0 is 7290. */
  wholeNumbers: ReadonlySet<string>;
  dates: DateReader;
  numbers: NumberReader;
}

/** Lookups by name, each with the text that a row looks up. */
type AddedLookups = Map<string, Lookup & { keyIn: ReadCell }>;

/**
 * What a mapping is compiled for: how a file writes dates and numbers, and the columns that may be named. These are
 * its own, and "lookup.column" of the lookups.
 */
export class Sheet {
  readonly dates: DateReader;
  readonly numbers: NumberReader;
  readonly #known: Known;
  readonly #lookups: AddedLookups;
  readonly #each: string | undefined;

  /** @param each the lookup that is gone through item by item */
  constructor(known: Known, lookups: AddedLookups = new Map(), each?: string) {
    this.dates = known.dates;
    this.numbers = known.numbers;
    this.#known = known;
    this.#lookups = lookups;
    this.#each = each;
  }

  /**
   * Adds a lookup, which can use those that were added before, so never itself.
   * @throws {Refusal} when a column is not there.
   */
  add(name: string, lookup: Lookup): void {
    this.#lookups.set(name, { ...lookup, keyIn: templateText(lookup.from, this).read });
  }

  /** Whether the file itself has such a column. */
  has(name: string): boolean {
    return this.#known.header.includes(name);
  }

  /** @throws {Refusal} when neither the file nor a lookup has such a column, or has several. */
  assertHas(name: string): void {
    if (this.has(name)) this.position(name);
    else this.#lookupColumn(name);
  }

  /** @throws {Refusal} when there is no such column, or several, or its lookup has a key twice. */
  cell(name: string): ReadCell {
    const cell = this.has(name) ? ownCell(this.position(name)) : this.#lookupCell(name);
    return this.#known.wholeNumbers.has(name) ? (row) => asWholeNumber(cell(row)) : cell;
  }

  /**
   * The position of a column of the file itself in its rows.
   * @throws {Refusal} when there is no such column, or several.
   */
  position(name: string): number {
    const { header } = this.#known;
    const position = positionOf(header, name, 'the file');
    if (position !== undefined) return position;
    throw unknownColumn(name, header);
  }

  /** The same, with the columns of a lookup that is gone through item by item. */
  within(lookup: string): Sheet {
    this.#lookup(lookup);
    return new Sheet(this.#known, this.#lookups, lookup);
  }

  /** Finds the rows of a lookup that belong to a row. */
  items(lookup: string): (row: Row) => readonly (readonly string[])[] {
    const { rows, keyIn } = this.#lookup(lookup);
    return (row) => rows.get(keyIn(row))?.map(({ cells }) => cells) ?? [];
  }

  #lookup(name: string) {
    const lookup = this.#lookups.get(name);
    if (lookup) return lookup;
    const known = [...this.#lookups.keys()].join(', ') || 'none';
    throw new Refusal(`There is no lookup ${quote(name)}: the mapping's lookups are ${known}.`);
  }

  #lookupColumn(name: string) {
    const [lookupName = '', ...rest] = name.split('.');
    const lookup = rest.length > 0 ? this.#lookups.get(lookupName) : undefined;
    if (!lookup) throw unknownColumn(name, this.#known.header);
    return { lookupName, lookup, position: columnOf(lookup, rest.join('.')) };
  }

  #lookupCell(name: string): ReadCell {
    const { lookupName, lookup, position } = this.#lookupColumn(name);
    if (lookupName === this.#each) return ({ item }) => item?.[position] ?? '';
    const rowOf = onlyRows(lookupName, lookup);
    return (row) => rowOf(lookup.keyIn(row))[position] ?? '';
  }
}

const ownCell =
  (position: number): ReadCell =>
  ({ cells }) =>
    cells[position] ?? '';

function unknownColumn(name: string, header: readonly string[]): Refusal {
  const [only = ''] = header;
  const delimiter = header.length === 1 && [';', '\t', '|'].find((character) => only.includes(character));
  const hint = delimiter ? ` Is the delimiter ${delimiter === '\t' ? 'a tab' : quote(delimiter)}?` : '';
  return new Refusal(
    `There is no column ${quote(name)}: the columns of the file are ${header.join(', ')}.${hint}`,
  );
}
