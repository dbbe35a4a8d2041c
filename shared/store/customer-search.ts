import type { Day } from '../ledger/dates.ts';
import type { Customer } from '../ledger/records.ts';
import {
  errorsAllowed,
  errorsBetween,
  isFoundBy,
  phoneAlternatives,
  queryWords,
  rests,
  searchWords,
} from '../ledger/search-words.ts';
import { type Books, beingChanged } from './books.ts';
import type { CustomerCard } from './entries.ts';
import { openBalances } from './figures.ts';
import { afterAll, sortKey, sortPrefix } from './keys.ts';
import { type CustomerMatches, lookThroughLimit } from './ledger-reader.ts';
import { inParallel } from './table.ts';

/** Finds customers in whom every word of the query is found; near spellings count only where nothing else does. */
export async function searchCustomers(
  books: Books,
  query: string,
  limit: number,
  asOf: Day,
): Promise<CustomerMatches> {
  const words = queryWords(query);
  if (words.length === 0) return { rows: [], totalCount: 0, approximate: false };
  const exact = await findExactly(books, words);
  const found = exact.cards.length > 0 ? exact : { cards: await findNearly(books, words), complete: true };
  const cards = found.cards.sort((a, b) => compareNames(a, b));
  const changing = await books.isBeingChanged();
  const rows = await inParallel(cards.slice(0, limit), async (card) => ({
    customer: { kind: 'customer', ...card } satisfies Customer,
    open: changing ? [] : await openBalances(books, card.id, asOf),
  }));
  return {
    rows,
    ...(found.complete ? { totalCount: cards.length } : { totalsAbsent: tooManyToCount }),
    ...(changing && { totalsAbsent: beingChanged }),
    approximate: exact.cards.length === 0 && cards.length > 0,
  };
}

const tooManyToCount = `more than ${lookThroughLimit} customers match the longest of these words; add a word`;

const compareNames = (a: CustomerCard, b: CustomerCard): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1;

interface Found {
  cards: CustomerCard[];
  /** False when more had to be looked through than may be. */
  complete: boolean;
}

/** The longest word leads to the fewest customers; the cards that it finds tell whether the others are there. */
async function findExactly(books: Books, words: readonly string[]): Promise<Found> {
  const longest = words.reduce((best, word) => (word.length > best.length ? word : best));
  for (const word of [longest, ...phoneAlternatives(longest)]) {
    const from = sortKey(word);
    const range = { pk: books.partitions.derived('customer.word'), from, to: from + afterAll };
    const items = await books.table.all(range, { limit: lookThroughLimit + 1 });
    const cards = new Map(
      items.map(({ data }) => JSON.parse(data) as CustomerCard).map((card) => [card.id, card]),
    );
    const others = words.filter((other) => other !== longest);
    const matching = [...cards.values()].filter((card) => {
      const filed = searchWords(card);
      return others.every((other) =>
        [other, ...phoneAlternatives(other)].some((form) => isFoundBy(filed, form)),
      );
    });
    if (matching.length > 0) return { cards: matching, complete: items.length <= lookThroughLimit };
  }
  return { cards: [], complete: true };
}

/** Customers in whom each word is found as typed or within its typing errors; the nearest spellings first. */
async function findNearly(books: Books, words: readonly string[]): Promise<CustomerCard[]> {
  const found = await inParallel(words, (word) => idsNear(books, word));
  const [first = new Set<string>(), ...others] = found;
  const ids = [...first].filter((id) => others.every((set) => set.has(id))).slice(0, lookThroughLimit);
  const pk = books.partitions.derived('customer');
  const items = await books.table.getMany(ids.map((id) => ({ pk, sk: sortKey(id) })));
  return items.map(({ data }) => JSON.parse(data) as CustomerCard);
}

async function idsNear(books: Books, word: string): Promise<Set<string>> {
  const ids = new Set<string>();
  const from = sortKey(word);
  const exact = { pk: books.partitions.derived('customer.word'), from, to: from + afterAll };
  for await (const { data } of books.table.query(exact, { limit: lookThroughLimit, pageSize: 500 })) {
    ids.add((JSON.parse(data) as CustomerCard).id);
  }
  // A word of seven letters may be meant by five; its rests then still meet those of the query.
  const errors = word.length >= 5 ? 2 : errorsAllowed(word);
  const pk = books.partitions.derived('customer.rest');
  await inParallel(errors === 0 ? [] : rests(word, errors), async (rest) => {
    const from = sortPrefix(rest);
    for await (const { data } of books.table.query(
      { pk, from, to: from + afterAll },
      { limit: lookThroughLimit },
    )) {
      const { word: filed, id } = JSON.parse(data) as { word: string; id: string };
      const allowed = errorsAllowed(filed);
      if (errorsBetween(word, filed, allowed) <= allowed) ids.add(id);
    }
  });
  return ids;
}
