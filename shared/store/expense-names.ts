import { NotFound, Refusal } from '../ledger/errors.ts';
import { filed } from '../ledger/folding.ts';
import { nearestNames } from '../ledger/nearest-names.ts';
import { sumTallies, type Tally } from '../ledger/tally.ts';
import { inParallel } from '../parallel.ts';
import { quoted } from '../text.ts';
import type { Books } from './books.ts';
import { afterAll, sortKey, sortPrefix } from './keys.ts';
import { type ExpenseSummary, lookThroughLimit, type MatchedNames } from './ledger-reader.ts';
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
 * What a filter means: exactly that name if the books have it, otherwise all names that begin with it.
 * @throws {NotFound} when there are none, with the nearest names.
 */
export async function namesMeant(books: Books, what: ExpenseName, asked: string): Promise<NameFilter> {
  const name = filed(asked);
  if (name === '') throw new Refusal(`${what} has no visible characters: expected a name.`);
  const tally = await books.sumOf(`total.${what}`, name);
  if (Object.keys(tally).length > 0) return { filed: name, tally };

  const begun = await totalsFrom(books, what, name);
  if (begun.size > 0) return { filed: name, beginning: [...begun.keys()], tally: sumTallies(begun.values()) };
  // An import writes totals last: until it is finished, the name may still be added.
  if (await books.isBeingChanged()) return { filed: name, tally };
  throw await unknown(books, what, asked);
}

/** The totals of all names with this beginning, by name. */
async function totalsFrom(books: Books, what: ExpenseName, beginning: string): Promise<Map<string, Tally>> {
  const from = sortKey(beginning);
  const range = { pk: books.partitions.derived(`total.${what}`), from, to: from + afterAll };
  const items = await books.table.all(range, { limit: lookThroughLimit + 1 });
  if (items.length > lookThroughLimit) {
    throw new Refusal(
      `Too many names begin with ${quoted(beginning)}: expected a longer part of the ${what}'s name.`,
    );
  }
  return sumByValue(items);
}

/** The number of totals to compare on either side of the position of a missing name. */
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
      : 'No similar name found; list_expenses without this filter shows names.';
  return new NotFound(
    `No expense has the ${what} ${quoted(asked)}, or one whose name begins with it. ${advice}`,
  );
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
