import { addDays, addMonths, type Day, daysBetween, endOfMonth, startOfMonth } from './dates.ts';
import { filed, fold, wordsIn } from './folding.ts';
import type { BankTransactionRow, frequencies, UnmarkedPayment } from './kinds/bank-transaction.ts';
import { commonWords } from './matching.ts';
import type { Minor } from './money.ts';

/*
 * Payments that recur: those that the source marks, and those that show it by their pattern. Which there are, and when
 * each is expected next.
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

/** A payment of a stream that was found by its pattern. */
export type PatternPayment = Required<Pick<Stream, 'counterparty' | 'currency' | 'amount'>> & { date: Day };

/** A stream that nobody marked: its payments are alike, and come at equal intervals. */
export interface PatternStream extends Stream {
  /** Those that it rests on, by day. */
  payments: readonly PatternPayment[];
  /** Until one and a half intervals after the last payment. */
  active: boolean;
  /** Where each payment before a day had one amount and each from that day on another: the day, and the amount before. */
  priceChange?: { date: Day; from: Minor };
}

const daysInPeriod = { weekly: 7, biweekly: 14 };
const monthsInPeriod = { monthly: 1, quarterly: 3, yearly: 12 };

const dateOf = (day: Day): number => Number(day.slice(8));

/**
 * The day after the last one of a stream. By months it is the same day of the month, of a short month its last: what was
 * paid on 28 February because it is due on the 31st is due on 31 March.
 */
function dayAfter(last: Day, frequency: Frequency, days: readonly Day[]): Day {
  if (frequency === 'weekly' || frequency === 'biweekly') return addDays(last, daysInPeriod[frequency]);
  const due = last === endOfMonth(last) ? Math.max(...days.map(dateOf)) : dateOf(last);
  const month = addMonths(startOfMonth(last), monthsInPeriod[frequency]);
  return addDays(month, Math.min(due, dateOf(endOfMonth(month))) - 1);
}

/** The streams that the source marks, of transactions in any order. */
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

/**
 * What the payments of one stream have in common: the counterparty by its name without numbers of four digits and more
 * and without its legal form, the account, the currency and the direction.
 */
export function streamKey({
  counterparty = '',
  accountId,
  currency,
  amount,
}: Pick<Stream, 'counterparty' | 'accountId' | 'currency' | 'amount'>): string {
  const words = wordsIn(fold(counterparty).replace(/\d{4,}/g, ' ')).filter((word) => !commonWords.has(word));
  const name = words.length > 0 ? words.join(' ') : filed(counterparty);
  return JSON.stringify([name, accountId, currency, amount < 0]);
}

/** The fewest payments that make a pattern. */
const fewestPayments = 3;

/** The intervals of patterns, in days. What is rarer than monthly does not come three times in the time looked at. */
const intervals = [
  { frequency: 'weekly', least: 7, most: 7 },
  { frequency: 'biweekly', least: 14, most: 14 },
  { frequency: 'monthly', least: 28, most: 31 },
] as const;

/** Days by which an interval may be shorter or longer: of a month, they are a tenth. */
const mostShift = 3;

/**
 * How often something comes that came on these days, which are in order: every interval is as long as that of the
 * frequency, and so are all of them together, each within `mostShift` days.
 */
function frequencyOf(days: readonly [Day, ...Day[]]): Frequency | undefined {
  const gaps = days.slice(1).map((day, at) => daysBetween(days[at] ?? day, day));
  const whole = gaps.reduce((sum, gap) => sum + gap, 0);
  const found = intervals.find(({ least, most }) => {
    const fits = (length: number, count: number) =>
      length >= least * count - mostShift && length <= most * count + mostShift;
    return gaps.every((gap) => fits(gap, 1)) && fits(whole, gaps.length);
  });
  return found?.frequency;
}

/** Whether every amount is within 5 % of the median. */
function areAlike(amounts: readonly Minor[]): boolean {
  const sorted = amounts.toSorted((a, b) => a - b).map(BigInt);
  const middle = (sorted.length - 1) / 2;
  // Of an even number of amounts, the median is between two: both sides are doubled.
  const doubled = (sorted[Math.floor(middle)] ?? 0n) + (sorted[Math.ceil(middle)] ?? 0n);
  const size = (amount: bigint) => (amount < 0n ? -amount : amount);
  return sorted.every((amount) => size(2n * amount - doubled) * 20n <= size(doubled));
}

/** The one change of amounts that are otherwise equal; undefined for any others. */
function priceChangeIn(payments: readonly PatternPayment[]): PatternStream['priceChange'] {
  const [first] = payments;
  const at = payments.findIndex(({ amount }) => amount !== first?.amount);
  const changed = payments[at];
  if (!first || !changed) return undefined;
  const isOnly = payments.slice(at).every(({ amount }) => amount === changed.amount);
  return isOnly ? { date: changed.date, from: first.amount } : undefined;
}

/**
 * The streams that payments show by their pattern, of payments in any order: at least three of one counterparty, account,
 * currency and direction, weekly, every two weeks or monthly, with amounts that are alike or change once.
 * @param until the day on which a stream is active or not
 */
export function patternsIn(payments: readonly UnmarkedPayment[], until: Day): PatternStream[] {
  const groups = [...Map.groupBy(payments, streamKey)].sort(([a], [b]) => (a < b ? -1 : 1));
  return groups.flatMap(([, group]) => {
    const own = group.toSorted((a, b) => (a.date < b.date ? -1 : 1));
    const [first, ...others] = own;
    const last = own.at(-1);
    if (!first || !last || own.length < fewestPayments) return [];
    const days: [Day, ...Day[]] = [first.date, ...others.map(({ date }) => date)];
    const frequency = frequencyOf(days);
    const priceChange = priceChangeIn(own);
    if (!frequency || !(priceChange || areAlike(own.map(({ amount }) => amount)))) return [];
    const next = dayAfter(last.date, frequency, days);
    const { counterparty, accountId, currency, amount, date } = last;
    return [
      {
        counterparty,
        accountId,
        currency,
        frequency,
        amount,
        last: date,
        next,
        payments: own,
        active: 2 * daysBetween(date, until) <= 3 * daysBetween(date, next),
        ...(priceChange && { priceChange }),
      },
    ];
  });
}
