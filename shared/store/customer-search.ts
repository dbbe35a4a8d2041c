import type { Day } from '../ledger/dates.ts';
import type { Customer } from '../ledger/records.ts';
import {
  errorsAllowed,
  errorsBetween,
  isFoundBy,
  misspellableWords,
  phoneAlternatives,
  queryWords,
  rests,
  searchWords,
} from '../ledger/search-words.ts';
import { inParallel } from '../parallel.ts';
import { type Books, beingChanged } from './books.ts';
import type { CustomerCard } from './entries.ts';
import { openBalances } from './figures.ts';
import { afterAll, type IndexName, sortKey, sortPrefix } from './keys.ts';
import { type CustomerMatches, lookThroughLimit } from './ledger-reader.ts';

/** Finds customers in whom every word of the query is found, and what each owes on the day. */
export async function searchCustomers(
  books: Books,
  query: string,
  limit: number,
  asOf: Day,
): Promise<CustomerMatches> {
  const { cards, approximate, tooMany } = await findCustomers(books, queryWords(query));
  const changing = await books.isBeingChanged();
  const rows = await inParallel(cards.sort(compareNames).slice(0, limit), async (card) => ({
    customer: { kind: 'customer', ...card } satisfies Customer,
    open: changing ? [] : await openBalances(books, card.id, asOf),
  }));
  return {
    rows,
    ...(tooMany === undefined ? { totalCount: cards.length } : { totalsAbsent: tooMany }),
    ...(changing && { totalsAbsent: beingChanged }),
    approximate,
  };
}

const compareNames = (a: CustomerCard, b: CustomerCard): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1;

interface Found {
  cards: CustomerCard[];
  /** Whether the words were not found as typed, and these are the nearest spellings. */
  approximate: boolean;
  /** Why there may be more: more had to be looked through than may be. */
  tooMany?: string;
}

/** What one search may still read of the entries that words lead to; nothing is left when there were too many. */
interface Allowance {
  entries: number;
}

/** Customers in whom every word is found; near spellings count only where nothing else does. */
export async function findCustomers(books: Books, words: readonly string[]): Promise<Found> {
  if (words.length === 0) return { cards: [], approximate: false };
  const left: Allowance = { entries: lookThroughLimit + 1 };
  const exact = await findExactly(books, words, left);
  return exact.cards.length > 0 ? exact : findNearly(books, words, left);
}

/** The longest word leads to the fewest customers; the cards that it finds tell whether the others are there. */
async function findExactly(books: Books, words: readonly string[], left: Allowance): Promise<Found> {
  const longest = words.reduce((best, word) => (word.length > best.length ? word : best));
  const others = words.filter((other) => other !== longest);
  for (const word of [longest, ...phoneAlternatives(longest)]) {
    const cards = new Map<string, CustomerCard>();
    for await (const data of entriesFrom(books, 'customer.word', sortKey(word), left)) {
      const card = JSON.parse(data) as CustomerCard;
      cards.set(card.id, card);
    }
    const matching = [...cards.values()].filter((card) => {
      const filed = searchWords(card);
      return others.every((other) =>
        [other, ...phoneAlternatives(other)].some((form) => isFoundBy(filed, form)),
      );
    });
    if (matching.length === 0) continue;
    const tooMany = `more than ${lookThroughLimit} customers match the longest of these words; add another word`;
    return { cards: matching, approximate: false, ...(left.entries <= 0 && { tooMany }) };
  }
  return { cards: [], approximate: false };
}

/** The entries whose keys begin so, as far as the search may still read. */
async function* entriesFrom(
  books: Books,
  index: IndexName,
  from: string,
  left: Allowance,
  pageSize?: number,
): AsyncGenerator<string> {
  if (left.entries <= 0) return;
  const range = { pk: books.partitions.derived(index), from, to: from + afterAll };
  const options = { limit: left.entries, ...(pageSize !== undefined && { pageSize }) };
  for await (const { data } of books.table.query(range, options)) {
    yield data;
    if (--left.entries <= 0) return;
  }
}

/** Near spellings of more words than this are not looked up: the others are sought in what these lead to. */
const mostLookedUp = 3;
/** Customers from whom the remaining words may choose; more are worth looking up another word first. */
const fewCandidates = 50;
const mostCandidates = 500;

/** Customers in whom each word is found as typed or within its typing errors. */
async function findNearly(books: Books, words: readonly string[], left: Allowance): Promise<Found> {
  const [longest = '', ...others] = [...words].sort((a, b) => b.length - a.length);
  let ids = await idsNear(books, longest, left);
  for (const word of others.slice(0, mostLookedUp - 1)) {
    if (ids.size <= fewCandidates) break;
    ids = ids.intersection(await idsNear(books, word, left));
  }
  const pk = books.partitions.derived('customer');
  const keys = [...ids].slice(0, mostCandidates).map((id) => ({ pk, sk: sortKey(id) }));
  const items = await books.table.getMany(keys);
  const cards = items
    .map(({ data }) => JSON.parse(data) as CustomerCard)
    .filter((card) => words.every((word) => isNear(card, word)));
  const cut = left.entries <= 0 || ids.size > mostCandidates;
  const tooMany = 'too many names are spelled similarly to these words; write at least one word in full';
  return { cards, approximate: cards.length > 0, ...(cut && { tooMany }) };
}

function isNear(card: CustomerCard, word: string): boolean {
  if (isFoundBy(searchWords(card), word)) return true;
  return errorsAllowed(word) > 0 && misspellableWords(card).some((filed) => isMeant(word, filed));
}

const isMeant = (word: string, filed: string): boolean =>
  errorsBetween(word, filed, errorsAllowed(filed)) <= errorsAllowed(filed);

/** Near spellings are looked up many at once: no one of them shall read all that the search may. */
const nearPage = 500;

async function idsNear(books: Books, word: string, left: Allowance): Promise<Set<string>> {
  const ids = new Set<string>();
  for await (const data of entriesFrom(books, 'customer.word', sortKey(word), left)) {
    ids.add((JSON.parse(data) as CustomerCard).id);
  }
  // A word of seven letters may be meant by five; its rests then still meet those of the query.
  const errors = word.length >= 5 ? 2 : errorsAllowed(word);
  await inParallel(errors === 0 ? [] : rests(word, errors), async (rest) => {
    for await (const data of entriesFrom(books, 'customer.rest', sortPrefix(rest), left, nearPage)) {
      const { word: filed, id } = JSON.parse(data) as { word: string; id: string };
      if (isMeant(word, filed)) ids.add(id);
    }
  });
  return ids;
}
