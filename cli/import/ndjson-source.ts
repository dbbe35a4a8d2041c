import { isPlainObject } from '../../shared/json.ts';
import { parseRecord } from '../../shared/ledger/format.ts';
import { type LedgerRecord, recordKinds } from '../../shared/ledger/kinds/index.ts';
import { fieldsOf } from '../../shared/ledger/shapes.ts';
import { orRefused, parsedJson } from './refusals.ts';
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
    if (text.trim() === '') continue;
    yield { lines: [line], ...orRefused(() => ({ records: [{ record: recordIn(text, currency) }] })) };
  }
}

function recordIn(text: string, currency: string | undefined): LedgerRecord {
  const value = parsedJson(text, 'The line');
  if (currency === undefined || !isPlainObject(value) || Object.hasOwn(value, 'currency')) {
    return parseRecord(value);
  }
  const kind = recordKinds.find((kind) => kind === value.kind);
  const needsCurrency = kind && fieldsOf(kind).get('currency')?.required;
  return parseRecord(needsCurrency ? { ...value, currency } : value);
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
