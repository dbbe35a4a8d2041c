import { Refusal } from '../../shared/ledger/errors.ts';
import { quote } from '../../shared/text.ts';
import { type Lookup, onlyRows } from './lookup.ts';
import { asWholeNumber } from './number-style.ts';
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

/** The columns that a mapping may name: those of the file, and "lookup.column" of the lookups. */
export interface Columns {
  /** Whether the file itself has such a column. */
  has(name: string): boolean;
  /** @throws {Refusal} when there is no such column, or several. */
  cell(name: string): ReadCell;
  /** The same columns and those of a lookup that is gone through item by item. */
  within(lookup: string): Columns;
  /**
   * The position of a column of the file itself in its rows.
   * @throws {Refusal} when there is no such column, or several.
   */
  position(name: string): number;
  /** Finds the rows of a lookup that belong to a row. */
  items(lookup: string): (row: Row) => readonly (readonly string[])[];
}

/** Where the columns of a file come from. */
export interface ColumnSources {
  header: readonly string[];
  lookups: ReadonlyMap<string, Lookup>;
  /** The columns in which 7290.0 is 7290. */
  wholeNumbers: ReadonlySet<string>;
}

/**
 * Makes the columns of a file.
 * @param each the lookup that is gone through item by item
 */
export function columnsOf(sources: ColumnSources, each?: string): Columns {
  const { header, lookups, wholeNumbers } = sources;

  const lookupNamed = (name: string): Lookup => {
    const lookup = lookups.get(name);
    if (lookup) return lookup;
    const known = [...lookups.keys()].join(', ') || 'none';
    throw new Refusal(`There is no lookup ${quote(name)}: the mapping's lookups are ${known}.`);
  };

  /** A lookup can use the lookups that are listed before it, so never itself. */
  const keyOf = (name: string): ReadCell => {
    const earlier = new Map([...lookups].slice(0, [...lookups.keys()].indexOf(name)));
    return templateText(lookupNamed(name).from, columnsOf({ ...sources, lookups: earlier })).read;
  };

  const ownPosition = (name: string): number | undefined => positionOf(header, name, 'the file');

  const cellOf = (name: string): ReadCell => {
    const own = ownPosition(name);
    if (own !== undefined) return ({ cells }) => cells[own] ?? '';

    const [lookupName = '', ...rest] = name.split('.');
    const lookup = rest.length > 0 ? lookups.get(lookupName) : undefined;
    if (!lookup) throw unknownColumn(name, header);
    const column = rest.join('.');
    const file = quote(lookup.file);
    const position = positionOf(lookup.columns, column, file);
    if (position === undefined) {
      throw new Refusal(
        `${file} has no column ${quote(column)}: its columns are ${lookup.columns.join(', ')}.`,
      );
    }
    if (lookupName === each) return ({ item }) => item?.[position] ?? '';
    const rowOf = onlyRows(lookupName, lookup);
    const key = keyOf(lookupName);
    return (row) => {
      const found = row.found.get(lookupName) ?? rowOf(key(row));
      row.found.set(lookupName, found);
      return found[position] ?? '';
    };
  };

  return {
    has: (name) => header.includes(name),

    cell(name) {
      const cell = cellOf(name);
      return wholeNumbers.has(name) ? (row) => asWholeNumber(cell(row)) : cell;
    },

    position(name) {
      const own = ownPosition(name);
      if (own === undefined) throw unknownColumn(name, header);
      return own;
    },

    within(lookup) {
      lookupNamed(lookup);
      return columnsOf(sources, lookup);
    },

    items(lookup) {
      const { rows } = lookupNamed(lookup);
      const key = keyOf(lookup);
      return (row) => {
        const value = key(row);
        return value === '' ? [] : (rows.get(value) ?? []).map(({ cells }) => cells);
      };
    },
  };
}

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
