import { canonicalJson } from '../json.ts';
import { addDays, type Day, endOfMonth, startOfMonth } from '../ledger/dates.ts';
import { addTally, addUnder, inOrder, sumTallies, type Tally } from '../ledger/measures.ts';
import type { Series } from '../ledger/registry.ts';
import { dayIn, monthIn, sortKeyParts, valueYearIn } from './keys.ts';
import type { Item } from './table.ts';

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

type Stored = Pick<Item, 'sk' | 'data'>;

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

/** The lowest totals that an entry is in: its month, or its value and year. */
export const lowestIn = (per: Series['per'], sk: string): string =>
  per === 'day' ? monthIn(sk) : valueYearIn(sk);

/**
 * What entries add up to at the lowest level of a series by day or value.
 * @param entriesOf gives those of an index in the order of their keys
 */
export async function sumEntries(
  { per, monthly, sources }: Series,
  entriesOf: (index: string) => Iterable<Stored> | AsyncIterable<Stored>,
): Promise<Map<string, TotalItem>> {
  const sums = new Map<string, { tallies: Map<string, Tally>; label: string | undefined }>();
  for (const { index, of, label } of sources) {
    for await (const { sk, data: text } of entriesOf(index)) {
      const data = JSON.parse(text) as unknown;
      const lowest = lowestIn(per, sk);
      const sum = sums.get(lowest) ?? { tallies: new Map<string, Tally>(), label: undefined };
      sums.set(lowest, sum);
      addUnder(sum.tallies, per === 'day' ? dayIn(sk) : cellAfter(sk, lowest, monthly), of(data));
      sum.label = label?.(data) ?? sum.label;
    }
  }
  return new Map(
    [...sums].map(([lowest, { tallies, label }]) => [
      lowest,
      per === 'day'
        ? monthTotal(lowest, tallies)
        : { ...totalItem(tallies, () => undefined), ...(label !== undefined && { label }) },
    ]),
  );
}

/** The cell of an entry in the total of its value and year: the year, or the month where totals are kept by month. */
const cellAfter = (sk: string, valueYear: string, monthly: boolean): string =>
  monthly ? sk.slice(valueYear.length - 4, valueYear.length + 3) : valueYear.slice(-4);

/** The totals of a value over all years. */
export interface ValueSum {
  tally: Tally;
  /** As the latest year writes it. */
  label?: string;
}

/**
 * What the items of values add up to, by value; without values that have nothing.
 * @param range the first and last year, or month where totals are kept by month; open where it is not given
 */
export function sumByValue(
  items: readonly Stored[],
  { from = '', to = '9999' }: { from?: string | undefined; to?: string | undefined } = {},
): Map<string, ValueSum> {
  const sums = new Map<string, ValueSum>();
  for (const { sk, data } of items) {
    const [value = ''] = sortKeyParts(sk);
    const { cells, label } = JSON.parse(data) as TotalItem;
    for (const [cell, tally] of Object.entries(cells)) {
      // A year that is asked for has its months.
      if (cell < from || cell.slice(0, to.length) > to) continue;
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

/** The levels from the uppermost down: the item and cell of a day, and the first and last day of that cell. */
const levels = [
  {
    item: () => allTime,
    cell: (day: Day) => day.slice(0, 4),
    start: (day: Day) => `${day.slice(0, 4)}-01-01`,
    end: (day: Day) => `${day.slice(0, 4)}-12-31`,
  },
  {
    item: (day: Day) => yearKey(day.slice(0, 4)),
    cell: (day: Day) => day.slice(5, 7),
    start: startOfMonth,
    end: endOfMonth,
  },
  {
    item: (day: Day) => monthKey(day.slice(0, 7)),
    cell: (day: Day) => day.slice(8),
    start: (day: Day) => day,
    end: (day: Day) => day,
  },
];

/** The pieces that cover the days from `from` to `to`, both included; either end may be open. */
export const coverDays = (from: Day = '0000-01-01', to: Day = '9999-12-31'): Piece[] =>
  coverAt(levels, from, to);

/** Whole cells of the first of these levels, and below it what they leave over at either end. */
function coverAt([level, ...below]: typeof levels, from: Day, to: Day): Piece[] {
  if (!level || from > to) return [];
  const { item, cell, start, end } = level;
  const starts = start(from) === from;
  const ends = end(to) === to;
  if (start(from) === start(to) && !(starts && ends)) return coverAt(below, from, to);
  const first = starts ? from : addDays(end(from), 1);
  const last = ends ? to : addDays(start(to), -1);
  return [
    ...(starts ? [] : coverAt(below, from, end(from))),
    ...(first <= last ? [{ sk: item(first), from: cell(first), to: cell(last) }] : []),
    ...(ends ? [] : coverAt(below, start(to), to)),
  ];
}

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
