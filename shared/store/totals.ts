import { canonicalJson } from '../json.ts';
import { addDays, type Day, endOfMonth } from '../ledger/dates.ts';
import { addTally, inOrder, sumTallies, type Tally } from '../ledger/measures.ts';
import { sortKeyParts } from './keys.ts';

/*
 * Totals over time, in three levels, so that any range of days costs at most five items however large the books:
 *   m#2026-11   a month, day by day
 *   y#2026      a year, month by month
 *   all         everything, year by year; in the summary for what most calls need
 * A month is recomputed from its entries, a year from its months, and everything from the years; nothing is
 * incremented. Totals of a value (a name, an id) have one item for each year: value#2026.
 */

/** The uppermost level. */
export const allTime = 'all';
export const monthKey = (month: string): string => `m#${month}`;
export const yearKey = (year: string): string => `y#${year}`;

/** One level's item: tallies by day "05", month "11" or year "2026". */
export interface TotalItem {
  cells: Record<string, Tally>;
  /** The last day that has anything. */
  last?: Day;
  /** How a value is written in the books. */
  label?: string;
}

/** The month's item from what each of its days adds up to. */
export function monthTotal(month: string, days: ReadonlyMap<Day, Tally>): TotalItem {
  const cells = new Map([...days].map(([day, tally]) => [day.slice(8), tally]));
  return totalItem(cells, (cell) => `${month}-${cell}`);
}

/** The item one level up from those below it, each under its cell: months of a year, or years of all. */
export function sumUp(below: ReadonlyMap<string, TotalItem>): TotalItem {
  const cells = new Map([...below].map(([cell, { cells }]) => [cell, sumTallies(Object.values(cells))]));
  return totalItem(cells, (cell) => below.get(cell)?.last);
}

/** The item of one value in one year: a single cell, and how the value is written in the books. */
export const valueTotal = (year: string, tally: Tally, label: string | undefined): TotalItem => ({
  ...totalItem(new Map([[year, tally]]), () => undefined),
  ...(label !== undefined && { label }),
});

/** The totals of a value over all years. */
export interface ValueSum {
  tally: Tally;
  /** As the latest year writes it. */
  label?: string;
}

/** What the items of values add up to over the years, or these years, by value; without values that have nothing. */
export function sumByValue(
  items: readonly { sk: string; data: string }[],
  { from = '', to = '9999' }: { from?: string | undefined; to?: string | undefined } = {},
): Map<string, ValueSum> {
  const sums = new Map<string, ValueSum>();
  for (const { sk, data } of items) {
    const [value = '', year = ''] = sortKeyParts(sk);
    if (year < from || year > to) continue;
    const { cells, label } = JSON.parse(data) as TotalItem;
    for (const tally of Object.values(cells)) {
      const sum = sums.get(value) ?? { tally: {} };
      sums.set(value, sum);
      addTally(sum.tally, tally);
      if (label !== undefined) sum.label = label;
    }
  }
  return sums;
}

/** The item that says how many there are of something that has no day. */
export const countTotal = (count: number): TotalItem =>
  totalItem(new Map([[allTime, count === 0 ? {} : { count: [count] }]]), () => undefined);

/** What an empty total is written as. It need not exist. */
export const emptyTotal = canonicalJson({ cells: {} } satisfies TotalItem);

/** Cells in one order and none of them empty, so that equal totals are written identically. */
function totalItem(cells: ReadonlyMap<string, Tally>, lastOf: (cell: string) => Day | undefined): TotalItem {
  const kept = [...cells]
    .filter(([, tally]) => Object.keys(tally).length > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const lastCell = kept.at(-1)?.[0];
  const last = lastCell === undefined ? undefined : lastOf(lastCell);
  return {
    cells: Object.fromEntries(kept.map(([cell, tally]) => [cell, inOrder(tally)])),
    ...(last !== undefined && { last }),
  };
}

/** Cells of one item that together with others cover a range. */
export interface Piece {
  sk: string;
  from: string;
  to: string;
}

/** The pieces that cover the days from `from` to `to`, both included; either end may be open. */
export function coverDays(from: Day | undefined, to: Day | undefined): Piece[] {
  const first = from ?? '0000-01-01';
  const last = to ?? '9999-12-31';
  if (first > last) return [];
  const [firstYear, lastYear] = [first.slice(0, 4), last.slice(0, 4)];
  const startsYear = first.endsWith('-01-01');
  const endsYear = last.endsWith('-12-31');
  if (firstYear === lastYear && !(startsYear && endsYear)) return coverYear(first, last);
  const pieces: Piece[] = [];
  if (!startsYear) pieces.push(...coverYear(first, `${firstYear}-12-31`));
  const wholeFrom = startsYear ? firstYear : nextYear(firstYear, 1);
  const wholeTo = endsYear ? lastYear : nextYear(lastYear, -1);
  if (wholeFrom <= wholeTo) pieces.push({ sk: allTime, from: wholeFrom, to: wholeTo });
  if (!endsYear) pieces.push(...coverYear(`${lastYear}-01-01`, last));
  return pieces;
}

const nextYear = (year: string, step: number): string => String(Number(year) + step).padStart(4, '0');

/** Days within one year. */
function coverYear(first: Day, last: Day): Piece[] {
  const [firstMonth, lastMonth] = [first.slice(0, 7), last.slice(0, 7)];
  const startsMonth = first.endsWith('-01');
  const endsMonth = last === endOfMonth(last);
  if (firstMonth === lastMonth && !(startsMonth && endsMonth)) return [coverMonth(first, last)];
  const pieces: Piece[] = [];
  if (!startsMonth) pieces.push(coverMonth(first, `${firstMonth}-31`));
  const wholeFrom = startsMonth ? firstMonth : addDays(endOfMonth(first), 1).slice(0, 7);
  const wholeTo = endsMonth ? lastMonth : addDays(`${lastMonth}-01`, -1).slice(0, 7);
  if (wholeFrom <= wholeTo) {
    pieces.push({ sk: yearKey(first.slice(0, 4)), from: wholeFrom.slice(5), to: wholeTo.slice(5) });
  }
  if (!endsMonth) pieces.push(coverMonth(`${lastMonth}-01`, last));
  return pieces;
}

const coverMonth = (first: Day, last: Day): Piece => ({
  sk: monthKey(first.slice(0, 7)),
  from: first.slice(8),
  to: last.slice(8),
});

/** The keys of the items that the pieces are in. */
export const itemsOf = (pieces: readonly Piece[]): string[] => [...new Set(pieces.map(({ sk }) => sk))];

/** What the pieces add up to, given the items that exist. */
export function sumPieces(pieces: readonly Piece[], items: ReadonlyMap<string, TotalItem>): Tally {
  const sum: Tally = {};
  for (const { sk, from, to } of pieces) {
    for (const [cell, tally] of Object.entries(items.get(sk)?.cells ?? {})) {
      if (cell >= from && cell <= to) addTally(sum, tally);
    }
  }
  return sum;
}
