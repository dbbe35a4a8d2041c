import { canonicalJson } from '../json.ts';
import type { AnyRecord } from '../ledger/kind.ts';
import { registry as everything, type Registry, settledIndex, totalsIndex } from '../ledger/registry.ts';
import { derive, shownBy } from './derive.ts';
import { compareKeys, derivedNames, partitionsOf, sortKey, sortKeyParts, wholePartition } from './keys.ts';
import { readSummary, summaryItem, summaryOf } from './summary.ts';
import type { Item, Table } from './table.ts';
import {
  allTime,
  countTotal,
  emptyTotal,
  monthKey,
  sumEntries,
  sumUp,
  type TotalItem,
  yearKey,
} from './totals.ts';
import { allRecords } from './writer.ts';

/** A derived item that is not what the records say it should be. */
export interface Difference {
  index: string;
  sk: string;
  is: 'missing' | 'different' | 'unexpected';
}

export interface Verification {
  /** How many there are of each kind. */
  records: Record<string, number>;
  /** Derived items compared. */
  items: number;
  differences: Difference[];
  /** An import is at work, or was interrupted: differences are then to be expected. */
  unfinished: boolean;
}

/**
 * Derives every index entry and total of an organization anew, from all of its records at once, and compares with
 * what stands in the table. Unlike the projections it looks at nothing derived and at no changes.
 * With `repair`, what differs is put right.
 */
export async function verifyBooks(
  table: Table,
  organization: string,
  repair = false,
  registry: Registry = everything,
): Promise<Verification> {
  const partitions = partitionsOf(organization);
  const records: AnyRecord[] = await Array.fromAsync(allRecords(table, organization, registry));
  const expected = await deriveAll(registry, records);
  const differences: Difference[] = [];
  let items = 0;
  const pending = wholePartition(partitions.derived('pending'));
  let unfinished = (await table.all(pending, { consistent: true })).length > 0;
  for (const index of derivedNames(registry).filter((name) => name !== 'pending')) {
    const pk = partitions.derived(index);
    const wanted = expected.get(index) ?? new Map<string, Expected>();
    const fixes: Item[] = [];
    const extra: Item[] = [];
    for await (const item of table.query(wholePartition(pk), { consistent: true })) {
      items++;
      if (item.lock) unfinished = true;
      const want = wanted.get(item.sk);
      wanted.delete(item.sk);
      if (!want && (item.data === emptyTotal || isEmptySummary(index, item))) continue;
      if (!want) {
        differences.push({ index, sk: item.sk, is: 'unexpected' });
        extra.push(item);
      } else if (want.data !== item.data || !sameEntries(want.entries, item.entries)) {
        differences.push({ index, sk: item.sk, is: 'different' });
        const version = item.version === undefined ? {} : { version: item.version + 1 };
        fixes.push({ pk, ...want, ...version });
      }
    }
    for (const want of wanted.values()) {
      differences.push({ index, sk: want.sk, is: 'missing' });
      fixes.push({ pk, ...want, ...(index === 'summary' && { version: 1 }) });
    }
    if (repair) await table.write(fixes, extra);
  }
  return { records: countKinds(registry, records), items, differences, unfinished };
}

/** Whether it is a summary of books without records, which need not exist. */
const isEmptySummary = (index: string, item: Item): boolean =>
  index === summaryItem && Object.keys(readSummary(item).last).length === 0;

const sameEntries = (a: string | undefined, b: string | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && sorted(a) === sorted(b));

const sorted = (entries: string): string =>
  (JSON.parse(entries) as string[][])
    .map((name) => name.join('\n'))
    .sort()
    .join('\n');

const countKinds = ({ names }: Registry, records: readonly AnyRecord[]): Record<string, number> =>
  Object.fromEntries(names.map((name) => [name, records.filter(({ kind }) => kind === name).length]));

type Expected = Omit<Item, 'pk'>;
type ExpectedItems = Map<string, Map<string, Expected>>;

/** Every derived item of these records, by index and sort key. */
async function deriveAll(registry: Registry, records: readonly AnyRecord[]): Promise<ExpectedItems> {
  const expected = await deriveRows(registry, records);
  const expect = (index: string, sk: string, total: TotalItem) => {
    const data = canonicalJson(total);
    if (data !== emptyTotal) put(expected, index, { sk, data });
  };

  const uppermost = new Map<string, TotalItem>();
  for (const series of registry.series.values()) {
    const { name, per, sources, summarized } = series;
    const index = totalsIndex(name);
    if (per === 'count') {
      const count = sources.reduce((sum, source) => sum + (expected.get(source.index)?.size ?? 0), 0);
      expect(index, allTime, countTotal(count));
      uppermost.set(name, countTotal(count));
      continue;
    }
    const lowest = await sumEntries(series, (source) => inOrder(expected, source));
    for (const [of, item] of lowest) expect(index, per === 'day' ? monthKey(of) : of, item);
    if (per === 'value') continue;
    const years = new Map<string, TotalItem>();
    for (const [year, ofYear] of Map.groupBy(lowest, ([month]) => month.slice(0, 4))) {
      const item = sumUp(new Map(ofYear.map(([month, total]) => [month.slice(5), total])));
      years.set(year, item);
      expect(index, yearKey(year), item);
    }
    uppermost.set(name, sumUp(years));
    if (!summarized) expect(index, allTime, sumUp(years));
  }
  if (records.length > 0) {
    const singles = records.filter(({ kind }) => registry.kinds.get(kind)?.single);
    put(expected, 'summary', { sk: summaryItem, data: summaryOf(registry, singles, uppermost) });
  }
  return expected;
}

/** The items of an index as the table has them. */
const inOrder = (items: ExpectedItems, index: string): Expected[] =>
  [...(items.get(index)?.values() ?? [])].sort((a, b) => compareKeys(a.sk, b.sk));

function put(items: ExpectedItems, index: string, item: Expected): void {
  const known = items.get(index) ?? new Map<string, Expected>();
  items.set(index, known);
  known.set(item.sk, item);
}

/** The rows and entries of all records, those that settle others before these. */
async function deriveRows({ kinds }: Registry, records: readonly AnyRecord[]): Promise<ExpectedItems> {
  const expected: ExpectedItems = new Map();
  const byKind = Map.groupBy(records, ({ kind }) => kind);
  const byIdentity = new Map(records.map((record) => [`${record.kind}\n${record.id}`, record]));
  for (const [name, kind] of kinds) {
    const filed = Map.groupBy(inOrder(expected, settledIndex(name)), ({ sk }) => sortKeyParts(sk)[0] ?? '');
    const ofKind = byKind.get(name) ?? [];
    const shown = await shownBy(kind, ofKind, async (other, ids) =>
      ids.flatMap((id) => byIdentity.get(`${other}\n${id}`) ?? []),
    );
    for (const record of ofKind) {
      const settlements = (filed.get(record.id) ?? []).map(({ data }) => JSON.parse(data) as object);
      const derived = derive(kind, record, shown.get(record.id) ?? {}, settlements);
      if (!derived) continue;
      const entries = JSON.stringify(derived.entries.map(({ index, sk }) => [index, sk]));
      put(expected, name, { sk: sortKey(record.id), data: derived.row, entries });
      for (const { index, ...entry } of derived.entries) put(expected, index, entry);
    }
  }
  return expected;
}
