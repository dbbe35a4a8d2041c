import { dirname, join } from 'node:path';
import { Refusal } from '../../shared/ledger/errors.ts';
import { counted, quote } from '../../shared/text.ts';
import { asWholeNumber } from './columns.ts';
import { readCsv, surplusOf } from './csv-source.ts';
import { inspectTextFile } from './text-file.ts';

/** A second CSV file next to the imported one, whose rows are looked up by one of its columns. */
export interface LookupTable {
  file: string;
  /** The column by which its rows are found. */
  key: string;
  columns: string[];
  rows: ReadonlyMap<string, readonly LookupRow[]>;
}

export interface LookupRow {
  line: number;
  cells: string[];
}

/**
 * Reads a whole lookup file, next to the imported file. With `wholeNumbers`, the key 7290.0 is read as 7290.
 * @throws {Refusal} when it cannot be read, or a row does not fit its header.
 */
export async function readLookup(
  { file, key, wholeNumbers }: { file: string; key: string; wholeNumbers: boolean },
  importedFile: string,
  delimiter: string,
): Promise<LookupTable> {
  const textFile = await inspectTextFile(join(dirname(importedFile), file));
  const rows = new Map<string, LookupRow[]>();
  let columns: string[] | undefined;
  let keyAt = -1;
  for await (const row of readCsv(textFile, { delimiter, headerLine: 1 })) {
    if ('unreadable' in row) throw new Refusal(`${quote(file)}: ${row.unreadable}`);
    const { line, cells } = row;
    if (!columns) {
      columns = cells;
      keyAt = columns.indexOf(key);
      if (keyAt < 0) {
        throw new Refusal(
          `${quote(file)} has no column ${quote(key)}: its columns are ${columns.join(', ')}.`,
        );
      }
      continue;
    }
    if (cells.length < columns.length || surplusOf(cells, columns.length) !== undefined) {
      throw new Refusal(
        `${quote(file)}, line ${line}: the row has ${counted(cells.length, 'cell')}: expected ${columns.length}, as in the header.`,
      );
    }
    const written = cells[keyAt] as string;
    const value = wholeNumbers ? asWholeNumber(written) : written;
    const earlier = rows.get(value);
    if (earlier) earlier.push({ line, cells });
    else rows.set(value, [{ line, cells }]);
  }
  return { file, key, columns: columns ?? [], rows };
}
