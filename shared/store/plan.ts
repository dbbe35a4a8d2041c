import type { AnyKind, AnyRow, Filter, Listing, Query } from '../ledger/kind.ts';
import { countIn, slice, type Tally } from '../ledger/measures.ts';
import type { LaterChange, Sum } from '../ledger/reader.ts';
import type { StoredBooks } from './books.ts';
import { sortPrefix } from './keys.ts';
import { isNamed, type NamesMeant } from './names.ts';

// biome-ignore lint/suspicious/noExplicitAny: only the kind knows the types of its rows and filters
type AnyTypes = any;
export type AnyQuery = Query<AnyTypes>;
export type AnyListing = Listing<AnyTypes>;

/** A question to a list, with what the names in its filters mean. */
export interface Asked {
  books: StoredBooks;
  kind: AnyKind;
  list: AnyListing;
  query: AnyQuery;
  names: ReadonlyMap<string, NamesMeant>;
  /** What is different as of the day. */
  later: ReadonlyMap<string, LaterChange>;
}

/** A way to reach rows: a part of one index, in that index's order. */
export interface Path {
  index: string;
  /** What the keys begin with. */
  prefix: string;
  /** Bounds on the rest of the key, both included. */
  from?: string | undefined;
  to?: string | undefined;
  /** What the rest of the key orders by. */
  order: string;
  /** The filters that this path implements all by itself. */
  covers: ReadonlySet<string>;
  /** The number of rows on it, if totals contain it; requested only when it matters. */
  size?: (() => Promise<number>) | undefined;
}

/** What totals tell of a filtered set, by everything ever recorded. */
export interface Counted {
  tally: Tally;
  /** Absent where names add up to the tally. */
  sum?: Sum;
}

/** The filters that a query has. */
export const filtersOf = ({ query }: Asked): ReadonlySet<string> =>
  new Set(Object.entries(query.filters).flatMap(([name, value]) => (value === undefined ? [] : [name])));

const days = ['start', 'end'];

/** The value of a filter as it was asked for. */
const askedFor = ({ query }: Asked, name: string): string | undefined =>
  (query.filters as Record<string, string | undefined>)[name];

/** The days that an index needs to be read for: nothing later is shown. */
function daysOf({ query, later }: Asked): { from?: string; to?: string } {
  const { start, end } = query.filters as { start?: string; end?: string };
  const { asOf, hideLater } = query;
  const to = hideLater && later.size > 0 && (end === undefined || end > asOf) ? asOf : end;
  return { ...(start !== undefined && { from: start }), ...(to !== undefined && { to }) };
}

/** The total of the rows alone, where others add to the same series. */
const ofRows = ({ list: { base } }: Asked, sum: Sum): Sum => ({
  ...(base.day && { measures: base.measures }),
  ...sum,
});

/** The paths to the rows of a query, in the order in which equally good ones are taken. */
export function pathsOf(asked: Asked): Path[] {
  const { books, kind, list, query } = asked;
  const size = (sum: Sum) => async () => countIn((await books.sums([ofRows(asked, sum)]))[0] ?? {});
  const dated = (sum: Sum): Sum => ({ ...sum, ...daysOf(asked) });
  const path = (index: string, value: string | undefined, covers: string[], sum?: Sum): Path => ({
    index: `${kind.name}.${index}`,
    prefix: value === undefined ? '' : sortPrefix(value),
    ...daysOf(asked),
    order: list.base.order,
    covers: new Set([...covers, ...days]),
    size: sum && size(sum),
  });
  const paths: Path[] = [];
  for (const [name, filter] of Object.entries(list.filters)) {
    const value = askedFor(asked, name);
    if (value === undefined) continue;
    if (filter.by === 'apart') {
      const { index, sum } = filter.of(value);
      const apart = path(index, undefined, [name], sum && dated(sum));
      if (!filter.test) return [apart];
      paths.push(apart);
    } else if (filter.by === 'exact' && filter.index !== undefined) {
      const part = filter.part ? { parts: [value] } : name === 'currency' ? { currency: value } : undefined;
      paths.push(path(filter.index, value, [name], part && dated({ series: list.base.series, ...part })));
    } else if (filter.by === 'reference') {
      const { series } = filter;
      paths.push(path(filter.index, value, [name], series === undefined ? undefined : { series, value }));
    } else if (filter.by === 'least') {
      const bounds = { from: filter.of(value), to: undefined, order: filter.index, covers: new Set([name]) };
      paths.push({ ...path(filter.index, undefined, []), ...bounds });
    } else if (filter.by === 'name') {
      paths.push(namedPath(path, name, filter.index, asked.names.get(name)));
    }
  }
  for (const way of list.plan?.(query).ways ?? []) {
    const { index, prefix = [], dated: byDay, from, to, order, covers, size: sum } = way;
    paths.push({
      index: `${kind.name}.${index}`,
      prefix: prefix.length > 0 ? sortPrefix(...prefix) : '',
      ...(byDay ? daysOf(asked) : { from, to }),
      order,
      covers: new Set(covers),
      size: sum && size(byDay ? dated(sum) : sum),
    });
  }
  return [...paths, path(list.base.index, undefined, [], dated({ series: list.base.series }))];
}

/** Several names are one after the other in the index: by name, and only then by day. */
function namedPath(
  path: (index: string, value: string | undefined, covers: string[]) => Path,
  name: string,
  index: string,
  meant: NamesMeant | undefined,
): Path {
  const { filed = '', matched, tally = {} } = meant ?? {};
  const size = async () => countIn(tally);
  if (!matched) return { ...path(index, filed, [name]), size };
  const from = sortPrefix(filed).slice(0, -1);
  return { ...path(index, undefined, []), from, to: from, order: index, covers: new Set([name]), size };
}

/** The total that answers all filters of a query, if there is such. */
export async function countedOf(asked: Asked): Promise<Counted | undefined> {
  const { books, list, query, names } = asked;
  const given = [...filtersOf(asked)].filter((name) => name !== 'currency');
  const { currency, start, end } = query.filters as { currency?: string; start?: string; end?: string };
  const answers = (filters: readonly string[]) => given.every((name) => filters.includes(name));
  const ofCurrency = currency === undefined ? {} : { currency };
  const read = async (sum: Sum): Promise<Counted> => {
    const whole = { ...ofRows(asked, sum), ...ofCurrency };
    return { tally: (await books.sums([whole]))[0] ?? {}, sum: whole };
  };
  const dated = list.base.day ? { from: start, to: end } : {};
  const planned = list.plan?.(query).answers.find(({ filters }) => answers(filters));
  if (planned) return read(planned.sum);
  if (!list.plan && answers(days)) return read({ series: list.base.series, ...dated });
  for (const name of given) {
    const filter = list.filters[name];
    const value = askedFor(asked, name) ?? '';
    const meant = names.get(name);
    if (filter?.by === 'name' && meant && answers([name])) return { tally: slice(meant.tally, ofCurrency) };
    if (filter?.by === 'reference' && filter.series !== undefined && answers([name])) {
      return read({ series: filter.series, value });
    }
    if (filter?.by === 'exact' && filter.part && answers([name, ...days])) {
      return read({ series: list.base.series, parts: [value], ...dated });
    }
    const apart = filter?.by === 'apart' ? filter.of(value).sum : undefined;
    if (apart && answers([name, ...days])) return read({ ...apart, ...dated });
  }
  return undefined;
}

/** Whether a row passes all filters, as it stands on the as-of day. */
export function matches(asked: Asked, row: AnyRow): boolean {
  const { list, query, names } = asked;
  const { start, end } = query.filters as { start?: string; end?: string };
  const day = list.base.day ? list.orders[list.base.order]?.(row)[0] : undefined;
  if (day !== undefined) {
    if (start !== undefined && day < start) return false;
    if (end !== undefined && day > end) return false;
    if (query.hideLater && day > query.asOf) return false;
  }
  return Object.entries(list.filters).every(([name, filter]) => {
    const value = askedFor(asked, name);
    return value === undefined || passes(filter, row, value, query, names.get(name));
  });
}

function passes(
  filter: Filter<AnyRow>,
  row: AnyRow,
  asked: string,
  query: AnyQuery,
  meant: NamesMeant | undefined,
): boolean {
  switch (filter.by) {
    case 'exact':
    case 'reference':
      return filter.value(row) === asked;
    case 'name':
      return meant !== undefined && isNamed(filter.value(row), meant);
    case 'least':
      return filter.value(row) >= filter.of(asked);
    case 'apart':
      return filter.test?.(row) ?? true;
    case 'code':
      return filter.test(row, query as never);
  }
}

/** What a total has of a row as it stands in the indexes; nothing if the row is not in it. */
export function tallyIn({ kind, list }: Asked, row: AnyRow, sum: Sum): Tally {
  const { tally } = list;
  if (!tally) return {};
  const isIn = Object.values(kind.indexes ?? {}).some(({ of, totals }) => {
    if (totals?.series !== sum.series || totals.per === 'count' || totals.of !== tally) return false;
    return of(row, undefined as never).some(({ key: [first = ''] }) =>
      totals.per === 'value'
        ? first === sum.value
        : first >= (sum.from ?? '') && (sum.to === undefined || first <= sum.to),
    );
  });
  return isIn ? slice(tally(row), sum) : {};
}
