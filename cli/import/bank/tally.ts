import { add, parseDecimal, writeDecimal } from '../decimal.ts';
import type { Amount, Statement, StatementEnd, StatementEntry } from './statement.ts';

/** How many booked entries there are in a currency, and their exact sum. */
export interface Tally {
  currency: string;
  count: number;
  sum: Amount;
}

/** A statement that was read to its end, with the tallies of its entries. */
export interface ReadStatement extends Pick<StatementEnd, 'balances' | 'refused' | 'complete'> {
  statement: Statement;
  tallies: readonly Tally[];
}

/** The tallies with one more entry. Pending entries are in no balance. */
export function tallied(tallies: readonly Tally[], entry: StatementEntry): readonly Tally[] {
  if (entry.status !== 'booked') return tallies;
  const { amount, currency } = entry;
  const others = tallies.filter((tally) => tally.currency !== currency);
  const tally = tallies.find((tally) => tally.currency === currency);
  const { count, sum } = tally ?? { count: 0, sum: undefined };
  return [...others, { currency, count: count + 1, sum: sum === undefined ? amount : plus(sum, amount) }];
}

const plus = (a: Amount, b: Amount): Amount => writeDecimal(add(parseDecimal(a), parseDecimal(b)));
