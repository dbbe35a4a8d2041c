import { Refusal } from '../../shared/ledger/errors.ts';
import type { LedgerRecord } from '../../shared/ledger/kinds/index.ts';
import { quote } from '../../shared/text.ts';
import type { ImportArguments } from './arguments.ts';
import { type StatementFamily, statementFamily } from './bank/formats.ts';
import { readCsv } from './csv-source.ts';
import { readLookups } from './lookup.ts';
import { type Mapping, readMapping } from './mapping.ts';
import { readNdjson } from './ndjson-source.ts';
import { entriesOf, planOf } from './plan.ts';
import type { Reading } from './reading.ts';
import { type KnownAccounts, readStatements } from './statement-source.ts';
import { type Encoding, inspectTextFile, type TextFile } from './text-file.ts';

export type SourceFormat = 'ndjson' | 'csv' | StatementFamily;

/** A file that can be imported. */
export interface Source {
  file: string;
  format: SourceFormat;
  encoding: Encoding;
  entries: ReadEntries;
}

/** Reads a file from start to end. It can be called several times. */
export type ReadEntries = (reading: Reading) => AsyncGenerator<Entry>;

/** The result of a place in a file: records, of which all or none are loaded, or the reason why there are none. */
export type Entry = { lines: readonly number[] } & (
  | { records: readonly Candidate[] }
  | { refused: string; line?: number }
  | { leftOut: string }
);

export interface Candidate {
  record: LedgerRecord;
  /** If the file had the same record before, keep that one, even if this one differs. */
  keepFirst?: boolean;
}

/**
 * Opens the files of an import, and the mapping for those that are CSV.
 * @param accounts the bank accounts that the books have
 * @throws {Refusal} when one cannot be read, or the mapping does not fit it.
 */
export async function openSources(
  { files, mapFile, currency }: ImportArguments,
  accounts: KnownAccounts = new Map(),
): Promise<Source[]> {
  const mapping = mapFile === undefined ? undefined : await readMapping(mapFile);
  const sources = await Array.fromAsync(files, async (file) =>
    openSource(await inspectTextFile(file), mapping, currency, accounts),
  );
  if (mapping && sources.every(({ format }) => format !== 'csv')) {
    throw new Refusal('--map is for CSV files, and no file is CSV: expected at least one CSV file.');
  }
  return sources;
}

async function openSource(
  file: TextFile,
  mapping: Mapping | undefined,
  currency: string | undefined,
  accounts: KnownAccounts,
): Promise<Source> {
  const { path, encoding, firstCharacter, beginning } = file;
  const family = statementFamily(beginning);
  if (family) {
    const entries: ReadEntries = (reading) => readStatements(file, family, accounts, reading);
    return { file: path, encoding, format: family, entries };
  }
  if (/\.(ndjson|jsonl)$/i.test(path) || firstCharacter === '{') {
    return { file: path, encoding, format: 'ndjson', entries: () => readNdjson(file, currency) };
  }
  if (firstCharacter === '[') {
    throw new Refusal(`${quote(path)} is a JSON array: expected NDJSON, one JSON object on each line.`);
  }
  if (!mapping) {
    throw new Refusal(
      `${quote(path)} is read as CSV: expected --map FILE, which says what its columns mean.`,
    );
  }
  return { file: path, encoding, format: 'csv', entries: await openMapped(file, mapping, currency) };
}

/**
 * Opens a CSV file with a mapping, and reads its lookups.
 * @param currency the currency of records for which neither the mapping nor their row names one.
 * @throws {Refusal} when the mapping does not fit the file.
 */
export async function openMapped(
  file: TextFile,
  mapping: Mapping,
  currency: string | undefined,
): Promise<ReadEntries> {
  const style = { delimiter: mapping.delimiter ?? ',', headerLine: mapping.headerLine ?? 1 };
  const lookups = await readLookups(mapping, file.path, style.delimiter);
  const { value: header } = await readCsv(file, style).next();
  if (!header || 'unreadable' in header) {
    throw new Refusal(
      `${quote(file.path)} has no header on line ${style.headerLine}: expected the column names.`,
    );
  }
  const plan = planOf(mapping, header.cells, lookups, currency);
  return (reading) => entriesOf(plan, readCsv(file, style), reading);
}
