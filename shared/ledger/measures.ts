import { addMinor } from './money.ts';

/**
 * Counts and sums that add up, by "CURRENCY measure.part": `{"USD invoiced.paid": [count, total, …]}`, in the order of
 * the measure's fields. Zeros at the end are left out, so that equal tallies are written identically. A tally depends
 * on records alone, never on the current day. Two tallies of disjoint records add up to the tally of both. Currencies
 * are never combined.
 */
export type Tally = Record<string, number[]>;

/** Sums with a name, in one currency, of one part of what is measured where it has parts (a status, a method). */
export type Measured<Field extends string> = Record<Field, number> & { currency: string; part?: string };

/** Something that is counted and summed: its name, and that of each figure. */
export interface Measure<Field extends string> {
  readonly name: string;
  /** What one record adds: amounts in minor units of the currency. */
  of(currency: string, figures: Partial<Record<Field, number>>, part?: string): Tally;
  /** What a tally has of this measure, by currency and part in alphabetical order. */
  in(tally: Tally): Measured<Field>[];
}

/** Declares a measure. Its fields are stored in this order: a new one goes to the end. */
export function measure<const Field extends string>(
  name: string,
  ...fields: readonly Field[]
): Measure<Field> {
  return {
    name,
    of: (currency, figures, part) => ({
      [`${currency} ${part === undefined ? name : `${name}.${part}`}`]: trimmed(
        fields.map((field) => figures[field] ?? 0),
      ),
    }),
    in: (tally) =>
      partsOf(tally)
        .filter((entry) => entry.name === name)
        .map(({ currency, part, figures }) => ({
          ...(Object.fromEntries(fields.map((field, at) => [field, figures[at] ?? 0])) as Record<
            Field,
            number
          >),
          currency,
          ...(part !== undefined && { part }),
        })),
  };
}

/** One entry of a tally. */
interface Part {
  key: string;
  currency: string;
  name: string;
  part: string | undefined;
  figures: readonly number[];
}

const partsOf = (tally: Tally): Part[] =>
  Object.keys(tally)
    .sort()
    .map((key) => {
      const [currency = '', measured = ''] = key.split(' ');
      const [name = '', part] = measured.split('.');
      return { key, currency, name, part, figures: tally[key] ?? [] };
    });

/** What to take from a tally: some measures, some of their parts, one currency. */
export interface Slice {
  measures?: readonly string[] | undefined;
  parts?: readonly string[] | undefined;
  currency?: string | undefined;
}

/** The entries of a tally that a slice asks for. */
export const slice = (tally: Tally, { measures, parts, currency }: Slice): Tally =>
  Object.fromEntries(
    partsOf(tally).flatMap((entry) =>
      (measures?.includes(entry.name) ?? true) &&
      (parts?.includes(entry.part ?? '') ?? true) &&
      entry.currency === (currency ?? entry.currency)
        ? [[entry.key, [...entry.figures]]]
        : [],
    ),
  );

/** How many a tally counts. The first field of a measure of rows is their count. */
export const countIn = (tally: Tally): number =>
  Object.values(tally).reduce((sum, [count = 0]) => sum + count, 0);

/** Adds `other` to `tally` in place, or subtracts it with sign -1; entries that become all zero disappear. */
export function addTally(tally: Tally, other: Tally, sign: 1 | -1 = 1): Tally {
  for (const [key, figures] of Object.entries(other)) {
    const before = tally[key] ?? [];
    const length = Math.max(before.length, figures.length);
    const sums = trimmed(
      Array.from({ length }, (_, at) => addMinor(before[at] ?? 0, sign * (figures[at] ?? 0))),
    );
    if (sums.length === 0) delete tally[key];
    else tally[key] = sums;
  }
  return tally;
}

const trimmed = (figures: readonly number[]): number[] =>
  figures.slice(0, figures.findLastIndex((figure) => figure !== 0) + 1);

/** What tallies add up to. */
export const sumTallies = (tallies: Iterable<Tally>): Tally => {
  const sum: Tally = {};
  for (const tally of tallies) addTally(sum, tally);
  return sum;
};

/** Adds to the tally that is kept under a key. */
export function addUnder<Key>(sums: Map<Key, Tally>, key: Key, tally: Tally): void {
  sums.set(key, addTally(sums.get(key) ?? {}, tally));
}

/** The same tally with its entries in one order, so that equal tallies are written identically. */
export const inOrder = (tally: Tally): Tally =>
  Object.fromEntries(Object.entries(tally).sort(([a], [b]) => (a < b ? -1 : 1)));

/** One total per currency, in alphabetical order: the sums of these figures. What an entry does not have counts as zero. */
export const perCurrency = <Field extends string>(
  entries: readonly ({ currency: string } & Partial<Record<Field, number>>)[],
  ...fields: readonly Field[]
): Measured<Field>[] =>
  currenciesOf(entries).map((currency) => ({ ...sumsIn(currency, entries, ...fields), currency }));

/** The sums of these figures in one currency. */
export const sumsIn = <Field extends string>(
  currency: string,
  entries: readonly ({ currency: string } & Partial<Record<Field, number>>)[],
  ...fields: readonly Field[]
): Record<Field, number> => {
  const own = entries.filter((entry) => entry.currency === currency);
  const sums = fields.map((field) => [
    field,
    own.reduce((sum, entry) => addMinor(sum, entry[field] ?? 0), 0),
  ]);
  return Object.fromEntries(sums);
};

/** The currencies that occur, in alphabetical order. */
export const currenciesOf = (entries: readonly { currency: string }[]): string[] =>
  [...new Set(entries.map(({ currency }) => currency))].sort();
