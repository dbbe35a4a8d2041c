import { defined } from '../../json.ts';
import { filedUnder, party } from '../declaring.ts';
import { FieldRefusal } from '../errors.ts';
import type { Fields, RecordOf } from '../fields.ts';
import type { Kind, Shown, TypesWith } from '../kind.ts';
import { type Measured, measure, perCurrency, type Tally } from '../measures.ts';
import { paymentSettling } from '../settlements.ts';
import type { Bill } from './bill.ts';
import { paymentMethods } from './payment.ts';
import type { Supplier } from './supplier.ts';

const shape = (is: Fields) => ({
  billId: is.id.describe('the bill that it pays').exactOptional(),
  supplierId: is.id.describe('the supplier, if there is no `billId`').exactOptional(),
  currency: is.currency,
  date: is.day.describe('when the money was paid'),
  amount: is.money.describe('not 0; a refund from the supplier is negative'),
  method: is.oneOf(paymentMethods).default('other'),
  sourceMethod: is.label.describe('the method in the source system').exactOptional(),
  bankTransactionId: is.id.describe('the bank transaction that it was').exactOptional(),
  reference: is.label.exactOptional(),
  notes: is.prose.exactOptional(),
});

/** Money paid for one bill, or for none yet. A refund from the supplier has a negative amount. */
export type BillPayment = RecordOf<'bill_payment', typeof shape>;

export type BillPaymentSummary = ReturnType<typeof toRow>;

export type BillPaymentTotal = Measured<'count' | 'total'>;

/** Money paid to suppliers, less their refunds. */
export const paidOut = measure('paidOut', 'count', 'total');

/** Money paid to suppliers, and credits of theirs, that is applied to no bill. */
export const unappliedPaid = measure('billUnapplied', 'count', 'total');

const held = ({ currency, amount }: BillPaymentSummary): Tally =>
  unappliedPaid.of(currency, { count: 1, total: amount });

const tally = ({ currency, amount }: BillPaymentSummary): Tally =>
  paidOut.of(currency, { count: 1, total: amount });

/** The row of a payment: the supplier is that of its bill, if it names one. */
function toRow({ kind: _kind, notes: _notes, ...payment }: BillPayment, shown: Shown) {
  const { bill, supplier } = shown as { bill?: Bill; supplier?: Supplier };
  return defined({
    ...payment,
    supplierId: bill?.supplierId ?? payment.supplierId,
    supplier: supplier?.name,
    billNumber: bill?.number,
  });
}

type Types = TypesWith<{
  record: BillPayment;
  row: BillPaymentSummary;
  shown: BillPaymentSummary;
  filters: { supplierId?: string; currency?: string };
  order: 'date';
  totals: { totals: BillPaymentTotal[] };
}>;

export const billPayment: Kind<Types> = {
  name: 'bill_payment',
  shape,
  check({ amount }) {
    if (amount !== 0) return;
    throw new FieldRefusal('amount', ' is 0: expected the amount paid, or a negative amount for a refund.');
  },
  overview: ({ date, amount }) => ({ day: date, amount, ...(amount < 0 && { apart: 'refund' }) }),
  shows: {
    bill: { kind: 'bill', fields: ['number', 'supplierId'], id: ({ billId }) => billId, through: [] },
    supplier: {
      kind: 'supplier',
      fields: ['name'],
      id: ({ supplierId }, { bill }) => (bill as Bill | undefined)?.supplierId ?? supplierId,
      through: ['supplier'],
    },
  },
  settles: { bill: paymentSettling('billId') },
  row: toRow,
  indexes: {
    date: { of: ({ date }) => [{ key: [date] }], totals: { per: 'day', series: 'books', of: tally } },
    supplier: { of: ({ supplierId, date }) => filedUnder(supplierId, [date]) },
    /** Payments that name no bill. */
    unapplied: {
      of: ({ date, billId }) => (billId === undefined ? [{ key: [date] }] : []),
      totals: { per: 'day', series: 'books', of: held },
    },
    supplierUnapplied: {
      of: ({ date, billId, supplierId }) => (billId === undefined ? filedUnder(supplierId, [date]) : []),
      totals: { per: 'value', series: 'supplier', of: held },
    },
  },
  list: {
    noun: 'bill payments',
    narrow: 'ask for a shorter period or a supplier',
    base: { index: 'date', order: 'date', day: true, series: 'books', measures: [paidOut.name] },
    tally,
    filters: {
      supplierId: party('supplier').filter,
      currency: { by: 'exact', value: ({ currency }) => currency },
    },
    orders: { date: ({ date }) => [date] },
    totals: (tally) => ({ totals: perCurrency(paidOut.in(tally), 'count', 'total') }),
  },
};
