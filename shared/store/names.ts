import { NotFound, Refusal } from '../ledger/errors.ts';
import { filed } from '../ledger/folding.ts';
import type { Filter } from '../ledger/kind.ts';
import { sumTallies, type Tally } from '../ledger/measures.ts';
import { nearestNames } from '../ledger/nearest-names.ts';
import type { MatchedNames } from '../ledger/reader.ts';
import { totalsIndex } from '../ledger/registry.ts';
import { quoted } from '../text.ts';
import type { StoredBooks } from './books.ts';
import { sortKey } from './keys.ts';
import { sumByValue } from './totals.ts';

/*
 * What a filter by name means. The totals of a series by value have the names.
 */

export type NameFilter = Extract<Filter<unknown>, { by: 'name' }>;

/** The names that a filter means. */
export interface NamesMeant {
  /** The name as it is filed, or the beginning that several share. */
  filed: string;
  /** Those that begin so; absent where the filter is a whole name. */
  matched?: MatchedNames;
  /** What everything with these names adds up to. */
  tally: Tally;
}

export const isNamed = (name: string | undefined, meant: NamesMeant): boolean =>
  name !== undefined && (meant.matched ? name.startsWith(meant.filed) : name === meant.filed);

/** More names than this are counted and not named. */
const mostNamed = 20;

/**
 * What a filter means: exactly that name if the books have it, otherwise all names that begin with it.
 * @param argument what the filter is called
 * @param noun what has such names
 * @throws {NotFound} when there are none, with the nearest names.
 */
export async function namesMeant(
  books: StoredBooks,
  { series, advice }: NameFilter,
  { argument, noun, asked }: { argument: string; noun: string; asked: string },
): Promise<NamesMeant> {
  const name = filed(asked);
  if (name === '') throw new Refusal(`${argument} has no visible characters: expected a name.`);
  const [tally = {}] = await books.sums([{ series, value: name }]);
  if (Object.keys(tally).length > 0) return { filed: name, tally };

  const items = await books.whole(totalsIndex(series), sortKey(name));
  if (!items) {
    throw new Refusal(
      `Too many names begin with ${quoted(name)}: expected a longer part of the ${argument}'s name.`,
    );
  }
  const begun = sumByValue(items);
  if (begun.size > 0) {
    const names = [...begun].slice(0, mostNamed).map(([value, { label }]) => label ?? value);
    return {
      filed: name,
      matched: { names, count: begun.size },
      tally: sumTallies([...begun.values()].map((sum) => sum.tally)),
    };
  }
  // An import writes totals last: until it is finished, the name may still be added.
  if (await books.isBeingChanged()) return { filed: name, tally };
  const near = await nearNames(books, series, name);
  const hint = nearestOr(near.map(quoted), `No similar name found; ${advice}`);
  throw new NotFound(
    `No ${noun} has the ${argument} ${quoted(asked)}, or one whose name begins with it. ${hint}`,
  );
}

/** How a refusal ends: with what is near, or advice where nothing is. */
export const nearestOr = (near: readonly string[], advice: string): string =>
  near.length > 0 ? `Nearest: ${near.join(', ')}.` : advice;

/** The number of totals to compare on either side of the position of a missing name. */
const mostLookedAt = 500;

/** The nearest names, as the books write them. */
async function nearNames(books: StoredBooks, series: string, name: string): Promise<string[]> {
  const around = await books.around(totalsIndex(series), sortKey(name), mostLookedAt);
  const sums = sumByValue(around.sort((a, b) => (a.sk < b.sk ? -1 : 1)));
  return nearestNames(name, sums.keys()).map((near) => sums.get(near)?.label ?? near);
}
