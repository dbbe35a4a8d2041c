import { Refusal } from '../../shared/ledger/errors.ts';
import { quote } from '../../shared/text.ts';
import type { LookupTable } from './lookup.ts';
import type { Reading } from './reading.ts';
import { parseTemplate } from './template.ts';

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

export interface LookupDefinition {
  table: LookupTable;
  /** The template for the text to look up. */
  from: string;
  /** Whether a key that is not found leaves its columns empty. */
  optional: boolean;
}

/** Where the columns of a file come from. */
export interface ColumnSources {
  header: readonly string[];
  lookups: ReadonlyMap<string, LookupDefinition>;
  /** The columns in which 7290.0 is 7290. */
  wholeNumbers: ReadonlySet<string>;
}

/**
 * Makes the columns of a file.
 * @param each the lookup that is gone through item by item
 */
export function columnsOf(sources: ColumnSources, each?: string): Columns {
  const { header, lookups, wholeNumbers } = sources;
  const keyOf = (name: string): ReadCell => {
    const { from } = lookupNamed(name);
    return textOf(columnsOf({ ...sources, lookups: before(lookups, name) }), from).read;
  };

  const lookupNamed = (name: string): LookupDefinition => {
    const definition = lookups.get(name);
    if (definition) return definition;
    const known = [...lookups.keys()].join(', ') || 'none';
    throw new Refusal(`There is no lookup ${quote(name)}: the mapping's lookups are ${known}.`);
  };

  const cellOf = (name: string): ReadCell => {
    const own = positionOf(header, name, 'the file');
    if (own !== undefined) return ({ cells }) => cells[own] ?? '';

    const dot = name.indexOf('.');
    const lookup = name.slice(0, Math.max(dot, 0));
    if (!lookups.has(lookup)) throw unknownColumn(name, header);
    const { table, optional } = lookupNamed(lookup);
    const column = name.slice(dot + 1);
    const position = positionOf(table.columns, column, quote(table.file));
    if (position === undefined) {
      throw new Refusal(
        `${quote(table.file)} has no column ${quote(column)}: its columns are ${table.columns.join(', ')}.`,
      );
    }
    if (lookup === each) return ({ item }) => item?.[position] ?? '';
    refuseSeveral(lookup, table);
    const key = keyOf(lookup);
    return (row) => {
      const found = row.found.get(lookup) ?? findRow(table, key(row), optional);
      row.found.set(lookup, found);
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
      const own = positionOf(header, name, 'the file');
      if (own === undefined) throw unknownColumn(name, header);
      return own;
    },

    within: (lookup) => {
      lookupNamed(lookup);
      return columnsOf(sources, lookup);
    },

    items(lookup) {
      const { table } = lookupNamed(lookup);
      const key = keyOf(lookup);
      return (row) => {
        const value = key(row);
        return value === '' ? [] : (table.rows.get(value) ?? []).map(({ cells }) => cells);
      };
    },
  };
}

/** A template over columns. */
export interface Text {
  /** Whether the row has nothing in any of its columns; constants alone say nothing about a row. */
  isEmpty(row: Row): boolean;
  /** Whether the row has something in each of its columns. A number that no other row has is enough, too. */
  isComplete(row: Row): boolean;
  read: ReadCell;
}

/** What a template can name in addition to columns, unless the file has a column of that name. */
const rowNumber = '#';
const ordinal = '#equal';

/**
 * Makes the reader of a template. The text is empty when all of its columns are; a template without columns is a
 * constant. `{#}` is the number of the row; `{#equal}` counts the rows for which the rest of the template is the same.
 */
export function textOf(columns: Columns, template: string): Text {
  const pieces = parseTemplate(template).map((piece) => {
    if ('text' in piece) return piece.text;
    if (columns.has(piece.column)) return { cell: columns.cell(piece.column) };
    if (piece.column === rowNumber) return (row: Row) => String(row.number);
    return piece.column === ordinal ? ordinalPiece : { cell: columns.cell(piece.column) };
  });
  const cells = pieces.flatMap((piece) => (typeof piece === 'object' && 'cell' in piece ? [piece.cell] : []));
  const counts = pieces.includes(ordinalPiece);
  const numbered = counts || pieces.some((piece) => typeof piece === 'function');
  const isEmpty = (row: Row): boolean => cells.every((cell) => cell(row) === '');

  const join = (row: Row, place: string): string =>
    pieces
      .map((piece) => {
        if (typeof piece === 'string') return piece;
        if (typeof piece === 'function') return piece(row);
        return 'cell' in piece ? piece.cell(row) : place;
      })
      .join('')
      .trim();

  return {
    isEmpty,
    isComplete: (row) => numbered || cells.every((cell) => cell(row) !== ''),
    read(row) {
      if (cells.length > 0 && isEmpty(row)) return '';
      if (!counts) return join(row, '');
      const known = row.ordinals.get(template) ?? row.reading.countEqual(template, join(row, ''));
      row.ordinals.set(template, known);
      return join(row, String(known));
    },
  };
}

const ordinalPiece = { ordinal: true } as const;

/** Spreadsheets and data frames sometimes write whole numbers this way: 7290.0 is 7290. */
export const asWholeNumber = (text: string): string => text.replace(/^(-?\d+)\.0+$/, '$1');

/** A lookup can use the lookups that are listed before it, so never itself. */
function before(
  lookups: ReadonlyMap<string, LookupDefinition>,
  name: string,
): ReadonlyMap<string, LookupDefinition> {
  const position = [...lookups.keys()].indexOf(name);
  return new Map([...lookups].slice(0, position));
}

function positionOf(header: readonly string[], name: string, file: string): number | undefined {
  const position = header.indexOf(name);
  if (position < 0) return undefined;
  if (header.indexOf(name, position + 1) >= 0) {
    throw new Refusal(
      `The column ${quote(name)} appears twice in ${file}: expected it once, because the mapping uses it.`,
    );
  }
  return position;
}

function unknownColumn(name: string, header: readonly string[]): Refusal {
  const [only = ''] = header;
  const delimiter = header.length === 1 && [';', '\t', '|'].find((character) => only.includes(character));
  const hint = delimiter ? ` Is the delimiter ${delimiter === '\t' ? 'a tab' : quote(delimiter)}?` : '';
  return new Refusal(
    `There is no column ${quote(name)}: the columns of the file are ${header.join(', ')}.${hint}`,
  );
}

function findRow(table: LookupTable, key: string, optional: boolean): readonly string[] {
  if (key === '') return [];
  const row = table.rows.get(key)?.[0];
  if (row) return row.cells;
  if (optional) return [];
  throw new Refusal(`${quote(table.file)} has no row whose ${table.key} is ${quote(key)}.`);
}

function refuseSeveral(lookup: string, { file, key, rows }: LookupTable): void {
  for (const [value, found] of rows) {
    if (value !== '' && found.length > 1) {
      const lines = `${found[0]?.line} and ${found[1]?.line}`;
      throw new Refusal(
        `${quote(file)} has the ${key} ${quote(value)} on lines ${lines}: expected each key once, unless the rows are lines ("each": ${quote(lookup)}).`,
      );
    }
  }
}
