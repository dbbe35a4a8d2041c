import { isCurrency } from '../../shared/ledger/currencies.ts';
import { FieldRefusal, Refusal } from '../../shared/ledger/errors.ts';
import { parseRecord } from '../../shared/ledger/format.ts';
import type { RecordKind } from '../../shared/ledger/kinds/index.ts';
import { type FieldFact, fieldsOf, listOf } from '../../shared/ledger/shapes.ts';
import { quote } from '../../shared/text.ts';
import { sumOf } from './amount.ts';
import type { ReadCell, Row, Sheet } from './columns.ts';
import { type RowTest, rowTest } from './condition.ts';
import { parseDecimal, signOf, writeDecimal } from './decimal.ts';
import { type Draft, type FieldReader, fieldReader } from './field.ts';
import type { FieldValue, RecordRule } from './mapping.ts';
import type { Candidate } from './source.ts';
import { splitOf } from './split.ts';
import { areEmpty, templateText } from './text.ts';

/** A rule of the mapping, compiled for the rows of one file. */
export interface Rule {
  kind: RecordKind;
  /** Rows can describe such a record differently: the first row is kept. */
  keepFirst: boolean;
  applies: RowTest;
  /** Whether the rows with one id are the lines of one document. */
  groups: boolean;
  /**
   * The record's id.
   * @throws {Refusal} where the row has none
   */
  id(row: Row): string;
  /**
   * The records of a row, without their lists and the sums of these: one, or the parts of a split payment.
   * `knownCurrency` is for rows that leave the currency to an earlier row.
   * @throws {Refusal} when a text is not what its field needs.
   */
  drafts(row: Row, knownCurrency?: string): Draft[];
  /** What the row adds to the list of such a record. */
  items(row: Row, draft: Draft): Draft[];
  /**
   * The record from a draft and its list; none for a payment whose computed amount is 0, such as the difference
   * between the total and the balance of an invoice that is not paid.
   * @param row one of those that it is made from
   * @param lines what it adds up: its own list, or that of the document to whose rows it belongs
   * @throws {Refusal} when it is not a record, with the column that the field comes from
   */
  candidates(draft: Draft, items: readonly Draft[], row: Row, lines?: readonly Draft[]): Candidate[];
}

/** What the mapping says outside of a rule. */
interface Defaults {
  /** The rule whose documents are made of rows, which can also make other records. */
  document: RecordRule | undefined;
  /** The currency of every record, if the mapping sets one. */
  currency: FieldValue | undefined;
  /** The currency where neither the mapping nor the row names one. */
  fallbackCurrency: string | undefined;
}

/**
 * Compiles a rule for a file.
 * @throws {Refusal} when it names a field or a column that is not there, or lacks a field that the record needs.
 */
export function ruleOf(rule: RecordRule, file: Sheet, defaults: Defaults): Rule {
  const { kind, keepFirst = false } = rule;
  const sheet = rule.split && 'each' in rule.split ? within(file, rule.split.each) : file;
  const facts = fieldsOf(kind);
  const list = itemList(rule, sheet);
  const { values, sums } = separated(rule, facts, rule.lines ? rule : defaults.document);
  const { currency: ownCurrency = defaults.currency, ...others } = values;
  const readers = fieldReaders(others, kind, facts, sheet, sums);
  const id = readers.find(({ name }) => name === 'id');
  if (!id) throw new Refusal(`${kind} has no "id": every record needs one that stays the same.`);
  const currencyFact = facts.get('currency');
  const currencyOf = currencyFact
    ? currencyReader(kind, ownCurrency, currencyFact, sheet, defaults.fallbackCurrency)
    : () => '';
  const word = sourceWord(rule, facts, sheet);
  const places = new Map([
    ...[...readers, ...(word ? [word] : [])].map(({ name, place }) => [name, place] as const),
    ...(list?.readers ?? []).map(({ name, place }) => [`${list?.name}.${name}`, place] as const),
    ...[...sums].map(
      ([name, names]) => [name, `${name}, from the sum of ${names.join(' and ')} of its lines`] as const,
    ),
  ]);
  const leavesOutZero =
    kind === 'payment' &&
    (sums.has('amount') || readers.some((one) => one.name === 'amount' && one.computed));

  const draftOf = (row: Row, knownCurrency?: string): Draft => {
    const currency = currencyOf(row, knownCurrency);
    const draft: Draft = currency ? { kind, currency } : { kind };
    for (const reader of readers) reader.fill(draft, row, currency);
    const text = word?.read(row);
    if (word && text) draft[word.name] = text;
    return draft;
  };
  const split = rule.split && splitOf(kind, rule.split, sheet, draftOf);

  return {
    kind,
    keepFirst,
    applies: rowTest(rule.when ?? {}, file),
    groups: list !== undefined && !list.looksUp,
    id(row) {
      const own = id.read(row, '');
      if (own !== undefined) return String(own);
      throw new Refusal(`${id.place}, is missing: the row does not say which ${kind} it belongs to.`);
    },
    drafts: (row, known) => (split ? split(row, currencyOf(row, known)) : [draftOf(row, known)]),
    items: (row, { currency }) => list?.items(row, String(currency)) ?? [],
    candidates(draft, items, row, lines = items) {
      const whole: Draft = list ? { ...draft, [list.name]: items } : { ...draft };
      for (const [name, names] of sums) {
        const sum = sumOf(lines.flatMap((line) => names.map((field) => decimalIn(line[field]))));
        if (sum) whole[name] = writeDecimal(sum);
      }
      const amount = leavesOutZero ? decimalIn(whole.amount) : undefined;
      if (amount && signOf(amount) === 0) return [];
      try {
        return [{ record: parseRecord(whole), keepFirst }];
      } catch (error) {
        const place = error instanceof FieldRefusal && places.get(error.field.replace(/\[\d+\]/, ''));
        if (!place) throw error;
        row.reading.failed(place);
        throw new Refusal(`${place}${error.said.startsWith(':') ? '' : ','}${error.said}`);
      }
    },
  };
}

/** The sheet with the columns of a lookup that is gone through item by item. */
const within = (sheet: Sheet, lookup: string): Sheet => ({
  ...sheet,
  columns: sheet.columns.within(lookup),
});

const decimalIn = (text: unknown) => (typeof text === 'string' ? parseDecimal(text) : undefined);

/** Which fields come from rows, and which are added up from these fields of lines. */
function separated(
  { fields }: RecordRule,
  facts: ReadonlyMap<string, FieldFact>,
  document: RecordRule | undefined,
): { values: Record<string, FieldValue>; sums: ReadonlyMap<string, readonly string[]> } {
  const values: Record<string, FieldValue> = {};
  const sums = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string' || !('sumOfLines' in value)) {
      values[name] = value;
      continue;
    }
    if (facts.get(name)?.type !== 'money') {
      throw new Refusal(`"sumOfLines" is only for amounts of money: ${name} is not one.`);
    }
    if (!document?.lines) {
      throw new Refusal(`"sumOfLines" of ${name} needs "lines": it adds up their amounts.`);
    }
    const mapped = document.lines.fields;
    const lineFacts = listOf(document.kind)?.fields;
    const other = value.sumOfLines.find(
      (field) => !Object.hasOwn(mapped, field) || lineFacts?.get(field)?.type !== 'money',
    );
    if (other !== undefined) {
      throw new Refusal(
        `"sumOfLines" of ${name} names ${quote(other)}: expected an amount of money that "lines" has.`,
      );
    }
    sums.set(name, value.sumOfLines);
  }
  return { values, sums };
}

/** Compiles the currency of a row's record; `known` is that of an earlier row of the same document. */
function currencyReader(
  kind: RecordKind,
  value: FieldValue | undefined,
  fact: FieldFact,
  sheet: Sheet,
  fallback: string | undefined,
): (row: Row, known: string | undefined) => string {
  if (value === undefined) {
    if (fallback !== undefined) return () => fallback;
    throw new Refusal(
      `The currency of ${kind} is missing: expected "currency" in the mapping, or --currency CODE.`,
    );
  }
  const { place, read } = fieldReader('currency', fact, value, sheet);
  return (row, known) => {
    const currency = read(row, '') ?? known ?? fallback;
    if (typeof currency !== 'string') {
      throw new Refusal(`${place}, is missing: the row has no currency, and --currency is not set.`);
    }
    if (isCurrency(currency)) return currency;
    row.reading.failed(place);
    throw new Refusal(`${place}, is ${quote(currency)}: expected an ISO 4217 code such as USD, EUR or JPY.`);
  };
}

/** The list of a record that a rule fills. */
interface ItemList {
  name: string;
  /** Whether its items are the rows of a lookup. */
  looksUp: boolean;
  readers: readonly FieldReader[];
  items(row: Row, currency: string): Draft[];
}

function itemList(rule: RecordRule, sheet: Sheet): ItemList | undefined {
  const own = listOf(rule.kind);
  for (const name of ['lines', 'allocations'] as const) {
    if (rule[name] && own?.name !== name) throw new Refusal(`${rule.kind} has no ${name}.`);
  }
  const itemRule = own && rule[own.name];
  if (!itemRule) return undefined;
  const { name } = own;
  const { each, fields } = itemRule;
  const readers = fieldReaders(
    fields,
    `${name} of ${rule.kind}`,
    own.fields,
    each === undefined ? sheet : within(sheet, each),
  );
  const cells = [...new Set(readers.flatMap((reader) => reader.cells))];
  const item = (row: Row, currency: string): Draft[] => {
    // Rows without values for an item add none: some exports repeat a document without its lines.
    if (areEmpty(cells, row)) return [];
    const draft: Draft = {};
    for (const reader of readers) reader.fill(draft, row, currency);
    return [draft];
  };
  if (each === undefined) return { name, looksUp: false, readers, items: item };
  const rowsOf = sheet.columns.items(each);
  const items = (row: Row, currency: string) =>
    rowsOf(row).flatMap((cells) => item({ ...row, item: cells }, currency));
  return { name, looksUp: true, readers, items };
}

function fieldReaders(
  values: Record<string, FieldValue>,
  what: string,
  facts: ReadonlyMap<string, FieldFact>,
  sheet: Sheet,
  sums: ReadonlyMap<string, unknown> = new Map(),
): FieldReader[] {
  for (const [name, { required }] of facts) {
    if (required && name !== 'currency' && !Object.hasOwn(values, name) && !sums.has(name)) {
      throw new Refusal(`${what} has no ${quote(name)}: it is required.`);
    }
  }
  return Object.entries(values).map(([name, value]) => {
    const fact = facts.get(name);
    if (fact) return fieldReader(name, fact, value, sheet);
    throw new Refusal(`${what} has no field ${quote(name)}: expected ${[...facts.keys()].join(', ')}.`);
  });
}

/** Fields that the mapping may translate, and where the source's own word for them is kept. */
const sourceWords = { lifecycle: 'sourceStatus', method: 'sourceMethod' };

/** Keeps the source's own word for a value that the mapping translates, unless the mapping sets that field itself. */
function sourceWord(
  { fields }: RecordRule,
  facts: ReadonlyMap<string, FieldFact>,
  { columns }: Sheet,
): { name: string; place: string; read: ReadCell } | undefined {
  for (const [translated, name] of Object.entries(sourceWords)) {
    const value = fields[translated];
    if (typeof value !== 'object' || !('from' in value) || !value.values) continue;
    if (!facts.has(name) || Object.hasOwn(fields, name)) continue;
    return {
      name,
      place: `${name}, from ${quote(value.from)}`,
      read: templateText(value.from, columns).read,
    };
  }
  return undefined;
}
