import { decimalsOf } from '../../shared/ledger/currencies.ts';
import { Refusal } from '../../shared/ledger/errors.ts';
import type { FieldType } from '../../shared/ledger/fields.ts';
import type { FieldFact } from '../../shared/ledger/shapes.ts';
import { quote } from '../../shared/text.ts';
import { amountOf } from './amount.ts';
import { round, writeDecimal } from './decimal.ts';
import type { FieldValue, TextValue } from './mapping.ts';
import { watched } from './reading.ts';
import { converted, type Row, type Sheet, type Value } from './sheet.ts';
import { textOf } from './text.ts';

/** A record in the interchange format, or an item of its list, while it is being put together. */
export type Draft = Record<string, unknown>;

/** A field of a record, in the interchange format. */
export interface Field extends Value<string | boolean> {
  name: string;
  /** The field and where it comes from, for messages: `amount, from "{Total}"`. */
  place: string;
}

/**
 * Compiles one field.
 * @throws {Refusal} when the mapping asks for something that the field cannot be.
 */
export function fieldOf(name: string, { type }: FieldFact, value: FieldValue, sheet: Sheet): Field {
  const made =
    type === 'money' || type === 'price' || type === 'decimal'
      ? numberOf(type, value, sheet)
      : wordOf(type, textIn(name, value), sheet);
  const place = `${name}, from ${made.shown}`;
  return { ...made, name, place, read: watched(place, made.read) };
}

/** Sets the fields for which the row has something. Those of an address are named like "address.city". */
export function fill(draft: Draft, fields: readonly Field[], row: Row): Draft {
  for (const { name, read } of fields) {
    const value = read(row);
    if (value === undefined) continue;
    if (!name.includes('.')) draft[name] = value;
    else {
      const [whole = '', part = ''] = name.split('.');
      draft[whole] = { ...(draft[whole] as Draft | undefined), [part]: value };
    }
  }
  return draft;
}

function textIn(name: string, value: FieldValue): string | TextValue {
  if (typeof value === 'string') return value;
  const [forAmounts] = ['sum', 'difference', 'product', 'negate'].filter((part) =>
    Object.hasOwn(value, part),
  );
  if (forAmounts === undefined && 'from' in value) return value;
  throw new Refusal(`${quote(forAmounts ?? '')} is only for amounts: ${name} is not one.`);
}

/** The most decimals that a quantity or a price can have. */
const finestDecimals = 12;

function numberOf(type: 'money' | 'price' | 'decimal', value: FieldValue, sheet: Sheet): Value<string> {
  const amount = amountOf(value, sheet);
  return converted(amount, (written, { currency }) => {
    const exact = type === 'decimal' ? written : sheet.numbers.inMajorUnits(written, currency);
    if (!amount.computed) return writeDecimal(exact);
    // Only computed amounts are rounded. In a file, too many decimals are a mistake.
    return writeDecimal(round(exact, type === 'money' ? decimalsOf(currency) : finestDecimals));
  });
}

function wordOf(
  type: Exclude<FieldType, 'money' | 'price' | 'decimal'>,
  value: string | TextValue,
  sheet: Sheet,
): Value<string | boolean> {
  // An id with a missing part would be shared by many rows.
  const text = textOf(value, sheet, type === 'id');
  if (type === 'day') return converted(text, sheet.dates);
  if (type === 'flag') return converted(text, flagIn);
  // Some systems write currency codes in lowercase.
  return type === 'currency' ? converted(text, (code) => code.toUpperCase()) : text;
}

function flagIn(text: string): boolean {
  if (text === 'true') return true;
  if (text === 'false') return false;
  throw new Refusal(`${quote(text)} is neither "true" nor "false": use "values" to map it to one of them.`);
}
