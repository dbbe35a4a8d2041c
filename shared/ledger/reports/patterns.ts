import { addDays, type Day } from '../dates.ts';
import type { FiledPayment } from '../kinds/bank-transaction.ts';
import { type Books, beingChanged } from '../reader.ts';
import { type PatternStream, patternsIn } from '../recurring.ts';

/** Payments that recur by their pattern, and among which they were looked for. */
export interface Patterns {
  streams: PatternStream[];
  /** The days of the payments that were looked through, and how many these are. */
  from: Day;
  to: Day;
  payments: number;
  /** Why streams may be missing. */
  partial?: string;
}

/**
 * Days in which three monthly payments fit and one and a half months after the last, in which a stream is still active;
 * each payment may be three days late.
 */
const daysLookedThrough = 115;

/** The most payments that are looked through. They take about a quarter of the 20 units that a cash position may read. */
const mostLookedThrough = 350;

/** The streams among the newest payments until a day, as of that day. */
export async function patterns(books: Books, until: Day): Promise<Patterns> {
  const first = addDays(until, -daysLookedThrough);
  if (await books.isBeingChanged()) {
    return { streams: [], from: until, to: until, payments: 0, partial: beingChanged };
  }
  const { entries, more } = await books.newest<FiledPayment>(
    'bank_transaction.unmarked',
    { from: first, to: until },
    mostLookedThrough,
  );
  const payments = entries.map(({ date, data: [counterparty, accountId, currency, amount] }) => ({
    date,
    counterparty,
    accountId,
    currency,
    amount,
  }));
  return {
    streams: patternsIn(payments, until),
    from: more ? payments.reduce((day, { date }) => (date < day ? date : day), until) : first,
    to: until,
    payments: payments.length,
    ...(more && {
      partial: `only the newest ${mostLookedThrough} payments were looked through, of more since ${first}`,
    }),
  };
}
