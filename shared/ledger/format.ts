import { isPlainObject } from '../json.ts';
import { FieldRefusal, Refusal } from './errors.ts';
import type { AnyKind, AnyRecord } from './kind.ts';
import { kinds, type LedgerRecord, recordKinds } from './kinds/index.ts';
import { formatMoney, type Minor, parseMoney } from './money.ts';
import { type FieldFacts, fieldsOf, listOf, shapeOf } from './shapes.ts';
import { describe, readStrictly } from './strict-shapes.ts';

/*
 * The interchange format of the ledger: the records as JSON objects, distinguished by `kind`, with the fields that
 * their kinds declare. Money is a decimal string in the record's currency, since JSON numbers become floats.
 */

/**
 * Reads one record of the interchange format.
 * @throws {Refusal} with one sentence: the field, what was found and what was expected.
 */
export const parseRecord = (value: unknown): LedgerRecord =>
  parseRecordOf(kindOf(value), value) as LedgerRecord;

/** Reads a record of a kind, like `parseRecord`. */
export function parseRecordOf(kind: AnyKind, value: unknown): AnyRecord {
  const wire = readStrictly(shapeOf(kind), value, 'The record') as unknown as AnyRecord;
  const { currency } = wire;
  const money =
    currency === undefined && Object.keys(wire).find((field) => fieldsOf(kind).get(field)?.type === 'money');
  if (money) throw new FieldRefusal('currency', ` is missing: expected the currency of ${money}.`);
  const record =
    currency === undefined
      ? wire
      : convertMoney(kind, wire, (amount, field) =>
          refuseAt(field, () => parseMoney(amount as string, currency)),
        );
  kind.check?.(record);
  return record;
}

/** Writes a record in the interchange format; `parseRecord` reads it back unchanged. */
export const writeRecord = (record: LedgerRecord): unknown => {
  const { currency } = record as AnyRecord;
  return currency === undefined
    ? { ...record }
    : convertMoney(kinds[record.kind], record, (amount) => formatMoney(amount as Minor, currency));
};

function kindOf(value: unknown): AnyKind {
  if (!isPlainObject(value)) {
    throw new Refusal(`The record is ${describe(value)}: expected an object with a field "kind".`);
  }
  const { kind } = value;
  if (typeof kind !== 'string' || !Object.hasOwn(kinds, kind)) {
    throw new Refusal(`kind is ${describe(kind)}: expected one of ${recordKinds.join(', ')}.`);
  }
  return kinds[kind as keyof typeof kinds];
}

/** A copy of the record with `convert` applied to every amount, including those in its list. */
function convertMoney(
  kind: AnyKind,
  record: AnyRecord,
  convert: (amount: unknown, field: string) => unknown,
): AnyRecord {
  const list = listOf(kind);
  const converted = (source: object, facts: FieldFacts, path: string): object =>
    Object.fromEntries(
      Object.entries(source).map(([field, value]) => {
        if (facts.get(field)?.type === 'money') return [field, convert(value, path + field)];
        if (!list || field !== list.name || !Array.isArray(value)) return [field, value];
        return [field, value.map((item, at) => converted(item, list.fields, `${field}[${at}].`))];
      }),
    );
  return converted(record, fieldsOf(kind), '') as AnyRecord;
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
