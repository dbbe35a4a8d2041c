import { defined } from '../../json.ts';
import { filedUnder, wholeYears } from '../declaring.ts';
import { FieldRefusal } from '../errors.ts';
import type { Fields, RecordOf } from '../fields.ts';
import { filed, wordsIn } from '../folding.ts';
import type { Filing, Kind, Query, TypesWith } from '../kind.ts';
import { type Measured, measure, perCurrency, type Tally } from '../measures.ts';
import { formatMoney, type Minor, sortableAmount } from '../money.ts';
import { accountIdOf, type BankAccount, lastFour } from './bank-account.ts';
import { type Connection, fileConnection } from './connection.ts';

const methods = [
  'card',
  'transfer',
  'direct_debit',
  'standing_order',
  'check',
  'cash',
  'fee',
  'interest',
  'other',
] as const;

export const frequencies = ['weekly', 'biweekly', 'monthly', 'quarterly', 'yearly'] as const;

const shape = (is: Fields) => ({
  accountId: is.id,
  status: is
    .oneOf(['booked', 'pending', 'replaced'])
    .describe('`replaced`: a pending one that was booked under another id; it is in no list')
    .default('booked'),
  seen: is.instant
    .describe(
      'of a pending one: when the bank reported it. It vanishes when newer data of its account arrive',
    )
    .exactOptional(),
  date: is.day.describe('the booking day; of a pending one, the day that the bank gives'),
  valueDate: is.day.exactOptional(),
  transactionDate: is.day.describe('when the card was used').exactOptional(),
  currency: is.currency,
  amount: is.money.describe('positive: money in; negative: money out'),
  originalAmount: is.decimal.describe('in `originalCurrency`, before the bank converted it').exactOptional(),
  originalCurrency: is.currency.exactOptional(),
  rate: is.decimal.exactOptional(),
  fee: is.money.describe('part of `amount`').exactOptional(),
  counterparty: is.name.describe('who paid or was paid').exactOptional(),
  counterpartyAccount: is.label
    .describe('an account of ours makes it a transfer; answers show the last four characters')
    .exactOptional(),
  transferAccountId: is.id.describe('the account of ours on the other side of a transfer').exactOptional(),
  text: is.prose.describe('what the payment is for').exactOptional(),
  reference: is.label.describe("the payee's structured reference").exactOptional(),
  endToEndId: is.label.exactOptional(),
  mandateId: is.label.exactOptional(),
  bankReference: is.label.exactOptional(),
  code: is.label.describe("the bank's transaction code").exactOptional(),
  method: is.oneOf(methods).exactOptional(),
  category: is.name.exactOptional(),
  recurring: is
    .oneOf(frequencies)
    .describe('for a subscription or the like, if the source says so')
    .exactOptional(),
  balanceAfter: is.money.exactOptional(),
  reversal: is.flag.describe('`true` if it takes back an earlier one').exactOptional(),
  batchCount: is.wholeNumber(1, 1_000_000).describe('how many payments are booked together').exactOptional(),
  links: is
    .items({
      kind: is.oneOf(['invoice', 'payment', 'bill', 'bill_payment', 'expense', 'schedule_line']),
      id: is.id,
    })
    .describe('what it settles, if the source says so'),
});

/** Money in or out of a bank account, as the bank states it. */
export type BankTransaction = RecordOf<'bank_transaction', typeof shape>;

export interface BankTransactionRow extends Omit<BankTransaction, 'kind' | 'seen' | 'counterpartyAccount'> {
  /** Of a pending one: where its account's data come from. */
  connectionId?: string;
  /** The last four characters. */
  counterpartyAccount?: string;
  /** Between two accounts of ours. */
  transfer?: true;
  /** A pending one that newer data of its account no longer have. */
  stale?: true;
}

/** As much of a payment as tells whether it recurs. */
export type UnmarkedPayment = Required<
  Pick<BankTransaction, 'date' | 'counterparty' | 'accountId' | 'currency' | 'amount'>
>;

/** Its entry in the index by day, without names of fields: hundreds are read at once. */
export type FiledPayment = readonly [
  counterparty: string,
  accountId: string,
  currency: string,
  amount: Minor,
];

export const bankExceptions = ['pending', 'unmatched', 'recurring', 'transfers'] as const;
export type BankException = (typeof bankExceptions)[number];

export interface BankTransactionFilters {
  accountId?: string;
  direction?: 'in' | 'out';
  counterparty?: string;
  category?: string;
  /** Words of the counterparty, the text and the references; all of them. */
  text?: string;
  minAmount?: string;
  currency?: string;
  only?: BankException;
}

/** Money in and out, and transfers between own accounts apart. Amounts out are negative. */
export type BankTransactionTotal = Measured<'count' | 'in' | 'out' | 'transfersIn' | 'transfersOut'>;

/** Booked transactions, by direction, transfers apart. */
export const moved = measure('moved', 'count', 'total');
/** Pending ones, which are in no other sum, and charges that recur. */
export const pendingMoves = measure('pending', 'count', 'total');
export const recurringMoves = measure('recurring', 'count', 'total');

const directionOf = ({ amount }: { amount: Minor }): 'in' | 'out' => (amount < 0 ? 'out' : 'in');
const partOf = (row: BankTransactionRow): string =>
  row.transfer ? `transfer_${directionOf(row)}` : directionOf(row);
const tallied =
  (by: typeof moved) =>
  (row: BankTransactionRow): Tally =>
    by.of(row.currency, { count: 1, total: row.amount }, partOf(row));
const tally = tallied(moved);

const figureOf = { in: 'in', out: 'out', transfer_in: 'transfersIn', transfer_out: 'transfersOut' } as const;

export const bankTotals = (tally: Tally): BankTransactionTotal[] =>
  perCurrency(
    [moved, pendingMoves, recurringMoves]
      .flatMap((by) => by.in(tally))
      .map(({ currency, count, total, part }) => ({
        currency,
        count,
        [figureOf[part as keyof typeof figureOf]]: total,
      })),
    'count',
    'in',
    'out',
    'transfersIn',
    'transfersOut',
  );

const isPending = ({ status }: { status: string }): boolean => status === 'pending';

const sizeOf = ({ amount, currency }: BankTransactionRow) =>
  sortableAmount(formatMoney(Math.abs(amount), currency));

const hasWords = (row: BankTransactionRow, asked: string): boolean => {
  const { counterparty = '', text = '', reference = '', endToEndId = '' } = row;
  const words = wordsIn([counterparty, text, reference, endToEndId].join(' '));
  return wordsIn(asked).every((word) => words.some((own) => own.startsWith(word)));
};

/** Entries of booked transactions alone. */
const booked =
  (of: (row: BankTransactionRow) => readonly Filing[]) =>
  (row: BankTransactionRow): readonly Filing[] =>
    row.status === 'booked' ? of(row) : [];

/** Entries of pending transactions that the newest data of their account still have. */
const pending =
  (of: (row: BankTransactionRow) => readonly Filing[]) =>
  (row: BankTransactionRow): readonly Filing[] =>
    isPending(row) && !row.stale ? of(row) : [];

/** The entry of a payment of which the source does not say that it recurs. Short, as very many are read at once. */
function filedPayment(row: BankTransactionRow): Filing[] {
  const { counterparty, accountId, currency, amount, date, transfer, reversal, recurring } = row;
  if (counterparty === undefined || transfer || reversal || recurring !== undefined) return [];
  const payment: FiledPayment = [counterparty, accountId, currency, amount];
  return [{ key: [date], data: payment }];
}

const isUnmatched = (row: BankTransactionRow): boolean => row.links.length === 0 && !row.transfer;

/**
 * What the names of counterparties and of categories have alike: an index with totals, a filter, and groups. Pending
 * ones add to the totals in a measure of their own, so that a name that only they have is known.
 */
function named(field: 'counterparty' | 'category') {
  const value = (row: BankTransactionRow) => filed(row[field] ?? '') || undefined;
  const label = (row: BankTransactionRow) => row[field];
  const series = `bank.${field}`;
  const advice = 'list_bank_transactions without this filter shows names.';
  return {
    index: {
      of: booked((row) => filedUnder(value(row), [row.date])),
      totals: { per: 'value', series, of: tally, label },
    },
    pending: {
      of: pending((row) => filedUnder(value(row), [row.date])),
      totals: { per: 'value', series, of: tallied(pendingMoves), label },
    },
    filter: { by: 'name', value, index: field, series, advice },
    group: { key: value, label, from: { series, slice: wholeYears } },
  } as const;
}

type Types = TypesWith<{
  record: BankTransaction;
  row: BankTransactionRow;
  shown: BankTransactionRow;
  filters: BankTransactionFilters;
  order: 'date' | 'amount';
  totals: { totals: BankTransactionTotal[] };
  grouping: 'month' | 'counterparty' | 'category' | 'account';
  group: BankTransactionTotal;
  detail: BankTransaction;
}>;

const [counterparty, category] = [named('counterparty'), named('category')];

export const bankTransaction: Kind<Types> = {
  name: 'bank_transaction',
  shape,
  check({ status, seen, amount, fee }) {
    if (status === 'pending' && seen === undefined) {
      throw new FieldRefusal(
        'seen',
        ' is missing: expected when the bank reported this pending transaction.',
      );
    }
    if (fee !== undefined && Math.abs(fee) > Math.abs(amount)) {
      throw new FieldRefusal('fee', ' is larger than amount: expected a part of it.');
    }
  },
  /** Once booked, always booked; of pending ones, the latest report. */
  rank: ({ status, seen = '' }) => (status === 'pending' ? `1 ${seen}` : status === 'replaced' ? '2' : '3'),
  overview: ({ date, amount, status }) => ({
    day: date,
    amount,
    ...(status !== 'booked' && { apart: status }),
  }),
  shows: {
    own: {
      kind: 'bank_account',
      fields: ['currency'],
      id: ({ transferAccountId, counterpartyAccount }) =>
        transferAccountId ??
        (counterpartyAccount === undefined ? undefined : accountIdOf(counterpartyAccount)),
      through: ['otherSide'],
    },
    // Only of pending ones: what thousands of booked ones show must not change with each import.
    account: {
      kind: 'bank_account',
      fields: ['connectionId'],
      id: (record) => (isPending(record) ? record.accountId : undefined),
      through: ['pendingOf'],
    },
    connection: {
      kind: 'connection',
      fields: ['updated'],
      id: (_record, { account }) => (account as BankAccount | undefined)?.connectionId,
      through: ['pendingFrom'],
    },
    file: {
      kind: 'connection',
      fields: ['updated'],
      id: (record) => (isPending(record) ? fileConnection(record.accountId) : undefined),
      through: ['pendingFrom'],
    },
  },
  listed: ({ status }) => status !== 'replaced',
  row(record, shown) {
    const { kind: _kind, seen = '', counterpartyAccount, ...row } = record;
    const { own, connection, file } = shown as {
      own?: BankAccount;
      connection?: Connection;
      file?: Connection;
    };
    const updated = [connection, file].map((source) => source?.updated ?? '');
    return defined({
      ...row,
      counterpartyAccount: counterpartyAccount === undefined ? undefined : lastFour(counterpartyAccount),
      connectionId: (shown.account as BankAccount | undefined)?.connectionId,
      transfer: own !== undefined || row.transferAccountId !== undefined ? (true as const) : undefined,
      stale: isPending(row) && updated.some((time) => time > seen) ? (true as const) : undefined,
    });
  },
  indexes: {
    date: {
      of: booked(({ date }) => [{ key: [date] }]),
      totals: { per: 'day', series: 'bank', of: tally },
    },
    direction: { of: booked((row) => [{ key: [partOf(row), row.date] }]) },
    account: {
      of: booked(({ accountId, date }) => filedUnder(accountId, [date])),
      totals: { per: 'value', series: 'bankAccount', of: tally, monthly: true },
    },
    counterparty: counterparty.index,
    category: category.index,
    pendingCounterparty: counterparty.pending,
    pendingCategory: category.pending,
    amount: { of: booked((row) => [{ key: [sizeOf(row), row.date] }]) },
    unmatched: { of: booked((row) => (isUnmatched(row) ? [{ key: [row.date] }] : [])) },
    transfers: { of: booked((row) => (row.transfer ? [{ key: [row.date] }] : [])) },
    recurring: {
      of: booked((row) => (row.recurring === undefined ? [] : [{ key: [row.date] }])),
      totals: { per: 'day', series: 'bankOther', of: tallied(recurringMoves) },
    },
    unmarked: { of: booked(filedPayment) },
    pending: {
      of: pending((row) => [{ key: [row.date] }]),
      totals: { per: 'day', series: 'bankOther', of: tallied(pendingMoves) },
    },
    /** By which rows are found again when the account on the other side becomes one of ours. */
    otherSide: {
      of: ({ id }, { transferAccountId, counterpartyAccount }) =>
        filedUnder(transferAccountId ?? (counterpartyAccount && accountIdOf(counterpartyAccount)), [], {
          id,
        }),
    },
    /** By which pending rows are found again when newer data of their account arrive. */
    pendingOf: {
      of: (row) => (isPending(row) ? filedUnder(row.accountId, [], { id: row.id }) : []),
    },
    pendingFrom: {
      of: ({ id, connectionId, accountId, status }) =>
        isPending({ status })
          ? [connectionId, fileConnection(accountId)].flatMap((source) => filedUnder(source, [], { id }))
          : [],
    },
  },
  list: {
    noun: 'bank transactions',
    narrow: 'ask for a shorter period or one account',
    base: { index: 'date', order: 'date', day: true, series: 'bank', measures: [moved.name] },
    tally,
    filters: {
      accountId: {
        by: 'reference',
        value: ({ accountId }) => accountId,
        index: 'account',
        kind: 'bank_account',
        series: 'bankAccount',
      },
      direction: { by: 'exact', value: partOf, index: 'direction', part: true },
      counterparty: counterparty.filter,
      category: category.filter,
      currency: { by: 'exact', value: ({ currency }) => currency },
      minAmount: { by: 'least', value: sizeOf, of: sortableAmount, index: 'amount' },
      text: {
        by: 'code',
        test: (row, { filters }: Query<Types>) => hasWords(row, filters.text ?? ''),
      },
      only: {
        by: 'apart',
        of: (asked) => ({
          index: asked,
          ...(asked === 'recurring' && { sum: { series: 'bankOther', measures: [recurringMoves.name] } }),
          ...(asked === 'pending' && { sum: { series: 'bankOther', measures: [pendingMoves.name] } }),
        }),
      },
    },
    orders: {
      date: ({ date }) => [date],
      amount: (row) => [sizeOf(row), row.date],
    },
    totals: (tally) => ({ totals: bankTotals(tally) }),
    groups: {
      month: { key: ({ date }) => date.slice(0, 7), from: 'months' },
      counterparty: counterparty.group,
      category: category.group,
      account: {
        key: ({ accountId }) => accountId,
        named: 'bank_account',
        from: { series: 'bankAccount', slice: wholeYears },
      },
    },
    group: bankTotals,
  },
  find: {
    noun: 'bank transaction',
    keys: [{ name: 'id', argument: 'id', of: ({ id }) => id, advice: 'list_bank_transactions returns ids.' }],
    detail: ({ record }) => record,
  },
};
