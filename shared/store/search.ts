import type { AnyKind, AnyRow, Searching } from '../ledger/kind.ts';
import { lookThroughLimit } from '../ledger/reader.ts';
import { errorsAllowed, errorsBetween, isFoundBy, phoneAlternatives, rests } from '../ledger/search-words.ts';
import { inParallel } from '../parallel.ts';
import type { StoredBooks } from './books.ts';
import { afterAll, sortKey, sortPrefix } from './keys.ts';

/** What a search found. */
export interface FoundByWords {
  rows: AnyRow[];
  /** Whether the words were not found as typed, and these are the nearest spellings. */
  approximate: boolean;
  /** Why there may be more: more had to be looked through than may be. */
  tooMany?: string;
}

/** A search: the kind, as its rows are searched, and how many of the entries that words lead to it may still read. */
interface Search {
  books: StoredBooks;
  kind: AnyKind;
  search: Searching<AnyRow>;
  left: number;
}

/** Records in which every word is found; near spellings count only where nothing else does. */
export async function findByWords(
  books: StoredBooks,
  kind: AnyKind,
  words: readonly string[],
): Promise<FoundByWords> {
  const { search } = kind;
  if (words.length === 0 || !search) return { rows: [], approximate: false };
  const searched = { books, kind, search, left: lookThroughLimit + 1 };
  const exact = await findExactly(searched, words);
  return exact.rows.length > 0 ? exact : findNearly(searched, words);
}

/** The longest word leads to the fewest records; the rows that it finds tell whether the others are there. */
async function findExactly(searched: Search, words: readonly string[]): Promise<FoundByWords> {
  const { kind, search } = searched;
  const longest = words.reduce((best, word) => (word.length > best.length ? word : best));
  const others = words.filter((other) => other !== longest);
  for (const word of [longest, ...phoneAlternatives(longest)]) {
    const rows = new Map<string, AnyRow>();
    for await (const data of entriesFrom(searched, 'word', sortKey(word))) {
      const row = JSON.parse(data) as AnyRow;
      rows.set(row.id, row);
    }
    const matching = [...rows.values()].filter((row) => {
      const filed = search.words(row);
      return others.every((other) =>
        [other, ...phoneAlternatives(other)].some((form) => isFoundBy(filed, form)),
      );
    });
    if (matching.length === 0) continue;
    const tooMany = `more than ${lookThroughLimit} ${kind.list?.noun} match the longest of these words; add another word`;
    return { rows: matching, approximate: false, ...(searched.left <= 0 && { tooMany }) };
  }
  return { rows: [], approximate: false };
}

/** The entries whose keys begin so, as far as the search may still read. */
async function* entriesFrom(
  searched: Search,
  index: 'word' | 'rest',
  from: string,
  pageSize?: number,
): AsyncGenerator<string> {
  if (searched.left <= 0) return;
  const { books, kind, left } = searched;
  const range = { pk: books.partitions.derived(`${kind.name}.${index}`), from, to: from + afterAll };
  const options = { limit: left, ...(pageSize !== undefined && { pageSize }) };
  for await (const { data } of books.table.query(range, options)) {
    yield data;
    if (--searched.left <= 0) return;
  }
}

/** Near spellings of more words than this are not looked up: the others are sought in what these lead to. */
const mostLookedUp = 3;
/** Records from which the remaining words may choose; more are worth looking up another word first. */
const fewCandidates = 50;
const mostCandidates = 500;

/** Records in which each word is found as typed or within its typing errors. */
async function findNearly(searched: Search, words: readonly string[]): Promise<FoundByWords> {
  const { books, kind, search } = searched;
  const [longest = '', ...others] = [...words].sort((a, b) => b.length - a.length);
  let ids = await idsNear(searched, longest);
  for (const word of others.slice(0, mostLookedUp - 1)) {
    if (ids.size <= fewCandidates) break;
    ids = ids.intersection(await idsNear(searched, word));
  }
  const candidates = await books.rows(kind.name, [...ids].slice(0, mostCandidates));
  const rows = candidates.filter((row) => words.every((word) => isNear(search, row, word)));
  const cut = searched.left <= 0 || ids.size > mostCandidates;
  const tooMany = 'too many names are spelled similarly to these words; write at least one word in full';
  return { rows, approximate: rows.length > 0, ...(cut && { tooMany }) };
}

function isNear(search: Searching<AnyRow>, row: AnyRow, word: string): boolean {
  if (isFoundBy(search.words(row), word)) return true;
  return errorsAllowed(word) > 0 && search.misspellable(row).some((filed) => isMeant(word, filed));
}

const isMeant = (word: string, filed: string): boolean =>
  errorsBetween(word, filed, errorsAllowed(filed)) <= errorsAllowed(filed);

/** Near spellings are looked up many at once: no one of them shall read all that the search may. */
const nearPage = 500;

async function idsNear(searched: Search, word: string): Promise<Set<string>> {
  const ids = new Set<string>();
  for await (const data of entriesFrom(searched, 'word', sortKey(word))) {
    ids.add((JSON.parse(data) as AnyRow).id);
  }
  // A word of seven letters may be meant by five; its rests then still meet those of the query.
  const errors = word.length >= 5 ? 2 : errorsAllowed(word);
  await inParallel(errors === 0 ? [] : rests(word, errors), async (rest) => {
    for await (const data of entriesFrom(searched, 'rest', sortPrefix(rest), nearPage)) {
      const { word: filed, id } = JSON.parse(data) as { word: string; id: string };
      if (isMeant(word, filed)) ids.add(id);
    }
  });
  return ids;
}
