import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { isPlainObject } from '../../shared/json.ts';
import { isTimeZone } from '../../shared/ledger/dates.ts';
import { Refusal } from '../../shared/ledger/errors.ts';
import { recordKinds } from '../../shared/ledger/kinds/index.ts';
import type { ListName } from '../../shared/ledger/shapes.ts';
import { fields, oneOf, readStrictly, scalar, wholeNumber } from '../../shared/ledger/strict-shapes.ts';
import { quote } from '../../shared/text.ts';
import { located, parsedJson } from './refusals.ts';

/*
 * The mapping file: how the rows of a CSV file become records. docs/import.md explains it. `npm run generate` writes
 * its JSON Schema, `mapping.schema.json`, from this shape. `plan.ts` compiles it for a given file.
 */

const filledText = (expected: string) => scalar((text) => text !== '', expected).meta({ minLength: 1 });
const filled = filledText('a text that is not empty');
const filledList = (expected: string, least: string) => z.array(filled, expected).min(1, least);
const anyText = z.string('a text');
const flag = z.boolean('true or false');

/** A part that can be left out, with its description for editors. */
const optional = <const Shape extends z.ZodType>(shape: Shape, about: string | z.core.GlobalMeta) =>
  shape.meta(typeof about === 'string' ? { description: about } : about).exactOptional();

/** An object with any keys. A name that zod leaves out, since it is dangerous as a key, must not vanish unseen. */
const table = <const Value extends z.ZodType>(value: Value, expected: string) =>
  z
    .custom<Record<string, unknown>>(
      (table) => isPlainObject(table) && !Object.hasOwn(table, '__proto__'),
      expected,
    )
    .pipe(z.record(z.string(), value, expected))
    .meta({ propertyNames: { not: { const: '__proto__' } } });

/**
 * One of several shapes: the one that the value itself calls for, so that the message is about that one alone.
 * @param id its name in the JSON Schema
 */
const chosen = <const Options extends readonly z.ZodType[]>(
  id: string,
  options: Options,
  shapeFor: (value: unknown) => Options[number],
) =>
  z.preprocess((value, context): unknown => {
    const checked = shapeFor(value).safeParse(value, { reportInput: true });
    if (checked.success) return checked.data;
    context.issues.push(...(checked.error.issues as z.core.$ZodRawIssue[]));
    return z.NEVER;
  }, z.union(options).meta({ id }));

/** The shape of which an object has a key; undefined for an object without such a key, and for anything else. */
const keyed = <Shape extends z.ZodObject>(value: unknown, shapes: readonly Shape[]): Shape | undefined =>
  isPlainObject(value)
    ? shapes.find(({ shape }) => Object.keys(shape).some((key) => key in value))
    : undefined;

/** What the text of a column must be. */
export type Condition =
  | string
  | string[]
  | { not: Condition }
  | { matches: string }
  | { empty: boolean }
  | { amount: 'negative' | 'zero' | 'positive' };

const text = z
  .string('a text, a list of texts, or an object with one of "not", "matches", "empty" or "amount"')
  .describe('Exactly this text.');
const texts = z.array(anyText).describe('One of these texts.');
const not = fields({ not: z.lazy(() => condition) });
const matches = fields({
  matches: scalar((pattern) => isUsable(() => new RegExp(pattern, 'u')), 'a regular expression').meta({
    description: 'A regular expression that matches somewhere.',
    format: 'regex',
  }),
});
const empty = fields({ empty: flag });
const amount = fields({ amount: oneOf(['negative', 'zero', 'positive']) });

const condition: z.ZodType<Condition> = chosen(
  'condition',
  [text, texts, not, matches, empty, amount],
  (value) => (Array.isArray(value) ? texts : (keyed(value, [not, matches, empty, amount]) ?? text)),
);

const conditions = table(
  condition.describe('What the text of the column must be.'),
  'an object of column names, each with a condition',
).meta({
  id: 'conditions',
  description: 'Column names, each with a condition. All of them must be met.',
});

const template = filledText(
  'a template such as "{Total}", or an object with "from", "sum", "difference", "product" or "sumOfLines"',
).meta({
  description:
    'A template: column names in braces, other text as it is; {#} is the number of the row, {#equal} counts the rows for which the rest of the template is the same.',
  examples: ['{Total}', '{First name} {Last name}', 'USD'],
});

const textValue = fields({
  from: filled.describe('A template.'),
  values: optional(
    table(anyText, 'an object of texts in the file, each with what it stands for'),
    'Texts of the file and what each stands for. A text that is not among them is refused, unless there is "otherwise".',
  ),
  otherwise: optional(anyText, 'The value for every other text.'),
  ifEmpty: optional(filled, 'The value if the text is empty.'),
  negate: optional(flag, "If true, the amount's sign is reversed."),
});

/** A template, and what is done with its text. */
export type TextValue = z.output<typeof textValue>;

/** An amount that is computed from others of the same row. */
export type Computation = { sum: FieldValue[] } | { difference: FieldValue[] } | { product: FieldValue[] };

/** Where the value of a field comes from. */
export type FieldValue = string | TextValue | Computation;

const operands = z.lazy(() => z.array(fieldValue, 'a list of amounts').min(2, 'at least two amounts'));
const sum = fields({ sum: operands.describe('Amounts to add. Empty ones count as 0.') });
const difference = fields({
  difference: operands.describe('An amount, and the amounts to subtract from it. Empty ones count as 0.'),
});
const product = fields({
  product: operands.describe('Numbers to multiply. If one is empty, so is the product.'),
});

const fieldValue: z.ZodType<FieldValue> = chosen(
  'value',
  [template, textValue, sum, difference, product],
  (value) => keyed(value, [sum, difference, product]) ?? (isPlainObject(value) ? textValue : template),
);

const sumOfLines = fields({
  sumOfLines: filledList('a list of fields that the lines have', 'at least one field').describe(
    'Fields of the document\'s lines to add: "total", "tax".',
  ),
});

/** The value of a field of a whole document may also add up what its lines have. */
const documentValue = chosen(
  'documentValue',
  [fieldValue, sumOfLines],
  (value) => keyed(value, [sumOfLines]) ?? fieldValue,
);

const valueTable = <const Value extends z.ZodType>(value: Value) =>
  table(value, 'an object of field names, each with where its value comes from').describe(
    'Fields of the record, each with where its value comes from.',
  );

const items = fields({
  each: optional(
    filled,
    'The lookup whose rows are the items. Without it, every row of the imported file is an item, and the rows with the same id form one document.',
  ),
  fields: valueTable(fieldValue),
}).meta({ id: 'items' });

const wholePayment = fieldValue.describe('The whole payment.');
const rest = optional(
  filled,
  'A template: the id of a payment without an invoice, made from the remaining amount. Without it, a payment with a remaining amount is refused.',
);
const splitByLookup = fields({
  amount: wholePayment,
  each: filled.describe('The lookup whose rows are the parts.'),
  rest,
});
const splitByColumns = fields({
  amount: wholePayment,
  columns: filledList('a list of column names', 'at least one column').describe(
    'Columns with several texts in a cell, the same number in each.',
  ),
  separator: filled.describe('The separator between the texts.'),
  rest,
});
const split = chosen('split', [splitByLookup, splitByColumns], (value) =>
  isPlainObject(value) && 'each' in value ? splitByLookup : splitByColumns,
).describe('How one payment becomes several, one for each invoice. Together they equal the amount exactly.');

/** The lists that records of a kind may have. */
const lists = {
  lines: optional(items, 'The lines of an invoice or bill.'),
  allocations: optional(items, 'The documents that a credit settles.'),
  rates: optional(items, 'The rates of a tax group.'),
  links: optional(items, 'What a bank transaction settles.'),
  linkedTo: optional(items, 'The records that a file belongs to.'),
} satisfies Record<ListName, z.ZodType>;

export const listNames = Object.keys(lists) as ListName[];

/** The shape of a rule: what a row becomes. Which fields it has depends on its kind. */
export const recordRule = fields({
  kind: oneOf(recordKinds.filter((kind) => kind !== 'business')),
  when: optional(conditions, 'The rows that the rule applies to. Default: all.'),
  keepFirst: optional(
    flag,
    'If true and rows describe the same record differently, the first row is kept. Otherwise, the later row is refused.',
  ),
  split: split.exactOptional(),
  fields: valueTable(documentValue),
  ...lists,
});

const dateFormat = filledText('a format such as "dd/MM/yyyy", or an object with "format"').meta({
  id: 'dateFormat',
  description:
    'yyyy or yy, MM or MMM (names), dd. A time of day after it is ignored. "unix" for seconds since 1970, "excel" for the days that spreadsheets count.',
  examples: ['yyyy-MM-dd', 'dd/MM/yyyy', 'MM/dd/yyyy', 'd MMMM yyyy', 'dd-MMM-yy', 'unix', 'excel'],
});
const dateStyle = fields({
  format: dateFormat,
  monthNames: optional(
    scalar(
      (tag) => isUsable(() => Intl.DateTimeFormat.supportedLocalesOf(tag).length > 0),
      'a language such as "de" or "pt-BR"',
    ),
    {
      description: 'The language of month names. Default: "en".',
      minLength: 2,
      examples: ['de', 'fr', 'pt-BR'],
    },
  ),
  timeZone: optional(scalar(isTimeZone, 'an IANA time zone such as "Europe/Zurich"'), {
    description: 'For "unix": the time zone of the day. Default: "UTC".',
    pattern: '^[A-Za-z]',
    examples: ['Europe/Zurich'],
  }),
});

/** How a file writes its dates: a format, or one with what it needs to be read. */
export type DateStyle = string | z.output<typeof dateStyle>;

const numberStyle = fields({
  decimal: optional(z.enum(['.', ','], 'a point or a comma'), 'The decimal separator. Default: a point.'),
  thousands: optional(
    z.enum([',', '.', "'", ' '], 'a comma, a point, an apostrophe or a space'),
    'The separator between groups of digits; a space also means the narrow and the non-breaking space. Default: none.',
  ),
  symbols: optional(
    z.array(filled, 'a list of texts such as "$"'),
    'Texts that may come before or after an amount, such as "$" or "CHF".',
  ),
  parentheses: optional(flag, 'Whether (12.50) means -12.50.'),
  trailingMinus: optional(flag, 'Whether 12.50- means -12.50.'),
  signs: optional(
    table(
      oneOf(['positive', 'negative']),
      'an object of texts such as "CR", each with "positive" or "negative"',
    ),
    {
      description: 'Texts before or after an amount that give its sign, such as "CR". Case does not matter.',
      examples: [{ CR: 'negative', DR: 'positive' }],
    },
  ),
  minorUnits: optional(
    flag,
    "Whether amounts are whole cents (or the currency's own minor unit): 1250 USD is 12.50.",
  ),
});

/** How a file writes its numbers. */
export type NumberStyle = z.output<typeof numberStyle>;

const lookup = fields({
  file: filled.describe('Its path, relative to the folder of the imported file.'),
  key: filled.describe('The column to look up rows by.'),
  from: filled.describe('The template for the text to look up in that column.'),
  optional: optional(
    flag,
    "If true, a text that is not found leaves the lookup's columns empty. Otherwise, the row is refused.",
  ),
});

/** The shape of a mapping file. */
export const mapping = fields({
  $schema: anyText.exactOptional(),
  delimiter: optional(
    scalar((text) => text.length === 1 && text !== '"', 'one character, such as ";"'),
    {
      description: 'The column separator. Default: ",". Many European files use ";". Use "\\t" for tabs.',
      minLength: 1,
      maxLength: 1,
      not: { const: '"' },
    },
  ),
  headerLine: optional(
    wholeNumber(1, 1000),
    'The line of the file with the column names. Default: 1. Lines above it are ignored.',
  ),
  dates: optional(
    chosen('dates', [dateFormat, dateStyle], (value) => (isPlainObject(value) ? dateStyle : dateFormat)),
    'How dates are written. Default: "yyyy-MM-dd".',
  ),
  numbers: optional(numberStyle, 'How amounts and quantities are written. Default: 1234.50.'),
  currency: optional(
    fieldValue,
    'The currency of every record: fixed ("USD") or from a column ("{Currency}").',
  ),
  wholeNumbers: optional(
    z.array(filled, 'a list of column names'),
    'Columns in which 7290.0 means 7290. Columns of a lookup are written "name.column".',
  ),
  surplusCells: optional(
    z.literal('ignore', '"ignore"'),
    '"ignore" ignores filled cells beyond the header, and reports how many rows have any. Empty ones are always ignored.',
  ),
  lookups: optional(
    table(lookup, 'an object of names, each with a file'),
    'Other CSV files beside the imported one. Their columns are written "{name.column}".',
  ),
  leaveOut: optional(
    z.array(fields({ when: conditions, reason: filled }), 'a list of "when" and "reason"'),
    'Rows that are not records. They are counted by reason, not refused.',
  ),
  records: z
    .array(recordRule, 'a list of rules')
    .min(1, 'at least one rule')
    .describe('What a row becomes: one record for every rule that applies to it.'),
});

export type Mapping = z.output<typeof mapping>;
export type RecordRule = z.output<typeof recordRule>;
export type SplitRule = z.output<typeof split>;
export type Conditions = z.output<typeof conditions>;

/**
 * Reads a mapping that was parsed from JSON.
 * @throws {Refusal} one sentence that names what is wrong and what was expected.
 */
export const parseMapping = (value: unknown): Mapping => readStrictly(mapping, value, 'The mapping');

/**
 * Reads a mapping file.
 * @throws {Refusal} when it cannot be read, or is not JSON or not a mapping.
 */
export async function readMapping(path: string): Promise<Mapping> {
  const shown = quote(path);
  const text = await readFile(path, 'utf8').catch(() => {
    throw new Refusal(`The mapping file ${shown} cannot be read.`);
  });
  const value = parsedJson(text.replace(/^\uFEFF/, ''), `The mapping file ${shown}`);
  return located(`In the mapping file ${shown}`, () => parseMapping(value));
}

/** Whether the runtime knows what to do with it. */
function isUsable(use: () => unknown): boolean {
  try {
    return Boolean(use());
  } catch {
    return false;
  }
}
