import { canonicalJson } from '../json.ts';
import type { AnyRecord } from '../ledger/kind.ts';
import { type Registry, type Series, totalsIndex } from '../ledger/registry.ts';
import { inParallel } from '../parallel.ts';
import { afterAll, compareKeys, type Store, wholePartition } from './keys.ts';
import { replaceSummary, summaryOf } from './summary.ts';
import { type Item, type Key, keyText } from './table.ts';
import {
  allTime,
  countTotal,
  emptyTotal,
  lowestIn,
  monthKey,
  sumEntries,
  sumUp,
  type TotalItem,
  yearKey,
} from './totals.ts';

/*
 * Recomputes totals from the index entries that make them up: see totals.ts for their levels.
 */

/** The text of a total that is recomputed from entries: its series and the month, the value and year, or nothing. */
export type Bucket = string;

const bucketText = (series: string, of: string): Bucket => `${series} ${of}`;

const partsOf = (bucket: Bucket) => {
  const space = bucket.indexOf(' ');
  return { series: bucket.slice(0, space), of: bucket.slice(space + 1) };
};

/** The totals that an entry is in. A count only changes with entries that do not stay. */
export const bucketsOf = (registry: Registry, index: string, sk: string, stays: boolean): Bucket[] =>
  registry.seriesOf(index).flatMap(({ name, per }) => {
    if (per === 'count') return stays ? [] : [bucketText(name, '')];
    return [bucketText(name, lowestIn(per, sk))];
  });

/** Recomputes these totals, the levels above them, and the summary. */
export async function recomputeTotals(store: Store, buckets: Iterable<Bucket>): Promise<void> {
  const wanted = Map.groupBy([...buckets].map(partsOf), ({ series }) => series);
  const totals: Total[] = [];
  const years: Total[] = [];
  for (const [name, parts] of wanted) {
    const series = store.registry.series.get(name);
    if (!series) continue;
    const of = parts.map((part) => part.of);
    if (series.per === 'count') totals.push(countOf(store, series));
    else totals.push(...(await lowestOf(store, series, of)));
    if (series.per !== 'day') continue;
    for (const year of new Set(of.map((month) => month.slice(0, 4)))) years.push(yearOf(store, series, year));
  }
  await replaceTotals(store, totals);
  await replaceTotals(store, years);
  await replaceUppermost(store);
}

/** A total to be replaced by what `compute` reads. */
interface Total {
  key: Key;
  compute: () => Promise<TotalItem>;
}

const totalKey = ({ partitions }: Store, { name }: Series, sk: string): Key => ({
  pk: partitions.derived(totalsIndex(name)),
  sk,
});

/** From this many totals of values on, reading the indexes once is less than reading them for each. */
const manyValues = 24;

/** The totals that entries add to. */
async function lowestOf(store: Store, series: Series, of: readonly string[]): Promise<Total[]> {
  const byDay = series.per === 'day';
  const together = !byDay && of.length >= manyValues ? await sumBetween(store, series, of) : undefined;
  return of.map((lowest) => ({
    key: totalKey(store, series, byDay ? monthKey(lowest) : lowest),
    async compute() {
      const sums = together ?? (await sumBetween(store, series, [lowest]));
      return sums.get(lowest) ?? { cells: {} };
    },
  }));
}

/** What the entries from the first of these to the last add up to. */
function sumBetween(
  { table, partitions }: Store,
  series: Series,
  lowest: readonly string[],
): Promise<Map<string, TotalItem>> {
  const ordered = [...lowest].sort(compareKeys);
  const [from = '', to = ''] = [ordered[0], ordered.at(-1)];
  return sumEntries(series, (index) =>
    table.query({ pk: partitions.derived(index), from, to: `${to}-${afterAll}` }, { consistent: true }),
  );
}

const yearOf = (store: Store, series: Series, year: string): Total => ({
  key: totalKey(store, series, yearKey(year)),
  compute: async () => sumUp(await itemsBelow(store, series, `${monthKey(year)}-`)),
});

/** The total items whose keys begin so, by the rest of their keys. */
async function itemsBelow(store: Store, series: Series, from: string): Promise<Map<string, TotalItem>> {
  const { pk } = totalKey(store, series, from);
  const items = await store.table.all({ pk, from, to: from + afterAll }, { consistent: true });
  return new Map(items.map(({ sk, data }) => [sk.slice(from.length), JSON.parse(data) as TotalItem]));
}

const countOf = (store: Store, series: Series): Total => ({
  key: totalKey(store, series, allTime),
  async compute() {
    const { table, partitions } = store;
    const counts = series.sources.map(({ index }) => table.count(wholePartition(partitions.derived(index))));
    return countTotal((await Promise.all(counts)).reduce((sum, count) => sum + count, 0));
  },
});

/** Replaces the uppermost level of all series by day, and the summary. Counts have one level, and are as they should be. */
async function replaceUppermost(store: Store): Promise<void> {
  const { table, partitions, registry } = store;
  const byDay = [...registry.series.values()].filter(({ per }) => per === 'day');
  const uppermost = new Map(
    await inParallel(byDay, async (series) => {
      const total = sumUp(await itemsBelow(store, series, yearKey('')));
      return [series.name, total] as const;
    }),
  );
  const counted = [...registry.series.values()].filter(({ per }) => per === 'count');
  const counts = await table.getMany(
    counted.map((series) => totalKey(store, series, allTime)),
    true,
  );
  const known = new Map(counts.map((item) => [keyText(item), item.data]));
  for (const series of counted) {
    const data = known.get(keyText(totalKey(store, series, allTime)));
    if (data !== undefined) uppermost.set(series.name, JSON.parse(data) as TotalItem);
  }
  const apart = byDay.filter(({ summarized }) => !summarized);
  await replaceTotals(
    store,
    apart.map((series) => ({
      key: totalKey(store, series, allTime),
      compute: async () => uppermost.get(series.name) ?? { cells: {} },
    })),
  );
  const singles = [...registry.kinds.values()].filter(({ single }) => single);
  const items = await table.getMany(
    singles.map(({ name }) => ({ pk: partitions.records(name), sk: name })),
    true,
  );
  const records = items.map(({ data }) => JSON.parse(data) as AnyRecord);
  await replaceSummary(table, partitions, summaryOf(registry, records, uppermost));
}

/** Replaces each total by what it computes to now, unless it says so already. */
async function replaceTotals({ table }: Store, totals: readonly Total[]): Promise<void> {
  const before = await table.getMany(
    totals.map(({ key }) => key),
    true,
  );
  const known = new Map(before.map((item) => [keyText(item), item.data]));
  const items = await inParallel(totals, async ({ key, compute }): Promise<Item[]> => {
    const data = canonicalJson(await compute());
    return (known.get(keyText(key)) ?? emptyTotal) === data ? [] : [{ ...key, data }];
  });
  await table.write(items.flat());
}
