import { defined } from '../../json.ts';
import {
  checkCredit,
  creditSettling,
  type FiledAllocation,
  unappliedOf,
  unappliedRests,
} from '../allocations.ts';
import { documentOverview, filedUnder, party } from '../declaring.ts';
import type { Fields, RecordOf } from '../fields.ts';
import type { Kind, Shown, TypesWith } from '../kind.ts';
import { type Measured, measure, perCurrency, type Tally } from '../measures.ts';
import { unappliedPaid } from './bill-payment.ts';
import type { Supplier } from './supplier.ts';

const shape = (is: Fields) => ({
  number: is.label.exactOptional(),
  supplierId: is.id.exactOptional(),
  currency: is.currency,
  lifecycle: is.oneOf(['draft', 'issued', 'void']).default('issued'),
  issued: is.day,
  tax: is.money.describe('not negative, although it reduces what is owed').exactOptional(),
  total: is.money.describe('not negative, although it reduces what is owed'),
  allocations: is
    .items({
      billId: is.id,
      amount: is.money.describe('greater than 0'),
      date: is.day.describe('when it was applied'),
    })
    .describe('the bills that it settles; together at most the total'),
  reference: is.label.exactOptional(),
  notes: is.prose.exactOptional(),
});

/** Reduces what a supplier is owed, without a payment. Its amounts are positive. */
export type SupplierCredit = RecordOf<'supplier_credit', typeof shape>;

export type SupplierCreditSummary = ReturnType<typeof toRow>;
export type SupplierCreditTotal = Measured<'count' | 'total' | 'unapplied'>;

/** An allocation as it is filed with the bill that it settles. */
export type FiledSupplierCredit = FiledAllocation<'supplierCreditId'>;

/** Issued credits of suppliers, with what of them is applied to no bill today. */
export const supplierCredited = measure('billCredited', 'count', 'total', 'tax', 'unapplied');

const tally = ({ currency, total, tax = 0, unapplied }: SupplierCreditSummary): Tally =>
  supplierCredited.of(currency, { count: 1, total, tax, unapplied });

function toRow(
  { kind: _kind, lifecycle: _lifecycle, notes: _notes, allocations, ...credit }: SupplierCredit,
  { supplier }: Shown,
) {
  return defined({
    ...credit,
    supplier: (supplier as Supplier | undefined)?.name,
    unapplied: unappliedOf({ total: credit.total, allocations }),
  });
}

type Types = TypesWith<{
  record: SupplierCredit;
  row: SupplierCreditSummary;
  shown: SupplierCreditSummary;
  filters: { supplierId?: string; currency?: string };
  order: 'issued';
  totals: { totals: SupplierCreditTotal[] };
}>;

const rests = unappliedRests('supplier', unappliedPaid);

export const supplierCredit: Kind<Types> = {
  name: 'supplier_credit',
  shape,
  check: (credit) => checkCredit(credit, 'a supplier credit'),
  overview: documentOverview,
  shows: { supplier: party('supplier').reference },
  settles: { bill: creditSettling('billId', 'supplierCreditId') },
  listed: ({ lifecycle }) => lifecycle === 'issued',
  row: toRow,
  indexes: {
    date: { of: ({ issued }) => [{ key: [issued] }], totals: { per: 'day', series: 'books', of: tally } },
    supplier: { of: ({ supplierId, issued }) => filedUnder(supplierId, [issued]) },
    supplierUnapplied: rests.index,
  },
  changed: rests.changed,
  asOf: rests.asOf,
  list: {
    noun: 'supplier credits',
    narrow: 'use narrower filters',
    base: { index: 'date', order: 'issued', day: true, series: 'books', measures: [supplierCredited.name] },
    tally,
    filters: {
      supplierId: party('supplier').filter,
      currency: { by: 'exact', value: ({ currency }) => currency },
    },
    orders: { issued: ({ issued }) => [issued] },
    totals: (tally) => ({ totals: perCurrency(supplierCredited.in(tally), 'count', 'total', 'unapplied') }),
  },
};
