import { isCurrency } from '../../shared/ledger/currencies.ts';
import { FieldRefusal, Refusal } from '../../shared/ledger/errors.ts';
import { parseRecord } from '../../shared/ledger/format.ts';
import type { RecordKind } from '../../shared/ledger/kinds/index.ts';
import { type FieldFacts, fieldsOf, listOf } from '../../shared/ledger/shapes.ts';
import { quote } from '../../shared/text.ts';
import { sumOf } from './amount.ts';
import { rowTest } from './condition.ts';
import { parseDecimal, signOf, writeDecimal } from './decimal.ts';
import { type Draft, type Field, fieldOf, fill } from './field.ts';
import { type FieldValue, listNames, type RecordRule } from './mapping.ts';
import type { Row, Sheet } from './sheet.ts';
import type { Candidate } from './source.ts';
import { splitOf } from './split.ts';
import { areEmpty } from './text.ts';

/** A rule of the mapping, compiled for the rows of one file. */
export type Rule = ReturnType<typeof ruleOf>;

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
export function ruleOf(rule: RecordRule, file: Sheet, defaults: Defaults) {
  const { kind, keepFirst = false } = rule;
  const sheet = rule.split && 'each' in rule.split ? file.within(rule.split.each) : file;
  const facts = fieldsOf(kind);
  const list = listIn(rule, sheet);
  const sums = Object.entries(rule.fields).flatMap(([name, value]) =>
    isSum(value) ? [sumOfLines(name, value.sumOfLines, facts, rule.lines ? rule : defaults.document)] : [],
  );
  const own = compiled(withSourceWords(rule.fields, facts), kind, facts, sheet);
  const fields = own.filter(({ name }) => name !== 'currency');
  const currencyOf = currencyIn(
    kind,
    own.find(({ name }) => name === 'currency'),
    sheet,
    defaults,
  );
  const places = new Map([
    ...[...fields, ...sums].map(({ name, place }) => [name, place] as const),
    ...(list?.fields ?? []).map(({ name, place }) => [`${list?.name}.${name}`, place] as const),
  ]);
  const leavesOutZero =
    kind === 'payment' &&
    [...sums, ...fields.filter(({ computed }) => computed)].some(({ name }) => name === 'amount');

  const draftOf = (row: Row, knownCurrency?: string): Draft => {
    row.currency = currencyOf(row, knownCurrency);
    return fill(row.currency ? { kind, currency: row.currency } : { kind }, fields, row);
  };
  const split = rule.split && splitOf(kind, rule.split, sheet, (part) => draftOf(part, part.currency));

  return {
    kind,
    /** Rows can describe such a record differently: the first row is kept. */
    keepFirst,
    applies: rowTest(rule.when ?? {}, file),
    /** Where the rows with one id are the lines of one document: the id of the row's. */
    documentId: list?.groups ? (row: Row) => documentId(kind, fields, row) : undefined,
    /**
     * The records of a row, without their lists and the sums of these: one, or the parts of a split payment.
     * `knownCurrency` is for rows that leave the currency to an earlier row.
     * @throws {Refusal} when a text is not what its field needs.
     */
    drafts(row: Row, knownCurrency?: string): Draft[] {
      if (!split) return [draftOf(row, knownCurrency)];
      row.currency = currencyOf(row, knownCurrency);
      return split(row);
    },
    /** What the row adds to the list of the record whose draft was made last. */
    items: (row: Row): Draft[] => list?.items(row) ?? [],
    /**
     * The record from a draft and its list; none for a payment whose computed amount is 0, such as the difference
     * between the total and the balance of an invoice that is not paid.
     * @param row one of those that it is made from
     * @param lines what it adds up: its own list, or that of the document to whose rows it belongs
     * @throws {Refusal} when it is not a record, with the column that the field comes from
     */
    candidates(draft: Draft, items: readonly Draft[], row: Row, lines = items): Candidate[] {
      const whole: Draft = list ? { ...draft, [list.name]: items } : { ...draft };
      for (const { name, of } of sums) {
        const sum = sumOf(lines.flatMap((line) => of.map((field) => decimalIn(line[field]))));
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

const decimalIn = (text: unknown) => (typeof text === 'string' ? parseDecimal(text) : undefined);

/** @throws {Refusal} when the row has no id. */
function documentId(kind: RecordKind, fields: readonly Field[], row: Row): string {
  const id = fields.find(({ name }) => name === 'id');
  const own = id?.read(row);
  if (own !== undefined) return String(own);
  throw new Refusal(`${id?.place}, is missing: the row does not say which ${kind} it belongs to.`);
}

/** A field that adds up fields of lines. */
interface Sum {
  name: string;
  /** The field and where it comes from, for messages. */
  place: string;
  of: readonly string[];
}

const isSum = (value: RecordRule['fields'][string]) => typeof value === 'object' && 'sumOfLines' in value;

/**
 * Compiles a field that adds up fields of lines.
 * @throws {Refusal} when the field cannot be a sum, or the document's lines do not have what it adds up.
 */
function sumOfLines(
  name: string,
  of: readonly string[],
  facts: FieldFacts,
  document: RecordRule | undefined,
): Sum {
  if (facts.get(name)?.type !== 'money') {
    throw new Refusal(`"sumOfLines" is only for amounts of money: ${name} is not one.`);
  }
  if (!document?.lines) {
    throw new Refusal(`"sumOfLines" of ${name} needs "lines": it adds up their amounts.`);
  }
  const { fields } = document.lines;
  const lineFacts = listOf(document.kind)?.fields;
  const other = of.find((field) => !Object.hasOwn(fields, field) || lineFacts?.get(field)?.type !== 'money');
  if (other !== undefined) {
    throw new Refusal(
      `"sumOfLines" of ${name} names ${quote(other)}: expected an amount of money that "lines" has.`,
    );
  }
  return { name, place: `${name}, from the sum of ${of.join(' and ')} of its lines`, of };
}

/**
 * Compiles the currency of a row's record; `known` is that of an earlier row of the same document.
 * @param own the rule's own field for it
 */
function currencyIn(
  kind: RecordKind,
  own: Field | undefined,
  sheet: Sheet,
  { currency: usual, fallbackCurrency: fallback }: Defaults,
): (row: Row, known: string | undefined) => string {
  const fact = fieldsOf(kind).get('currency');
  if (!fact) return () => '';
  const value = usual ?? fallback;
  const field = own ?? (value === undefined ? undefined : fieldOf('currency', fact, value, sheet));
  if (!field) {
    throw new Refusal(
      `The currency of ${kind} is missing: expected "currency" in the mapping, or --currency CODE.`,
    );
  }
  const { place, read } = field;
  return (row, known) => {
    const currency = read(row) ?? known ?? fallback;
    if (typeof currency !== 'string') {
      throw new Refusal(`${place}, is missing: the row has no currency, and --currency is not set.`);
    }
    if (isCurrency(currency)) return currency;
    row.reading.failed(place);
    throw new Refusal(`${place}, is ${quote(currency)}: expected an ISO 4217 code such as USD, EUR or JPY.`);
  };
}

/** The list of a record that a rule fills. */
function listIn(rule: RecordRule, sheet: Sheet) {
  const own = listOf(rule.kind);
  const wrong = listNames.find((name) => rule[name] && own?.name !== name);
  if (wrong) throw new Refusal(`${rule.kind} has no ${wrong}.`);
  const itemRule = own && rule[own.name];
  if (!itemRule) return undefined;
  const { name } = own;
  const { each } = itemRule;
  const inItem = each === undefined ? sheet : sheet.within(each);
  const fields = compiled(itemRule.fields, `${name} of ${rule.kind}`, own.fields, inItem);
  const cells = [...new Set(fields.flatMap((field) => field.cells))];
  // Rows without values for an item add none: some exports repeat a document without its lines.
  const itemOf = (row: Row): Draft[] => (areEmpty(cells, row) ? [] : [fill({}, fields, row)]);
  const rowsOf = each === undefined ? undefined : sheet.items(each);
  return {
    name,
    /** Whether its items are the rows with one id, and not those of a lookup. */
    groups: rowsOf === undefined,
    fields,
    items: (row: Row) => rowsOf?.(row).flatMap((item) => itemOf({ ...row, item })) ?? itemOf(row),
  };
}

/** Compiles the fields that come from rows, which are all but sums of lines. */
function compiled(values: RecordRule['fields'], what: string, facts: FieldFacts, sheet: Sheet): Field[] {
  for (const [name, { required }] of facts) {
    if (required && name !== 'currency' && !Object.hasOwn(values, name)) {
      throw new Refusal(`${what} has no ${quote(name)}: it is required.`);
    }
  }
  return Object.entries(values).flatMap(([name, value]) => {
    if (isSum(value)) return [];
    const fact = facts.get(name);
    if (fact) return fieldOf(name, fact, value, sheet);
    throw new Refusal(`${what} has no field ${quote(name)}: expected ${[...facts.keys()].join(', ')}.`);
  });
}

/** Fields that the mapping may translate, and where the source's own word for them is kept. */
const sourceWords = { lifecycle: 'sourceStatus', method: 'sourceMethod' };

/** Keeps the source's own word for a value that the mapping translates, unless the mapping sets that field itself. */
function withSourceWords(fields: RecordRule['fields'], facts: FieldFacts): RecordRule['fields'] {
  const words = Object.entries(sourceWords).flatMap(([translated, name]) => {
    const value = fields[translated];
    const isTranslated = typeof value === 'object' && 'from' in value && value.values !== undefined;
    return isTranslated && facts.has(name) && !Object.hasOwn(fields, name) ? [[name, value.from]] : [];
  });
  return { ...fields, ...Object.fromEntries(words) };
}
