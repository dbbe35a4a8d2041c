import { Refusal } from '../../shared/ledger/errors.ts';
import { counted, quote } from '../../shared/text.ts';
import { Columns, type Row } from './columns.ts';
import { rowTest } from './condition.ts';
import { type CsvRow, surplusOf } from './csv-source.ts';
import { dateReader, isoFormat } from './date-format.ts';
import { Document } from './document.ts';
import type { Lookup } from './lookup.ts';
import type { Mapping } from './mapping.ts';
import { numberReader } from './number-style.ts';
import type { Reading } from './reading.ts';
import { type Rule, ruleOf } from './rule.ts';
import type { Entry } from './source.ts';

/** A mapping that has been compiled for a file with certain columns. */
export interface Plan {
  /**
   * The rules for a row, or the reason why the mapping leaves it out.
   * @throws {Refusal} when it does not fit the header, or no rule applies to it
   */
  rulesFor(row: Row): Rule[] | string;
}

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
  const wholeNumbers = new Set(mapping.wholeNumbers);
  const columns = new Columns({ header, lookups, wholeNumbers });
  const sheet = {
    columns,
    dates: at('dates', () => dateReader(mapping.dates ?? isoFormat)),
    numbers: at('numbers', () => numberReader(mapping.numbers ?? {})),
  };
  for (const name of wholeNumbers) at('wholeNumbers', () => columns.cell(name));
  for (const name of lookups.keys()) at(`lookups.${name}`, () => columns.items(name));
  const leaveOut = (mapping.leaveOut ?? []).map(({ when, reason }, index) => ({
    reason,
    applies: at(`leaveOut[${index}]`, () => rowTest(when, sheet)),
  }));
  const document = mapping.records.find(({ lines }) => lines && lines.each === undefined);
  const defaults = { document, currency: mapping.currency, fallbackCurrency: currency };
  const rules = mapping.records.map((rule, index) =>
    at(`records[${index}]`, () => ruleOf(rule, sheet, defaults)),
  );
  const deciding = [...new Set(mapping.records.flatMap(({ when }) => Object.keys(when ?? {})))];
  return {
    rulesFor(row) {
      if (row.cells.every((cell) => cell === '')) return 'empty row';
      const leftOut = leaveOut.find(({ applies }) => applies(row));
      if (leftOut) return leftOut.reason;
      checkWidth(row, header.length, mapping.surplusCells === 'ignore');
      const applying = rules.filter(({ applies }) => applies(row));
      if (applying.length === 0) {
        const values = deciding.map((name) => `${name} is ${quote(columns.cell(name)(row))}`).join(', ');
        throw new Refusal(
          `No rule of the mapping applies to this row (${values}): expected one in "records" or in "leaveOut".`,
        );
      }
      if (applying.filter(({ groups }) => groups).length > 1) {
        throw new Refusal('Two rules of the mapping make this row a line of a document: expected one.');
      }
      return applying;
    },
  };
}

/** Names the place in the mapping that does not fit. */
function at<Result>(place: string, compile: () => Result): Result {
  try {
    return compile();
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal(`The mapping's ${place}: ${error.message}`);
    throw error;
  }
}

function checkWidth({ cells, line, reading }: Row, columnCount: number, ignoresSurplus: boolean): void {
  const surplus = surplusOf(cells, columnCount);
  if (cells.length < columnCount || (surplus !== undefined && !ignoresSurplus)) {
    const hint = surplus === undefined ? '' : ' To ignore the extra cells, set "surplusCells": "ignore".';
    throw new Refusal(
      `The row has ${counted(cells.length, 'cell')}: expected ${columnCount}, as in the header. Is a delimiter or a quote missing?${hint}`,
    );
  }
  if (surplus !== undefined) reading.passedOver(line, surplus);
}

/** The rows of a file on their way through a plan. */
export class PlanRun {
  readonly #plan: Plan;
  readonly #reading: Reading;
  readonly #documents = new Map<Rule, Map<string, Document>>();
  #rows = 0;

  constructor(plan: Plan, reading: Reading) {
    this.#plan = plan;
    this.#reading = reading;
  }

  /** The result of a row; undefined for one that belongs to a document, whose result comes at the end. */
  take({ line, cells }: CsvRow): Entry | undefined {
    const lines = [line];
    const [reading, number] = [this.#reading, ++this.#rows];
    const row: Row = { line, number, cells, reading, ordinals: new Map(), found: new Map() };
    try {
      const rules = this.#plan.rulesFor(row);
      if (typeof rules === 'string') return { lines, leftOut: rules };
      const grouping = rules.find(({ groups }) => groups);
      if (grouping) {
        this.#documentOf(grouping, row).add(row, rules);
        return undefined;
      }
      const records = rules.flatMap((rule) =>
        rule.drafts(row).flatMap((draft) => rule.candidates(draft, rule.items(row, draft), row)),
      );
      return records.length > 0 ? { lines, records } : { lines, leftOut: 'payment of 0' };
    } catch (error) {
      if (error instanceof Refusal) return { lines, refused: error.message };
      throw error;
    }
  }

  /** The results of the documents, once all rows have been taken. */
  *documents(): Generator<Entry> {
    for (const ofRule of this.#documents.values()) {
      for (const document of ofRule.values()) yield document.entry();
    }
  }

  #documentOf(rule: Rule, row: Row): Document {
    const id = rule.id(row);
    const ofRule = this.#documents.get(rule) ?? new Map<string, Document>();
    this.#documents.set(rule, ofRule);
    const document = ofRule.get(id) ?? new Document(rule);
    ofRule.set(id, document);
    return document;
  }
}
