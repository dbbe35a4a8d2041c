import { isCurrency } from '../../shared/ledger/currencies.ts';
import { FieldRefusal, Refusal } from '../../shared/ledger/errors.ts';
import { parseRecord } from '../../shared/ledger/format.ts';
import type { LedgerRecord, RecordKind } from '../../shared/ledger/kinds/index.ts';
import { type FieldFact, fieldsOf, listOf } from '../../shared/ledger/shapes.ts';
import { quote } from '../../shared/text.ts';
import { sumOf } from './amount.ts';
import type { Columns, Row } from './columns.ts';
import { type RowTest, rowTest } from './condition.ts';
import { type Decimal, parseDecimal, signOf, writeDecimal } from './decimal.ts';
import { type FieldReader, fieldReader, type Notation } from './field-reader.ts';
import { mappedText } from './mapped-text.ts';
import type { DocumentValue, FieldValue, ItemRule, RecordRule } from './mapping.ts';
import { readySplit } from './split.ts';

/** A record in the interchange format while it is being put together. */
export type Draft = Record<string, unknown>;

/** A rule of the mapping, ready for the rows of one file. */
export interface ReadyRule {
  kind: RecordRule['kind'];
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
  items(row: Row, currency: string): Draft[];
  /**
   * The record from a draft and its list; undefined for a payment whose computed amount is 0, such as the
   * difference between the total and the balance of an invoice that is not paid.
   * @param row one of those that it is made from
   * @param lines what it adds up: its own list, or that of the document to whose rows it belongs
   * @throws {Refusal} when it is not a record, with the column that the field comes from
   */
  record(draft: Draft, items: readonly Draft[], row: Row, lines?: readonly Draft[]): LedgerRecord | undefined;
}

/** What the mapping says outside of a rule. */
interface Defaults {
  /** The lines of documents whose rows can also make other records. */
  lines: ItemRule | undefined;
  /** The currency of every record, if the mapping sets one. */
  currency: FieldValue | undefined;
  /** The currency where neither the mapping nor the row names one. */
  fallbackCurrency: string | undefined;
}

/**
 * Makes a rule ready for a file.
 * @throws {Refusal} when it names a field or a column that is not there, or lacks a field that the record needs.
 */
export function readyRule(
  rule: RecordRule,
  fileColumns: Columns,
  notation: Notation,
  defaults: Defaults,
): ReadyRule {
  const columns = rule.split && 'each' in rule.split ? fileColumns.within(rule.split.each) : fileColumns;
  const facts = fieldsOf(rule.kind);
  const list = readyList(rule, columns, notation);
  const { rowValues, sums } = separated(rule, rule.lines ?? defaults.lines);
  const { currency: ownCurrency, ...others } = rowValues;
  const readers = readersOf(others, rule.kind, facts, columns, notation, new Set(sums.keys()));
  const sourceWord = keptWord(rule, columns);
  const id = readers.find(({ name }) => name === 'id');
  if (!id) throw new Refusal(`${rule.kind} has no "id": every record needs one that stays the same.`);
  const currencyFact = facts.get('currency');
  const currencyOf =
    currencyFact && readyCurrency(rule.kind, ownCurrency, currencyFact, columns, notation, defaults);
  const places = new Map<string, string>([
    ...[...readers, ...(sourceWord ? [sourceWord] : [])].map(({ name, place }) => [name, place] as const),
    ...(list?.readers ?? []).map(({ name, place }) => [`${list?.name}.${name}`, place] as const),
    ...[...sums].map(
      ([name, names]) => [name, `${name}, from the sum of ${names.join(' and ')} of its lines`] as const,
    ),
  ]);

  const draftOf = (row: Row, knownCurrency?: string): Draft => {
    const draft: Draft = { kind: rule.kind };
    const currency = currencyOf?.(row, knownCurrency) ?? '';
    if (currency) draft.currency = currency;
    for (const reader of readers) {
      const value = reader.read(row, currency);
      if (value !== undefined) put(draft, reader.name, value);
    }
    const word = sourceWord?.raw(row);
    if (sourceWord && word) draft[sourceWord.name] = word;
    return draft;
  };
  const computesPayment =
    rule.kind === 'payment' &&
    (sums.has('amount') || readers.some(({ name, computed }) => name === 'amount' && computed));
  const split = rule.split && readySplit(rule.kind, rule.split, columns, notation, draftOf);

  return {
    kind: rule.kind,
    keepFirst: rule.keepFirst ?? false,
    applies: rowTest(rule.when ?? {}, fileColumns, notation.numbers),
    groups: list !== undefined && !list.looksUp,
    id(row) {
      const own = id.read(row, '');
      if (own !== undefined) return String(own);
      throw new Refusal(`${id.place}, is missing: the row does not say which ${rule.kind} it belongs to.`);
    },
    drafts: (row, known) => (split ? split(row, currencyOf?.(row, known) ?? '') : [draftOf(row, known)]),
    items: (row, currency) => list?.items(row, currency) ?? [],
    record(draft, items, row, lines = items) {
      const whole: Draft = list ? { ...draft, [list.name]: items } : { ...draft };
      for (const [name, names] of sums) {
        const sum = sumOf(lines.flatMap((line) => names.map((field) => decimalIn(line, field))));
        if (sum) whole[name] = writeDecimal(sum);
      }
      if (computesPayment && isZero(whole.amount)) return undefined;
      try {
        return parseRecord(whole);
      } catch (error) {
        if (!(error instanceof FieldRefusal)) throw error;
        const place = places.get(error.field.replace(/\[\d+\]/, ''));
        if (place === undefined) throw error;
        row.reading.failed(place);
        throw new Refusal(`${place}${error.said.startsWith(':') ? '' : ','}${error.said}`);
      }
    },
  };
}

/** Which fields come from rows, and which are added up from these fields of lines. */
function separated(
  { kind, fields }: RecordRule,
  lines: ItemRule | undefined,
): { rowValues: Record<string, FieldValue>; sums: Map<string, readonly string[]> } {
  const rowValues: Record<string, FieldValue> = {};
  const sums = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string' || !('sumOfLines' in value)) {
      rowValues[name] = value;
      continue;
    }
    if (fieldsOf(kind).get(name)?.type !== 'money') {
      throw new Refusal(`"sumOfLines" is only for amounts of money: ${name} is not one.`);
    }
    if (!lines) throw new Refusal(`"sumOfLines" of ${name} needs "lines": it adds up their amounts.`);
    const other = value.sumOfLines.find(
      (field) => !Object.hasOwn(lines.fields, field) || lineFields?.get(field)?.type !== 'money',
    );
    if (other !== undefined) {
      throw new Refusal(
        `"sumOfLines" of ${name} names ${quote(other)}: expected an amount of money that "lines" has.`,
      );
    }
    sums.set(name, value.sumOfLines);
  }
  return { rowValues, sums };
}

const lineFields = listOf('invoice')?.fields;

function decimalIn(line: Draft, field: string): Decimal | undefined {
  const text = line[field];
  return typeof text === 'string' ? parseDecimal(text) : undefined;
}

const isZero = (amount: unknown): boolean => typeof amount === 'string' && signOf(parseDecimal(amount)) === 0;

/** The currency of a row's record; `known` is that of an earlier row of the same document. */
type CurrencyOf = (row: Row, known: string | undefined) => string;

function readyCurrency(
  kind: RecordKind,
  own: FieldValue | undefined,
  fact: FieldFact,
  columns: Columns,
  notation: Notation,
  { currency: general, fallbackCurrency }: Defaults,
): CurrencyOf {
  const value = own ?? general;
  if (value === undefined) {
    if (fallbackCurrency !== undefined) return () => fallbackCurrency;
    throw new Refusal(
      `The currency of ${kind} is missing: expected "currency" in the mapping, or --currency CODE.`,
    );
  }
  const reader = fieldReader('currency', fact, value, columns, notation);
  return (row, known) => {
    const currency = reader.read(row, '') ?? known ?? fallbackCurrency;
    if (typeof currency !== 'string') {
      throw new Refusal(`${reader.place}, is missing: the row has no currency, and --currency is not set.`);
    }
    if (isCurrency(currency)) return currency;
    row.reading.failed(reader.place);
    throw new Refusal(
      `${reader.place}, is ${quote(currency)}: expected an ISO 4217 code such as USD, EUR or JPY.`,
    );
  };
}

interface ReadyList {
  name: 'lines' | 'allocations';
  looksUp: boolean;
  readers: readonly FieldReader[];
  items(row: Row, currency: string): Draft[];
}

function readyList(rule: RecordRule, columns: Columns, notation: Notation): ReadyList | undefined {
  const own = listOf(rule.kind);
  for (const name of ['lines', 'allocations'] as const) {
    if (rule[name] && own?.name !== name) throw new Refusal(`${rule.kind} has no ${name}.`);
  }
  const itemRule: ItemRule | undefined = own && rule[own.name];
  if (!own || !itemRule) return undefined;
  const { each, fields } = itemRule;
  const within = each === undefined ? columns : columns.within(each);
  const readers = readersOf(fields, `${own.name} of ${rule.kind}`, own.fields, within, notation);
  const item = (row: Row, currency: string): Draft[] => {
    // Rows without values for an item add none: some exports repeat a document without its lines.
    if (readers.every((reader) => reader.isEmpty(row))) return [];
    const draft: Draft = {};
    for (const reader of readers) {
      const value = reader.read(row, currency);
      if (value !== undefined) draft[reader.name] = value;
    }
    return [draft];
  };
  const list = { name: own.name, looksUp: each !== undefined, readers };
  if (each === undefined) return { ...list, items: item };
  const itemsOf = columns.items(each);
  return {
    ...list,
    items: (row, currency) => itemsOf(row).flatMap((cells) => item({ ...row, item: cells }, currency)),
  };
}

function readersOf(
  values: Record<string, FieldValue>,
  what: string,
  facts: ReadonlyMap<string, FieldFact>,
  columns: Columns,
  notation: Notation,
  addedUp: ReadonlySet<string> = new Set(),
): FieldReader[] {
  for (const [name, { required }] of facts) {
    if (required && name !== 'currency' && !Object.hasOwn(values, name) && !addedUp.has(name)) {
      throw new Refusal(`${what} has no ${quote(name)}: it is required.`);
    }
  }
  return Object.entries(values).map(([name, value]) => {
    const fact = facts.get(name);
    if (!fact) {
      throw new Refusal(`${what} has no field ${quote(name)}: expected ${[...facts.keys()].join(', ')}.`);
    }
    return fieldReader(name, fact, value, columns, notation);
  });
}

/** Keeps the source's own word for a value that the mapping translates, unless the mapping sets that field itself. */
function keptWord(
  { kind, fields }: RecordRule,
  columns: Columns,
): { name: string; place: string; raw(row: Row): string } | undefined {
  const [translated, name] =
    kind === 'invoice' ? ['lifecycle', 'sourceStatus'] : kind === 'payment' ? ['method', 'sourceMethod'] : [];
  if (!translated || !name || Object.hasOwn(fields, name)) return undefined;
  const value: DocumentValue | undefined = fields[translated];
  if (typeof value !== 'object' || !('from' in value) || !value.values) return undefined;
  const { shown, raw } = mappedText(value, columns);
  return { name, place: `${name}, from ${shown}`, raw };
}

function put(draft: Draft, name: string, value: unknown): void {
  const [field = '', part] = name.split('.');
  if (part === undefined) draft[field] = value;
  else draft[field] = { ...(draft[field] as Draft | undefined), [part]: value };
}
