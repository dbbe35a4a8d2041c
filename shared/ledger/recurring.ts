import { addDays, addMonths, type Day } from './dates.ts';
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
  /** When the next one is expected. Absent where it has failed to come for half an interval. */
  next?: Day;
}

/** The same day later: of months, a month's last day where it has no such day. */
const later: Record<Frequency, (day: Day, count: number) => Day> = {
  weekly: (day, count) => addDays(day, 7 * count),
  biweekly: (day, count) => addDays(day, 14 * count),
  monthly: addMonths,
  quarterly: (day, count) => addMonths(day, 3 * count),
  yearly: (day, count) => addMonths(day, 12 * count),
};

const longestWait: Record<Frequency, number> = {
  weekly: 4,
  biweekly: 7,
  monthly: 15,
  quarterly: 45,
  yearly: 180,
};

/** The streams that transactions belong to, as of a day; the transactions in any order. */
export function streamsIn(transactions: readonly BankTransactionRow[], asOf: Day): Stream[] {
  const marked = transactions.filter(({ recurring, transfer }) => recurring !== undefined && !transfer);
  const streams = Map.groupBy(marked, ({ counterparty = '', accountId, currency, amount }) =>
    JSON.stringify([filed(counterparty), accountId, currency, amount < 0]),
  );
  return [...streams.values()].flatMap((rows) => {
    const last = rows.reduce((latest, row) => (row.date > latest.date ? row : latest));
    const { counterparty, accountId, currency, amount, date, recurring } = last;
    if (!recurring) return [];
    const next = later[recurring](date, 1);
    const stopped = addDays(next, longestWait[recurring]) < asOf;
    return [
      {
        ...(counterparty !== undefined && { counterparty }),
        accountId,
        currency,
        frequency: recurring,
        amount,
        last: date,
        ...(!stopped && { next }),
      },
    ];
  });
}
