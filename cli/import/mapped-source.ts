import { Refusal } from '../../shared/ledger/errors.ts';
import { parseRecord } from '../../shared/ledger/record-format.ts';
import { quote } from '../../shared/ledger/strict-shapes.ts';
import { columnsOf, type Row } from './columns.ts';
import { rowTest } from './condition.ts';
import { readCsv } from './csv-source.ts';
import { dateReader, isoFormat } from './date-format.ts';
import { Document } from './document.ts';
import type { Candidate, Entry } from './entry.ts';
import { type LookupTable, readLookup } from './lookup.ts';
import type { Mapping } from './mapping.ts';
import { numberReader } from './number-style.ts';
import { type ReadyRule, readyRule } from './record-rule.ts';
import type { TextFile } from './text-file.ts';

/** A mapping that has been made ready for a file with certain columns. */
interface ReadyMapping {
  columnCount: number;
  /** The reason for which a row is left out. */
  reasonToLeaveOut(row: Row): string | undefined;
  rules: readonly ReadyRule[];
  /** The columns that decide which rule takes a row, with what the row has there. */
  deciding(row: Row): string;
}

/** A CSV file whose mapping fits it. Reading it may be begun again. */
export interface MappedFile {
  entries(): AsyncGenerator<Entry>;
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
): Promise<MappedFile> {
  const style = { delimiter: mapping.delimiter ?? ',', headerLine: mapping.headerLine ?? 1 };
  const lookups = new Map<string, { table: LookupTable; from: string }>();
  for (const [name, { file: path, key, from }] of Object.entries(mapping.lookups ?? {})) {
    lookups.set(name, { table: await readLookup({ file: path, key }, file.path, style.delimiter), from });
  }
  const first = (await readCsv(file, style).next()).value;
  if (!first || 'unreadable' in first) {
    throw new Refusal(
      `${quote(file.path)} has no header on line ${style.headerLine}: expected the names of its columns.`,
    );
  }
  const ready = readyMapping(mapping, first.cells, lookups, currency);
  return {
    async *entries() {
      const rows = readCsv(file, style);
      await rows.next();
      yield* mappedEntries(rows, ready);
    },
  };
}

function readyMapping(
  mapping: Mapping,
  header: readonly string[],
  lookups: ReadonlyMap<string, { table: LookupTable; from: string }>,
  currency: string | undefined,
): ReadyMapping {
  const columns = columnsOf(header, lookups);
  const notation = {
    dates: at('dates', () => dateReader(mapping.dates ?? isoFormat)),
    numbers: at('numbers', () => numberReader(mapping.numbers ?? {})),
  };
  for (const name of lookups.keys()) at(`lookups.${name}`, () => columns.items(name));
  const leaveOut = (mapping.leaveOut ?? []).map(({ when, reason }, index) => ({
    reason,
    applies: at(`leaveOut[${index}]`, () => rowTest(when, columns, notation.numbers)),
  }));
  const defaults = { currency: mapping.currency, fallbackCurrency: currency };
  const deciding = [...new Set(mapping.records.flatMap(({ when }) => Object.keys(when ?? {})))];
  return {
    columnCount: header.length,
    reasonToLeaveOut: (row) => leaveOut.find(({ applies }) => applies(row))?.reason,
    rules: mapping.records.map((rule, index) =>
      at(`records[${index}]`, () => readyRule(rule, columns, notation, defaults)),
    ),
    deciding: (row) => deciding.map((name) => `${name} is ${quote(columns.cell(name)(row))}`).join(', '),
  };
}

/** Says where in the mapping it is that something does not fit. */
function at<Result>(place: string, prepare: () => Result): Result {
  try {
    return prepare();
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal(`The mapping's ${place}: ${error.message}`);
    throw error;
  }
}

async function* mappedEntries(
  rows: ReturnType<typeof readCsv>,
  mapping: ReadyMapping,
): AsyncGenerator<Entry> {
  const documents = new Map<ReadyRule, Map<string, Document>>();
  for await (const read of rows) {
    const lines = [read.line];
    if ('unreadable' in read) {
      yield { lines, refused: read.unreadable };
      continue;
    }
    const row: Row = { ...read, found: new Map() };
    try {
      const leftOut = row.cells.every((cell) => cell === '') ? 'empty row' : mapping.reasonToLeaveOut(row);
      if (leftOut !== undefined) {
        yield { lines, leftOut };
        continue;
      }
      const rules = rulesFor(row, mapping);
      const grouping = rules.find(({ groups }) => groups);
      if (grouping) documentOf(documents, grouping, row).add(row, rules);
      else yield { lines, records: rules.map((rule) => candidate(rule, row)) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      yield { lines, refused: error.message };
    }
  }
  for (const ofRule of documents.values()) {
    for (const document of ofRule.values()) yield document.entry();
  }
}

function rulesFor(row: Row, { columnCount, rules, deciding }: ReadyMapping): ReadyRule[] {
  if (row.cells.length !== columnCount) {
    throw new Refusal(
      `The row has ${row.cells.length} cells: expected ${columnCount}, as in the header; is a delimiter or a quote missing?`,
    );
  }
  const applying = rules.filter(({ applies }) => applies(row));
  if (applying.length === 0) {
    throw new Refusal(
      `No rule of the mapping takes this row (${deciding(row)}): expected one in "records" or in "leaveOut".`,
    );
  }
  if (applying.filter(({ groups }) => groups).length > 1) {
    throw new Refusal('Two rules of the mapping take this row for a line of a document: expected one.');
  }
  return applying;
}

function documentOf(documents: Map<ReadyRule, Map<string, Document>>, rule: ReadyRule, row: Row): Document {
  const id = rule.id(row);
  if (!id) throw new Refusal(`id is missing: the row does not say to which ${rule.kind} it belongs.`);
  const ofRule = documents.get(rule) ?? new Map<string, Document>();
  documents.set(rule, ofRule);
  const document = ofRule.get(id) ?? new Document(rule);
  ofRule.set(id, document);
  return document;
}

function candidate(rule: ReadyRule, row: Row): Candidate {
  const draft = rule.draft(row);
  if (rule.list) draft[rule.list.name] = rule.list.items(row, String(draft.currency));
  return { record: parseRecord(draft), keepFirst: rule.keepFirst };
}
