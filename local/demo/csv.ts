import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';

const directory = new URL('./data/', import.meta.url);

/**
 * The rows of one of the demo's CSV files, as texts by column.
 * @param file below `local/demo/data`
 * @throws {Error} when the file lacks one of the columns.
 */
export function readRows<Column extends string>(
  file: string,
  columns: readonly Column[],
): Record<Column, string>[] {
  const [header = [], ...rows] = parse(readFileSync(new URL(file, directory), 'utf8'), { bom: true });
  const positions = columns.map((column) => {
    const position = header.indexOf(column);
    if (position < 0) throw new Error(`${file} has no column ${column}.`);
    return [column, position] as const;
  });
  return rows.map(
    (row) =>
      Object.fromEntries(positions.map(([column, position]) => [column, row[position] ?? ''])) as Record<
        Column,
        string
      >,
  );
}
