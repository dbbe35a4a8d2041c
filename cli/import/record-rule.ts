import { decimalsOf } from '../../shared/ledger/currencies.ts';
import { Refusal } from '../../shared/ledger/errors.ts';
import { type FieldFact, fieldsOf, listOf } from '../../shared/ledger/record-shapes.ts';
import { quote } from '../../shared/ledger/strict-shapes.ts';
import type { Columns, Row } from './columns.ts';
import { type RowTest, rowTest } from './condition.ts';
import { type FieldReader, fieldReader, type Notation } from './field-reader.ts';
import type { FieldValue, ItemRule, RecordRule } from './mapping.ts';

/** A record in the interchange format while it is being put together. */
export type Draft = Record<string, unknown>;

/** A rule of the mapping, ready for the rows of one file. */
export interface ReadyRule {
  kind: RecordRule['kind'];
  /** Rows may tell such a record differently; the first row counts. */
  keepFirst: boolean;
  applies: RowTest;
  /** Whether the rows with one id are the lines of one document. */
  groups: boolean;
  /** The record's id; empty where the row has none. */
  id(row: Row): string;
  /**
   * The record without its list. `knownCurrency` is for rows that leave the currency to an earlier row.
   * @throws {Refusal} when a text is not what its field needs.
   */
  draft(row: Row, knownCurrency?: string): Draft;
  list?: { name: 'lines' | 'allocations'; items(row: Row, currency: string): Draft[] };
}

interface Defaults {
  /** What the mapping says of the currency of every record. */
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
  columns: Columns,
  notation: Notation,
  defaults: Defaults,
): ReadyRule {
  const facts = fieldsOf(rule.kind);
  const list = readyList(rule, columns, notation);
  const { currency: ownCurrency, ...others } = rule.fields;
  const readers = readersOf(others, rule.kind, facts, columns, notation);
  const sourceWord = keptWord(rule, readers);
  const id = readers.find(({ name }) => name === 'id');
  if (!id) throw new Refusal(`${rule.kind} has no "id": every record needs one that stays the same.`);

  const currencyValue = ownCurrency ?? defaults.currency;
  const currencyFact = facts.get('currency');
  const readCurrency =
    currencyFact && currencyValue !== undefined
      ? fieldReader('currency', currencyFact, currencyValue, columns, notation)
      : undefined;
  if (currencyFact && !readCurrency && !defaults.fallbackCurrency) {
    throw new Refusal(
      `Nothing says the currency of ${rule.kind}: expected "currency" in the mapping, or --currency CODE.`,
    );
  }
  const currencyOf = (row: Row, known: string | undefined): string => {
    const currency = readCurrency?.read(row, '') ?? known ?? defaults.fallbackCurrency;
    if (typeof currency !== 'string') {
      throw new Refusal('currency is missing: the row has none, and there is no --currency.');
    }
    decimalsOf(currency);
    return currency;
  };

  return {
    kind: rule.kind,
    keepFirst: rule.keepFirst ?? false,
    applies: rowTest(rule.when ?? {}, columns, notation.numbers),
    groups: list !== undefined && !list.looksUp,
    id: (row) => String(id.read(row, '') ?? ''),
    draft(row, knownCurrency) {
      const draft: Draft = { kind: rule.kind };
      const currency = currencyFact ? currencyOf(row, knownCurrency) : '';
      if (currency) draft.currency = currency;
      for (const reader of readers) {
        const value = reader.read(row, currency);
        if (value !== undefined) put(draft, reader.name, value);
      }
      const word = sourceWord?.reader.raw(row);
      if (sourceWord && word) draft[sourceWord.name] = word;
      return draft;
    },
    ...(list && { list }),
  };
}

type ReadyList = NonNullable<ReadyRule['list']> & { looksUp: boolean };

function readyList(rule: RecordRule, columns: Columns, notation: Notation): ReadyList | undefined {
  const own = listOf(rule.kind);
  for (const name of ['lines', 'allocations'] as const) {
    if (rule[name] && own?.name !== name) throw new Refusal(`${rule.kind} has no ${name}.`);
  }
  const itemRule = own && rule[own.name];
  if (!own || !itemRule) return undefined;
  return { name: own.name, looksUp: itemRule.each !== undefined, items: readyItems(itemRule) };

  function readyItems({ each, fields }: ItemRule): ReadyList['items'] {
    const within = each === undefined ? columns : columns.within(each);
    const readers = readersOf(
      fields,
      `${own?.name} of ${rule.kind}`,
      own?.fields ?? new Map(),
      within,
      notation,
    );
    const item = (row: Row, currency: string): Draft[] => {
      // Rows that say nothing of an item add none: some exports repeat a document without its lines.
      if (readers.every((reader) => !reader.varies || reader.raw(row) === '')) return [];
      const draft: Draft = {};
      for (const reader of readers) {
        const value = reader.read(row, currency);
        if (value !== undefined) draft[reader.name] = value;
      }
      return [draft];
    };
    if (each === undefined) return item;
    const itemsOf = columns.items(each);
    return (row, currency) => itemsOf(row).flatMap((cells) => item({ ...row, item: cells }, currency));
  }
}

function readersOf(
  values: Record<string, FieldValue>,
  what: string,
  facts: ReadonlyMap<string, FieldFact>,
  columns: Columns,
  notation: Notation,
): FieldReader[] {
  for (const [name, { required }] of facts) {
    if (required && name !== 'currency' && !Object.hasOwn(values, name)) {
      throw new Refusal(`${what} has no ${quote(name)}: every one needs it.`);
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

/** The source's own word for what the mapping translates is kept, unless the mapping says otherwise. */
function keptWord(
  { kind, fields }: RecordRule,
  readers: readonly FieldReader[],
): { name: string; reader: FieldReader } | undefined {
  const [translated, name] =
    kind === 'invoice' ? ['lifecycle', 'sourceStatus'] : kind === 'payment' ? ['method', 'sourceMethod'] : [];
  if (!translated || !name || Object.hasOwn(fields, name)) return undefined;
  const value = fields[translated];
  const reader = readers.find((one) => one.name === translated);
  return reader && typeof value === 'object' && value.values ? { name, reader } : undefined;
}

function put(draft: Draft, name: string, value: unknown): void {
  const [field = '', part] = name.split('.');
  if (part === undefined) draft[field] = value;
  else draft[field] = { ...(draft[field] as Draft | undefined), [part]: value };
}
