import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { Refusal } from '../../shared/ledger/errors.ts';
import { recordKinds } from '../../shared/ledger/record-shapes.ts';
import {
  describe,
  explain,
  fields,
  isPlainObject,
  oneOf,
  quote,
  scalar,
  wholeNumber,
} from '../../shared/ledger/strict-shapes.ts';

/*
 * The mapping file: how the rows of a CSV file become records. Its shape is also published, for editors, as
 * `mapping.schema.json`; docs/import.md explains it. What it means for a given file is in `record-rule.ts`.
 */

const optional = v.exactOptional;
const filled = scalar((text) => text !== '', 'a text that is not empty');
const anyText = scalar(() => true, 'a text');
const flag = v.boolean('true or false');

const table = <const Value extends v.GenericSchema>(value: Value, expected: string) =>
  v.pipe(
    v.custom<Record<string, unknown>>(isTable, expected),
    v.record(v.string(), value),
    v.description(expected),
  );

const list = <const Item extends v.GenericSchema>(item: Item, expected: string) =>
  v.pipe(v.array(item, expected), v.description(expected));

const sign = oneOf(['negative', 'zero', 'positive']);
const pattern = scalar(isPattern, 'a regular expression');

/** What the text of a column must be. */
export type Condition =
  | string
  | string[]
  | { not: Condition }
  | { matches: string }
  | { empty: boolean }
  | { amount: v.InferOutput<typeof sign> };

const expectedCondition =
  'a text, a list of texts, or an object with one of "not", "matches", "empty" or "amount"';

const condition: v.GenericSchema<unknown, Condition> = v.lazy(
  (value): v.GenericSchema<unknown, Condition> => {
    if (Array.isArray(value)) return v.array(anyText, expectedCondition);
    if (!isPlainObject(value)) return v.pipe(v.string(expectedCondition), v.description(expectedCondition));
    if ('not' in value) return fields({ not: condition });
    if ('matches' in value) return fields({ matches: pattern });
    if ('empty' in value) return fields({ empty: flag });
    if ('amount' in value) return fields({ amount: sign });
    return v.custom<Condition>(() => false, expectedCondition);
  },
);
const conditions = table(condition, 'an object of column names, each with what must be in it');

const valueObject = fields({
  from: filled,
  values: optional(table(anyText, 'an object of texts in the file, each with what it stands for')),
  otherwise: optional(anyText),
  negate: optional(flag),
});
const expectedValue = 'a template such as "{Total}", or an object with "from"';

/** Where the value of a field comes from: a template, or a template and what is done with its text. */
export type FieldValue = string | v.InferOutput<typeof valueObject>;

const fieldValue: v.GenericSchema<unknown, FieldValue> = v.lazy(
  (value): v.GenericSchema<unknown, FieldValue> =>
    isPlainObject(value) ? valueObject : scalar((text) => text !== '', expectedValue),
);
const fieldValues = table(fieldValue, 'an object of field names, each with where its value comes from');

const itemRule = fields({ each: optional(filled), fields: fieldValues });

const recordRule = fields({
  kind: oneOf(recordKinds.filter((kind) => kind !== 'business')),
  when: optional(conditions),
  keepFirst: optional(flag),
  fields: fieldValues,
  lines: optional(itemRule),
  allocations: optional(itemRule),
});

const mapping = fields({
  $schema: optional(anyText),
  delimiter: optional(scalar((text) => text.length === 1 && text !== '"', 'one character, such as ";"')),
  headerLine: optional(wholeNumber(1, 1000)),
  dates: optional(filled),
  numbers: optional(
    fields({
      decimal: optional(v.picklist(['.', ','], 'a point or a comma')),
      thousands: optional(v.picklist([',', '.', "'", ' '], 'a comma, a point, an apostrophe or a blank')),
      symbols: optional(list(filled, 'a list of texts such as "$"')),
      parentheses: optional(flag),
      minorUnits: optional(flag),
    }),
  ),
  currency: optional(fieldValue),
  lookups: optional(
    table(fields({ file: filled, key: filled, from: filled }), 'an object of names, each with a file'),
  ),
  leaveOut: optional(list(fields({ when: conditions, reason: filled }), 'a list of "when" and "reason"')),
  records: v.pipe(
    list(recordRule, 'a list of rules'),
    v.minLength(1, 'at least one rule'),
    v.description('a list of rules'),
  ),
});

export type Mapping = v.InferOutput<typeof mapping>;
export type RecordRule = v.InferOutput<typeof recordRule>;
export type ItemRule = v.InferOutput<typeof itemRule>;
export type Conditions = Record<string, Condition>;

/**
 * Reads a mapping that was parsed from JSON.
 * @throws {Refusal} one sentence that names what is wrong and what was expected.
 */
export function parseMapping(value: unknown): Mapping {
  if (!isPlainObject(value)) throw new Refusal(`The mapping is ${describe(value)}: expected an object.`);
  const checked = v.safeParse(mapping, value);
  if (!checked.success) throw new Refusal(explain(checked.issues, 'The mapping'));
  return checked.output;
}

/**
 * Reads a mapping file.
 * @throws {Refusal} when it cannot be read, is no JSON or no mapping.
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
    throw new Refusal(`The mapping file ${shown} is no valid JSON: ${(error as SyntaxError).message}.`);
  }
  try {
    return parseMapping(value);
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal(`In the mapping file ${shown}: ${error.message}`);
    throw error;
  }
}

/** The names that valibot leaves out of records, since they are dangerous as keys, must not vanish unseen. */
function isTable(value: unknown): boolean {
  const reserved = ['__proto__', 'constructor', 'prototype'];
  return isPlainObject(value) && !reserved.some((name) => Object.hasOwn(value, name));
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'u');
    return true;
  } catch {
    return false;
  }
}
