import { Refusal } from '../../shared/ledger/errors.ts';
import { quote } from '../../shared/text.ts';
import type { DateReader } from './date-format.ts';
import { type Lookup, onlyRows } from './lookup.ts';
import { asWholeNumber, type NumberReader } from './number-style.ts';
import type { Reading } from './reading.ts';
import { templateText } from './text.ts';

/** A row while records are made from it. */
export interface Row {
  line: number;
  /** Its place among the rows after the header: 1 is the first. */
  number: number;
  cells: readonly string[];
  reading: Reading;
  /** The ordinal among equal rows that each template was given so far. */
  ordinals: Map<string, number>;
  /** The row of each lookup that was needed so far. */
  found: Map<string, readonly string[]>;
  /** The row of the lookup that is gone through item by item. */
  item?: readonly string[];
}

export type ReadCell = (row: Row) => string;

/** What a mapping is compiled for: the columns of a file, and how it writes dates and numbers. */
export interface Sheet {
  columns: Columns;
  dates: DateReader;
  numbers: NumberReader;
}

/** Where the columns of a file come from. */
interface ColumnSources {
  header: readonly string[];
  lookups: ReadonlyMap<string, Lookup>;
  /** The columns in which 7290.0 is 7290. */
  wholeNumbers: ReadonlySet<string>;
}

/** The columns that a mapping may name: those of the file, and "lookup.column" of the lookups. */
export class Columns {
  readonly #sources: ColumnSources;
  readonly #each: string | undefined;

  /** @param each the lookup that is gone through item by item */
  constructor(sources: ColumnSources, each?: string) {
    this.#sources = sources;
    this.#each = each;
  }

  /** Whether the file itself has such a column. */
  has(name: string): boolean {
    return this.#sources.header.includes(name);
  }

  /** @throws {Refusal} when there is no such column, or several. */
  cell(name: string): ReadCell {
    const cell = this.has(name) ? ownCell(this.position(name)) : this.#lookupCell(name);
    return this.#sources.wholeNumbers.has(name) ? (row) => asWholeNumber(cell(row)) : cell;
  }

  /**
   * The position of a column of the file itself in its rows.
   * @throws {Refusal} when there is no such column, or several.
   */
  position(name: string): number {
    const { header } = this.#sources;
    const position = positionOf(header, name, 'the file');
    if (position === undefined) throw unknownColumn(name, header);
    return position;
  }

  /** The same columns and those of a lookup that is gone through item by item. */
  within(lookup: string): Columns {
    this.#lookup(lookup);
    return new Columns(this.#sources, lookup);
  }

  /** Finds the rows of a lookup that belong to a row. */
  items(lookup: string): (row: Row) => readonly (readonly string[])[] {
    const { rows } = this.#lookup(lookup);
    const key = this.#keyOf(lookup);
    return (row) => {
      const value = key(row);
      return value === '' ? [] : (rows.get(value) ?? []).map(({ cells }) => cells);
    };
  }

  #lookup(name: string): Lookup {
    const { lookups } = this.#sources;
    const lookup = lookups.get(name);
    if (lookup) return lookup;
    const known = [...lookups.keys()].join(', ') || 'none';
    throw new Refusal(`There is no lookup ${quote(name)}: the mapping's lookups are ${known}.`);
  }

  /** A lookup can use the lookups that are listed before it, so never itself. */
  #keyOf(name: string): ReadCell {
    const { lookups } = this.#sources;
    const earlier = new Map([...lookups].slice(0, [...lookups.keys()].indexOf(name)));
    return templateText(this.#lookup(name).from, new Columns({ ...this.#sources, lookups: earlier })).read;
  }

  #lookupCell(name: string): ReadCell {
    const { header, lookups } = this.#sources;
    const [lookupName = '', ...rest] = name.split('.');
    const lookup = rest.length > 0 ? lookups.get(lookupName) : undefined;
    if (!lookup) throw unknownColumn(name, header);
    const { file, columns } = lookup;
    const column = rest.join('.');
    const position = positionOf(columns, column, quote(file));
    if (position === undefined) {
      throw new Refusal(
        `${quote(file)} has no column ${quote(column)}: its columns are ${columns.join(', ')}.`,
      );
    }
    if (lookupName === this.#each) return ({ item }) => item?.[position] ?? '';
    const rowOf = onlyRows(lookupName, lookup);
    const key = this.#keyOf(lookupName);
    return (row) => {
      const found = row.found.get(lookupName) ?? rowOf(key(row));
      row.found.set(lookupName, found);
      return found[position] ?? '';
    };
  }
}

const ownCell =
  (position: number): ReadCell =>
  ({ cells }) =>
    cells[position] ?? '';

function positionOf(header: readonly string[], name: string, file: string): number | undefined {
  const position = header.indexOf(name);
  if (position < 0) return undefined;
  if (header.indexOf(name, position + 1) < 0) return position;
  throw new Refusal(
    `The column ${quote(name)} appears twice in ${file}: expected it once, because the mapping uses it.`,
  );
}

function unknownColumn(name: string, header: readonly string[]): Refusal {
  const [only = ''] = header;
  const delimiter = header.length === 1 && [';', '\t', '|'].find((character) => only.includes(character));
  const hint = delimiter ? ` Is the delimiter ${delimiter === '\t' ? 'a tab' : quote(delimiter)}?` : '';
  return new Refusal(
    `There is no column ${quote(name)}: the columns of the file are ${header.join(', ')}.${hint}`,
  );
}
