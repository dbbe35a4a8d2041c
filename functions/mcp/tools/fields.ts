import type { Day } from '../../../shared/ledger/dates.ts';
import { cleanText } from '../untrusted.ts';

/** Fields of an answer, in the order in which they are read. */
export type Fields = Record<string, unknown>;

/** The fields that have a value: without absent values, empty texts and lists, and flags that are false. */
export const stated = (fields: Fields): Fields =>
  Object.fromEntries(
    Object.entries(fields).filter(
      ([, value]) =>
        value !== undefined &&
        value !== false &&
        value !== '' &&
        !(Array.isArray(value) && value.length === 0),
    ),
  );

/** No name, label or number in the books is longer, so what is shown can be used as a filter. */
const nameLength = 200;
export const descriptionLength = 200;
export const notesLength = 2000;

/** A text from outside without characters that hide or reorder text; undefined when nothing is left. */
export const shownText = (text: string | undefined, longest: number = nameLength): string | undefined =>
  text === undefined ? undefined : cleanText(text, longest).trim() || undefined;

/** The note on an answer for a future day; undefined for today and earlier. */
export const futureAsOf = (asOf: Day, today: Day): string | undefined =>
  asOf > today
    ? `asOf is after today (${today}): this counts only what is recorded so far, as if nothing else happened until then.`
    : undefined;

/** The largest answer in bytes on the wire; below the documented 60,000, because the server adds some. */
const mostBytes = 58_500;

/** Bytes of a value in an answer, which contains everything twice: as JSON, and as text with the same JSON. */
export function wireBytes(value: unknown): number {
  const json = JSON.stringify(value);
  return Buffer.byteLength(json) + Buffer.byteLength(JSON.stringify(json));
}

/** How many of the rows, from the first, fit into an answer beside its other fields, or into the given bytes. */
export function countThatFits(rows: readonly Fields[], beside: unknown, bytes: number = mostBytes): number {
  let left = bytes - wireBytes(beside);
  let count = 0;
  for (const row of rows) {
    left -= wireBytes(row) + 2;
    if (left < 0) break;
    count++;
  }
  return count;
}
