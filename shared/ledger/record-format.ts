import { isPlainObject } from '../json.ts';
import { FieldRefusal, Refusal } from './errors.ts';
import { formatMoney, type Minor, parseMoney } from './money.ts';
import { checkRules } from './record-rules.ts';
import { recordKinds, shapes } from './record-shapes.ts';
import type { LedgerRecord, RecordKind } from './records.ts';
import { describe, readStrictly } from './strict-shapes.ts';

/*
 * The interchange format of the ledger: the records as JSON objects, distinguished by `kind`, with the field names of
 * `records.ts`. Money is a decimal string in the record's currency, since JSON numbers become floats.
 */

/**
 * Reads one record of the interchange format.
 * @throws {Refusal} with one sentence: the field, what was found and what was expected.
 */
export function parseRecord(value: unknown): LedgerRecord {
  const record: LedgerRecord = withMinorUnits(readStrictly(shapes[kindOf(value)], value, 'The record'));
  checkRules(record);
  return record;
}

/** Writes a record in the interchange format; `parseRecord` reads it back unchanged. */
export const writeRecord = (record: LedgerRecord): unknown =>
  'currency' in record && record.currency !== undefined
    ? convertMoney(record, (amount) => formatMoney(amount as Minor, record.currency as string))
    : { ...record };

function kindOf(value: unknown): RecordKind {
  if (!isPlainObject(value)) {
    throw new Refusal(`The record is ${describe(value)}: expected an object with a field "kind".`);
  }
  const { kind } = value;
  if (typeof kind !== 'string' || !Object.hasOwn(shapes, kind)) {
    throw new Refusal(`kind is ${describe(kind)}: expected one of ${recordKinds.join(', ')}.`);
  }
  return kind as RecordKind;
}

/** The fields that hold money, in all kinds of records and in their lists. */
const moneyFields = ['subtotal', 'discount', 'tax', 'tip', 'total', 'amount'] as const;
type MoneyField = (typeof moneyFields)[number];
const isMoneyField = new Set<string>(moneyFields);

/** A record of the interchange format with its money in minor units. */
type WithMinorUnits<Wire> = Wire extends unknown
  ? {
      [Field in keyof Wire]: Field extends MoneyField
        ? Minor
        : Wire[Field] extends (infer Item)[]
          ? WithMinorUnits<Item>[]
          : Wire[Field];
    }
  : never;

function withMinorUnits<Wire extends object>(wire: Wire): WithMinorUnits<Wire> {
  const code = 'currency' in wire ? (wire.currency as string) : undefined;
  const converted = code
    ? convertMoney(wire, (amount, field) => refuseAt(field, () => parseMoney(amount as string, code)))
    : wire;
  return converted as WithMinorUnits<Wire>;
}

/** A copy of the object with `convert` applied to every amount, including those in its lists. */
function convertMoney(
  source: object,
  convert: (amount: unknown, field: string) => unknown,
  path = '',
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(source).map(([field, value]) => {
      if (isMoneyField.has(field)) return [field, convert(value, path + field)];
      if (!Array.isArray(value)) return [field, value];
      return [field, value.map((item, at) => convertMoney(item, convert, `${path}${field}[${at}].`))];
    }),
  );
}

/** Adds the field's name to a refusal without one. */
function refuseAt<Result>(field: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refusal) throw new FieldRefusal(field, `: ${error.message}`);
    throw error;
  }
}
