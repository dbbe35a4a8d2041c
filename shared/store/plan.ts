import { type Day, endOfMonth, startOfMonth } from '../ledger/dates.ts';
import type { AnyKind, AnyRow, Filter, Listing, Query, Way } from '../ledger/kind.ts';
import { countIn, slice, type Tally } from '../ledger/measures.ts';
import type { LaterChange, Sum } from '../ledger/reader.ts';
import type { StoredBooks } from './books.ts';
import { sortKey } from './keys.ts';
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

/** What totals tell of a filtered set, by everything ever recorded. */
export interface Counted {
  tally: Tally;
  /** Absent where names add up to the tally. */
  sum?: Sum;
}

/** How a question can be answered: what names add up to is known, since their totals have the names. */
export interface AskedPlan {
  /** In the order in which equally good ones are taken. */
  ways: (Way & { tally?: Tally })[];
  answers: { filters: readonly string[]; sum?: Sum; tally?: Tally }[];
}

/** Whether these names include every filter of the query. */
export const coversAll = ({ query }: Asked, names: readonly string[]): boolean =>
  Object.entries(query.filters).every(([name, value]) => value === undefined || names.includes(name));

const days = ['start', 'end'];

/** The value of a filter as it was asked for. */
const askedFor = ({ query }: Asked, name: string): string | undefined =>
  (query.filters as Record<string, string | undefined>)[name];

/** The days that an index needs to be read for: nothing later is shown. */
export function daysOf({ query, later }: Asked): { from?: string; to?: string } {
  const { start, end } = query.filters as { start?: string; end?: string };
  const { asOf, hideLater } = query;
  const to = hideLater && later.size > 0 && (end === undefined || end > asOf) ? asOf : end;
  return { ...(start !== undefined && { from: start }), ...(to !== undefined && { to }) };
}

/** What follows from every filter of a query: for those that code tests, the kind says it. */
export function planOf(asked: Asked): AskedPlan {
  const { books, list, query, names } = asked;
  const { index: all, order, series } = list.base;
  const { start, end } = query.filters as { start?: string; end?: string };
  const planned = list.plan?.(query) ?? { ways: [], answers: [] };
  const ways: AskedPlan['ways'] = [];
  const answers: AskedPlan['answers'] = [...planned.answers];
  const byDay = (index: string, covers: readonly string[], size?: Sum, prefix?: readonly string[]): Way => ({
    index,
    ...(prefix && { prefix }),
    dated: true,
    order,
    covers: [...covers, ...days],
    ...(size && { size }),
  });
  const answer = (filters: readonly string[], sum: Sum) =>
    answers.push({ sum: { ...sum, from: start, to: end }, filters: [...filters, ...days] });

  let only: Way | undefined;
  for (const [name, filter] of Object.entries(list.filters)) {
    const value = askedFor(asked, name);
    if (value === undefined) continue;
    if (filter.by === 'apart') {
      const { index, sum } = filter.of(value);
      const way = byDay(index, [name], sum);
      ways.push(way);
      if (!filter.also) only ??= way;
      if (sum) answer([name], sum);
    } else if (filter.by === 'reference' || ('series' in filter && filter.by === 'exact')) {
      const sum = filter.series === undefined ? undefined : { series: filter.series, value };
      ways.push(byDay(filter.index, [name], sum, [value]));
      if (sum) answers.push({ sum, filters: [name] });
      if (sum && books.registry.series.get(sum.series)?.monthly && isOfMonths(start, end))
        answer([name], sum);
    } else if (filter.by === 'exact') {
      const part = filter.part ? { parts: [value] } : name === 'currency' ? { currency: value } : undefined;
      const sum = part && { series, ...part };
      if (filter.index !== undefined) ways.push(byDay(filter.index, [name], sum, [value]));
      if (sum) answer([name], sum);
    } else if (filter.by === 'least') {
      ways.push({ index: filter.index, from: filter.of(value), order: filter.index, covers: [name] });
    } else if (filter.by === 'name') {
      const { filed = '', matched, tally = {} } = names.get(name) ?? {};
      const beginning = sortKey(filed);
      // Several names are one after the other in the index: by name, and only then by day.
      const way = matched
        ? { index: filter.index, from: beginning, to: beginning, order: filter.index, covers: [name] }
        : byDay(filter.index, [name], undefined, [filed]);
      ways.push({ ...way, tally });
      answers.push({ tally, filters: [name] });
    }
  }
  answer([], { series });
  return { ways: only ? [only] : [...ways, ...planned.ways, byDay(all, [], { series })], answers };
}

/** Whether days are those of whole months. */
const isOfMonths = (start: Day | undefined, end: Day | undefined): boolean =>
  (start === undefined || startOfMonth(start) === start) && (end === undefined || endOfMonth(end) === end);

/** The total of the rows alone, where others add to the same series. */
const ofRows = ({ list: { base } }: Asked, sum: Sum): Sum => ({
  ...(base.day && { measures: base.measures }),
  ...sum,
});

/** The number of rows on a way, if totals contain it. */
export async function sizeOf(
  asked: Asked,
  { size, dated, tally }: AskedPlan['ways'][number],
): Promise<number | undefined> {
  if (tally) return countIn(tally);
  if (!size) return undefined;
  const [counted = {}] = await asked.books.sums([
    ofRows(asked, dated ? { ...size, ...daysOf(asked) } : size),
  ]);
  return countIn(counted);
}

/** The total that answers all filters of a query, if there is such: any can be taken of one currency. */
export async function countedOf(asked: Asked, { answers }: AskedPlan): Promise<Counted | undefined> {
  const { currency } = asked.query.filters as { currency?: string };
  const ofCurrency = currency === undefined ? {} : { currency };
  const found = answers.find(({ filters }) => coversAll(asked, [...filters, 'currency']));
  if (found?.tally) return { tally: slice(found.tally, ofRows(asked, { series: '', ...ofCurrency })) };
  if (!found?.sum) return undefined;
  const sum = { ...ofRows(asked, found.sum), ...ofCurrency };
  const [tally = {}] = await asked.books.sums([sum]);
  return { tally, sum };
}

/** Whether a row passes all filters, as it stands on the as-of day. */
export function matches(asked: Asked, row: AnyRow): boolean {
  const { list, query } = asked;
  const { start, end } = query.filters as { start?: string; end?: string };
  const day = list.base.day ? list.orders[list.base.order]?.(row)[0] : undefined;
  if (day !== undefined) {
    if (start !== undefined && day < start) return false;
    if (end !== undefined && day > end) return false;
    if (query.hideLater && day > query.asOf) return false;
  }
  return passesAll(asked, row);
}

/** Whether a row passes all filters but the days. */
export const passesAll = (asked: Asked, row: AnyRow): boolean =>
  Object.entries(asked.list.filters).every(([name, filter]) => {
    const value = askedFor(asked, name);
    return value === undefined || passes(filter, row, value, asked.query, asked.names.get(name));
  });

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
    return of(row, undefined as never, []).some(({ key: [first = '', second = ''] }) => {
      const [value, day] = totals.per === 'value' ? [first, second] : [undefined, first];
      return value === sum.value && day >= (sum.from ?? '') && (sum.to === undefined || day <= sum.to);
    });
  });
  return isIn ? slice(tally(row), sum) : {};
}
