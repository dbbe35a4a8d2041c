import { decimalsOf } from '../../shared/ledger/currencies.ts';
import { Refusal } from '../../shared/ledger/errors.ts';
import type { FieldType } from '../../shared/ledger/fields.ts';
import type { FieldFact } from '../../shared/ledger/shapes.ts';
import { quote } from '../../shared/text.ts';
import { amountOf } from './amount.ts';
import type { ReadCell, Row, Sheet } from './columns.ts';
import { round, writeDecimal } from './decimal.ts';
import type { FieldValue, TextValue } from './mapping.ts';
import { mappedText, templateOf } from './text.ts';

/** A record in the interchange format, or an item of its list, while it is being put together. */
export type Draft = Record<string, unknown>;

/** Reads a field of a record from a row. */
export interface FieldReader {
  name: string;
  /** The field and where it comes from, for messages: `amount, from "{Total}"`. */
  place: string;
  /** Whether it is computed instead of written in the file. */
  computed: boolean;
  /** The columns that it is made from. */
  cells: readonly ReadCell[];
  /**
   * The value in the interchange format; undefined if the row has nothing for it.
   * @param currency that of the record; only money needs it
   * @throws {Refusal} when the text is not what the field needs.
   */
  read(row: Row, currency: string): string | boolean | undefined;
  /** Sets the field of a record, if the row has something for it. */
  fill(draft: Draft, row: Row, currency: string): void;
}

type ValueReader = Pick<FieldReader, 'computed' | 'cells' | 'read'> & { shown: string };

/**
 * Compiles one field.
 * @throws {Refusal} when the mapping asks for something that the field cannot be.
 */
export function fieldReader(name: string, { type }: FieldFact, value: FieldValue, sheet: Sheet): FieldReader {
  const { shown, computed, cells, ...reader } =
    type === 'money' || type === 'price' || type === 'decimal'
      ? amountReader(type, value, sheet)
      : textReader(type, textValue(name, value), sheet);
  const place = `${name}, from ${shown}`;
  const read = (row: Row, currency: string) => {
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
  };
  const [field = '', part] = name.split('.');
  return {
    name,
    place,
    computed,
    cells,
    read,
    fill(draft, row, currency) {
      const value = read(row, currency);
      if (value === undefined) return;
      if (part === undefined) draft[field] = value;
      else draft[field] = { ...(draft[field] as Draft | undefined), [part]: value };
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

function amountReader(type: 'money' | 'price' | 'decimal', value: FieldValue, sheet: Sheet): ValueReader {
  const amount = amountOf(value, sheet);
  return {
    ...amount,
    read(row, currency) {
      const written = amount.read(row);
      if (!written) return undefined;
      const exact = type === 'decimal' ? written : sheet.numbers.inMajorUnits(written, currency);
      if (!amount.computed) return writeDecimal(exact);
      // Only computed amounts are rounded. In a file, too many decimals are a mistake.
      return writeDecimal(round(exact, type === 'money' ? decimalsOf(currency) : finestDecimals));
    },
  };
}

function textReader(
  type: Exclude<FieldType, 'money' | 'price' | 'decimal'>,
  value: string | TextValue,
  { columns, dates }: Sheet,
): ValueReader {
  // An id with a missing part would be shared by many rows.
  const { cells, read } = mappedText(value, columns, type === 'id');
  const convert = { day: dates, currency: upperCase, flag: toFlag, id: asItIs, text: asItIs }[type];
  return {
    shown: quote(templateOf(value)),
    computed: false,
    cells,
    read(row) {
      const text = read(row);
      return text === '' ? undefined : convert(text);
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
