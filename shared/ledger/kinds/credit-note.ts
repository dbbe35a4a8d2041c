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
import type { Kind, Query, Shown, TypesWith } from '../kind.ts';
import { type Measured, measure, perCurrency } from '../measures.ts';
import type { Customer } from './customer.ts';
import { unapplied } from './payment.ts';

const shape = (is: Fields) => ({
  number: is.label.exactOptional(),
  customerId: is.id.exactOptional(),
  currency: is.currency,
  /** Only issued credit notes are listed and counted. */
  lifecycle: is.oneOf(['draft', 'issued', 'void']).default('issued'),
  issued: is.day,
  tax: is.money.describe('not negative, although it reduces what is owed').exactOptional(),
  total: is.money.describe('not negative, although it reduces what is owed'),
  allocations: is
    .items({
      invoiceId: is.id,
      amount: is.money.describe('greater than 0'),
      date: is.day.describe('when it was applied'),
    })
    .describe('the invoices that it settles; together at most the total'),
  reference: is.label.exactOptional(),
  notes: is.prose.exactOptional(),
});

/** Reduces what customers owe and what was invoiced, without a payment. Its amounts are positive. */
export type CreditNote = RecordOf<'credit_note', typeof shape>;

/** `unapplied` is what of `total` is applied to no invoice. */
export type CreditNoteSummary = ReturnType<typeof toRow>;

/** An allocation as it is filed with the invoice that it settles. */
export type FiledCredit = FiledAllocation<'creditNoteId'>;

export interface CreditNoteFilters {
  customerId?: string;
  currency?: string;
  /** Only those of which something is applied to no invoice. */
  unapplied?: true;
}

export type CreditNoteTotal = Measured<'count' | 'total' | 'unapplied'>;

function toRow(
  { id, number, customerId, currency, total, tax, issued, allocations }: CreditNote,
  { customer }: Shown,
) {
  return defined({
    id,
    number,
    customerId,
    customer: (customer as Customer | undefined)?.name,
    currency,
    total,
    tax,
    issued,
    unapplied: unappliedOf({ total, allocations }),
  });
}

/** Issued credit notes; those with an unapplied rest are a part of their own. */
export const credited = measure('credited', 'count', 'total', 'tax', 'unapplied');

const tally = ({ currency, total, tax = 0, unapplied }: CreditNoteSummary) =>
  credited.of(currency, { count: 1, total, tax, unapplied }, unapplied > 0 ? 'unapplied' : undefined);

const customer = party('customer');
const rests = unappliedRests('customer', unapplied);

type Types = TypesWith<{
  record: CreditNote;
  row: CreditNoteSummary;
  shown: CreditNoteSummary;
  filters: CreditNoteFilters;
  order: 'issued';
  totals: { totals: CreditNoteTotal[] };
}>;

export type CreditNoteQuery = Query<Types>;

export const creditNote: Kind<Types> = {
  name: 'credit_note',
  shape,
  check: (note) => checkCredit(note, 'a credit note'),
  overview: documentOverview,
  shows: { customer: customer.reference },
  settles: { invoice: creditSettling('invoiceId', 'creditNoteId') },
  listed: ({ lifecycle }) => lifecycle === 'issued',
  row: toRow,
  indexes: {
    date: {
      of: ({ issued }) => [{ key: [issued] }],
      totals: { per: 'day', series: 'books', of: tally },
    },
    customer: { of: ({ customerId, issued }) => filedUnder(customerId, [issued]) },
    /** Only while a part is applied to no invoice. */
    unapplied: { of: ({ unapplied, issued }) => (unapplied > 0 ? [{ key: [issued] }] : []) },
    customerUnapplied: rests.index,
  },
  changed: rests.changed,
  asOf: rests.asOf,
  list: {
    noun: 'credit notes',
    narrow: 'use narrower filters',
    base: { index: 'date', order: 'issued', day: true, series: 'books', measures: [credited.name] },
    tally,
    filters: {
      customerId: customer.filter,
      currency: { by: 'exact', value: ({ currency }) => currency },
      unapplied: {
        by: 'apart',
        of: () => ({
          index: 'unapplied',
          sum: { series: 'books', measures: [credited.name], parts: ['unapplied'] },
        }),
        test: ({ unapplied }) => unapplied > 0,
        also: true,
      },
    },
    orders: { issued: ({ issued }) => [issued] },
    totals: (tally) => ({ totals: perCurrency(credited.in(tally), 'count', 'total', 'unapplied') }),
  },
};
