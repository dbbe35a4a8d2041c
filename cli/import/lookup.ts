import { dirname, join } from 'node:path';
import { Refusal } from '../../shared/ledger/errors.ts';
import { quote } from '../../shared/text.ts';
import { type CsvRow, positionOf, readCsv, surplusOf, widthOf } from './csv-source.ts';
import type { Mapping } from './mapping.ts';
import { asWholeNumber } from './number-style.ts';
import { inspectTextFile } from './text-file.ts';

/** A second CSV file next to the imported one, whose rows are looked up by one of its columns. */
export interface Lookup {
  file: string;
  /** The column by which its rows are found. */
  key: string;
  /** The template for the text to look up. */
  from: string;
  /** Whether a key that is not found leaves its columns empty. */
  optional?: boolean;
  columns: readonly string[];
  /** By their keys; those without one are never found. */
  rows: ReadonlyMap<string, readonly CsvRow[]>;
}

/**
 * Reads the files that a mapping looks up, next to the imported file.
 * @throws {Refusal} when one cannot be read, does not have its key once, or has a row that does not fit its header.
 */
export async function readLookups(
  { lookups = {}, wholeNumbers = [] }: Mapping,
  importedFile: string,
  delimiter: string,
): Promise<ReadonlyMap<string, Lookup>> {
  const read = new Map<string, Lookup>();
  for (const [name, definition] of Object.entries(lookups)) {
    const { file, key } = definition;
    const rows = new Map<string, CsvRow[]>();
    let columns: readonly string[] | undefined;
    let keyAt = -1;
    const textFile = await inspectTextFile(join(dirname(importedFile), file));
    for await (const row of readCsv(textFile, { delimiter, headerLine: 1 })) {
      if ('unreadable' in row) throw new Refusal(`${quote(file)}: ${row.unreadable}`);
      const { line, cells } = row;
      if (!columns) {
        columns = cells;
        keyAt = columnOf({ file, columns }, key);
        continue;
      }
      if (cells.length < columns.length || surplusOf(cells, columns.length) !== undefined) {
        throw new Refusal(`${quote(file)}, line ${line}: the ${widthOf(cells, columns.length)}`);
      }
      const written = cells[keyAt] ?? '';
      const value = wholeNumbers.includes(`${name}.${key}`) ? asWholeNumber(written) : written;
      const earlier = rows.get(value);
      if (earlier) earlier.push(row);
      else if (value !== '') rows.set(value, [row]);
    }
    read.set(name, { ...definition, columns: columns ?? [], rows });
  }
  return read;
}

/**
 * The position of a column of a lookup.
 * @throws {Refusal} when there is no such column, or several.
 */
export function columnOf({ file, columns }: Pick<Lookup, 'file' | 'columns'>, name: string): number {
  const position = positionOf(columns, name, quote(file));
  if (position !== undefined) return position;
  throw new Refusal(`${quote(file)} has no column ${quote(name)}: its columns are ${columns.join(', ')}.`);
}

/**
 * Finds the one row with a key; nothing for an empty key.
 * @throws {Refusal} when several rows have the same key; later, when no row has the key that is looked up.
 */
export function onlyRows(
  name: string,
  { file, key, optional, rows }: Lookup,
): (value: string) => readonly string[] {
  for (const [value, [first, second]] of rows) {
    if (!second) continue;
    throw new Refusal(
      `${quote(file)} has the ${key} ${quote(value)} on lines ${first?.line} and ${second.line}: expected each key once, unless the rows are lines ("each": ${quote(name)}).`,
    );
  }
  return (value) => {
    const row = rows.get(value)?.[0];
    if (row) return row.cells;
    if (value === '' || optional) return [];
    throw new Refusal(`${quote(file)} has no row whose ${key} is ${quote(value)}.`);
  };
}
