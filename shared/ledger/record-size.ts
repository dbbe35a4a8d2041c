import { Refusal } from './errors.ts';

/** DynamoDB limits the size of an item; this leaves room for the keys and names that the store adds. */
const maximumBytes = 300_000;

/** @throws {Refusal} when a record with so many items in its list is too large to be stored. */
export function checkSize(record: object, items: number): void {
  // Ten items with the longest allowed texts fit, so short documents need no byte count.
  if (items <= 10) return;
  const bytes = Buffer.byteLength(JSON.stringify(record));
  if (bytes > maximumBytes) {
    throw new Refusal(
      `The record has ${bytes.toLocaleString('en')} bytes: expected at most ${maximumBytes.toLocaleString('en')}; shorten the descriptions of its lines.`,
    );
  }
}
