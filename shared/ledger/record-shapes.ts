import * as z from 'zod';
import { isCurrency } from './currencies.ts';
import { isDay } from './dates.ts';
import {
  accountingBases,
  inputTaxTreatments,
  lifecycles,
  paymentMethods,
  type RecordKind,
} from './records.ts';
import { fields, oneOf, scalar, wholeNumber } from './strict-shapes.ts';

/*
 * The shapes of the interchange format. The message of each completes the sentence "expected …".
 */

const maximumLines = 1000;

const text = (maximum: number) =>
  scalar(
    (value) => value.length <= maximum && /\S/.test(value) && value.isWellFormed(),
    `text of 1 to ${maximum.toLocaleString('en')} characters`,
  );

const id = scalar(
  (value) =>
    value !== '' &&
    value.length <= 200 &&
    value === value.trim() &&
    !/\p{Cc}/u.test(value) &&
    value.isWellFormed(),
  'an id of 1 to 200 characters, without control characters and without spaces at the start or end',
);
const name = text(200);
const label = text(200);
const prose = text(4000);
const day = scalar(isDay, 'a date from 1900 to 2199 in the format YYYY-MM-DD');
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
/** The price of one unit, which may have more decimals than the currency. */
const price = plainDecimal();
const percent = scalar(
  (value) => /^\d{1,3}(\.\d{1,6})?$/.test(value) && Number(value) <= 100,
  'a percentage from 0 to 100 as a decimal string, such as "8.1"',
);
const timeZone = scalar(isTimeZone, 'an IANA time zone such as "Europe/Zurich"');
const flag = z.boolean('true or false');

const items = <const Item extends z.ZodType>(item: Item) =>
  z
    .array(item, 'a list')
    .max(maximumLines, `at most ${maximumLines.toLocaleString('en')} items`)
    .default([]);

const address = fields({
  street: text(500).exactOptional(),
  city: label.exactOptional(),
  region: label.exactOptional(),
  postalCode: label.exactOptional(),
  country: label.exactOptional(),
});

/** The shape of each kind of record. Rules that a shape cannot express are in `record-rules.ts`. */
export const shapes = {
  business: fields({
    kind: z.literal('business'),
    id: z.literal('business', '"business", or no id').default('business'),
    name,
    contact: name.exactOptional(),
    email: text(320).exactOptional(),
    phone: label.exactOptional(),
    website: text(500).exactOptional(),
    address: address.exactOptional(),
    taxRate: percent.exactOptional(),
    taxName: label.exactOptional(),
    gratuityRate: percent.exactOptional(),
    minimumLeadDays: wholeNumber(0, 3650).exactOptional(),
    maximumLeadDays: wholeNumber(0, 3650).exactOptional(),
    currency: currency.exactOptional(),
    timeZone,
    fiscalYearStartMonth: wholeNumber(1, 12),
    accountingBasis: oneOf(accountingBases),
    inputTax: oneOf(inputTaxTreatments).exactOptional(),
  }),
  customer: fields({
    kind: z.literal('customer'),
    id,
    name,
    organization: name.exactOptional(),
    email: text(320).exactOptional(),
    phone: label.exactOptional(),
    address: address.exactOptional(),
    notes: prose.exactOptional(),
  }),
  invoice: fields({
    kind: z.literal('invoice'),
    id,
    number: label.exactOptional(),
    customerId: id.exactOptional(),
    currency,
    lifecycle: oneOf(lifecycles).default('issued'),
    issued: day,
    due: day.exactOptional(),
    sent: day.exactOptional(),
    viewed: day.exactOptional(),
    writtenOff: day.exactOptional(),
    sourceStatus: label.exactOptional(),
    subtotal: money.exactOptional(),
    discount: money.exactOptional(),
    tax: money.exactOptional(),
    tip: money.exactOptional(),
    total: money,
    lines: items(
      fields({
        name,
        description: prose.exactOptional(),
        quantity: decimal.exactOptional(),
        rate: price.exactOptional(),
        tax: money.exactOptional(),
        total: money,
      }),
    ),
    reference: label.exactOptional(),
    notes: prose.exactOptional(),
  }),
  credit_note: fields({
    kind: z.literal('credit_note'),
    id,
    number: label.exactOptional(),
    customerId: id.exactOptional(),
    currency,
    lifecycle: oneOf(['draft', 'issued', 'void']).default('issued'),
    issued: day,
    tax: money.exactOptional(),
    total: money,
    allocations: items(fields({ invoiceId: id, amount: money, date: day })),
    reference: label.exactOptional(),
    notes: prose.exactOptional(),
  }),
  payment: fields({
    kind: z.literal('payment'),
    id,
    invoiceId: id.exactOptional(),
    customerId: id.exactOptional(),
    currency,
    date: day,
    amount: money,
    method: oneOf(paymentMethods).default('other'),
    sourceMethod: label.exactOptional(),
    failed: flag.exactOptional(),
    reference: label.exactOptional(),
    notes: prose.exactOptional(),
  }),
  expense: fields({
    kind: z.literal('expense'),
    id,
    lifecycle: oneOf(['draft', 'recorded', 'void']).default('recorded'),
    vendor: name.exactOptional(),
    category: name.exactOptional(),
    type: label.exactOptional(),
    description: prose.exactOptional(),
    currency,
    date: day,
    due: day.exactOptional(),
    paid: day.exactOptional(),
    tax: money.exactOptional(),
    amount: money,
    reference: label.exactOptional(),
  }),
} as const satisfies Record<RecordKind, z.ZodObject>;

export const recordKinds = Object.keys(shapes) as RecordKind[];

/** The type of a field, and whether it is required. */
export interface FieldFact {
  type: FieldType;
  required: boolean;
}

/** The meaning of a field's text, which decides how other notations of it are read. */
export type FieldType = 'money' | 'price' | 'decimal' | 'day' | 'currency' | 'id' | 'flag' | 'text';

/**
 * The fields of a kind of record, with their types. Fields of an address are named like "address.city". Lists (lines,
 * allocations) are left out, see `listOf`.
 */
export const fieldsOf = (kind: RecordKind): ReadonlyMap<string, FieldFact> => factsOf(shapes[kind].shape);

/** The list in a kind of record, with the fields of its items; undefined if it has none. */
export function listOf(
  kind: RecordKind,
): { name: 'lines' | 'allocations'; fields: ReadonlyMap<string, FieldFact> } | undefined {
  if (kind === 'invoice') {
    return { name: 'lines', fields: factsOf(shapes.invoice.shape.lines.unwrap().element.shape) };
  }
  if (kind === 'credit_note') {
    const allocation = shapes.credit_note.shape.allocations.unwrap().element;
    return { name: 'allocations', fields: factsOf(allocation.shape) };
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

function factsOf(shape: z.ZodRawShape): ReadonlyMap<string, FieldFact> {
  const facts = new Map<string, FieldFact>();
  for (const [field, entry] of Object.entries(shape)) {
    const required = !(entry instanceof z.ZodExactOptional || entry instanceof z.ZodDefault);
    const schema = required ? entry : entry.unwrap();
    if (schema === address) {
      for (const part of Object.keys(address.shape)) {
        facts.set(`address.${part}`, { type: 'text', required: false });
      }
    } else if (field !== 'kind' && field !== 'lines' && field !== 'allocations') {
      facts.set(field, { type: scalarTypes.get(schema) ?? 'text', required });
    }
  }
  return facts;
}

/** Whether the text is the IANA name of a time zone. */
export function isTimeZone(zone: string): boolean {
  // Intl also accepts offsets such as "+01:00", which have no daylight saving time.
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
