import { Refusal } from '../../shared/ledger/errors.ts';
import { counted, quote } from '../../shared/text.ts';
import { columnsOf, type LookupDefinition, type Row } from './columns.ts';
import { rowTest } from './condition.ts';
import { readCsv, surplusOf } from './csv-source.ts';
import { dateReader, isoFormat } from './date-format.ts';
import { Document } from './document.ts';
import type { Candidate, Entry } from './entry.ts';
import { readLookup } from './lookup.ts';
import type { Mapping } from './mapping.ts';
import { numberReader } from './number-style.ts';
import type { Reading } from './reading.ts';
import { type ReadyRule, readyRule } from './record-rule.ts';
import type { TextFile } from './text-file.ts';

/** A mapping that has been made ready for a file with certain columns. */
interface ReadyMapping {
  columnCount: number;
  /** Whether filled cells beyond the header are ignored. */
  ignoresSurplus: boolean;
  /** The reason why a row is left out. */
  reasonToLeaveOut(row: Row): string | undefined;
  rules: readonly ReadyRule[];
  /** The columns that decide which rule applies to a row, with the row's values. */
  deciding(row: Row): string;
}

/** A CSV file whose mapping fits it. It can be read several times. */
export interface MappedFile {
  entries(reading: Reading): AsyncGenerator<Entry>;
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
  const lookups = new Map<string, LookupDefinition>();
  for (const [name, { file: path, key, from, optional = false }] of Object.entries(mapping.lookups ?? {})) {
    const wholeNumbers = mapping.wholeNumbers?.includes(`${name}.${key}`) ?? false;
    const table = await readLookup({ file: path, key, wholeNumbers }, file.path, style.delimiter);
    lookups.set(name, { table, from, optional });
  }
  const first = (await readCsv(file, style).next()).value;
  if (!first || 'unreadable' in first) {
    throw new Refusal(
      `${quote(file.path)} has no header on line ${style.headerLine}: expected the column names.`,
    );
  }
  const ready = readyMapping(mapping, first.cells, lookups, currency);
  return {
    async *entries(reading) {
      const rows = readCsv(file, style);
      await rows.next();
      yield* mappedEntries(rows, ready, reading);
    },
  };
}

function readyMapping(
  mapping: Mapping,
  header: readonly string[],
  lookups: ReadonlyMap<string, LookupDefinition>,
  currency: string | undefined,
): ReadyMapping {
  const wholeNumbers = new Set(mapping.wholeNumbers);
  const columns = columnsOf({ header, lookups, wholeNumbers });
  const notation = {
    dates: at('dates', () => dateReader(mapping.dates ?? isoFormat)),
    numbers: at('numbers', () => numberReader(mapping.numbers ?? {})),
  };
  for (const name of wholeNumbers) at('wholeNumbers', () => columns.cell(name));
  for (const name of lookups.keys()) at(`lookups.${name}`, () => columns.items(name));
  const leaveOut = (mapping.leaveOut ?? []).map(({ when, reason }, index) => ({
    reason,
    applies: at(`leaveOut[${index}]`, () => rowTest(when, columns, notation.numbers)),
  }));
  const lines = mapping.records.map((rule) => rule.lines).find((rule) => rule && rule.each === undefined);
  const defaults = { lines, currency: mapping.currency, fallbackCurrency: currency };
  const deciding = [...new Set(mapping.records.flatMap(({ when }) => Object.keys(when ?? {})))];
  return {
    columnCount: header.length,
    ignoresSurplus: mapping.surplusCells === 'ignore',
    reasonToLeaveOut: (row) => leaveOut.find(({ applies }) => applies(row))?.reason,
    rules: mapping.records.map((rule, index) =>
      at(`records[${index}]`, () => readyRule(rule, columns, notation, defaults)),
    ),
    deciding: (row) => deciding.map((name) => `${name} is ${quote(columns.cell(name)(row))}`).join(', '),
  };
}

/** Names the place in the mapping that does not fit. */
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
  reading: Reading,
): AsyncGenerator<Entry> {
  const documents = new Map<ReadyRule, Map<string, Document>>();
  let number = 0;
  for await (const read of rows) {
    const lines = [read.line];
    if ('unreadable' in read) {
      yield { lines, refused: read.unreadable };
      continue;
    }
    const row: Row = { ...read, number: ++number, reading, ordinals: new Map(), found: new Map() };
    try {
      const leftOut = row.cells.every((cell) => cell === '') ? 'empty row' : mapping.reasonToLeaveOut(row);
      if (leftOut !== undefined) {
        yield { lines, leftOut };
        continue;
      }
      const rules = rulesFor(row, mapping);
      const grouping = rules.find(({ groups }) => groups);
      if (grouping) documentOf(documents, grouping, row).add(row, rules);
      else {
        const records = rules.flatMap((rule) => candidates(rule, row));
        yield records.length > 0 ? { lines, records } : { lines, leftOut: 'payment of 0' };
      }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      yield { lines, refused: error.message };
    }
  }
  for (const ofRule of documents.values()) {
    for (const document of ofRule.values()) yield document.entry();
  }
}

function rulesFor(row: Row, mapping: ReadyMapping): ReadyRule[] {
  const { columnCount, ignoresSurplus, rules, deciding } = mapping;
  const { cells, line, reading } = row;
  const surplus = surplusOf(cells, columnCount);
  if (cells.length < columnCount || (surplus !== undefined && !ignoresSurplus)) {
    const hint = surplus === undefined ? '' : ' To ignore the extra cells, set "surplusCells": "ignore".';
    throw new Refusal(
      `The row has ${counted(cells.length, 'cell')}: expected ${columnCount}, as in the header. Is a delimiter or a quote missing?${hint}`,
    );
  }
  if (surplus !== undefined) reading.passedOver(line, surplus);
  const applying = rules.filter(({ applies }) => applies(row));
  if (applying.length === 0) {
    throw new Refusal(
      `No rule of the mapping applies to this row (${deciding(row)}): expected one in "records" or in "leaveOut".`,
    );
  }
  if (applying.filter(({ groups }) => groups).length > 1) {
    throw new Refusal('Two rules of the mapping make this row a line of a document: expected one.');
  }
  return applying;
}

function documentOf(documents: Map<ReadyRule, Map<string, Document>>, rule: ReadyRule, row: Row): Document {
  const id = rule.id(row);
  const ofRule = documents.get(rule) ?? new Map<string, Document>();
  documents.set(rule, ofRule);
  const document = ofRule.get(id) ?? new Document(rule);
  ofRule.set(id, document);
  return document;
}

const candidates = (rule: ReadyRule, row: Row): Candidate[] =>
  rule.drafts(row).flatMap((draft) => {
    const record = rule.record(draft, rule.items(row, String(draft.currency)), row);
    return record ? [{ record, keepFirst: rule.keepFirst }] : [];
  });
