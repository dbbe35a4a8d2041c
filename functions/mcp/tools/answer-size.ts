import type { Fields } from './stated.ts';

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
