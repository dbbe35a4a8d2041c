import type { Fields, RecordOf } from '../fields.ts';
import type { Kind, TypesWith } from '../kind.ts';

/** What a bank calls a balance: opening and closing of a statement, so far today, what can be drawn, what is foreseen. */
export const balanceTypes = [
  'opening_booked',
  'closing_booked',
  'interim_booked',
  'available',
  'expected',
  'forward_available',
] as const;
export type BalanceType = (typeof balanceTypes)[number];

const shape = (is: Fields) => ({
  accountId: is.id,
  type: is.oneOf(balanceTypes),
  currency: is.currency,
  amount: is.money.describe('negative if it is owed: a card, a loan, an overdraft'),
  date: is.day.describe('the day that it is about; an older record never replaces a newer one'),
  sequence: is
    .wholeNumber(0, 1_000_000)
    .describe('the later of two on one day has the larger')
    .exactOptional(),
  includesCreditLimit: is.flag.exactOptional(),
});

/** A balance as the bank states it. Nothing is ever added up to one. One id for each account and type. */
export type Balance = RecordOf<'balance', typeof shape>;
export type BalanceRow = Omit<Balance, 'kind'>;

const placeOf = ({ accountId, type, date }: BalanceRow): string[] => [accountId, type, date];

export const balance: Kind<
  TypesWith<{
    record: Balance;
    row: BalanceRow;
    shown: BalanceRow;
    filters: { accountId?: string };
    order: 'account';
  }>
> = {
  name: 'balance',
  shape,
  rank: ({ date, sequence = 0 }) => `${date} ${String(sequence).padStart(7, '0')}`,
  // Balances are never added up, not even in a report.
  overview: ({ date }) => ({ day: date }),
  row: ({ kind: _kind, ...row }) => row,
  indexes: {
    account: { of: (row) => [{ key: placeOf(row) }], totals: { per: 'count', series: 'balances' } },
  },
  list: {
    noun: 'balances',
    narrow: 'ask for one account',
    base: { index: 'account', order: 'account', series: 'balances', measures: [] },
    filters: { accountId: { by: 'exact', value: ({ accountId }) => accountId } },
    orders: { account: placeOf },
  },
};
