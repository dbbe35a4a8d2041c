import { Refusal } from '../../shared/ledger/errors.ts';
import type { FieldFact, FieldType } from '../../shared/ledger/record-shapes.ts';
import { quote } from '../../shared/ledger/strict-shapes.ts';
import { type Columns, type Row, type Text, textOf } from './columns.ts';
import type { DateReader } from './date-format.ts';
import type { FieldValue } from './mapping.ts';
import type { NumberReader } from './number-style.ts';

/** How the texts of a file are written. */
export interface Notation {
  dates: DateReader;
  numbers: NumberReader;
}

/** A field of a record, made from a row; undefined where the row has nothing for it. */
export interface FieldReader {
  name: string;
  /** Whether it comes from the row, and is no constant. */
  varies: boolean;
  /** The text as the file has it. */
  raw(row: Row): string;
  /**
   * The value in the interchange format. `currency` is that of the record; only money needs it.
   * @throws {Refusal} when the text is not what the field needs.
   */
  read(row: Row, currency: string): string | boolean | undefined;
}

/**
 * Makes the reader of one field.
 * @throws {Refusal} when the mapping asks for what such a field cannot be.
 */
export function fieldReader(
  name: string,
  fact: FieldFact,
  value: FieldValue,
  columns: Columns,
  notation: Notation,
): FieldReader {
  const { from, values, otherwise, negate = false } = typeof value === 'string' ? { from: value } : value;
  if (negate && !['money', 'price', 'decimal'].includes(fact.type)) {
    throw new Refusal(`"negate" is for amounts: ${name} is none.`);
  }
  if (otherwise !== undefined && !values) {
    throw new Refusal(`"otherwise" of ${name} needs "values": it is for texts that are not among them.`);
  }
  const text = textOf(columns, from);
  const translate = values && translator(values, otherwise);
  const convert = converter(fact.type, notation);

  return {
    name,
    varies: text.columns.length > 0,
    raw: text.read,
    read(row, currency) {
      try {
        const raw = fact.type === 'id' ? completeText(text, row) : text.read(row);
        const known = translate ? translate(raw) : raw;
        if (known === '') return undefined;
        const converted = convert(known, currency);
        return negate ? negated(converted as string) : converted;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        throw new Refusal(`${name}, from ${quote(from)}: ${error.message}`);
      }
    },
  };
}

/** An id of which a part is missing would be that of many rows. */
const completeText = (text: Text, row: Row): string =>
  text.columns.every((cell) => cell(row) !== '') ? text.read(row) : '';

function translator(values: Record<string, string>, otherwise: string | undefined): (text: string) => string {
  return (text) => {
    const known = Object.hasOwn(values, text) ? values[text] : otherwise;
    if (known !== undefined) return known;
    throw new Refusal(
      `${quote(text)} is not among its "values" (${Object.keys(values).map(quote).join(', ')}), and there is no "otherwise".`,
    );
  };
}

type Convert = (text: string, currency: string) => string | boolean;

function converter(type: FieldType, { dates, numbers }: Notation): Convert {
  switch (type) {
    case 'money':
    case 'price':
      return numbers.money;
    case 'decimal':
      return numbers.decimal;
    case 'day':
      return dates;
    case 'currency':
      // Codes in small letters mean the same, and some systems write them so.
      return (text) => text.toUpperCase();
    case 'flag':
      return toFlag;
    default:
      return (text) => text;
  }
}

function toFlag(text: string): boolean {
  if (text === 'true') return true;
  if (text === 'false') return false;
  throw new Refusal(`${quote(text)} is neither "true" nor "false": say with "values" what it stands for.`);
}

function negated(plain: string): string {
  if (!/[1-9]/.test(plain)) return plain;
  return plain.startsWith('-') ? plain.slice(1) : `-${plain}`;
}
