import type { AnyRow } from '../ledger/kind.ts';
import { lookThroughLimit } from '../ledger/reader.ts';
import type { Partitions } from './keys.ts';
import { afterAll, compareKeys } from './keys.ts';
import type { Path } from './plan.ts';
import type { Table } from './table.ts';

/** Rows that differ from the indexes, because they are shown as of another day. */
export interface Overlay<Row> {
  /** Ids to skip wherever an index has them. */
  hidden: ReadonlySet<string>;
  /** The rows to show instead; filtered, in any order. */
  shown: readonly Row[];
}

export interface ListRequest<Row> {
  paths: readonly Path[];
  /** The filters that were asked for. */
  filters: ReadonlySet<string>;
  order: string;
  reverse: boolean;
  /** The row's place in the order; must equal the rest of the sort key on paths of that order. */
  orderKeyOf(row: Row): string;
  keep(row: Row): boolean;
  overlay?: Overlay<Row>;
  limit: number;
  /** The order key of the last row of the page before. */
  after: string | undefined;
  /** Whether totals over the whole set are known without looking at the rows. */
  totalsKnown: boolean;
}

export interface Listed<Row> {
  rows: Row[];
  /** The order key to continue after, if there are more rows. */
  next?: string;
  /** All rows of the filtered set, where they had to be read anyway. */
  everything?: Row[];
  /** The rows are in no index in this order, and too many to be sorted. Then `rows` is empty. */
  unordered?: true;
}

/**
 * One page of a filtered set. An index that has just these rows in this order is read for the page alone. Otherwise
 * the path with the fewest rows is read completely, up to a limit. Beyond it, a path of the right order is followed and
 * rows that do not match are skipped, up to the same limit per call.
 */
export async function list<Row extends AnyRow>(
  table: Table,
  partitions: Partitions,
  request: ListRequest<Row>,
): Promise<Listed<Row>> {
  const { paths, filters, order, totalsKnown } = request;
  const exact = paths.find((path) => path.order === order && filters.isSubsetOf(path.covers));
  if (totalsKnown && request.limit === 0) return { rows: [] };
  if (exact && totalsKnown) return follow(table, partitions, request, exact);

  // A path that covers all filters leads to nothing else, so no other is shorter.
  const covering = paths.find((path) => filters.isSubsetOf(path.covers));
  const fewest = await shortest(covering ? [covering] : paths);
  const everything = fewest && (await lookThrough(table, partitions, request, fewest));
  if (everything) return { ...pageOf(everything, request), everything };

  const ordered = exact ?? paths.find((path) => path.order === order);
  return ordered ? follow(table, partitions, request, ordered) : { rows: [], unordered: true };
}

/** The path to read completely: the shortest, or the first of unknown length; none if all are known to be too long. */
async function shortest(paths: readonly Path[]): Promise<Path | undefined> {
  const sizes = await Promise.all(paths.map((path) => path.size?.()));
  const lengths = sizes.map((size) => size ?? lookThroughLimit);
  const fewest = Math.min(...lengths);
  return fewest <= lookThroughLimit ? paths[lengths.indexOf(fewest)] : undefined;
}

/** All matching rows in order, or undefined when the path leads to more rows than may be looked through. */
async function lookThrough<Row extends AnyRow>(
  table: Table,
  partitions: Partitions,
  request: ListRequest<Row>,
  path: Path,
): Promise<Row[] | undefined> {
  const { keep, overlay } = request;
  const items = await table.all(rangeOf(partitions, path), { limit: lookThroughLimit + 1 });
  if (items.length > lookThroughLimit) return undefined;
  const rows = items.map(({ data }) => JSON.parse(data) as Row).filter((row) => !overlay?.hidden.has(row.id));
  return inOrder([...rows.filter(keep), ...(overlay?.shown ?? [])], request);
}

function inOrder<Row>(rows: Row[], { orderKeyOf, reverse }: ListRequest<Row>): Row[] {
  const keyed = rows.map((row) => ({ row, key: orderKeyOf(row) }));
  keyed.sort((a, b) => compareKeys(a.key, b.key) * (reverse ? -1 : 1));
  return keyed.map(({ row }) => row);
}

const isAfter = (key: string, after: string | undefined, reverse: boolean): boolean =>
  after === undefined || compareKeys(key, after) * (reverse ? -1 : 1) > 0;

function pageOf<Row>(everything: readonly Row[], request: ListRequest<Row>): Listed<Row> {
  const { orderKeyOf, after, reverse, limit } = request;
  const left = everything.filter((row) => isAfter(orderKeyOf(row), after, reverse));
  return page(left.slice(0, limit), left.length > limit, orderKeyOf);
}

function page<Row>(rows: Row[], more: boolean, orderKeyOf: (row: Row) => string): Listed<Row> {
  const last = rows.at(-1);
  return { rows, ...(more && last !== undefined && { next: orderKeyOf(last) }) };
}

/** Reads along a path until the page is full, merging in what the overlay shows instead. */
async function follow<Row extends AnyRow>(
  table: Table,
  partitions: Partitions,
  request: ListRequest<Row>,
  path: Path,
): Promise<Listed<Row>> {
  const { keep, overlay, orderKeyOf, limit, after, reverse, filters } = request;
  const selective = !filters.isSubsetOf(path.covers) || (overlay?.hidden.size ?? 0) > 0;
  const range = rangeOf(partitions, path, after, reverse);
  const instead = inOrder(
    (overlay?.shown ?? []).filter((row) => isAfter(orderKeyOf(row), after, reverse)),
    request,
  );
  const rows: Row[] = [];
  let examined = 0;
  const items = table.query(range, {
    reverse,
    limit: selective ? lookThroughLimit : limit + 2,
    pageSize: selective ? Math.max(limit + 2, 100) : limit + 2,
  });
  for await (const { data } of items) {
    examined++;
    const row = JSON.parse(data) as Row;
    const key = orderKeyOf(row);
    if (!isAfter(key, after, reverse)) continue;
    while (instead[0] !== undefined && !isAfter(orderKeyOf(instead[0]), key, reverse)) {
      rows.push(instead.shift() as Row);
    }
    if (!overlay?.hidden.has(row.id) && keep(row)) rows.push(row);
    if (rows.length > limit) return page(rows.slice(0, limit), true, orderKeyOf);
    // Too many rows were skipped for one call: the page is short, and the next one continues from here.
    if (selective && examined === lookThroughLimit) return { rows, next: key };
  }
  rows.push(...instead);
  return page(rows.slice(0, limit), rows.length > limit, orderKeyOf);
}

function rangeOf(
  partitions: Partitions,
  { index, prefix, from, to = '' }: Path,
  after?: string,
  reverse?: boolean,
) {
  const lowest = from ?? '!';
  const highest = to + afterAll;
  return {
    pk: partitions.derived(index),
    from: prefix + (!reverse && after !== undefined && compareKeys(after, lowest) > 0 ? after : lowest),
    to: prefix + (reverse && after !== undefined && compareKeys(after, highest) < 0 ? after : highest),
  };
}
