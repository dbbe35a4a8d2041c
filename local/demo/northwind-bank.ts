import {
  addDays,
  addMonths,
  type Day,
  endOfMonth,
  startOfMonth,
  startOfWeek,
} from '../../shared/ledger/dates.ts';
import type { Balance } from '../../shared/ledger/kinds/balance.ts';
import type { BankAccount } from '../../shared/ledger/kinds/bank-account.ts';
import type { BankTransaction } from '../../shared/ledger/kinds/bank-transaction.ts';
import type { BillPayment } from '../../shared/ledger/kinds/bill-payment.ts';
import type { Connection } from '../../shared/ledger/kinds/connection.ts';
import type { Expense } from '../../shared/ledger/kinds/expense.ts';
import type { Payment, PaymentMethod } from '../../shared/ledger/kinds/payment.ts';
import type { Statement } from '../../shared/ledger/kinds/statement.ts';
import type { Minor } from '../../shared/ledger/money.ts';

const weeksOfData = 56;

/** The days of which there are bank data, and what the bank has of a payment to a supplier. */
export interface BankData {
  /** A Monday. */
  start: Day;
  /** Of each account, by its currency, the last day. */
  end: Readonly<Record<string, Day>>;
  has(currency: string, day: Day): boolean;
  transactionOf(payment: BillPayment): string;
}

/** The connection of the euro account has worked until the Monday of last week. */
export function bankDataOn(today: Day): BankData {
  const monday = startOfWeek(today);
  const start = addDays(monday, -7 * weeksOfData);
  const end: Record<string, Day> = { USD: today, EUR: addDays(monday, -7) };
  return {
    start,
    end,
    has: (currency, day) => start <= day && day <= (end[currency] ?? ''),
    transactionOf: ({ id }) => `out-${id}`,
  };
}

const timeOf = (day: Day): string => `${day}T13:00:00Z`;

const connectionsOn = ({ end }: BankData): Connection[] => [
  {
    kind: 'connection',
    id: 'puget-sound-bank',
    name: 'Puget Sound Bank',
    status: 'active',
    updated: timeOf(end.USD!),
  },
  {
    kind: 'connection',
    id: 'hanse-bank',
    name: 'Hanse Bank Hamburg',
    status: 'needs_sign_in',
    reason: 'The consent has ended: somebody who may use the account must sign in at the bank again.',
    sourceStatus: 'EXPIRED',
    updated: timeOf(end.EUR!),
    expires: end.EUR!,
  },
];

interface Account {
  record: BankAccount;
  opening: Minor;
  /** What the bank charges on the last day of each month, and the interest that it pays then. */
  fee: Minor;
  interest: Minor;
}

const accounts: readonly Account[] = [
  {
    record: {
      kind: 'bank_account',
      id: 'operating',
      name: 'Operating account',
      institution: 'Puget Sound Bank',
      type: 'checking',
      currency: 'USD',
      number: '000123454242',
      connectionId: 'puget-sound-bank',
    },
    opening: 350_000_00,
    fee: 18_00,
    interest: 31_25,
  },
  {
    record: {
      kind: 'bank_account',
      id: 'euro',
      name: 'Euro account',
      institution: 'Hanse Bank Hamburg',
      type: 'checking',
      currency: 'EUR',
      number: 'DE02100100100006820101',
      connectionId: 'hanse-bank',
    },
    opening: 5_000_00,
    fee: 4_90,
    interest: 0,
  },
];

/** Every so many weeks, euros are bought for what the account of suppliers in euros needs. */
const weeksBetweenTransfers = 13;
const transferred = { USD: 6_600_00, EUR: 6_000_00, rate: '1.1' } as const;

/** Of the statements of the operating account, the one that is missing: of how many months ago. */
const missingMonth = 4;

/** What the bank knows of a payment to a supplier besides the payment itself. */
export interface AtBank extends Pick<BankTransaction, 'method' | 'category' | 'recurring'> {
  counterparty: string;
  /** The number of the bill. */
  number: string;
}

export interface BankSources {
  payments: readonly Payment[];
  /** The name of a customer. */
  customerName: (id: string) => string;
  billPayments: readonly (BillPayment & { atBank: AtBank })[];
  expenses: readonly Expense[];
  /** The payment that a customer has ordered, and that the bank will book next. */
  announced: Payment;
}

export type BankRecord = BankAccount | Connection | Balance | Statement | BankTransaction;

/** Accounts, connections, balances, statements and transactions: see docs/demo.md for every rule. */
export function bankRecords(today: Day, data: BankData, sources: BankSources): BankRecord[] {
  const booked = [
    ...paymentsIn(sources),
    ...billPaymentsOut(sources, data),
    ...paymentRuns(sources.expenses),
    ...transfers(data),
    ...feesAndInterest(data),
  ].filter(({ currency, date }) => data.has(currency, date));
  const pending = pendingOn(today, sources);
  return [
    ...connectionsOn(data),
    ...accounts.map(({ record }) => record),
    ...accounts.flatMap((account) => {
      const { id, currency } = account.record;
      const own = booked.filter(({ accountId }) => accountId === id);
      const closing = own.reduce((sum, { amount }) => sum + amount, account.opening);
      const reserved = pending
        .filter(({ accountId, amount }) => accountId === id && amount < 0)
        .reduce((sum, { amount }) => sum + amount, 0);
      const balance = (type: 'closing_booked' | 'available', amount: Minor): Balance => ({
        kind: 'balance',
        id: `${id}-${type}`,
        accountId: id,
        type,
        currency,
        amount,
        date: data.end[currency]!,
      });
      return [
        balance('closing_booked', closing),
        balance('available', closing + reserved),
        ...statementsOf(account, own, today, data),
      ];
    }),
    ...booked,
    ...pending,
  ];
}

const accountIn = (currency: string): string =>
  accounts.find(({ record }) => record.currency === currency)!.record.id;

const bankMethods: Partial<Record<PaymentMethod, BankTransaction['method']>> = {
  check: 'check',
  ach: 'transfer',
  bank_transfer: 'transfer',
  card: 'card',
  direct_debit: 'direct_debit',
  cash: 'cash',
};

const bankMethod = (method: PaymentMethod) => bankMethods[method] ?? 'other';

/** Payments and refunds of customers, each on its day. A charge that failed moves no money. */
const paymentsIn = ({ payments, customerName }: BankSources): BankTransaction[] =>
  payments
    .filter(({ failed }) => !failed)
    .map(({ id, invoiceId, customerId, currency, date, amount, method }) => ({
      kind: 'bank_transaction',
      id: `in-${id}`,
      accountId: accountIn(currency),
      status: 'booked',
      date,
      currency,
      amount,
      counterparty: customerName(customerId!),
      text: invoiceId === undefined ? 'Deposit' : `Invoice ${invoiceId}`,
      method: bankMethod(method),
      category: amount < 0 ? 'Refunds' : 'Customers',
      links: [
        ...(invoiceId === undefined ? [] : [{ kind: 'invoice' as const, id: invoiceId }]),
        { kind: 'payment', id },
      ],
    }));

const billPaymentsOut = ({ billPayments }: BankSources, data: BankData): BankTransaction[] =>
  billPayments.map(({ atBank: { number, ...atBank }, ...payment }) => ({
    kind: 'bank_transaction',
    id: data.transactionOf(payment),
    accountId: accountIn(payment.currency),
    status: 'booked',
    date: payment.date,
    currency: payment.currency,
    amount: -payment.amount,
    text: `Bill ${number}`,
    method: bankMethod(payment.method),
    ...atBank,
    links: [
      { kind: 'bill', id: payment.billId! },
      { kind: 'bill_payment', id: payment.id },
    ],
  }));

/** The expenses of a day are paid in one run, less suppliers' credits. */
const paymentRuns = (expenses: readonly Expense[]): BankTransaction[] =>
  Array.from(
    Map.groupBy(expenses, ({ date }) => date),
    ([date, ofDay]): BankTransaction => ({
      kind: 'bank_transaction',
      id: `run-${date}`,
      accountId: accountIn('USD'),
      status: 'booked',
      date,
      currency: 'USD',
      amount: -ofDay.reduce((sum, { amount }) => sum + amount, 0),
      text: `Payment run of ${date}`,
      method: 'transfer',
      category: 'Expenses',
      batchCount: ofDay.length,
      links: ofDay.map(({ id }) => ({ kind: 'expense', id })),
    }),
  );

function transfers({ start }: BankData): BankTransaction[] {
  const count = Math.ceil(weeksOfData / weeksBetweenTransfers);
  return Array.from({ length: count }, (_, at) => addDays(start, at * 7 * weeksBetweenTransfers)).flatMap(
    (date): BankTransaction[] => [
      {
        kind: 'bank_transaction',
        id: `transfer-${date}-out`,
        accountId: accountIn('USD'),
        status: 'booked',
        date,
        currency: 'USD',
        amount: -transferred.USD,
        originalAmount: '6000.00',
        originalCurrency: 'EUR',
        rate: transferred.rate,
        transferAccountId: accountIn('EUR'),
        text: 'To the euro account',
        method: 'transfer',
        links: [],
      },
      {
        kind: 'bank_transaction',
        id: `transfer-${date}-in`,
        accountId: accountIn('EUR'),
        status: 'booked',
        date,
        currency: 'EUR',
        amount: transferred.EUR,
        transferAccountId: accountIn('USD'),
        text: 'From the operating account',
        method: 'transfer',
        links: [],
      },
    ],
  );
}

/** The months of which a day of the data is the last: fees and interest are booked on it. */
const monthEnds = ({ start }: BankData, end: Day): Day[] => {
  const months: Day[] = [];
  for (let day = endOfMonth(start); day <= end; day = endOfMonth(addMonths(startOfMonth(day), 1))) {
    months.push(day);
  }
  return months;
};

/** What no record of the books explains. */
const feesAndInterest = (data: BankData): BankTransaction[] =>
  accounts.flatMap(({ record: { id, currency, institution = '' }, fee, interest }) =>
    monthEnds(data, data.end[currency]!).flatMap((date): BankTransaction[] => {
      const common = { kind: 'bank_transaction', accountId: id, status: 'booked', date, currency } as const;
      return [
        {
          ...common,
          id: `fee-${id}-${date}`,
          amount: -fee,
          text: 'Account fee',
          method: 'fee',
          category: 'Bank fees',
          links: [],
        },
        ...(interest > 0
          ? [
              {
                ...common,
                id: `interest-${id}-${date}`,
                amount: interest,
                counterparty: institution,
                text: 'Interest',
                method: 'interest' as const,
                category: 'Interest',
                recurring: 'monthly' as const,
                links: [],
              },
            ]
          : []),
      ];
    }),
  );

/** A card payment that is not booked yet, and the next payment of a customer, of which the bank has been told. */
const pendingOn = (today: Day, { announced, customerName }: BankSources): BankTransaction[] => [
  {
    kind: 'bank_transaction',
    id: 'pending-card',
    accountId: accountIn('USD'),
    status: 'pending',
    seen: timeOf(today),
    date: today,
    currency: 'USD',
    amount: -48_20,
    counterparty: 'Emerald City Stationers',
    method: 'card',
    links: [],
  },
  {
    kind: 'bank_transaction',
    id: 'pending-credit',
    accountId: accountIn('USD'),
    status: 'pending',
    seen: timeOf(today),
    date: today,
    currency: announced.currency,
    amount: announced.amount,
    counterparty: customerName(announced.customerId!),
    text: `Invoice ${announced.invoiceId}`,
    method: bankMethod(announced.method),
    links: [],
  },
];

/** A statement of each month that is over: the first begins with the data, one is missing. */
function statementsOf(
  { record, opening }: Account,
  own: readonly BankTransaction[],
  today: Day,
  data: BankData,
): Statement[] {
  const { id, currency } = record;
  const missing = startOfMonth(addMonths(today, -missingMonth)).slice(0, 7);
  let balance = opening;
  return monthEnds(data, addDays(data.end[currency]!, currency === 'USD' ? -1 : 0)).flatMap((to) => {
    const from = [startOfMonth(to), data.start].sort().at(-1)!;
    const entries = own.filter(({ date }) => from <= date && date <= to);
    const sum = entries.reduce((total, { amount }) => total + amount, 0);
    const statement: Statement = {
      kind: 'statement',
      id: `${id}-${to.slice(0, 7)}`,
      accountId: id,
      currency,
      number: to.slice(0, 7),
      sequence: Number(to.slice(5, 7)),
      from,
      to,
      opening: balance,
      closing: balance + sum,
      entryCount: entries.length,
      sum,
    };
    balance += sum;
    return id === 'operating' && statement.number === missing ? [] : [statement];
  });
}
