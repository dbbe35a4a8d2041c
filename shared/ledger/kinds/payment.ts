import { defined } from '../../json.ts';
import { filedUnder, party } from '../declaring.ts';
import { FieldRefusal } from '../errors.ts';
import type { Fields, RecordOf } from '../fields.ts';
import type { Filing, Kind, Shown, TypesWith } from '../kind.ts';
import { type Measured, measure, perCurrency, type Tally } from '../measures.ts';
import type { Minor } from '../money.ts';
import { paymentSettling } from '../settlements.ts';
import type { Customer } from './customer.ts';
import type { Invoice } from './invoice.ts';

export const paymentMethods = [
  'cash',
  'check',
  'card',
  'bank_transfer',
  'ach',
  'direct_debit',
  'paypal',
  'credit',
  'other',
] as const;
export type PaymentMethod = (typeof paymentMethods)[number];

const shape = (is: Fields) => ({
  invoiceId: is.id.describe('the invoice that it pays').exactOptional(),
  customerId: is.id.describe('the customer, if there is no `invoiceId`').exactOptional(),
  currency: is.currency,
  date: is.day.describe('when the money was received'),
  amount: is.money.describe('not 0; a refund is negative'),
  method: is.oneOf(paymentMethods).default('other'),
  sourceMethod: is.label.describe('the method in the source system').exactOptional(),
  /** A charge that did not succeed: kept, shown with its invoice, counted nowhere. */
  failed: is.flag
    .describe('`true` for a charge that did not succeed: shown, but not counted')
    .exactOptional(),
  reference: is.label.exactOptional(),
  notes: is.prose.exactOptional(),
});

/** Money received for one invoice, or for none yet. A refund is a payment with a negative amount. */
export type Payment = RecordOf<'payment', typeof shape>;

export type PaymentSummary = ReturnType<typeof toRow>;

/** Payments that name no invoice, or charges that failed, which are otherwise in no list and no total. */
export const paymentExceptions = ['unapplied', 'failed'] as const;
export type PaymentExceptions = (typeof paymentExceptions)[number];
export const paymentGroupings = ['method', 'customer', 'month'] as const;
export type PaymentGrouping = (typeof paymentGroupings)[number];

export interface PaymentFilters {
  customerId?: string;
  method?: PaymentMethod;
  only?: PaymentExceptions;
}

/** Received and refunded apart; `net` is what stayed. */
export type PaymentTotal = Measured<'count' | 'received' | 'refundCount' | 'refunded' | 'net'>;

/** Payments and refunds, by their method. */
export const received = measure('received', 'count', 'total');
export const refunded = measure('refunded', 'count', 'total');
/** Charges that failed, which count nowhere else. */
const failed = measure('failed', 'count', 'total');
/** Money that is applied to no invoice: by direction, and what of credit notes is applied to none. */
export const unapplied = measure('unapplied', 'count', 'total');

interface Amount {
  currency: string;
  amount: Minor;
}

const directionOf = ({ amount }: Amount) => (amount < 0 ? refunded : received);
const figures = ({ amount }: Amount) => ({ count: 1, total: amount });

/** The row of a payment: the customer is that of its invoice, if it names one. */
function toRow({ kind: _kind, failed: _failed, notes: _notes, ...payment }: Payment, shown: Shown) {
  const { invoice, customer } = shown as { invoice?: Invoice; customer?: Customer };
  return defined({
    ...payment,
    customerId: invoice?.customerId ?? payment.customerId,
    customer: customer?.name,
    invoiceNumber: invoice?.number,
  });
}

const tally = (row: PaymentSummary): Tally => directionOf(row).of(row.currency, figures(row), row.method);
const apart =
  (by: typeof failed) =>
  (row: Amount): Tally =>
    by.of(row.currency, figures(row), directionOf(row).name);

function totals(tally: Tally): PaymentTotal[] {
  const apart = [...failed.in(tally), ...unapplied.in(tally)];
  const isRefund = ({ part }: { part?: string }) => part === refunded.name;
  const payments = [...received.in(tally), ...apart.filter((sum) => !isRefund(sum))];
  const refunds = [...refunded.in(tally), ...apart.filter(isRefund)];
  return perCurrency(
    [
      ...payments.map(({ total, ...sum }) => ({ ...sum, received: total, net: total })),
      ...refunds.map(({ currency, count, total }) => ({
        currency,
        refundCount: count,
        refunded: total,
        net: total,
      })),
    ],
    'count',
    'received',
    'refundCount',
    'refunded',
    'net',
  );
}

const ofCustomer = ({ customerId, date }: PaymentSummary): Filing[] => filedUnder(customerId, [date]);

type Types = TypesWith<{
  record: Payment;
  row: PaymentSummary;
  shown: PaymentSummary;
  filters: PaymentFilters;
  order: 'date';
  totals: { totals: PaymentTotal[] };
  grouping: PaymentGrouping;
  group: PaymentTotal;
}>;

export const payment: Kind<Types> = {
  name: 'payment',
  shape,
  check({ amount }) {
    if (amount !== 0) return;
    throw new FieldRefusal(
      'amount',
      ' is 0: expected the amount received, or a negative amount for a refund.',
    );
  },
  overview: ({ date, amount, failed }) => ({
    day: date,
    amount,
    ...(failed ? { apart: 'failed' } : amount < 0 && { apart: 'refund' }),
  }),
  shows: {
    invoice: {
      kind: 'invoice',
      fields: ['number', 'customerId'],
      id: ({ invoiceId }) => invoiceId,
      through: [],
    },
    customer: {
      kind: 'customer',
      fields: ['name'],
      id: ({ customerId }, { invoice }) => (invoice as Invoice | undefined)?.customerId ?? customerId,
      through: ['customer', 'customerFailed'],
    },
  },
  settles: { invoice: paymentSettling('invoiceId') },
  row: toRow,
  indexes: {
    date: {
      of: ({ date }, { failed }) => (failed ? [] : [{ key: [date] }]),
      totals: { per: 'day', series: 'payments', of: tally },
    },
    method: { of: ({ method, date }, { failed }) => (failed ? [] : [{ key: [method, date] }]) },
    customer: { of: (row, { failed }) => (failed ? [] : ofCustomer(row)) },
    /** Payments that name no invoice. */
    unapplied: {
      of: ({ date, invoiceId }, { failed }) => (failed || invoiceId !== undefined ? [] : [{ key: [date] }]),
      totals: { per: 'day', series: 'books', of: apart(unapplied) },
    },
    customerUnapplied: {
      of: (row, { failed }) => (failed || row.invoiceId !== undefined ? [] : ofCustomer(row)),
      totals: {
        per: 'value',
        series: 'customer',
        of: (row: PaymentSummary) => unapplied.of(row.currency, figures(row)),
      },
    },
    failed: {
      of: ({ date }, { failed }) => (failed ? [{ key: [date] }] : []),
      totals: { per: 'day', series: 'books', of: apart(failed) },
    },
    customerFailed: { of: (row, { failed }) => (failed ? ofCustomer(row) : []) },
  },
  list: {
    noun: 'payments',
    narrow: 'ask for a shorter period or a customer',
    base: {
      index: 'date',
      order: 'date',
      day: true,
      series: 'payments',
      measures: [received.name, refunded.name],
    },
    tally,
    filters: {
      customerId: party('customer').filter,
      method: { by: 'exact', value: ({ method }) => method, index: 'method', part: true },
      only: {
        by: 'apart',
        of: (asked) => ({
          index: asked,
          sum: { series: 'books', measures: [asked], parts: [received.name, refunded.name] },
        }),
      },
    },
    orders: { date: ({ date }) => [date] },
    totals: (tally) => ({ totals: totals(tally) }),
    groups: {
      method: { key: ({ method }) => method, from: 'parts' },
      customer: party('customer').group,
      month: { key: ({ date }) => date.slice(0, 7), from: 'months' },
    },
    group: totals,
  },
};
