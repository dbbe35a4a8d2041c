import * as z from 'zod';
import { isCurrency } from './currencies.ts';
import { isDay, isTimeZone } from './dates.ts';
import type { Minor } from './money.ts';
import { oneOf, fields as record, scalar, wholeNumber } from './strict-shapes.ts';

/*
 * The types of fields from which kinds of records make their shapes, as they are written in the interchange format.
 * The message of each completes the sentence "expected …".
 */

/** The meaning of a field's text, which decides how other notations of it are read. */
export type FieldType = 'money' | 'price' | 'decimal' | 'day' | 'currency' | 'id' | 'flag' | 'text';

const typed = <Schema extends z.ZodType>(type: FieldType, schema: Schema): Schema => schema.meta({ type });

const text = (maximum: number) =>
  scalar(
    (value) => value.length <= maximum && /\S/.test(value) && value.isWellFormed(),
    `text of 1 to ${maximum.toLocaleString('en')} characters`,
  );

const plainDecimal = scalar(
  (value) => /^-?\d{1,15}(\.\d{1,12})?$/.test(value),
  'a decimal string such as "1.5", with at most 12 decimals',
);

const maximumItems = 1000;

const optional = {
  street: text(500).exactOptional(),
  city: text(200).exactOptional(),
  region: text(200).exactOptional(),
  postalCode: text(200).exactOptional(),
  country: text(200).exactOptional(),
};

/** What a shape can be made of. */
export const fields = {
  id: typed(
    'id',
    scalar(
      (value) =>
        value !== '' &&
        value.length <= 200 &&
        value === value.trim() &&
        !/\p{Cc}/u.test(value) &&
        value.isWellFormed(),
      'an id of 1 to 200 characters, without control characters and without spaces at the start or end',
    ),
  ),
  text,
  name: text(200),
  label: text(200),
  prose: text(4000),
  day: typed('day', scalar(isDay, 'a date from 1900 to 2199 in the format YYYY-MM-DD')),
  currency: typed('currency', scalar(isCurrency, 'an ISO 4217 currency code in capitals, such as "USD"')),
  /** An amount in the currency of its record. */
  money: typed(
    'money',
    scalar(
      (value) => /^-?\d{1,15}(\.\d+)?$/.test(value),
      'a decimal string such as "1234.50" (a string, because numbers are not exact)',
    ).brand<'money'>(),
  ),
  decimal: typed('decimal', plainDecimal),
  /** The price of one unit, which may have more decimals than the currency. */
  price: typed('price', plainDecimal),
  percent: typed(
    'decimal',
    scalar(
      (value) => /^\d{1,3}(\.\d{1,6})?$/.test(value) && Number(value) <= 100,
      'a percentage from 0 to 100 as a decimal string, such as "8.1"',
    ),
  ),
  /** A moment in UTC; texts of this format compare. */
  instant: scalar(
    (value) => /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(value) && !Number.isNaN(Date.parse(value)),
    'a time in UTC in the format "2026-03-31T14:05:00Z"',
  ),
  timeZone: scalar(isTimeZone, 'an IANA time zone such as "Europe/Zurich"'),
  flag: typed('flag', z.boolean('true or false')),
  address: record(optional),
  oneOf,
  wholeNumber,
  /** A list of objects with these fields. */
  items: <const Shape extends z.ZodRawShape>(shape: Shape) =>
    z
      .array(record(shape), 'a list')
      .max(maximumItems, `at most ${maximumItems.toLocaleString('en')} items`)
      .default([]),
};

export type Fields = typeof fields;

/** A value of the interchange format with its money in minor units. */
type InMinorUnits<Wire> =
  Wire extends z.core.$brand<'money'>
    ? Minor
    : Wire extends (infer Item)[]
      ? InMinorUnits<Item>[]
      : Wire extends object
        ? { [Field in keyof Wire]: InMinorUnits<Wire[Field]> }
        : Wire;

/** A record, as its kind's shape describes it. */
export type RecordOf<Name extends string, Shape extends (is: Fields) => z.ZodRawShape> =
  InMinorUnits<{ kind: Name; id: string } & z.output<z.ZodObject<ReturnType<Shape>>>> extends infer Flat
    ? { [Field in keyof Flat]: Flat[Field] }
    : never;
