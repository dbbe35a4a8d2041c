import { NotFound, quoted, Refusal } from '../ledger/errors.ts';
import { filed } from '../ledger/folding.ts';
import { nearestNames } from '../ledger/nearest-names.ts';
import { sumTallies, type Tally } from '../ledger/tally.ts';
import type { Books } from './books.ts';
import { afterAll, sortKey, sortPrefix } from './keys.ts';
import { type ExpenseSummary, lookThroughLimit, type MatchedNames } from './ledger-reader.ts';
import { inParallel } from './table.ts';
import { sumByValue } from './totals.ts';

/** What an expense names: who was paid, or what for. */
export type ExpenseName = 'vendor' | 'category';

/** The vendors or categories that a filter means. */
export interface NameFilter {
  /** The name as it is filed, or the beginning that several share. */
  filed: string;
  /** The filed names that begin so; absent where the filter is a whole name. */
  beginning?: readonly string[];
  /** What all expenses with these names add up to. */
  tally: Tally;
}

export const isNamed = (name: string | undefined, filter: NameFilter): boolean =>
  name !== undefined && (filter.beginning ? name.startsWith(filter.filed) : name === filter.filed);

/**
 * What a filter means: that very name where the books have it, else all names that begin so.
 * @throws {NotFound} when there are none, naming the nearest.
 */
export async function namesMeant(books: Books, what: ExpenseName, asked: string): Promise<NameFilter> {
  const name = filed(asked);
  if (name === '') throw new Refusal(`${what} has nothing that can be seen: expected a name.`);
  const tally = await books.sumOf(`total.${what}`, name);
  if (Object.keys(tally).length > 0) return { filed: name, tally };

  const begun = await totalsFrom(books, what, name);
  if (begun.size > 0) return { filed: name, beginning: [...begun.keys()], tally: sumTallies(begun.values()) };
  // Totals come last in an import: until it is finished, nobody can say that there is no such name.
  if (await books.isBeingChanged()) return { filed: name, tally };
  throw await unknown(books, what, asked);
}

/** The totals of all names that begin so, by name. */
async function totalsFrom(books: Books, what: ExpenseName, beginning: string): Promise<Map<string, Tally>> {
  const from = sortKey(beginning);
  const range = { pk: books.partitions.derived(`total.${what}`), from, to: from + afterAll };
  const items = await books.table.all(range, { limit: lookThroughLimit + 1 });
  if (items.length > lookThroughLimit) {
    throw new Refusal(`Too many names begin with ${quoted(beginning)}: expected more of the ${what}'s name.`);
  }
  return sumByValue(items);
}

/** Totals that are looked at on either side of where a name that is not there would have stood. */
const mostLookedAt = 500;

async function unknown(books: Books, what: ExpenseName, asked: string): Promise<NotFound> {
  const pk = books.partitions.derived(`total.${what}`);
  const name = filed(asked);
  const at = sortKey(name);
  const around = await Promise.all([
    books.table.all({ pk, from: '!', to: at }, { limit: mostLookedAt, reverse: true }),
    books.table.all({ pk, from: at, to: afterAll }, { limit: mostLookedAt }),
  ]);
  const nearest = nearestNames(name, sumByValue(around.flat()).keys());
  const shown = await spellings(books, what, nearest);
  const advice =
    shown.length > 0
      ? `Nearest: ${shown.map(quoted).join(', ')}.`
      : 'Nothing in the books comes near; list_expenses without it shows names.';
  return new NotFound(`No expense has the ${what} ${quoted(asked)}, nor one whose name begins so. ${advice}`);
}

/** More names than this are counted and not named. */
const mostNamed = 20;

/** The names that share the beginning asked for, as they are written in the books. */
export async function matchedNames(
  books: Books,
  what: ExpenseName,
  filter: NameFilter | undefined,
): Promise<MatchedNames | undefined> {
  if (!filter?.beginning) return undefined;
  const names = await spellings(books, what, filter.beginning.slice(0, mostNamed));
  return { names, count: filter.beginning.length };
}

/** Filed names as their newest expenses write them. */
async function spellings(books: Books, what: ExpenseName, names: readonly string[]): Promise<string[]> {
  const pk = books.partitions.derived(`expense.${what}`);
  const found = await inParallel(names, async (name) => {
    const from = sortPrefix(name);
    const [newest] = await books.table.all({ pk, from, to: from + afterAll }, { limit: 1, reverse: true });
    return newest ? [(JSON.parse(newest.data) as ExpenseSummary)[what] ?? name] : [];
  });
  return found.flat();
}
