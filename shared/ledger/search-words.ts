import { fold } from './folding.ts';

/** The fields by which a customer can be found. */
export interface Searchable {
  name: string;
  organization?: string;
  email?: string;
  phone?: string;
}

/** Scripts without spaces between words, where a word can start at every position. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]+/gu;

const longestWord = 48;
const fewestPhoneDigits = 4;
const wordsPerCustomer = 120;

/** From this length on, a run of digits in a query is one phone number; a shorter one may be several words. */
const fewestDialledDigits = 7;

const innerApostrophe = /(\p{L}\p{M}*)'(?=\p{L})/gu;

/** Runs of letters and digits; the parts around an apostrophe are words both joined and separate. */
function spacedWords(folded: string): string[] {
  const joined = folded.replace(innerApostrophe, '$1');
  return [...words(folded), ...(joined === folded ? [] : words(joined))];
}

const words = (text: string): string[] => text.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];

const suffixes = (text: string, shortest: number): string[] => {
  const letters = [...text];
  return letters
    .slice(0, Math.max(0, letters.length - shortest + 1))
    .map((_, at) => letters.slice(at).join(''));
};

function textWords(text: string): string[] {
  const folded = fold(text);
  const runs = folded.match(unspaced) ?? [];
  return [...spacedWords(folded.replace(unspaced, ' ')), ...runs.flatMap((run) => suffixes(run, 1))];
}

function emailWords(email: string): string[] {
  const folded = fold(email);
  const at = folded.indexOf('@');
  return at < 0 ? words(folded) : [folded, folded.slice(0, at), folded.slice(at + 1), ...words(folded)];
}

const digitsOf = (text: string): string => text.normalize('NFKD').replace(/\D/g, '');

const phoneWords = (phone: string): string[] => suffixes(digitsOf(phone), fewestPhoneDigits);

const distinct = (list: string[]): string[] => [...new Set(list.map((word) => beginning(word, longestWord)))];

/** The first letters, without splitting a surrogate pair, which a key cannot hold. */
const beginning = (text: string, length: number): string => [...text].slice(0, length).join('');

/**
 * The words by which a customer is indexed. A query word finds the customer when one of them starts with it: words
 * of the name and organization, the e-mail address and its parts, and the phone's digits from every position on.
 */
export function searchWords(customer: Searchable): string[] {
  const { name, organization = '', email = '', phone = '' } = customer;
  return distinct([
    // The words of the name as a query: there, runs of digits and texts with an @ are single words.
    ...queryWords(name),
    ...queryWords(organization),
    ...textWords(name),
    ...textWords(organization),
    ...emailWords(email),
    ...phoneWords(phone),
  ]).slice(0, wordsPerCustomer);
}

/** The words that can be found despite typing errors: those of the name and organization, in scripts with spaces. */
export const misspellableWords = (customer: Searchable): string[] =>
  distinct(
    [customer.name, customer.organization ?? ''].flatMap((text) => words(fold(text).replace(unspaced, ' '))),
  ).filter((word) => errorsAllowed(word) > 0);

/**
 * The words of a query, each of which must be found. A long run of digits, blanks and phone punctuation is one
 * word: its digits. A leading @ is dropped, so that "@acme.com" finds the domain.
 */
export function queryWords(query: string): string[] {
  const phones: string[] = [];
  const rest = fold(query).replace(/\+?\d[\d\s()./+-]*\d/g, (run) => {
    if (digitsOf(run).length < fewestDialledDigits) return run;
    phones.push(digitsOf(run));
    return ' ';
  });
  const addresses: string[] = [];
  const text = rest.replace(/\S*@\S*/g, (address) => {
    addresses.push(address.replace(/^@/, ''));
    return ' ';
  });
  const runs = text.match(unspaced) ?? [];
  const spaced = words(text.replace(innerApostrophe, '$1').replace(unspaced, ' '));
  return distinct([...spaced, ...runs, ...addresses, ...phones]).filter((word) => word !== '');
}

const isDigits = (word: string): boolean => /^\d+$/.test(word);

/** With fewer digits than these, a different prefix cannot be ignored. */
const telling = 8;

/**
 * Other notations of the same phone number: without its international or trunk prefix. Empty for words that are not
 * phone numbers.
 */
export function phoneAlternatives(word: string): string[] {
  if (!isDigits(word) || word.length < telling) return [];
  return distinct([word.replace(/^0+/, ''), word.slice(-telling)]).filter((other) => other !== word);
}

/** Whether the customer's words contain one that starts with the query's word. */
export const isFoundBy = (filed: readonly string[], word: string): boolean =>
  filed.some((candidate) => candidate.startsWith(word));

/** The typing errors allowed in a word of this length: 1 from four letters on, 2 from seven. */
export const errorsAllowed = (word: string): number => (word.length < 4 ? 0 : word.length < 7 ? 1 : 2);

/** Spellings are compared by their first letters, up to this length; more letters would need far more index entries. */
const comparedLength = 7;

/**
 * What is left of a word's beginning after dropping up to `errors` letters, in every way. Two words within that
 * many errors of each other share at least one such rest, so they are found without comparing all pairs
 * (the symmetric-delete method of W. Garbe's SymSpell).
 */
export function rests(word: string, errors: number): string[] {
  let latest = new Set([beginning(word, comparedLength)]);
  const all = new Set(latest);
  for (let dropped = 0; dropped < errors; dropped++) {
    const shorter = new Set<string>();
    for (const text of latest) {
      const letters = [...text];
      letters.forEach((_, at) => {
        shorter.add(letters.toSpliced(at, 1).join(''));
      });
    }
    for (const text of shorter) all.add(text);
    latest = shorter;
  }
  return [...all];
}

/**
 * Typing errors between two words: letters added, missing, changed, or swapped with their neighbour
 * (optimal string alignment). Stops counting above `most`.
 */
export function errorsBetween(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let errors = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        errors = Math.min(errors, beforeLast[j - 2]! + 1);
      }
      row.push(errors);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
