import { NotFound, Refusal } from '../ledger/errors.ts';
import { filed } from '../ledger/folding.ts';
import type { AnyKind, Called } from '../ledger/kind.ts';
import { nearestNames } from '../ledger/nearest-names.ts';
import { queryWords } from '../ledger/search-words.ts';
import { quoted } from '../text.ts';
import type { StoredBooks } from './books.ts';
import { sortKey, sortKeyParts } from './keys.ts';
import { nearestOr } from './names.ts';
import { findByWords } from './search.ts';

/*
 * What a filter by the id of another record means, where nothing is found by the id as it was given.
 */

/** Whether the books have a record, or rows that name one which nobody recorded. */
export async function isKnown(books: StoredBooks, kind: string, id: string): Promise<boolean> {
  const indexes = books.registry
    .referrers(kind)
    .flatMap(({ kind: referrer, reference }) => reference.through.map((index) => `${referrer}.${index}`));
  const [row, ...found] = await Promise.all([
    books.row(kind, id),
    ...indexes.map((index) => books.under(index, id, 1)),
  ]);
  return row !== undefined || found.some((rows) => rows.length > 0);
}

const mostNamesakes = 10;

/**
 * The id of the only record with the name, or with the id in other capitals.
 * @param argument what the filter is called
 * @throws {NotFound} for one that is not in the books, with the nearest names.
 * @throws {Refusal} for a name that several have in common.
 */
export async function idMeant(
  books: StoredBooks,
  kind: AnyKind,
  argument: string,
  asked: string,
): Promise<string> {
  const spelled = [asked.toUpperCase(), asked.toLowerCase()].filter((id) => id !== asked);
  const [named, known] = await Promise.all([
    books.under<Called>(`${kind.name}.name`, filed(asked), mostNamesakes),
    // What has no record has no name, and an id that only rows know.
    Promise.all(spelled.map((id) => isKnown(books, kind.name, id))),
  ]);
  const ids = new Set([...named.map(({ id }) => id), ...spelled.filter((_, at) => known[at])]);
  const [only, ...others] = ids;
  if (only === undefined) {
    // Until an import is finished, the record may still be added.
    if (await books.isBeingChanged()) return asked;
    throw await unknown(books, kind, asked);
  }
  if (others.length === 0) return only;
  const choice = [...ids].map((id) => shown(named.find((called) => called.id === id) ?? { id }));
  throw new Refusal(
    `Several ${kind.list?.noun} match ${quoted(asked)}: expected the ${argument} of one of them, such as ${choice.join(', ')}.`,
  );
}

async function unknown(books: StoredBooks, kind: AnyKind, asked: string): Promise<NotFound> {
  const nearest = (await near(books, kind, asked)).map(shown);
  const advice = nearestOr(nearest, `No similar name found; ${kind.search?.advice}`);
  return new NotFound(`No ${kind.find?.noun} has the id or name ${quoted(asked)}. ${advice}`);
}

/** The number of names to compare on either side of the position of a missing one. */
const mostLookedAt = 200;
const mostNear = 5;

/** Records with an id or name much like that one, or that the search finds by it. */
async function near(books: StoredBooks, kind: AnyKind, asked: string): Promise<Called[]> {
  const name = filed(asked);
  const around = await books.around(`${kind.name}.name`, sortKey(name), mostLookedAt);
  const byName = Map.groupBy(around, ({ sk }) => sortKeyParts(sk)[0] ?? '');
  const found = nearestNames(name, byName.keys()).flatMap((called) => byName.get(called) ?? []);
  if (found.length === 0) {
    const { rows } = await findByWords(books, kind, queryWords(asked));
    return rows.slice(0, mostNear).map((row) => kind.search?.called(row) as Called);
  }
  const called = found.map(({ data }) => JSON.parse(data) as Called);
  return [...new Map(called.map((one) => [one.id, one])).values()].slice(0, mostNear);
}

/** A record as a refusal names one: by the id to pass, and the name. */
const shown = ({ id, name }: Pick<Called, 'id'> & Partial<Called>): string =>
  name === undefined ? quoted(id) : `${quoted(id)} (${quoted(name)})`;
