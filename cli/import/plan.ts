import { Refusal } from '../../shared/ledger/errors.ts';
import { quote } from '../../shared/text.ts';
import { rowTest } from './condition.ts';
import { type CsvBreak, type CsvRow, surplusOf, widthOf } from './csv-source.ts';
import { dateReader, isoFormat } from './date-format.ts';
import { Document } from './document.ts';
import type { Lookup } from './lookup.ts';
import type { Mapping } from './mapping.ts';
import { numberReader } from './number-style.ts';
import type { Reading } from './reading.ts';
import { located, orRefused } from './refusals.ts';
import { type Rule, ruleOf } from './rule.ts';
import { type Row, Sheet } from './sheet.ts';
import type { Candidate, Entry } from './source.ts';

/**
 * A mapping that has been compiled for a file with certain columns: the rules for a row, or the reason why it is left
 * out. Throws a `Refusal` when the row does not fit the header, or no rule applies to it.
 */
export type Plan = (row: Row) => Rule[] | string;

/**
 * Compiles a mapping for a file.
 * @param currency the currency of records for which neither the mapping nor their row names one.
 * @throws {Refusal} when the mapping does not fit the file.
 */
export function planOf(
  mapping: Mapping,
  header: readonly string[],
  lookups: ReadonlyMap<string, Lookup>,
  currency: string | undefined,
): Plan {
  const { wholeNumbers = [], leaveOut = [], records } = mapping;
  const sheet = new Sheet({
    header,
    wholeNumbers: new Set(wholeNumbers),
    dates: at('dates', () => dateReader(mapping.dates ?? isoFormat)),
    numbers: at('numbers', () => numberReader(mapping.numbers ?? {})),
  });
  for (const [name, lookup] of lookups) at(`lookups.${name}`, () => sheet.add(name, lookup));
  for (const name of wholeNumbers) at('wholeNumbers', () => sheet.assertHas(name));
  const exceptions = leaveOut.map(({ when, reason }, index) => ({
    reason,
    applies: at(`leaveOut[${index}]`, () => rowTest(when, sheet)),
  }));
  const document = records.find(({ lines }) => lines && lines.each === undefined);
  const defaults = { document, currency: mapping.currency, fallbackCurrency: currency };
  const rules = records.map((rule, index) => at(`records[${index}]`, () => ruleOf(rule, sheet, defaults)));
  const deciding = [...new Set(records.flatMap(({ when }) => Object.keys(when ?? {})))];
  return (row) => {
    if (row.cells.every((cell) => cell === '')) return 'empty row';
    const exception = exceptions.find(({ applies }) => applies(row));
    if (exception) return exception.reason;
    checkWidth(row, header.length, mapping.surplusCells === 'ignore');
    const applying = rules.filter(({ applies }) => applies(row));
    if (applying.length === 0) {
      const values = deciding.map((name) => `${name} is ${quote(sheet.cell(name)(row))}`).join(', ');
      throw new Refusal(
        `No rule of the mapping applies to this row (${values}): expected one in "records" or in "leaveOut".`,
      );
    }
    if (applying.filter(({ documentId }) => documentId).length > 1) {
      throw new Refusal('Two rules of the mapping make this row a line of a document: expected one.');
    }
    return applying;
  };
}

/** Names the place in the mapping that does not fit. */
const at = <Result>(place: string, compile: () => Result): Result =>
  located(`The mapping's ${place}`, compile);

function checkWidth({ cells, line, reading }: Row, columnCount: number, ignoresSurplus: boolean): void {
  const surplus = surplusOf(cells, columnCount);
  if (cells.length < columnCount || (surplus !== undefined && !ignoresSurplus)) {
    const hint = surplus === undefined ? '' : ' To ignore the extra cells, set "surplusCells": "ignore".';
    throw new Refusal(`The ${widthOf(cells, columnCount)} Is a delimiter or a quote missing?${hint}`);
  }
  if (surplus !== undefined) reading.passedOver(line, surplus);
}

/** The results of the rows of a file, of which the first is the header; those of documents come at the end. */
export async function* entriesOf(
  plan: Plan,
  rows: AsyncGenerator<CsvRow | CsvBreak>,
  reading: Reading,
): AsyncGenerator<Entry> {
  const documents: Documents = new Map();
  let number = 0;
  await rows.next();
  for await (const read of rows) {
    if ('unreadable' in read) {
      yield { lines: [read.line], refused: read.unreadable };
      continue;
    }
    number++;
    const row = { ...read, number, reading, currency: '', ordinals: new Map() };
    const result = orRefused(() => resultOf(row, plan(row), documents));
    if (result) yield { lines: [read.line], ...result };
  }
  for (const ofRule of documents.values()) {
    for (const document of ofRule.values()) yield document.entry();
  }
}

/** By the rule that makes them, and by their id. */
type Documents = Map<Rule, Map<string, Document>>;

/** The result of a row; undefined for one that belongs to a document. */
function resultOf(
  row: Row,
  rules: Rule[] | string,
  documents: Documents,
): { records: Candidate[] } | { leftOut: string } | undefined {
  if (typeof rules === 'string') return { leftOut: rules };
  for (const rule of rules) {
    if (!rule.documentId) continue;
    const id = rule.documentId(row);
    const ofRule = documents.get(rule) ?? new Map<string, Document>();
    const document = ofRule.get(id) ?? new Document(rule);
    documents.set(rule, ofRule.set(id, document));
    document.add(row, rules);
    return undefined;
  }
  const records = rules.flatMap((rule) =>
    rule.drafts(row).flatMap((draft) => rule.candidates(draft, rule.items(row), row)),
  );
  return records.length > 0 ? { records } : { leftOut: 'payment of 0' };
}
