import * as v from 'valibot';
import { isCurrency } from './currencies.ts';
import { isDay } from './dates.ts';
import { accountingBases, lifecycles, paymentMethods, type RecordKind } from './records.ts';
import { fields, isPlainObject, oneOf, scalar, wholeNumber } from './strict-shapes.ts';

/*
 * The shapes of the interchange format. The message of each completes the sentence "expected …".
 */

const maximumLines = 1000;

const text = (maximum: number) =>
  scalar(
    (value) => value.length <= maximum && /\S/.test(value) && value.isWellFormed(),
    `a text of 1 to ${maximum.toLocaleString('en')} characters`,
  );

const id = scalar(
  (value) =>
    value !== '' &&
    value.length <= 200 &&
    value === value.trim() &&
    !/\p{Cc}/u.test(value) &&
    value.isWellFormed(),
  'an id of 1 to 200 characters, without control characters and without blanks at its ends',
);
const name = text(200);
const label = text(200);
const prose = text(4000);
const day = scalar(isDay, 'a calendar day between 1900 and 2199, written YYYY-MM-DD');
const currency = scalar(isCurrency, 'an ISO 4217 currency code in capitals, such as "USD"');
const money = scalar(
  (value) => /^-?\d{1,15}(\.\d+)?$/.test(value),
  'a decimal string such as "1234.50" (a string, because numbers are not exact)',
);
const plainDecimal = () =>
  scalar(
    (value) => /^-?\d{1,15}(\.\d{1,12})?$/.test(value),
    'a decimal string such as "1.5", with at most 12 decimals',
  );
const decimal = plainDecimal();
/** The price of one unit, which may be finer than the currency. */
const price = plainDecimal();
const percent = scalar(
  (value) => /^\d{1,3}(\.\d{1,6})?$/.test(value) && Number(value) <= 100,
  'a percentage from 0 to 100 as a decimal string, such as "8.1"',
);
const timeZone = scalar(isTimeZone, 'an IANA time zone such as "Europe/Zurich"');
const flag = v.boolean('true or false');

const items = <const Item extends v.GenericSchema>(item: Item) =>
  v.exactOptional(
    v.pipe(
      v.array(item, 'a list'),
      v.maxLength(maximumLines, `at most ${maximumLines.toLocaleString('en')} of them`),
    ),
    [],
  );

const optional = v.exactOptional;

const address = v.pipe(
  v.custom<Record<string, unknown>>(isPlainObject, 'an object'),
  fields({
    street: optional(text(500)),
    city: optional(label),
    region: optional(label),
    postalCode: optional(label),
    country: optional(label),
  }),
);

/** Each kind of record as it is written; what no shape can tell is in `record-rules.ts`. */
export const shapes = {
  business: fields({
    kind: v.literal('business'),
    id: optional(v.literal('business', '"business", or nothing'), 'business'),
    name,
    contact: optional(name),
    email: optional(text(320)),
    phone: optional(label),
    website: optional(text(500)),
    address: optional(address),
    taxRate: optional(percent),
    taxName: optional(label),
    gratuityRate: optional(percent),
    minimumLeadDays: optional(wholeNumber(0, 3650)),
    maximumLeadDays: optional(wholeNumber(0, 3650)),
    currency: optional(currency),
    timeZone,
    fiscalYearStartMonth: wholeNumber(1, 12),
    accountingBasis: oneOf(accountingBases),
  }),
  customer: fields({
    kind: v.literal('customer'),
    id,
    name,
    organization: optional(name),
    email: optional(text(320)),
    phone: optional(label),
    address: optional(address),
    notes: optional(prose),
  }),
  invoice: fields({
    kind: v.literal('invoice'),
    id,
    number: optional(label),
    customerId: optional(id),
    currency,
    lifecycle: optional(oneOf(lifecycles), 'issued'),
    issued: day,
    due: optional(day),
    sent: optional(day),
    viewed: optional(day),
    writtenOff: optional(day),
    sourceStatus: optional(label),
    subtotal: optional(money),
    discount: optional(money),
    tax: optional(money),
    tip: optional(money),
    total: money,
    lines: items(
      fields({
        name,
        description: optional(prose),
        quantity: optional(decimal),
        rate: optional(price),
        tax: optional(money),
        total: money,
      }),
    ),
    reference: optional(label),
    notes: optional(prose),
  }),
  credit_note: fields({
    kind: v.literal('credit_note'),
    id,
    number: optional(label),
    customerId: optional(id),
    currency,
    lifecycle: optional(oneOf(['draft', 'issued', 'void']), 'issued'),
    issued: day,
    tax: optional(money),
    total: money,
    allocations: items(fields({ invoiceId: id, amount: money, date: day })),
    reference: optional(label),
    notes: optional(prose),
  }),
  payment: fields({
    kind: v.literal('payment'),
    id,
    invoiceId: optional(id),
    customerId: optional(id),
    currency,
    date: day,
    amount: money,
    method: optional(oneOf(paymentMethods), 'other'),
    sourceMethod: optional(label),
    failed: optional(flag),
    reference: optional(label),
    notes: optional(prose),
  }),
  expense: fields({
    kind: v.literal('expense'),
    id,
    lifecycle: optional(oneOf(['draft', 'recorded', 'void']), 'recorded'),
    vendor: optional(name),
    category: optional(name),
    type: optional(label),
    description: optional(prose),
    currency,
    date: day,
    due: optional(day),
    paid: optional(day),
    tax: optional(money),
    amount: money,
    reference: optional(label),
  }),
} as const satisfies Record<RecordKind, v.GenericSchema>;

export const recordKinds = Object.keys(shapes) as RecordKind[];

/** What a field holds, and whether a record must have it. */
export interface FieldFact {
  type: FieldType;
  required: boolean;
}

/** What the text of a field stands for; decides how a foreign notation of it is read. */
export type FieldType = 'money' | 'price' | 'decimal' | 'day' | 'currency' | 'id' | 'flag' | 'text';

/**
 * The fields of a kind of record and what each holds. Those of an address are named "address.city"; lists (lines,
 * allocations) are left out, see `listOf`.
 */
export const fieldsOf = (kind: RecordKind): ReadonlyMap<string, FieldFact> => factsOf(shapes[kind].entries);

/** The list that a kind of record has, with the fields of its items; undefined where it has none. */
export function listOf(
  kind: RecordKind,
): { name: 'lines' | 'allocations'; fields: ReadonlyMap<string, FieldFact> } | undefined {
  if (kind === 'invoice') {
    return { name: 'lines', fields: factsOf(shapes.invoice.entries.lines.wrapped.pipe[0].item.entries) };
  }
  if (kind === 'credit_note') {
    const allocation = shapes.credit_note.entries.allocations.wrapped.pipe[0].item;
    return { name: 'allocations', fields: factsOf(allocation.entries) };
  }
  return undefined;
}

const scalarTypes = new Map<unknown, FieldType>([
  [money, 'money'],
  [decimal, 'decimal'],
  [price, 'price'],
  [percent, 'decimal'],
  [day, 'day'],
  [currency, 'currency'],
  [id, 'id'],
  [flag, 'flag'],
]);

function factsOf(entries: v.ObjectEntries): ReadonlyMap<string, FieldFact> {
  const facts = new Map<string, FieldFact>();
  for (const [field, entry] of Object.entries(entries)) {
    const required = !('wrapped' in entry);
    const schema = 'wrapped' in entry ? entry.wrapped : entry;
    if (schema === address) {
      for (const part of Object.keys(address.pipe[1].entries)) {
        facts.set(`address.${part}`, { type: 'text', required: false });
      }
    } else if (field !== 'kind' && field !== 'lines' && field !== 'allocations') {
      facts.set(field, { type: scalarTypes.get(schema) ?? 'text', required });
    }
  }
  return facts;
}

function isTimeZone(zone: string): boolean {
  // Intl also takes offsets such as "+01:00", which know no daylight saving time.
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
