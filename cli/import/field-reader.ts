import { decimalsOf } from '../../shared/ledger/currencies.ts';
import { Refusal } from '../../shared/ledger/errors.ts';
import type { FieldType } from '../../shared/ledger/fields.ts';
import type { FieldFact } from '../../shared/ledger/shapes.ts';
import { quote } from '../../shared/text.ts';
import { type Amount, amountOf } from './amount.ts';
import type { Columns, Row } from './columns.ts';
import type { DateReader } from './date-format.ts';
import { round, writeDecimal } from './decimal.ts';
import { mappedText } from './mapped-text.ts';
import type { FieldValue, TextValue } from './mapping.ts';
import type { NumberReader } from './number-style.ts';

/** How a file writes dates and numbers. */
export interface Notation {
  dates: DateReader;
  numbers: NumberReader;
}

/** Reads a field of a record from a row; undefined if the row has nothing for it. */
export interface FieldReader {
  name: string;
  /** The field and where it comes from, for messages: `amount, from "{Total}"`. */
  place: string;
  /** Whether it is computed instead of written in the file. */
  computed: boolean;
  /** Whether the row has nothing for it; constants alone say nothing about a row. */
  isEmpty(row: Row): boolean;
  /**
   * The value in the interchange format. `currency` is that of the record; only money needs it.
   * @throws {Refusal} when the text is not what the field needs.
   */
  read(row: Row, currency: string): string | boolean | undefined;
}

type ValueReader = Pick<FieldReader, 'computed' | 'isEmpty' | 'read'> & { shown: string };

/**
 * Makes the reader of one field.
 * @throws {Refusal} when the mapping asks for something that the field cannot be.
 */
export function fieldReader(
  name: string,
  { type }: FieldFact,
  value: FieldValue,
  columns: Columns,
  notation: Notation,
): FieldReader {
  const reader =
    type === 'money' || type === 'price' || type === 'decimal'
      ? amountReader(type, amountOf(value, columns, notation.numbers), notation.numbers)
      : textReader(type, textValue(name, value), columns, notation);
  const place = `${name}, from ${reader.shown}`;
  return {
    name,
    place,
    computed: reader.computed,
    isEmpty: reader.isEmpty,
    read(row, currency) {
      try {
        const value = reader.read(row, currency);
        if (value !== undefined) row.reading.tried(place);
        return value;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        row.reading.tried(place);
        row.reading.failed(place, error);
        throw new Refusal(`${place}: ${error.message}`);
      }
    },
  };
}

function textValue(name: string, value: FieldValue): string | TextValue {
  if (typeof value === 'string') return value;
  const [forAmounts] = ['sum', 'difference', 'product', 'negate'].filter((part) =>
    Object.hasOwn(value, part),
  );
  if (forAmounts === undefined && 'from' in value) return value;
  throw new Refusal(`${quote(forAmounts ?? '')} is only for amounts: ${name} is not one.`);
}

/** The most decimals that a quantity or a price can have. */
const finestDecimals = 12;

function amountReader(
  type: 'money' | 'price' | 'decimal',
  amount: Amount,
  { inMajorUnits }: NumberReader,
): ValueReader {
  return {
    ...amount,
    read(row, currency) {
      const written = amount.read(row);
      if (!written) return undefined;
      const exact = type === 'decimal' ? written : inMajorUnits(written, currency);
      // Only computed amounts are rounded. In a file, too many decimals are a mistake.
      const decimals = type === 'money' ? decimalsOf(currency) : finestDecimals;
      return writeDecimal(amount.computed ? round(exact, decimals) : exact);
    },
  };
}

function textReader(
  type: Exclude<FieldType, 'money' | 'price' | 'decimal'>,
  value: string | TextValue,
  columns: Columns,
  { dates }: Notation,
): ValueReader {
  const text = mappedText(value, columns);
  const convert = { day: dates, currency: upperCase, flag: toFlag, id: asItIs, text: asItIs }[type];
  return {
    ...text,
    computed: false,
    read(row) {
      // An id with a missing part would be shared by many rows.
      const known = text.read(row, type === 'id');
      return known === '' ? undefined : convert(known);
    },
  };
}

const asItIs = (text: string): string => text;

/** Some systems write currency codes in lowercase. */
const upperCase = (text: string): string => text.toUpperCase();

function toFlag(text: string): boolean {
  if (text === 'true') return true;
  if (text === 'false') return false;
  throw new Refusal(`${quote(text)} is neither "true" nor "false": use "values" to map it to one of them.`);
}
