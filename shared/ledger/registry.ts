import type { AnyKind, AnyRecord, AnyRow, BalanceChange, Index, IndexTotals, Reference } from './kind.ts';
import { kinds, summarized } from './kinds/index.ts';
import type { Tally } from './measures.ts';
import { errorsAllowed, rests } from './search-words.ts';

/*
 * What follows from the declarations of kinds taken together: which is derived before which, which totals there are
 * and what makes them up, and where rows are found when a record changes of which they show something.
 */

/** Totals of one name, and the indexes whose entries add up to them. */
export interface Series {
  name: string;
  per: IndexTotals['per'];
  sources: { index: string; of(data: unknown): Tally; label?(data: unknown): string | undefined }[];
  /** Whether the summary holds the uppermost level. */
  summarized: boolean;
  /** Whether totals of a value are kept by month. */
  monthly: boolean;
}

/** The rows of a kind that show something of a record of another. */
export interface Referrer {
  kind: string;
  reference: Reference<AnyRecord>;
  /** Whether they are found in what is filed with the record because they settle it. */
  settles: boolean;
}

const none: readonly Series[] = [];

/** Where the changes of a kind's rows stand by day: in the index of their days, or beside it. */
export interface ChangeSource {
  index: string;
  changeIn(data: never): BalanceChange | undefined;
}

/** The kinds that a store keeps. */
export interface Registry {
  /** In the order in which they are declared. */
  names: readonly string[];
  /** By name, those that settle others before these. */
  kinds: ReadonlyMap<string, AnyKind>;
  series: ReadonlyMap<string, Series>;
  /** The series to which the entries of an index add. */
  seriesOf(index: string): readonly Series[];
  referrers(kind: string): readonly Referrer[];
  /** The sources of changes that make the rows of a kind different on an earlier day; none where nothing does. */
  changes(kind: string): readonly ChangeSource[];
  isSettled(kind: string): boolean;
  /** Every partition of derived items that these kinds have, by what follows the organization in its key. */
  partitions: readonly string[];
}

/** The index of what is filed with the records of a kind because it settles them. */
export const settledIndex = (kind: string): string => `${kind}.settled`;

type Indexes = Readonly<Record<string, Index<AnyRow, AnyRecord>>>;

const made = new Map<AnyKind, Indexes>();

/** The indexes of a kind: those that it declares, and those by which its records are searched and meant. */
export function indexesOf(kind: AnyKind): Indexes {
  const { indexes = {}, search } = kind;
  const known = made.get(kind);
  if (known) return known;
  const searched: Indexes = search
    ? {
        name: { of: (row) => search.names(row).map((name) => ({ key: [name], data: search.called(row) })) },
        word: { of: (row) => search.words(row).map((word) => ({ key: [word] })) },
        /** What is left of a word without some of its letters: see `rests`. */
        rest: {
          of: (row) =>
            search.misspellable(row).flatMap((word) =>
              rests(word, errorsAllowed(word)).map((rest) => ({
                key: [rest, word],
                data: { word, id: row.id },
              })),
            ),
        },
      }
    : {};
  const all = { ...indexes, ...searched };
  made.set(kind, all);
  return all;
}

/** The index of the changes of a kind's balances, by day. */
export const changedIndex = (kind: string): string => `${kind}.changed`;

/** The partition of a series of totals. */
export const totalsIndex = (series: string): string => `total.${series}`;

/**
 * @throws {Error} when a declaration names a kind that is not among them, kinds settle each other in a circle, or a
 * filter lacks the test that it needs.
 */
export function registryOf(
  declared: Readonly<Record<string, AnyKind>>,
  inSummary: readonly string[] = summarized,
): Registry {
  const named = new Map(Object.entries(declared));
  const order = new Map<string, AnyKind>();
  const visit = (name: string, path: readonly string[]) => {
    const kind = named.get(name);
    if (!kind) throw new Error(`There is no kind ${name}.`);
    if (path.includes(name)) throw new Error(`${name} settles itself.`);
    for (const [settler, { settles = {} }] of named) {
      if (name in settles && !order.has(settler)) visit(settler, [...path, name]);
    }
    order.set(name, kind);
  };
  for (const name of named.keys()) if (!order.has(name)) visit(name, []);

  for (const [name, { list, asOf }] of order) {
    for (const [filter, declared] of Object.entries(list?.filters ?? {})) {
      if (declared.by === 'apart' && !declared.test && (asOf || declared.also))
        throw new Error(`The filter ${filter} of ${name} has no test.`);
    }
  }

  const series = new Map<string, Series>();
  const indexes = [...order].flatMap(([name, kind]) => [
    ...Object.entries(indexesOf(kind)).map(([index, { totals }]) => ({ index: `${name}.${index}`, totals })),
    ...(kind.changed ? [{ index: changedIndex(name), totals: kind.changed.totals }] : []),
  ]);
  for (const { index, totals } of indexes) {
    if (!totals) continue;
    const { series: called, per } = totals;
    const known = series.get(called) ?? {
      name: called,
      per,
      sources: [],
      summarized: inSummary.includes(called),
      monthly: per === 'value' && totals.monthly === true,
    };
    if (known.per !== per) throw new Error(`The series ${called} is per ${known.per} and per ${per}.`);
    known.sources.push({ index, of: () => ({}), ...totals } as Series['sources'][number]);
    series.set(called, known);
  }

  const bySource = new Map<string, Series[]>();
  for (const one of series.values()) {
    for (const { index } of one.sources) bySource.set(index, [...(bySource.get(index) ?? []), one]);
  }

  const referrers = [...order].flatMap(([name, { shows = {}, settles = {} }]) =>
    Object.values(shows).map((reference): Referrer => {
      if (!named.has(reference.kind)) throw new Error(`There is no kind ${reference.kind}.`);
      return { kind: name, reference, settles: reference.kind in settles };
    }),
  );
  const isSettled = (kind: string) => [...order.values()].some(({ settles = {} }) => kind in settles);
  return {
    names: [...named.keys()],
    kinds: order,
    series,
    seriesOf: (index) => bySource.get(index) ?? none,
    referrers: (kind) => referrers.filter(({ reference }) => reference.kind === kind),
    isSettled,
    changes(kind) {
      if (!order.get(kind)?.changed) return [];
      const own = { index: changedIndex(kind), changeIn: (change: BalanceChange) => change };
      const others = [...order].flatMap(([name, { settles = {} }]) => {
        const by = settles[kind]?.by;
        return by ? [{ ...by, index: `${name}.${by.index}` }] : [];
      });
      return [own, ...others];
    },
    partitions: [
      ...[...order].flatMap(([name, { row }]) => (row ? [name] : [])),
      ...indexes.map(({ index }) => index),
      ...[...order.keys()].filter(isSettled).map(settledIndex),
      ...[...series.keys()].map(totalsIndex),
    ],
  };
}

/** Everything that the product keeps. */
export const registry = registryOf(kinds);
