import { canonicalJson } from '../json.ts';
import type { Day } from '../ledger/dates.ts';
import type { AnyRecord } from '../ledger/kind.ts';
import { slice } from '../ledger/measures.ts';
import type { Registry } from '../ledger/registry.ts';
import type { Partitions } from './keys.ts';
import type { AnyListing } from './plan.ts';
import type { Item, Key, Lock, Table } from './table.ts';
import type { TotalItem } from './totals.ts';

/** The item that every call reads first: one read returns the only records of their kinds and all totals by year. */
export interface Summary {
  /** The kinds of which there are listed records. */
  kinds: string[];
  singles: Record<string, AnyRecord>;
  /** The last day on which anything is dated, by series. */
  last: Record<string, Day>;
  /** The uppermost level of the series that most calls need. */
  totals: Record<string, TotalItem>;
}

const emptySummary: Summary = { kinds: [], singles: {}, last: {}, totals: {} };

/** The sort key of the summary, alone in its partition. */
export const summaryItem = 'summary';

export const summaryKey = (partitions: Partitions): Key => ({
  pk: partitions.derived('summary'),
  sk: summaryItem,
});

export const readSummary = (item: Item | undefined): Summary =>
  item ? (JSON.parse(item.data) as Summary) : emptySummary;

/** The summary of the uppermost level of all series by day and all counts; equal summaries are written identically. */
export function summaryOf(
  { kinds, series }: Registry,
  singles: readonly AnyRecord[],
  uppermost: ReadonlyMap<string, TotalItem>,
): string {
  const last = [...uppermost].flatMap(([name, { last }]) => (last === undefined ? [] : [[name, last]]));
  const totals = [...uppermost].filter(([name]) => series.get(name)?.summarized);
  const held = [...kinds.values()].filter(
    ({ list }) => list && hasAny(uppermost.get(list.base.series), list.base),
  );
  return canonicalJson({
    kinds: held.map(({ name }) => name).sort(),
    singles: Object.fromEntries(singles.map((record) => [record.kind, record])),
    last: Object.fromEntries(last),
    totals: Object.fromEntries(totals),
  } satisfies Summary);
}

/** Whether a total has anything of these rows: others may add to the same series. */
const hasAny = ({ cells }: TotalItem = { cells: {} }, { day, measures }: AnyListing['base']): boolean =>
  Object.values(cells).some((tally) => Object.keys(day ? slice(tally, { measures }) : tally).length > 0);

const attempts = 10;

/** Replaces the content of the summary. The lock stays: its holder may be renewing it at this moment. */
export async function replaceSummary(table: Table, partitions: Partitions, data: string): Promise<void> {
  const key = summaryKey(partitions);
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const read = await table.get(key, true);
    if (read?.data === data) return;
    if (await table.replace({ ...key, data, ...(read?.lock && { lock: read.lock }) }, read?.version)) return;
  }
  throw new Error(`The summary of the books changed during ${attempts} attempts to replace it.`);
}

/** Sets or ends the write lock of an organization's books, if the summary is still the one that was read. */
export const replaceLock = (
  table: Table,
  partitions: Partitions,
  read: Item | undefined,
  lock: Lock | undefined,
): Promise<boolean> =>
  table.replace(
    { ...summaryKey(partitions), data: read?.data ?? canonicalJson(emptySummary), ...(lock && { lock }) },
    read?.version,
  );
