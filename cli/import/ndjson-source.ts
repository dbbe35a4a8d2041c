import { isPlainObject } from '../../shared/json.ts';
import { Refusal } from '../../shared/ledger/errors.ts';
import { parseRecord } from '../../shared/ledger/format.ts';
import type { Entry } from './source.ts';
import { readText, type TextFile } from './text-file.ts';

/** Far more than the largest record: a file without line breaks must not fill the memory. */
const maximumLineLength = 4_000_000;

/**
 * Reads the records of an NDJSON file, one JSON object on each line. Blank lines are ignored.
 * @param currency the currency of records that name none.
 */
export async function* readNdjson(file: TextFile, currency: string | undefined): AsyncGenerator<Entry> {
  let line = 0;
  for await (const text of lines(readText(file))) {
    line++;
    if (text === undefined) {
      const limit = maximumLineLength.toLocaleString('en');
      yield {
        lines: [line],
        refused: `The line is longer than ${limit} characters: the rest of the file was not read.`,
      };
      return;
    }
    if (text.trim() !== '') yield { lines: [line], ...readLine(text, currency) };
  }
}

function readLine(
  text: string,
  currency: string | undefined,
): { records: [{ record: ReturnType<typeof parseRecord> }] } | { refused: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { refused: `The line is not valid JSON: ${(error as SyntaxError).message}.` };
  }
  try {
    return { records: [{ record: parseRecord(withCurrency(value, currency)) }] };
  } catch (error) {
    if (error instanceof Refusal) return { refused: error.message };
    throw error;
  }
}

function withCurrency(value: unknown, currency: string | undefined): unknown {
  if (!currency || !isPlainObject(value) || Object.hasOwn(value, 'currency')) return value;
  return value.kind === 'business' || value.kind === 'customer' ? value : { ...value, currency };
}

/** The lines of a text that comes in pieces; undefined, and the end, for one that is too long. */
async function* lines(pieces: AsyncIterable<string>): AsyncGenerator<string | undefined> {
  let begun = '';
  for await (const piece of pieces) {
    const [first = '', ...others] = piece.split('\n');
    begun += first;
    for (const next of others) {
      yield begun;
      begun = next;
    }
    if (begun.length > maximumLineLength) {
      yield undefined;
      return;
    }
  }
  if (begun !== '') yield begun;
}
