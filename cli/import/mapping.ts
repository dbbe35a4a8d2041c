import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { isPlainObject } from '../../shared/json.ts';
import { isTimeZone } from '../../shared/ledger/dates.ts';
import { Refusal } from '../../shared/ledger/errors.ts';
import { recordKinds } from '../../shared/ledger/kinds/index.ts';
import {
  describe,
  fields,
  oneOf,
  readStrictly,
  scalar,
  wholeNumber,
} from '../../shared/ledger/strict-shapes.ts';
import { quote } from '../../shared/text.ts';

/*
 * The mapping file: how the rows of a CSV file become records. Its shape is also published, for editors, as
 * `mapping.schema.json`; docs/import.md explains it. What it means for a given file is in `record-rule.ts`.
 */

const filled = scalar((text) => text !== '', 'a text that is not empty');
const anyText = z.string('a text');
const flag = z.boolean('true or false');

const table = <const Value extends z.ZodType>(value: Value, expected: string) =>
  z.custom<Record<string, unknown>>(isTable, expected).pipe(z.record(z.string(), value, expected));

/** Read by the shape that the value itself calls for, so that the message is about that one and not about all. */
const chosen = <Value>(shapeFor: (value: unknown) => z.ZodType<Value>) =>
  z.unknown().transform((value, context): Value => {
    const checked = shapeFor(value).safeParse(value, { reportInput: true });
    if (checked.success) return checked.data;
    context.issues.push(...(checked.error.issues as z.core.$ZodRawIssue[]));
    return z.NEVER;
  });

const sign = oneOf(['negative', 'zero', 'positive']);
const pattern = scalar(isPattern, 'a regular expression');

/** What the text of a column must be. */
export type Condition =
  | string
  | string[]
  | { not: Condition }
  | { matches: string }
  | { empty: boolean }
  | { amount: z.output<typeof sign> };

const expectedCondition =
  'a text, a list of texts, or an object with one of "not", "matches", "empty" or "amount"';

const condition: z.ZodType<Condition> = chosen<Condition>((value) => {
  if (Array.isArray(value)) return z.array(anyText);
  if (!isPlainObject(value)) return z.string(expectedCondition);
  if ('not' in value) return fields({ not: condition });
  if ('matches' in value) return fields({ matches: pattern });
  if ('empty' in value) return fields({ empty: flag });
  if ('amount' in value) return fields({ amount: sign });
  return z.custom<Condition>(() => false, expectedCondition);
});
const conditions = table(condition, 'an object of column names, each with a condition');

const valueObject = fields({
  from: filled,
  values: table(anyText, 'an object of texts in the file, each with what it stands for').exactOptional(),
  otherwise: anyText.exactOptional(),
  ifEmpty: filled.exactOptional(),
  negate: flag.exactOptional(),
});
const expectedValue =
  'a template such as "{Total}", or an object with "from", "sum", "difference", "product" or "sumOfLines"';
const template = scalar((text) => text !== '', expectedValue);

/** A template, and what is done with its text. */
export type TextValue = z.output<typeof valueObject>;

/** An amount that is computed from others of the same row. */
export type Computation = { sum: FieldValue[] } | { difference: FieldValue[] } | { product: FieldValue[] };

/** Where the value of a field comes from. */
export type FieldValue = string | TextValue | Computation;

const operands = z.lazy(() => z.array(fieldValue, 'a list of amounts').min(2, 'at least two amounts'));

const fieldValue: z.ZodType<FieldValue> = chosen<FieldValue>((value) => {
  if (!isPlainObject(value)) return template;
  if ('sum' in value) return fields({ sum: operands });
  if ('difference' in value) return fields({ difference: operands });
  if ('product' in value) return fields({ product: operands });
  return valueObject;
});

const sumOfLines = fields({
  sumOfLines: z.array(filled, 'a list of fields that the lines have').min(1, 'at least one field'),
});

/** The value of a field of a whole document may also add up what its lines have. */
export type DocumentValue = FieldValue | z.output<typeof sumOfLines>;

const documentValue = chosen<DocumentValue>((value) =>
  isPlainObject(value) && 'sumOfLines' in value ? sumOfLines : fieldValue,
);
const fieldValues = table(fieldValue, 'an object of field names, each with where its value comes from');

const documentValues = table(documentValue, 'an object of field names, each with where its value comes from');

const itemRule = fields({ each: filled.exactOptional(), fields: fieldValues });

const rest = filled.exactOptional();

/** How one payment becomes several, each for an invoice. */
export type SplitRule = { amount: FieldValue; rest?: string } & (
  | { each: string }
  | { columns: string[]; separator: string }
);

const splitRule = chosen<SplitRule>((value) =>
  isPlainObject(value) && 'each' in value
    ? fields({ amount: fieldValue, each: filled, rest })
    : fields({
        amount: fieldValue,
        columns: z.array(filled, 'a list of column names').min(1, 'at least one column'),
        separator: filled,
        rest,
      }),
);

const recordRule = fields({
  kind: oneOf(recordKinds.filter((kind) => kind !== 'business')),
  when: conditions.exactOptional(),
  keepFirst: flag.exactOptional(),
  split: splitRule.exactOptional(),
  fields: documentValues,
  lines: itemRule.exactOptional(),
  allocations: itemRule.exactOptional(),
});

const dateStyle = fields({
  format: filled,
  monthNames: scalar(isLanguage, 'a language such as "de" or "pt-BR"').exactOptional(),
  timeZone: scalar(isTimeZone, 'an IANA time zone such as "Europe/Zurich"').exactOptional(),
});

/** How a file writes its dates: a format, or one with what it needs to be read. */
export type DateStyle = string | z.output<typeof dateStyle>;

const dates = chosen<DateStyle>((value) =>
  isPlainObject(value)
    ? dateStyle
    : scalar((text) => text !== '', 'a format such as "dd/MM/yyyy", or an object with "format"'),
);

const mapping = fields({
  $schema: anyText.exactOptional(),
  delimiter: scalar(
    (text) => text.length === 1 && text !== '"',
    'one character, such as ";"',
  ).exactOptional(),
  headerLine: wholeNumber(1, 1000).exactOptional(),
  dates: dates.exactOptional(),
  numbers: fields({
    decimal: z.enum(['.', ','], 'a point or a comma').exactOptional(),
    thousands: z.enum([',', '.', "'", ' '], 'a comma, a point, an apostrophe or a space').exactOptional(),
    symbols: z.array(filled, 'a list of texts such as "$"').exactOptional(),
    parentheses: flag.exactOptional(),
    trailingMinus: flag.exactOptional(),
    signs: table(
      oneOf(['positive', 'negative']),
      'an object of texts such as "CR", each with "positive" or "negative"',
    ).exactOptional(),
    minorUnits: flag.exactOptional(),
  }).exactOptional(),
  currency: fieldValue.exactOptional(),
  wholeNumbers: z.array(filled, 'a list of column names').exactOptional(),
  surplusCells: z.literal('ignore', '"ignore"').exactOptional(),
  lookups: table(
    fields({ file: filled, key: filled, from: filled, optional: flag.exactOptional() }),
    'an object of names, each with a file',
  ).exactOptional(),
  leaveOut: z
    .array(fields({ when: conditions, reason: filled }), 'a list of "when" and "reason"')
    .exactOptional(),
  records: z.array(recordRule, 'a list of rules').min(1, 'at least one rule'),
});

export type Mapping = z.output<typeof mapping>;
export type RecordRule = z.output<typeof recordRule>;
export type ItemRule = z.output<typeof itemRule>;
export type Conditions = Record<string, Condition>;

/**
 * Reads a mapping that was parsed from JSON.
 * @throws {Refusal} one sentence that names what is wrong and what was expected.
 */
export function parseMapping(value: unknown): Mapping {
  if (!isPlainObject(value)) throw new Refusal(`The mapping is ${describe(value)}: expected an object.`);
  return readStrictly(mapping, value, 'The mapping');
}

/**
 * Reads a mapping file.
 * @throws {Refusal} when it cannot be read, or is not JSON or not a mapping.
 */
export async function readMapping(path: string): Promise<Mapping> {
  const shown = quote(path);
  const text = await readFile(path, 'utf8').catch(() => {
    throw new Refusal(`The mapping file ${shown} cannot be read.`);
  });
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new Refusal(`The mapping file ${shown} is not valid JSON: ${(error as SyntaxError).message}.`);
  }
  try {
    return parseMapping(value);
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal(`In the mapping file ${shown}: ${error.message}`);
    throw error;
  }
}

/** A name that zod leaves out of records, since it is dangerous as a key, must not vanish unseen. */
function isTable(value: unknown): boolean {
  return isPlainObject(value) && !Object.hasOwn(value, '__proto__');
}

function isLanguage(tag: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(tag).length > 0;
  } catch {
    return false;
  }
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'u');
    return true;
  } catch {
    return false;
  }
}
