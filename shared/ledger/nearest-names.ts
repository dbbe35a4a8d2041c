import { errorsAllowed, errorsBetween } from './search-words.ts';

/** As many as one can choose from at a glance. */
const mostNearest = 5;
/** Words of a name that are compared; the first ones tell most. */
const mostWords = 8;

/** A word that says enough for two names that share it to be near each other. */
const telling = /[\p{L}\p{M}\p{N}]{3,}/gu;

/**
 * The folded names that are most like the one that was asked for, the nearest first: those within its typing errors,
 * then those that begin with it, then those that share words with it, however these are misspelt.
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
