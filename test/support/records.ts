import fc from 'fast-check';
import * as z from 'zod';
import { addDays } from '../../shared/ledger/dates.ts';
import { Refusal } from '../../shared/ledger/errors.ts';
import type { FieldType } from '../../shared/ledger/fields.ts';
import { parseRecordOf } from '../../shared/ledger/format.ts';
import type { AnyKind, AnyRecord } from '../../shared/ledger/kind.ts';
import { shapeOf } from '../../shared/ledger/shapes.ts';

/*
 * Records of any kind, made from its shape: few ids, days and names, so that records name each other, fall on the same
 * day and share their names.
 */

/** The middle of the days that the records are about. */
export const middle = '2025-12-20';

/** None of which is another in other capitals, or a name: these would be meant, too. */
export const ids = ['a', 'b', 'e', 'c#1', 'd%23', 'é 5'];
export const names = ['Acme', 'ACME', 'Acme Tools', 'acme-tools', 'Köhler & Söhne', '東京商事', 'Zug #9'];
export const currencies = ['USD', 'JPY', 'BHD'];

export const someDay = fc.oneof(
  fc.constantFrom(middle, addDays(middle, -30)),
  fc.integer({ min: -40, max: 40 }).map((days) => addDays(middle, days)),
  fc.integer({ min: -800, max: 500 }).map((days) => addDays(middle, days)),
);

const byType: Record<FieldType, fc.Arbitrary<unknown>> = {
  id: fc.constantFrom(...ids),
  day: someDay,
  currency: fc.constantFrom(...currencies),
  money: fc.integer({ min: -50, max: 900 }).map(String),
  price: fc.constantFrom('1.5', '20'),
  decimal: fc.constantFrom('2', '0.25', '3.125'),
  flag: fc.boolean(),
  text: fc.constantFrom(...names),
};

/** Whatever a schema accepts, as far as shapes of kinds go. */
function valueIn(schema: z.core.$ZodType): fc.Arbitrary<unknown> {
  if (schema instanceof z.ZodDefault) return valueIn(schema.unwrap());
  if (schema instanceof z.ZodEnum) return fc.constantFrom(...schema.options);
  if (schema instanceof z.ZodLiteral) return fc.constantFrom(...schema.values);
  if (schema instanceof z.ZodNumber) return fc.integer({ min: 1, max: 12 });
  if (schema instanceof z.ZodArray) return fc.array(valueIn(schema.element), { maxLength: 3 });
  if (schema instanceof z.ZodObject) return objectOf(schema.shape);
  const { type = 'text' } = ((schema as z.ZodType).meta() ?? {}) as { type?: FieldType };
  const accepted = (value: unknown) => (schema as z.ZodType).safeParse(value).success;
  return fc
    .oneof(
      byType[type],
      fc.constantFrom('Europe/Zurich', '8.1', '2026-01-05T10:00:00Z', '2026-01-06T10:00:00Z'),
    )
    .filter(accepted);
}

const objectOf = (shape: z.core.$ZodShape): fc.Arbitrary<object> => {
  const fields = Object.entries(shape);
  const required = fields.flatMap(([name, schema]) => (schema instanceof z.ZodExactOptional ? [] : [name]));
  return fc.record(
    Object.fromEntries(
      fields.map(([name, schema]) => [
        name,
        valueIn(schema instanceof z.ZodExactOptional ? schema.unwrap() : schema),
      ]),
    ),
    { requiredKeys: required },
  );
};

/** Records of a kind, in minor units, that pass its rules. */
export const recordOf = (kind: AnyKind): fc.Arbitrary<AnyRecord> =>
  objectOf(shapeOf(kind).shape)
    .map((wire) => {
      try {
        return parseRecordOf(kind, wire);
      } catch (error) {
        if (error instanceof Refusal) return undefined;
        throw error;
      }
    })
    .filter((record) => record !== undefined);

/** Books with records of all these kinds, each identity once. */
export const someRecords = (kinds: Iterable<AnyKind>): fc.Arbitrary<AnyRecord[]> =>
  fc
    .tuple(...[...kinds].map((kind) => fc.array(recordOf(kind), { maxLength: kind.single ? 1 : 12 })))
    .map((lists) => [
      ...new Map(lists.flat().map((record) => [`${record.kind} ${record.id}`, record])).values(),
    ]);
