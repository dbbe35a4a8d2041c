import { Refusal } from '../../shared/ledger/errors.ts';
import type { LedgerRecord } from '../../shared/ledger/kinds/index.ts';
import { quote } from '../../shared/text.ts';
import type { ImportArguments } from './arguments.ts';
import type { StatementFamily } from './bank/formats.ts';
import { readCsv } from './csv-source.ts';
import { readLookups } from './lookup.ts';
import { type Mapping, readMapping } from './mapping.ts';
import { readNdjson } from './ndjson-source.ts';
import { OwnAccounts } from './own-accounts.ts';
import { entriesOf, planOf } from './plan.ts';
import { Reading } from './reading.ts';
import { statementsOfRun } from './statement-run.ts';
import { readStatements } from './statement-source.ts';
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
  /** Whether sources overlap, so that the same record once more is no repetition to ask about. */
  overlaps?: boolean;
}

/**
 * Opens the files of an import, and the mapping for those that are CSV.
 * @param accountsInBooks reads the bank accounts that the books have, if there are statements
 * @throws {Refusal} when one cannot be read, or the mapping does not fit it.
 */
export async function openSources(
  { files, mapFile, currency }: ImportArguments,
  accountsInBooks = async () => new OwnAccounts(),
): Promise<Source[]> {
  const mapping = mapFile === undefined ? undefined : await readMapping(mapFile);
  const inspected = await Array.fromAsync(files, inspectTextFile);
  const others = await Array.fromAsync(
    inspected.filter(({ family }) => !family),
    (file) => openSource(file, mapping, currency),
  );
  const statements = inspected.flatMap((file) => (file.family ? [{ file, family: file.family }] : []));
  const accounts = statements.length > 0 ? await accountsInBooks() : new OwnAccounts();
  if (statements.length > 0) for (const source of others) await addAccounts(source, accounts);
  const known = await statementsOfRun(statements, accounts);
  const read = statements.map(({ file, family }): Source => {
    const about = { statements: known.get(file.path) ?? [], accounts };
    const entries: ReadEntries = (reading) => readStatements(file, family, about, reading);
    return { file: file.path, encoding: file.encoding, format: family, entries };
  });
  const sources = [...others, ...read].toSorted((a, b) => files.indexOf(a.file) - files.indexOf(b.file));
  if (mapping && sources.every(({ format }) => format !== 'csv')) {
    throw new Refusal('--map is for CSV files, and no file is CSV: expected at least one CSV file.');
  }
  return sources;
}

/** Adds the accounts that a file of records has, which statements of the same run may name. */
async function addAccounts({ entries }: Source, accounts: OwnAccounts): Promise<void> {
  for await (const entry of entries(new Reading())) {
    for (const { record } of 'records' in entry ? entry.records : []) {
      if (record.kind === 'bank_account') accounts.add(record);
    }
  }
}

async function openSource(
  file: TextFile,
  mapping: Mapping | undefined,
  currency: string | undefined,
): Promise<Source> {
  const { path, encoding, firstCharacter } = file;
  if (/\.(ndjson|jsonl)$/i.test(path) || firstCharacter === '{') {
    return { file: path, encoding, format: 'ndjson', entries: () => readNdjson(file, currency) };
  }
  if (firstCharacter === '[') {
    throw new Refusal(`${quote(path)} is a JSON array: expected NDJSON, one JSON object on each line.`);
  }
  if (firstCharacter === '<') {
    throw new Refusal(
      `${quote(path)} is markup, but no bank statement: expected camt.052, camt.053, camt.054 or OFX.`,
    );
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
