import { compareTexts } from '../../text.ts';
import { daysBetween } from '../dates.ts';
import { filedNumber } from '../owed.ts';
import type { OwedDocument } from './ageing.ts';

/*
 * What somebody should look at: candidates with their reason, never a verdict.
 */

/** Documents that may be one and the same. */
export interface Duplicates {
  reason: 'same_number' | 'same_party_total_day';
  /** In the order of their days. */
  documents: OwedDocument[];
}

/** Numbers that are missing between two documents. */
export interface NumberGap {
  after: string;
  before: string;
  missing: number;
}

/** Documents of one party over one total count as possibly the same when each is within so many days of the next. */
export const sameWithinDays = 3;

/** A jump in numbers by more than this begins a new sequence. */
export const longestGap = 20;

/**
 * Probable duplicates among documents that count, the newest first.
 * @param numbersOfParty whether a number is one of the party's own, so that only the party can use it twice
 */
export function duplicatesIn(documents: readonly OwedDocument[], numbersOfParty: boolean): Duplicates[] {
  const counted = documents
    .filter(({ lifecycle }) => lifecycle !== 'draft' && lifecycle !== 'void')
    .toSorted((a, b) => compareTexts(a.issued, b.issued) || compareTexts(a.id, b.id));
  const numbered = counted.filter(({ number }) => number !== undefined);
  const byNumber = Map.groupBy(numbered, ({ number = '', partyId }) =>
    JSON.stringify([filedNumber(number), numbersOfParty && partyId]),
  );
  const alike = counted.filter(({ partyId, total }) => partyId !== undefined && total > 0);
  const byTotal = Map.groupBy(alike, ({ partyId, currency, total }) =>
    JSON.stringify([partyId, currency, total]),
  );
  const several = (lists: Iterable<OwedDocument[]>, reason: Duplicates['reason']): Duplicates[] =>
    [...lists].filter(({ length }) => length > 1).map((documents) => ({ reason, documents }));
  return [
    ...several(byNumber.values(), 'same_number'),
    ...several([...byTotal.values()].flatMap(closeTogether), 'same_party_total_day'),
  ].sort((a, b) => compareTexts(newestIn(b), newestIn(a)));
}

/** Splits documents in the order of their days where two of them are too many days apart. */
function closeTogether(documents: readonly OwedDocument[]): OwedDocument[][] {
  const clusters: OwedDocument[][] = [];
  for (const document of documents) {
    const last = clusters.at(-1)?.at(-1);
    if (last && daysBetween(last.issued, document.issued) <= sameWithinDays) clusters.at(-1)?.push(document);
    else clusters.push([document]);
  }
  return clusters;
}

const newestIn = ({ documents }: Duplicates): string => {
  const { issued = '', id = '' } = documents.at(-1) ?? {};
  return `${issued} ${id}`;
};

/** A number that ends in digits, at most as many as are exact. */
const sequential = /^(.*?)(\d{1,15})$/s;

/** Numbers that are missing in the sequences of these documents, whatever their status; by sequence, in their order. */
export function numberGapsIn(documents: readonly OwedDocument[]): NumberGap[] {
  const sequences = new Map<string, Map<number, string>>();
  for (const { number } of documents) {
    const [, prefix, digits] = sequential.exec(number === undefined ? '' : filedNumber(number)) ?? [];
    if (number === undefined || prefix === undefined) continue;
    const known = sequences.get(prefix) ?? new Map<number, string>();
    sequences.set(prefix, known);
    if (!known.has(Number(digits))) known.set(Number(digits), number);
  }
  return [...sequences]
    .sort(([a], [b]) => compareTexts(a, b))
    .flatMap(([, numbers]) => {
      const ordered = [...numbers].sort(([a], [b]) => a - b);
      return ordered.flatMap(([position, before], at) => {
        const [previous, after] = ordered[at - 1] ?? [position, before];
        const missing = position - previous - 1;
        return missing > 0 && missing <= longestGap ? [{ after, before, missing }] : [];
      });
    });
}
