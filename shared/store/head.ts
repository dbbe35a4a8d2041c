import { canonicalJson } from '../json.ts';
import type { Day } from '../ledger/dates.ts';
import type { BusinessProfile } from '../ledger/records.ts';
import type { DayTotals, Partitions } from './keys.ts';
import type { Claim, Item, Key, Table } from './table.ts';
import { sumUp, type TotalItem, yearKey } from './totals.ts';

/** The item that every call reads first: one read returns the calendar and all totals by year. */
export interface Head {
  profile?: BusinessProfile;
  /** The last day on which anything is dated. */
  last?: Day;
  /** Totals by year of the record's day, but for payments. */
  books: TotalItem;
  /** Totals of open invoices by year of the due day. */
  due: TotalItem;
}

export const emptyHead: Head = { books: { cells: {} }, due: { cells: {} } };

export const headKey = (partitions: Partitions): Key => ({ pk: partitions.derived('head'), sk: 'head' });

export const readHead = (item: Item | undefined): Head =>
  item ? (JSON.parse(item.data) as Head) : emptyHead;

/** The last day on which anything in the books is dated; later as-of days need no lookup of later changes. */
export const lastDay = (head: Head): Day => head.last ?? '';

/** Computes the head from the profile and the year totals; equal heads are written identically. */
export const writeHead = (
  profile: BusinessProfile | undefined,
  years: Record<'books' | 'due' | 'payments', ReadonlyMap<string, TotalItem>>,
): string => {
  const [books, due] = [sumUp(years.books), sumUp(years.due)];
  const last = [books.last ?? '', sumUp(years.payments).last ?? ''].sort().at(-1);
  return canonicalJson({ ...(profile && { profile }), ...(last && { last }), books, due } satisfies Head);
};

/** The current year totals of one kind. */
export async function readYears(
  table: Table,
  partitions: Partitions,
  index: DayTotals,
): Promise<Map<string, TotalItem>> {
  const from = yearKey('');
  const range = { pk: partitions.derived(index), from, to: yearKey('9999') };
  const items = await table.all(range, { consistent: true });
  return new Map(items.map(({ sk, data }) => [sk.slice(from.length), JSON.parse(data) as TotalItem]));
}

const attempts = 10;

/** Replaces the content of the head. The claim stays: its holder may be renewing it at this moment. */
export async function replaceHead(table: Table, partitions: Partitions, data: string): Promise<void> {
  const key = headKey(partitions);
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const read = await table.get(key, true);
    if (read?.data === data) return;
    if (await table.replace({ ...key, data, ...(read?.claim && { claim: read.claim }) }, read?.version))
      return;
  }
  throw new Error(`The head of the books changed during ${attempts} attempts to replace it.`);
}

/** Sets or ends the claim on an organization's books, if the head is still the one that was read. */
export const replaceClaim = (
  table: Table,
  partitions: Partitions,
  read: Item | undefined,
  claim: Claim | undefined,
): Promise<boolean> =>
  table.replace(
    { ...headKey(partitions), data: read?.data ?? canonicalJson(emptyHead), ...(claim && { claim }) },
    read?.version,
  );
