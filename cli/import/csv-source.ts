import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { Refusal } from '../../shared/ledger/errors.ts';
import { counted, quote } from '../../shared/text.ts';
import { readText, type TextFile } from './text-file.ts';

/** One row of a CSV file, with the line of the file on which it starts (1 is the first). */
export interface CsvRow {
  line: number;
  /** Trimmed; as many as the row has, which need not be as many as the header has. */
  cells: string[];
}

/** The point from which a file cannot be read: why, and which line. */
export interface CsvBreak {
  line: number;
  unreadable: string;
}

export interface CsvStyle {
  delimiter: string;
  /** The line with the column names. */
  headerLine: number;
}

/** A row longer than this is a quote that is never closed. */
const maximumRowLength = 1_000_000;

/**
 * Reads a CSV file row by row: first the header, then the rows. Empty lines are ignored; line breaks within
 * quotes belong to their cell; quotes in the midst of a cell are taken as they are. A quote that is never closed
 * ends the file with a `CsvBreak`.
 */
export async function* readCsv(file: TextFile, style: CsvStyle): AsyncGenerator<CsvRow | CsvBreak> {
  const parser = parse({
    delimiter: style.delimiter,
    record_delimiter: '\n',
    from_line: style.headerLine,
    info: true,
    max_record_size: maximumRowLength,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  });
  let lastLine = style.headerLine - 1;
  try {
    // A failure of the file ends the parser, and so reaches the loop.
    const rows: ParsedRows = pipeline(Readable.from(readText(file)), parser, () => {});
    for await (const { record, info } of rows) {
      // The parser counts to the end of a row; people look for its beginning.
      const line = info.lines - record.reduce((breaks, cell) => breaks + lineBreaksIn(cell), 0);
      lastLine = info.lines;
      yield { line, cells: record.map((cell) => cell.trim()) };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    yield {
      line: lastLine + 1,
      unreadable: `A quote that opens after line ${lastLine} is never closed: the rest of the file cannot be read.`,
    };
  }
}

const lineBreaksIn = (cell: string): number => (cell.includes('\n') ? cell.split('\n').length - 1 : 0);

/**
 * The position of a column that a mapping names; undefined if there is none.
 * @param file what the file is called in a sentence
 * @throws {Refusal} when there are several.
 */
export function positionOf(columns: readonly string[], name: string, file: string): number | undefined {
  const position = columns.indexOf(name);
  if (position < 0) return undefined;
  if (!columns.includes(name, position + 1)) return position;
  throw new Refusal(
    `The column ${quote(name)} appears twice in ${file}: expected it once, because the mapping uses it.`,
  );
}

/** The first filled cell beyond the header's; empty ones there, from delimiters at the end, mean nothing. */
export const surplusOf = (cells: readonly string[], columnCount: number): string | undefined =>
  cells.slice(columnCount).find((cell) => cell !== '');

/** What is wrong with the width of a row: "row has 3 cells: expected 4, as in the header." */
export const widthOf = (cells: readonly string[], columnCount: number): string =>
  `row has ${counted(cells.length, 'cell')}: expected ${columnCount}, as in the header.`;

type ParsedRows = AsyncIterable<{ record: string[]; info: { lines: number } }>;
