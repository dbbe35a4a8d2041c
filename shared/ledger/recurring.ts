import { addDays, addMonths, type Day, endOfMonth, startOfMonth } from './dates.ts';
import { filed } from './folding.ts';
import type { BankTransactionRow, frequencies } from './kinds/bank-transaction.ts';
import type { Minor } from './money.ts';

/*
 * Payments that recur, as the source marks them: which there are, and when each is expected next.
 */

type Frequency = (typeof frequencies)[number];

/** A series of payments of one counterparty from or to one account. Its amount is that of the last one. */
export interface Stream {
  counterparty?: string;
  accountId: string;
  currency: string;
  frequency: Frequency;
  amount: Minor;
  last: Day;
  /** When the next one is expected, which may be past. */
  next: Day;
}

const daysBetween = { weekly: 7, biweekly: 14 };
const monthsBetween = { monthly: 1, quarterly: 3, yearly: 12 };

const dateOf = (day: Day): number => Number(day.slice(8));

/**
 * The day after the last one of a stream. By months it is the same day of the month, of a short month its last: what was
 * paid on 28 February because it is due on the 31st is due on 31 March.
 */
function dayAfter(last: Day, frequency: Frequency, days: readonly Day[]): Day {
  if (frequency === 'weekly' || frequency === 'biweekly') return addDays(last, daysBetween[frequency]);
  const due = last === endOfMonth(last) ? Math.max(...days.map(dateOf)) : dateOf(last);
  const month = addMonths(startOfMonth(last), monthsBetween[frequency]);
  return addDays(month, Math.min(due, dateOf(endOfMonth(month))) - 1);
}

/** The streams that transactions belong to; the transactions in any order. */
export function streamsIn(transactions: readonly BankTransactionRow[]): Stream[] {
  const marked = transactions.filter(({ recurring, transfer }) => recurring !== undefined && !transfer);
  const streams = Map.groupBy(marked, ({ counterparty = '', accountId, currency, amount }) =>
    JSON.stringify([filed(counterparty), accountId, currency, amount < 0]),
  );
  return [...streams.values()].flatMap((rows) => {
    const last = rows.reduce((latest, row) => (row.date > latest.date ? row : latest));
    const { counterparty, accountId, currency, amount, date, recurring } = last;
    if (!recurring) return [];
    const next = dayAfter(
      date,
      recurring,
      rows.map((row) => row.date),
    );
    return [
      {
        ...(counterparty !== undefined && { counterparty }),
        accountId,
        currency,
        frequency: recurring,
        amount,
        last: date,
        next,
      },
    ];
  });
}
