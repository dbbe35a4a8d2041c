import { Refusal } from '../../shared/ledger/errors.ts';
import { quote } from '../../shared/ledger/strict-shapes.ts';
import type { LookupTable } from './lookup.ts';
import { parseTemplate } from './template.ts';

/** A row while records are made of it. */
export interface Row {
  line: number;
  cells: readonly string[];
  /** The row of each lookup that was needed so far. */
  found: Map<string, readonly string[]>;
  /** The row of the lookup that is gone through item by item. */
  item?: readonly string[];
}

export type ReadCell = (row: Row) => string;

/** The columns that a mapping may name: those of the file, and "lookup.column" of the lookups. */
export interface Columns {
  /** @throws {Refusal} when there is no such column, or several. */
  cell(name: string): ReadCell;
  /** The same columns and those of a lookup that is gone through item by item. */
  within(lookup: string): Columns;
  /** Finds the rows of a lookup that belong to a row. */
  items(lookup: string): (row: Row) => readonly (readonly string[])[];
}

export interface LookupDefinition {
  table: LookupTable;
  /** The template whose text is looked for. */
  from: string;
}

/** Makes the columns of a file with this header and these lookups. */
export function columnsOf(
  header: readonly string[],
  lookups: ReadonlyMap<string, LookupDefinition>,
  each?: string,
): Columns {
  const keyOf = (name: string): ReadCell => {
    const { from } = lookupNamed(name);
    return textOf(columnsOf(header, before(lookups, name)), from).read;
  };

  const lookupNamed = (name: string): LookupDefinition => {
    const definition = lookups.get(name);
    if (definition) return definition;
    const known = [...lookups.keys()].join(', ') || 'none';
    throw new Refusal(`There is no lookup ${quote(name)}: the mapping's lookups are ${known}.`);
  };

  return {
    cell(name) {
      const own = positionOf(header, name, 'the file');
      if (own !== undefined) return ({ cells }) => cells[own] ?? '';

      const dot = name.indexOf('.');
      const lookup = name.slice(0, Math.max(dot, 0));
      if (!lookups.has(lookup)) throw unknownColumn(name, header);
      const { table } = lookupNamed(lookup);
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
        const found = row.found.get(lookup) ?? findRow(table, key(row));
        row.found.set(lookup, found);
        return found[position] ?? '';
      };
    },

    within: (lookup) => {
      lookupNamed(lookup);
      return columnsOf(header, lookups, lookup);
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
  /** The columns that it names. */
  columns: readonly ReadCell[];
  read: ReadCell;
}

/**
 * Makes the reader of a template. The text is empty when all of its columns are: constants alone say nothing about a
 * row. A template without columns is a constant.
 */
export function textOf(columns: Columns, template: string): Text {
  const pieces = parseTemplate(template).map((piece) =>
    'text' in piece ? piece.text : columns.cell(piece.column),
  );
  const cells = pieces.filter((piece) => typeof piece === 'function');
  return {
    columns: cells,
    read: (row) => {
      if (cells.length > 0 && cells.every((cell) => cell(row) === '')) return '';
      return pieces
        .map((piece) => (typeof piece === 'string' ? piece : piece(row)))
        .join('')
        .trim();
    },
  };
}

/** A lookup may use those that stand before it, and so never itself. */
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
    throw new Refusal(`The column ${quote(name)} is twice in ${file}: expected it once, since it is mapped.`);
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

function findRow(table: LookupTable, key: string): readonly string[] {
  if (key === '') return [];
  const row = table.rows.get(key)?.[0];
  if (row) return row.cells;
  throw new Refusal(`${quote(table.file)} has no row whose ${table.key} is ${quote(key)}.`);
}

function refuseSeveral(lookup: string, { file, key, rows }: LookupTable): void {
  for (const [value, found] of rows) {
    if (value !== '' && found.length > 1) {
      const lines = `${found[0]?.line} and ${found[1]?.line}`;
      throw new Refusal(
        `${quote(file)} has the ${key} ${quote(value)} on lines ${lines}: expected each once; several rows can only make lines, with "each": ${quote(lookup)}.`,
      );
    }
  }
}
