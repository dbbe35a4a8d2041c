import { Refusal } from '../ledger/errors.ts';
import type { AnyKind, AnyRow } from '../ledger/kind.ts';
import { addTally, countIn, sumTallies, type Tally } from '../ledger/measures.ts';
import { beingChanged, lookThroughLimit } from '../ledger/reader.ts';
import { inParallel } from '../parallel.ts';
import type { StoredBooks } from './books.ts';
import { type Groups, groupEntries, groupsFromRows, groupsFromTotals } from './groups.ts';
import { listRows } from './listing.ts';
import { type NamesMeant, namesMeant } from './names.ts';
import {
  type AnyQuery,
  type Asked,
  type AskedPlan,
  type Counted,
  countedOf,
  matches,
  passesAll,
  planOf,
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
  const plan = planOf(asked);
  const stored = await storedTotals(asked, plan);
  const listed = await listRows(asked, plan, stored !== undefined);
  if (listed.unordered && list.unsortable) throw new Refusal(list.unsortable(query));
  const matched = [...names].flatMap(([name, meant]) => (meant.matched ? [[name, meant.matched]] : []));
  return {
    rows: await inParallel(listed.rows, async (row) => list.present?.(row, query.asOf, books) ?? row),
    ...(listed.next !== undefined && { next: listed.next }),
    ...(matched.length > 0 && { matched: Object.fromEntries(matched) }),
    ...(changing
      ? { totalsAbsent: beingChanged }
      : await totalsOf(asked, stored ?? (await totalsOfRows(asked, listed.everything)))),
  };
}

/** What the names in the filters mean. */
async function namesIn(
  books: StoredBooks,
  { name: kind, list }: AnyKind,
  query: AnyQuery,
): Promise<Map<string, NamesMeant>> {
  const noun = kind.replace('_', ' ');
  const found = Object.entries(list?.filters ?? {}).flatMap(([argument, filter]) => {
    const asked = query.filters[argument] as string | undefined;
    if (filter.by !== 'name' || asked === undefined) return [];
    const meant = namesMeant(books, filter, { argument, noun, asked });
    return [meant.then((names) => [argument, names] as const)];
  });
  return new Map(await Promise.all(found));
}

/** What a page says of the whole list. */
interface WholeList {
  tally: Tally;
  /** Where they are asked for. */
  groups?: Groups | undefined;
}

/** The totals as of the day that are known without the rows; undefined where the groups asked for are not. */
async function storedTotals(asked: Asked, plan: AskedPlan): Promise<WholeList | undefined> {
  const counted = await countedOf(asked, plan);
  if (!counted) return undefined;
  if (asked.query.groupBy === undefined) return { tally: asOfTally(asked, counted) };
  const groups = await groupsFromTotals(asked, counted);
  return groups && { tally: asOfTally(asked, counted), groups };
}

/** With every row that changed later taken out as it is now and put in as it was. */
function asOfTally(asked: Asked, { tally, sum }: Counted): Tally {
  const asOf: Tally = { ...tally };
  for (const { now, then } of asked.later.values()) {
    // What names add up to has every row with the name.
    const counted = sum ? tallyIn(asked, now, sum) : passesAll(asked, now) && asked.list.tally?.(now);
    addTally(asOf, counted || {}, -1);
    if (matches(asked, then)) addTally(asOf, asked.list.tally?.(then) ?? {});
  }
  return asOf;
}

/** The totals of all rows, where they had to be read; undefined where the groups asked for cannot be told. */
async function totalsOfRows(
  asked: Asked,
  rows: readonly AnyRow[] | undefined,
): Promise<WholeList | undefined> {
  if (!rows) return undefined;
  // What is only counted has no tally.
  const tally = sumTallies(rows.map((row) => asked.list.tally?.(row) ?? { count: [1] }));
  if (asked.query.groupBy === undefined) return { tally };
  const groups = await groupsFromRows(asked, rows);
  return groups && { tally, groups };
}

async function totalsOf(asked: Asked, whole: WholeList | undefined): Promise<Omit<AnyPage, 'rows'>> {
  const { list } = asked;
  if (!whole) {
    return {
      totalsAbsent: `more than ${lookThroughLimit} ${list.noun} match the most selective of these filters; ${list.narrow}`,
    };
  }
  const { tally, groups } = whole;
  return {
    totalCount: countIn(tally),
    ...(list.totals?.(tally) as object | undefined),
    ...(groups && { groups: await groupEntries(asked, groups) }),
  };
}
