import { errorsAllowed, errorsBetween } from './search-words.ts';

/** A number to choose from at a glance. */
const mostNearest = 5;
/** The number of words of a name that are compared; the first ones matter most. */
const mostWords = 8;

/** A word long enough to make two names that share it similar. */
const telling = /[\p{L}\p{M}\p{N}]{3,}/gu;

/**
 * The folded names most similar to the one asked for, nearest first: those within the allowed typing errors,
 * then those that begin with it, then those that share words with it, including misspelled ones.
 */
export function nearestNames(asked: string, names: Iterable<string>): string[] {
  const words = [...new Set(asked.match(telling))].slice(0, mostWords);
  return [...new Set(names)]
    .map((name) => ({ name, distance: distanceOf(asked, words, name) }))
    .filter(({ distance }) => distance < 1)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, mostNearest)
    .map(({ name }) => name);
}

/** From 0 (the same) to 1 (nothing in common). */
function distanceOf(asked: string, words: readonly string[], name: string): number {
  const allowed = errorsAllowed(asked);
  const errors = errorsBetween(asked, name, allowed);
  if (errors <= allowed) return errors / (asked.length + 1);
  if (name.startsWith(asked)) return 0.5;
  const own = (name.match(telling) ?? []).slice(0, mostWords);
  const shared = words.filter((word) => own.some((other) => isAlike(word, other)));
  return shared.length === 0 ? 1 : 1 - (shared.length / words.length) * 0.4;
}

const isAlike = (word: string, other: string): boolean =>
  other.startsWith(word) || errorsBetween(word, other, errorsAllowed(word)) <= errorsAllowed(word);
