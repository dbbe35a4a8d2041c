import { Refusal } from '../ledger/errors.ts';
import type { AnyKind, AnyRow, Called, Grouping } from '../ledger/kind.ts';
import { addTally, addUnder, countIn, slice, sumTallies, type Tally } from '../ledger/measures.ts';
import { beingChanged, lookThroughLimit } from '../ledger/reader.ts';
import { inParallel } from '../parallel.ts';
import type { StoredBooks } from './books.ts';
import { sortKey, sortKeyParts } from './keys.ts';
import { type Listed, list as listRows } from './listing.ts';
import { type NamesMeant, namesMeant } from './names.ts';
import {
  type AnyQuery,
  type Asked,
  type Counted,
  countedOf,
  filtersOf,
  matches,
  pathsOf,
  tallyIn,
} from './plan.ts';
import { idMeant, isKnown } from './references.ts';

/** A page of any list: see `Page`. */
export interface AnyPage {
  rows: unknown[];
  totalCount?: number;
  totalsAbsent?: string;
  next?: string;
  groups?: object[];
  meant?: Record<string, string>;
  matched?: Record<string, { names: string[]; count: number }>;
}

/**
 * Lists the rows of a kind; see docs/benchmarks.md for what each filter costs.
 * @throws {NotFound} when a filter names what the books do not know, with the nearest names.
 */
export async function listPage(books: StoredBooks, kind: AnyKind, query: AnyQuery): Promise<AnyPage> {
  const page = await readPage(books, kind, query);
  if (page.rows.length > 0 || (page.totalCount ?? 0) > 0) return page;
  // Only when there is nothing, an id is looked up in other capitals and as a name.
  for (const [name, filter] of Object.entries(kind.list?.filters ?? {})) {
    const asked = query.filters[name] as string | undefined;
    if (filter.by !== 'reference' || asked === undefined || (await isKnown(books, filter.kind, asked)))
      continue;
    const meant = await idMeant(books, books.kind(filter.kind), name, asked);
    const again = await readPage(books, kind, { ...query, filters: { ...query.filters, [name]: meant } });
    return { ...again, meant: { [name]: meant } };
  }
  return page;
}

async function readPage(books: StoredBooks, kind: AnyKind, query: AnyQuery): Promise<AnyPage> {
  const { list } = kind;
  if (!list) throw new Error(`${kind.name} is not listed.`);
  const [names, later, changing] = await Promise.all([
    namesIn(books, kind, query),
    books.later(kind.name, query.asOf),
    books.isBeingChanged(),
  ]);
  const asked: Asked = { books, kind, list, query, names, later };
  const counted = await countedOf(asked);
  const grouped = query.groupBy === undefined ? undefined : await groupsFromTotals(asked, counted);
  const order = list.orders[query.order];
  const totalsKnown = counted !== undefined && (query.groupBy === undefined || grouped !== undefined);
  const listed = await listRows<AnyRow>(books.table, books.partitions, {
    paths: pathsOf(asked),
    filters: filtersOf(asked),
    order: query.order,
    reverse: query.reverse,
    orderKeyOf: (row) => sortKey(...(order?.(row) ?? []), row.id),
    keep: (row) => matches(asked, row),
    overlay: {
      hidden: new Set(later.keys()),
      shown: [...later.values()].map(({ then }) => then).filter((row) => matches(asked, row)),
    },
    limit: query.limit,
    after: query.after,
    totalsKnown,
  });
  if (listed.unordered && list.unsortable) throw new Refusal(list.unsortable(query));
  const matched = [...asked.names].flatMap(([name, meant]) => (meant.matched ? [[name, meant.matched]] : []));
  return {
    rows: await inParallel(listed.rows, async (row) => list.present?.(row, query.asOf, books) ?? row),
    ...(listed.next !== undefined && { next: listed.next }),
    ...(matched.length > 0 && { matched: Object.fromEntries(matched) }),
    ...(changing
      ? { totalsAbsent: beingChanged }
      : await totalsOf(asked, counted && asOfTally(asked, counted), grouped, listed)),
  };
}

/** What the names in the filters mean. */
async function namesIn(
  books: StoredBooks,
  { name: kind, list }: AnyKind,
  query: AnyQuery,
): Promise<Map<string, NamesMeant>> {
  const named = Object.entries(list?.filters ?? {}).flatMap(([argument, filter]) => {
    const asked = query.filters[argument] as string | undefined;
    return filter.by === 'name' && asked !== undefined ? [{ filter, argument, asked }] : [];
  });
  const noun = kind.replace('_', ' ');
  const meant = named.map(({ filter, ...asked }) => namesMeant(books, filter, { ...asked, noun }));
  const found = await Promise.all(meant);
  return new Map(named.map(({ argument }, at) => [argument, found[at] as NamesMeant]));
}

/** The totals as of the day: with every row that changed later taken out as it is now and put in as it was. */
function asOfTally(asked: Asked, { tally, sum }: Counted): Tally {
  const asOf: Tally = { ...tally };
  for (const { now, then } of asked.later.values()) {
    if (sum) addTally(asOf, tallyIn(asked, now, sum), -1);
    if (matches(asked, then)) addTally(asOf, asked.list.tally?.(then) ?? {});
  }
  return asOf;
}

/** What a page says of the whole list, from totals or from all of its rows. */
async function totalsOf(
  asked: Asked,
  counted: Tally | undefined,
  grouped: Groups | undefined,
  { everything }: Listed<AnyRow>,
): Promise<Omit<AnyPage, 'rows'>> {
  const { kind, list, query } = asked;
  const tallyOf = (row: AnyRow): Tally => list.tally?.(row) ?? {};
  const tally =
    counted && (query.groupBy === undefined || grouped)
      ? counted
      : everything && sumTallies(everything.map(tallyOf));
  const totalsAbsent = `more than ${lookThroughLimit} ${list.noun} match the most selective of these filters; ${list.narrow}`;
  if (!tally) return { totalsAbsent };
  const { groupBy } = query;
  const groups =
    groupBy === undefined ? undefined : (grouped ?? (await groupsFromRows(asked, everything ?? [])));
  if (groupBy !== undefined && !groups) return { totalsAbsent };
  return {
    totalCount: countIn(tally),
    ...(list.totals?.(tally) as object | undefined),
    ...(groups && { groups: groupsOf(kind, groupBy as string, await withNames(asked, groups)) }),
  };
}

/** Groups by their keys: what each adds up to, and a name to show with the key. */
type Groups = Map<string | undefined, { tally: Tally; label?: string | undefined }>;

const groupingOf = ({ list, query }: Asked): Grouping<AnyRow> | undefined =>
  list.groups?.[query.groupBy as string];

/** The groups of these rows; undefined where too much would have to be looked through. */
async function groupsFromRows(asked: Asked, rows: readonly AnyRow[]): Promise<Groups | undefined> {
  const { books, kind, list, query } = asked;
  const grouping = groupingOf(asked);
  const groups: Groups = new Map();
  if (grouping?.entries) {
    const { index, of } = grouping.entries;
    const ids = new Set(rows.map(({ id }) => id));
    const items = await books.whole(`${kind.name}.${index}`);
    if (!items) return undefined;
    const tallies = new Map<string, Tally>();
    for (const { sk, data } of items) {
      const entry = JSON.parse(data) as AnyRow;
      if (ids.has(entry.id)) addUnder(tallies, sortKeyParts(sk)[0] ?? '', of(entry as never));
    }
    for (const [key, tally] of tallies) groups.set(key, { tally });
    return groups;
  }
  for (const [key, members] of Map.groupBy(rows, (row) => grouping?.key(row, query.asOf))) {
    const tally = sumTallies(members.map((row) => list.tally?.(row) ?? {}));
    const label = members.map((row) => grouping?.label?.(row)).find((called) => called !== undefined);
    groups.set(key, { tally, label });
  }
  return groups;
}

/** The groups as totals tell them; undefined where they do not. */
async function groupsFromTotals(asked: Asked, counted: Counted | undefined): Promise<Groups | undefined> {
  const { books, list, query } = asked;
  const grouping = groupingOf(asked);
  const { from } = grouping ?? {};
  // What changed later, rows alone do not tell of what is in several groups.
  if (!grouping || !from || !counted || (grouping.entries && asked.later.size > 0)) return undefined;
  const tallies = new Map<string | undefined, Tally>();
  const labels = new Map<string | undefined, string | undefined>();
  const { sum } = counted;
  const isOfAll = sum?.series === list.base.series && sum.measures === list.base.measures;
  /** Takes a row as it is now out of the totals that have it. */
  let takeOut = (row: AnyRow): void => {
    const tally = sum ? tallyIn(asked, row, sum) : {};
    addUnder(tallies, grouping.key(row, query.asOf), negated(tally));
  };
  if (from === 'months') {
    const months = isOfAll ? await books.months(sum) : undefined;
    if (!months) return undefined;
    for (const [month, tally] of months) tallies.set(month, tally);
  } else if (from === 'parts') {
    if (!isOfAll) return undefined;
    for (const key of new Set(Object.keys(counted.tally).map((entry) => entry.split('.')[1] ?? ''))) {
      tallies.set(key, slice(counted.tally, { parts: [key] }));
    }
  } else if ('series' in from) {
    const part = from.slice(query as never);
    const values = part && (await books.values(from.series, part));
    if (!values) return undefined;
    for (const [value, { tally, label }] of values) {
      tallies.set(value, slice(tally, { measures: list.base.measures, ...part }));
      labels.set(value, label);
    }
    // The rest has no value.
    const rest = addTally({ ...counted.tally }, sumTallies(tallies.values()), -1);
    if (!grouping.entries) tallies.set(undefined, rest);
  } else {
    const parts = from.sums(query as never);
    if (!parts) return undefined;
    const { currency } = query.filters as { currency?: string };
    const signed = parts.flatMap(({ key, add, less = [] }) => [
      ...add.map((one) => ({
        key,
        sign: 1 as const,
        sum: { ...one, measures: list.base.measures, currency },
      })),
      ...less.map((one) => ({
        key,
        sign: -1 as const,
        sum: { ...one, measures: list.base.measures, currency },
      })),
    ]);
    const sums = await books.sums(signed.map((one) => one.sum));
    signed.forEach(({ key, sign }, at) => {
      addUnder(tallies, key, sign === 1 ? (sums[at] ?? {}) : negated(sums[at] ?? {}));
    });
    takeOut = (row) => {
      for (const { key, sign, sum } of signed) {
        const tally = tallyIn(asked, row, sum);
        addUnder(tallies, key, sign === 1 ? negated(tally) : tally);
      }
    };
  }
  for (const { now, then } of asked.later.values()) {
    takeOut(now);
    if (matches(asked, then)) addUnder(tallies, grouping.key(then, query.asOf), list.tally?.(then) ?? {});
  }
  return new Map([...tallies].map(([key, tally]) => [key, { tally, label: labels.get(key) }]));
}

const negated = (tally: Tally): Tally => addTally({}, tally, -1);

/** The groups with the names that rows of another kind have, as far as these can be looked through. */
async function withNames(asked: Asked, groups: Groups): Promise<Groups> {
  const { named } = groupingOf(asked) ?? {};
  if (named === undefined) return groups;
  const rows = (await asked.books.whole(named))?.map(({ data }) => JSON.parse(data) as Called) ?? [];
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  return new Map([...groups].map(([key, group]) => [key, { ...group, label: names.get(key ?? '') }]));
}

/** One entry per group and currency, by key; groups of which nothing is left are none. */
const groupsOf = ({ list }: AnyKind, by: string, groups: Groups): object[] =>
  [...groups]
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1))
    .flatMap(([key, { tally, label }]) =>
      (list?.group?.(tally, by, key) ?? []).map((total) => ({
        ...(key !== undefined && { key }),
        ...(label !== undefined && { name: label }),
        ...total,
      })),
    );
