import { addDays, type Day } from './dates.ts';
import { filed, wordsIn } from './folding.ts';
import type { Minor } from './money.ts';

/*
 * Which open documents a bank transaction may settle, and why. These are suggestions: nothing is ever counted as paid
 * because of one.
 */

/** An open invoice or bill, as far as a match needs it. */
export interface OpenDocument {
  kind: 'invoice' | 'bill';
  id: string;
  number?: string;
  /** The name of the customer or supplier. */
  party?: string;
  currency: string;
  balance: Minor;
  issued: Day;
  due?: Day;
}

/** What a transaction says of its purpose. */
export interface Unmatched {
  date: Day;
  /** Positive: money in. */
  amount: Minor;
  currency: string;
  counterparty?: string;
  text?: string;
  reference?: string;
  endToEndId?: string;
}

export type MatchReason = 'number in the text' | 'equal amount' | 'same name';

export interface Suggestion extends Pick<OpenDocument, 'kind' | 'id' | 'number' | 'party'> {
  reasons: MatchReason[];
}

/** A payment comes at most so long before the day on which it is due, or after the day of issue. */
const [daysBefore, daysAfter] = [90, 120];
const mostSuggestions = 3;
const shortestNumber = 4;

/** Legal forms and the like, which do not tell companies apart. */
export const commonWords: ReadonlySet<string> = new Set(
  'gmbh ag kg ohg ug ltd limited llc inc corp co company bv nv sa sarl srl spa ab as oy plc the and und'.split(
    ' ',
  ),
);

const tellingWords = (name: string): string[] =>
  wordsIn(name).filter((word) => word.length > 2 && !commonWords.has(word));

/** A number as it is compared in texts: without separators and leading zeros. */
const compact = (text: string): string =>
  filed(text)
    .replace(/[^\p{L}\p{N}]/gu, '')
    .replace(/^0+/, '');

/** The documents that the transaction may settle, the likeliest first. */
export function suggestionsFor(transaction: Unmatched, open: readonly OpenDocument[]): Suggestion[] {
  const {
    amount,
    currency,
    date,
    counterparty = '',
    text = '',
    reference = '',
    endToEndId = '',
  } = transaction;
  const kind = amount > 0 ? 'invoice' : 'bill';
  const said = [text, reference, endToEndId].join(' ');
  const tokens = new Set(said.split(/[\s,;]+/).map(compact));
  const names = new Set(tellingWords(counterparty));
  const found = open
    .filter((document) => document.kind === kind && document.currency === currency)
    .map((document) => {
      const { number, party, balance, issued, due } = document;
      const isNamed =
        number !== undefined && compact(number).length >= shortestNumber && tokens.has(compact(number));
      const isEqual = balance === Math.abs(amount);
      const isInTime = date >= addDays(issued, -daysBefore) && date <= addDays(due ?? issued, daysAfter);
      const isSame = party !== undefined && tellingWords(party).some((word) => names.has(word));
      const reasons: MatchReason[] = [
        ...(isNamed ? (['number in the text'] as const) : []),
        ...(isEqual ? (['equal amount'] as const) : []),
        ...(isSame ? (['same name'] as const) : []),
      ];
      return { document, reasons, counts: isNamed || (isEqual && isInTime) };
    })
    .filter(({ counts }) => counts);
  const onlyEqual = found.filter(({ reasons }) => reasons.length === 1 && reasons[0] === 'equal amount');
  return (
    found
      // An equal amount alone says something only where a single document has it.
      .filter((match) => !onlyEqual.includes(match) || onlyEqual.length === 1)
      .sort((a, b) => weight(b.reasons) - weight(a.reasons) || (a.document.id < b.document.id ? -1 : 1))
      .slice(0, mostSuggestions)
      .map(({ document: { kind, id, number, party }, reasons }) => ({
        kind,
        id,
        ...(number !== undefined && { number }),
        ...(party !== undefined && { party }),
        reasons,
      }))
  );
}

const weights: Record<MatchReason, number> = { 'number in the text': 4, 'equal amount': 2, 'same name': 1 };
const weight = (reasons: readonly MatchReason[]): number =>
  reasons.reduce((sum, reason) => sum + weights[reason], 0);
