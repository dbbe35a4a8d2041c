import { canonicalJson } from '../json.ts';
import type { AnyRecord } from '../ledger/kind.ts';
import { addUnder, type Tally } from '../ledger/measures.ts';
import { type Registry, type Series, totalsIndex } from '../ledger/registry.ts';
import { inParallel } from '../parallel.ts';
import {
  afterAll,
  compareKeys,
  dayIn,
  monthIn,
  type Partitions,
  valueYearIn,
  wholePartition,
} from './keys.ts';
import { replaceSummary, summaryOf } from './summary.ts';
import type { Item, Key, Table } from './table.ts';
import {
  allTime,
  countTotal,
  emptyTotal,
  monthKey,
  monthTotal,
  sumUp,
  type TotalItem,
  valueTotal,
  yearKey,
} from './totals.ts';

/*
 * Recomputes totals from the index entries that make them up: see totals.ts for their levels.
 */

/** The text of a total that is recomputed from entries: its series and the month, the value and year, or nothing. */
export type Bucket = string;

interface BucketParts {
  series: string;
  of: string;
}

const bucketText = (series: string, of: string): Bucket => `${series} ${of}`;

const partsOf = (bucket: Bucket): BucketParts => {
  const space = bucket.indexOf(' ');
  return { series: bucket.slice(0, space), of: bucket.slice(space + 1) };
};

/** The totals that an entry is in. A count only changes with entries that do not stay. */
export function bucketsOf(registry: Registry, index: string, sk: string, stays: boolean): Bucket[] {
  return registry.seriesOf(index).flatMap(({ name, per }) => {
    if (per === 'count') return stays ? [] : [bucketText(name, '')];
    return [bucketText(name, per === 'day' ? monthIn(sk) : valueYearIn(sk))];
  });
}

/** Recomputes these totals, the levels above them, and the summary. */
export async function recomputeTotals(
  table: Table,
  partitions: Partitions,
  registry: Registry,
  buckets: Iterable<Bucket>,
): Promise<void> {
  const wanted = Map.groupBy([...buckets].map(partsOf), ({ series }) => series);
  const totals: Total[] = [];
  const years: Total[] = [];
  for (const [name, parts] of wanted) {
    const series = registry.series.get(name);
    if (!series) continue;
    const of = parts.map((part) => part.of);
    const context = { table, partitions, pk: partitions.derived(totalsIndex(name)), series };
    if (series.per === 'count') totals.push(countOf(context));
    if (series.per === 'value') totals.push(...(await valuesOf(context, of)));
    if (series.per !== 'day') continue;
    totals.push(...of.map((month) => monthOfSeries(context, month)));
    for (const year of new Set(of.map((month) => month.slice(0, 4)))) years.push(yearOfSeries(context, year));
  }
  await replaceTotals(table, totals);
  await replaceTotals(table, years);
  await replaceUppermost(table, partitions, registry);
}

interface Context {
  table: Table;
  partitions: Partitions;
  pk: string;
  series: Series;
}

/** A total to be replaced by what `compute` reads. */
interface Total {
  key: Key;
  compute: () => Promise<TotalItem>;
}

const monthOfSeries = ({ table, partitions, pk, series }: Context, month: string): Total => ({
  key: { pk, sk: monthKey(month) },
  async compute() {
    const days = new Map<string, Tally>();
    for (const { index, of } of series.sources) {
      const range = { pk: partitions.derived(index), from: month, to: `${month}-${afterAll}` };
      for await (const { sk, data } of table.query(range, { consistent: true })) {
        addUnder(days, dayIn(sk), of(JSON.parse(data)));
      }
    }
    return monthTotal(month, days);
  },
});

const yearOfSeries = ({ table, pk }: Context, year: string): Total => ({
  key: { pk, sk: yearKey(year) },
  compute: async () => sumUp(await itemsBelow(table, pk, `${monthKey(year)}-`)),
});

/** The total items whose keys begin so, by the rest of their keys. */
async function itemsBelow(table: Table, pk: string, from: string): Promise<Map<string, TotalItem>> {
  const items = await table.all({ pk, from, to: from + afterAll }, { consistent: true });
  return new Map(items.map(({ sk, data }) => [sk.slice(from.length), JSON.parse(data) as TotalItem]));
}

const countOf = ({ table, partitions, pk, series }: Context): Total => ({
  key: { pk, sk: allTime },
  async compute() {
    const counts = series.sources.map(({ index }) => table.count(wholePartition(partitions.derived(index))));
    return countTotal((await Promise.all(counts)).reduce((sum, count) => sum + count, 0));
  },
});

/** From this many totals of a series on, reading its indexes once is less than reading them for each. */
const manyValues = 24;

async function valuesOf(context: Context, keys: readonly string[]): Promise<Total[]> {
  const together = keys.length >= manyValues ? await sumValues(context, keys) : undefined;
  return keys.map((sk) => ({
    key: { pk: context.pk, sk },
    compute: async () => (together ?? (await sumValues(context, [sk]))).get(sk) ?? { cells: {} },
  }));
}

/** The totals of the entries from the first of these keys to the last. */
async function sumValues(
  { table, partitions, series }: Context,
  keys: readonly string[],
): Promise<Map<string, TotalItem>> {
  const ordered = [...keys].sort(compareKeys);
  const values = new ValueSums();
  for (const source of series.sources) {
    const range = {
      pk: partitions.derived(source.index),
      from: ordered[0] ?? '',
      to: `${ordered.at(-1)}-${afterAll}`,
    };
    for await (const { sk, data } of table.query(range, { consistent: true })) {
      values.add(source, sk, JSON.parse(data));
    }
  }
  return values.totals();
}

/** The sums and labels of values by year, from entries in the order of their keys. */
export class ValueSums {
  readonly #sums = new Map<string, Tally>();
  readonly #labels = new Map<string, string>();

  add({ of, label }: Series['sources'][number], sk: string, data: unknown): void {
    const key = valueYearIn(sk);
    addUnder(this.#sums, key, of(data));
    const called = label?.(data);
    if (called !== undefined) this.#labels.set(key, called);
  }

  totals(): Map<string, TotalItem> {
    return new Map(
      [...this.#sums].map(([key, sum]) => [key, valueTotal(key.slice(-4), sum, this.#labels.get(key))]),
    );
  }
}

/** Replaces the uppermost level of all series by day, and the summary. */
async function replaceUppermost(table: Table, partitions: Partitions, registry: Registry): Promise<void> {
  const byDay = [...registry.series.values()].filter(({ per }) => per === 'day');
  const uppermost = new Map(
    await inParallel(byDay, async ({ name }) => {
      const years = await itemsBelow(table, partitions.derived(totalsIndex(name)), yearKey(''));
      return [name, sumUp(years)] as const;
    }),
  );
  await replaceTotals(
    table,
    byDay
      .filter(({ summarized }) => !summarized)
      .map(({ name }) => ({
        key: { pk: partitions.derived(totalsIndex(name)), sk: allTime },
        compute: async () => uppermost.get(name) ?? { cells: {} },
      })),
  );
  const singles = await table.getMany(
    [...registry.kinds.values()]
      .filter(({ single }) => single)
      .map(({ name }) => ({ pk: partitions.records(name), sk: name })),
    true,
  );
  const records = singles.map(({ data }) => JSON.parse(data) as AnyRecord);
  await replaceSummary(table, partitions, summaryOf(registry, records, uppermost));
}

/** Replaces each total by what it computes to now, unless it says so already. */
async function replaceTotals(table: Table, totals: readonly Total[]): Promise<void> {
  const before = await table.getMany(
    totals.map(({ key }) => key),
    true,
  );
  const known = new Map(before.map(({ pk, sk, data }) => [`${pk}\n${sk}`, data]));
  const items = await inParallel(totals, async ({ key, compute }): Promise<Item[]> => {
    const data = canonicalJson(await compute());
    return (known.get(`${key.pk}\n${key.sk}`) ?? emptyTotal) === data ? [] : [{ ...key, data }];
  });
  await table.write(items.flat());
}
