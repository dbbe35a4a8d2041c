import type { AnyRow, Way } from '../ledger/kind.ts';
import { lookThroughLimit } from '../ledger/reader.ts';
import { afterAll, compareKeys, sortKey, sortPrefix } from './keys.ts';
import { type Asked, type AskedPlan, coversAll, daysOf, matches, sizeOf } from './plan.ts';
import type { Range } from './table.ts';

export interface Listed {
  rows: AnyRow[];
  /** The order key to continue after, if there are more rows. */
  next?: string;
  /** All rows of the filtered set, where they had to be read anyway. */
  everything?: AnyRow[];
  /** The rows are in no index in this order, and too many to be sorted. Then `rows` is empty. */
  unordered?: true;
}

/**
 * One page of a filtered set. An index that has just these rows in this order is read for the page alone. Otherwise
 * the way with the fewest rows is read completely, up to a limit. Beyond it, a way of the right order is followed and
 * rows that do not match are skipped, up to the same limit per call.
 * @param totalsKnown whether totals over the whole set are known without looking at the rows
 */
export async function listRows(asked: Asked, { ways }: AskedPlan, totalsKnown: boolean): Promise<Listed> {
  const { order, limit } = asked.query;
  const exact = ways.find((way) => way.order === order && coversAll(asked, way.covers));
  if (totalsKnown && limit === 0) return { rows: [] };
  if (exact && totalsKnown) return follow(asked, exact);

  // A way that covers all filters leads to nothing else, so no other is shorter.
  const covering = ways.find((way) => coversAll(asked, way.covers));
  const fewest = await shortest(asked, covering ? [covering] : ways);
  const everything = fewest && (await lookThrough(asked, fewest));
  if (everything) {
    const left = everything.filter((row) => isAfter(asked, orderKeyOf(asked, row), asked.query.after));
    return { ...page(asked, left), everything };
  }
  const ordered = exact ?? ways.find((way) => way.order === order);
  return ordered ? follow(asked, ordered) : { rows: [], unordered: true };
}

/** The way to read completely: the shortest, or the first of unknown length; none if all are known to be too long. */
async function shortest(asked: Asked, ways: AskedPlan['ways']): Promise<Way | undefined> {
  const sizes = await Promise.all(ways.map((way) => sizeOf(asked, way)));
  const lengths = sizes.map((size) => size ?? lookThroughLimit);
  const fewest = Math.min(...lengths);
  return fewest <= lookThroughLimit ? ways[lengths.indexOf(fewest)] : undefined;
}

/** All matching rows in order, or undefined when the way leads to more rows than may be looked through. */
async function lookThrough(asked: Asked, way: Way): Promise<AnyRow[] | undefined> {
  const range = rangeOf(asked, way, undefined);
  const items = await asked.books.table.all(range, { limit: lookThroughLimit + 1 });
  if (items.length > lookThroughLimit) return undefined;
  const rows = items.map(({ data }) => JSON.parse(data) as AnyRow);
  return inOrder(asked, [...rows.filter((row) => isShown(asked, row)), ...shownInstead(asked)]);
}

/** Whether a row is shown as an index has it. */
const isShown = (asked: Asked, row: AnyRow): boolean => !asked.later.has(row.id) && matches(asked, row);

/** The rows to show as of the day, in place of those that changed later. */
const shownInstead = (asked: Asked): AnyRow[] =>
  [...asked.later.values()].map(({ then }) => then).filter((row) => matches(asked, row));

/** The row's place in the order: the rest of the sort key on ways of that order. */
const orderKeyOf = ({ list, query }: Asked, row: AnyRow): string =>
  sortKey(...(list.orders[query.order]?.(row) ?? []), row.id);

function inOrder(asked: Asked, rows: readonly AnyRow[]): AnyRow[] {
  const keyed = rows.map((row) => ({ row, key: orderKeyOf(asked, row) }));
  keyed.sort((a, b) => compareKeys(a.key, b.key) * (asked.query.reverse ? -1 : 1));
  return keyed.map(({ row }) => row);
}

const isAfter = ({ query }: Asked, key: string, after: string | undefined): boolean =>
  after === undefined || compareKeys(key, after) * (query.reverse ? -1 : 1) > 0;

/** The first of these rows as a page. */
function page(asked: Asked, left: readonly AnyRow[]): Listed {
  const rows = left.slice(0, asked.query.limit);
  const last = rows.at(-1);
  return { rows, ...(left.length > rows.length && last && { next: orderKeyOf(asked, last) }) };
}

/** Reads along a way until the page is full, merging in what is shown instead of rows that changed later. */
async function follow(asked: Asked, way: Way): Promise<Listed> {
  const { books, later } = asked;
  const { limit, after, reverse } = asked.query;
  const selective = !coversAll(asked, way.covers) || later.size > 0;
  const instead = inOrder(asked, shownInstead(asked)).filter((row) =>
    isAfter(asked, orderKeyOf(asked, row), after),
  );
  const rows: AnyRow[] = [];
  let examined = 0;
  const items = books.table.query(rangeOf(asked, way, after), {
    reverse,
    limit: selective ? lookThroughLimit : limit + 2,
    pageSize: selective ? Math.max(limit + 2, 100) : limit + 2,
  });
  for await (const { data } of items) {
    examined++;
    const row = JSON.parse(data) as AnyRow;
    const key = orderKeyOf(asked, row);
    if (!isAfter(asked, key, after)) continue;
    while (instead[0] !== undefined && !isAfter(asked, orderKeyOf(asked, instead[0]), key)) {
      rows.push(instead.shift() as AnyRow);
    }
    if (isShown(asked, row)) rows.push(row);
    if (rows.length > limit) return page(asked, rows);
    // Too many rows were skipped for one call: the page is short, and the next one continues from here.
    if (selective && examined === lookThroughLimit) return { rows, next: key };
  }
  return page(asked, [...rows, ...instead]);
}

/** The part of an index that a way is, after a position in its order. */
function rangeOf(asked: Asked, way: Way, after: string | undefined): Range {
  const { books, kind, query } = asked;
  const { from: lowest = '!', to = '' } = way.dated ? daysOf(asked) : way;
  const prefix = way.prefix ? sortPrefix(...way.prefix) : '';
  const highest = to + afterAll;
  const [first, last] = query.reverse ? [undefined, after] : [after, undefined];
  return {
    pk: books.partitions.derived(`${kind.name}.${way.index}`),
    from: prefix + (first !== undefined && compareKeys(first, lowest) > 0 ? first : lowest),
    to: prefix + (last !== undefined && compareKeys(last, highest) < 0 ? last : highest),
  };
}
