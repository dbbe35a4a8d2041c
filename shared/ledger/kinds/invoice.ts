import { defined } from '../../json.ts';
import type { Day } from '../dates.ts';
import { documentOverview, party, wholeYears } from '../declaring.ts';
import { FieldRefusal } from '../errors.ts';
import type { Fields, RecordOf } from '../fields.ts';
import type { Kind, Query } from '../kind.ts';
import { type Measured, measure, type Tally } from '../measures.ts';
import type { Minor } from '../money.ts';
import { type OwedFilters, type OwedOrder, owedDocuments, owedRow } from '../owed.ts';
import { checkSize } from '../record-size.ts';
import { type FiledSettlement, settledOn, settlementsIn } from '../settlements.ts';
import { type SoldTotal, sold, soldIn, soldTotals, tallySold } from '../sold.ts';
import { balanceOf, type OwedRow, remainderOf, rowAsOf, type Settlement } from '../standing.ts';
import type { FiledCredit } from './credit-note.ts';
import type { Customer } from './customer.ts';
import type { Payment } from './payment.ts';

export const lifecycles = ['draft', 'issued', 'void', 'written_off'] as const;
export type Lifecycle = (typeof lifecycles)[number];

const shape = (is: Fields) => ({
  number: is.label.describe('as printed; several invoices may share one').exactOptional(),
  customerId: is.id.exactOptional(),
  currency: is.currency,
  lifecycle: is
    .oneOf(lifecycles)
    .describe('there is no value for paid, partly paid or overdue: these are derived from payments and dates')
    .default('issued'),
  issued: is.day.describe('the invoice date'),
  due: is.day.exactOptional(),
  sent: is.day.exactOptional(),
  viewed: is.day.exactOptional(),
  writtenOff: is.day.describe('the day of the write-off; only with that lifecycle').exactOptional(),
  sourceStatus: is.label.describe('the status in the source system').exactOptional(),
  subtotal: is.money.exactOptional(),
  discount: is.money.exactOptional(),
  tax: is.money.exactOptional(),
  tip: is.money.exactOptional(),
  total: is.money.describe('not negative: to reduce it, use a credit note. Never recomputed from the lines'),
  lines: is.items({
    productId: is.id.describe('the product, if it is one').exactOptional(),
    name: is.name,
    description: is.prose.exactOptional(),
    quantity: is.decimal.exactOptional(),
    /** Unit prices may have more decimals than the currency. */
    rate: is.price.describe('the price of one unit').exactOptional(),
    tax: is.money.exactOptional(),
    total: is.money,
  }),
  reference: is.label.exactOptional(),
  projectId: is.id.exactOptional(),
  contractId: is.id.exactOptional(),
  notes: is.prose.exactOptional(),
});

export type Invoice = RecordOf<'invoice', typeof shape>;
export type Line = Invoice['lines'][number];

/** A status, or `open`: every issued invoice with a balance. `partial` includes the overdue ones that are partly paid. */
export const statusFilters = [
  'draft',
  'sent',
  'viewed',
  'partial',
  'paid',
  'overdue',
  'open',
  'void',
  'written_off',
] as const;
export type StatusFilter = (typeof statusFilters)[number];

export interface InvoiceFilters extends OwedFilters {
  status?: StatusFilter;
  customerId?: string;
}

/** An invoice as lists need it. */
export interface InvoiceRow extends OwedRow {
  customerId?: string;
  /** The customer's name, where the customer is known. */
  customer?: string;
  lifecycle: Lifecycle;
  viewed?: true;
  writtenOff?: Day;
  tip?: Minor;
}

export type InvoiceSummary = ReturnType<typeof toSummary>;
export type InvoiceDetail = ReturnType<typeof toDetail>;

/** `writtenOffAmount` is what was given up of the written-off ones. */
export type InvoiceTotal = Measured<'count' | 'total' | 'balance' | 'writtenOffAmount'>;

/** Invoices, by their stored status. */
export const invoiced = measure('invoiced', 'count', 'total', 'balance', 'tax', 'tip', 'writtenOffAmount');

/** What was given up: the rest of a written-off invoice. */
const writtenOffAmountOf = (row: InvoiceRow): Minor =>
  row.lifecycle === 'written_off' ? Math.max(remainderOf(row), 0) : 0;

/** What an invoice adds to totals, by its stored status. */
export const tallyInvoice = (row: InvoiceRow): Tally =>
  invoiced.of(
    row.currency,
    {
      count: 1,
      total: row.total,
      balance: balanceOf(row),
      tax: row.tax ?? 0,
      tip: row.tip ?? 0,
      writtenOffAmount: writtenOffAmountOf(row),
    },
    invoices.storedStatus(row),
  );

export const invoices = owedDocuments({
  kind: 'invoice',
  noun: 'invoices',
  credit: 'credit_note',
  party: 'customer',
  closed: ['void', 'written_off', 'draft'],
  unpaid: ['viewed', 'sent'],
  unpaidStatus: ({ viewed }: InvoiceRow) => (viewed ? 'viewed' : 'sent'),
  measure: invoiced,
  figures: ['count', 'total', 'balance', 'writtenOffAmount'],
  tally: tallyInvoice,
  givenUp: ({ lifecycle, writtenOff }) => (lifecycle === 'written_off' ? (writtenOff ?? '') : undefined),
  series: { all: 'books', open: 'due', due: 'alldue', party: 'customer', history: 'invoice.history' },
});

/** The row of an invoice from its record, everything that settles it, and its customer's name. */
export function toInvoiceRow(
  invoice: Invoice,
  settlements: readonly Settlement[],
  customer: string | undefined,
): InvoiceRow {
  const { customerId, lifecycle, viewed, writtenOff, tip } = invoice;
  return defined({
    ...owedRow(invoice, settlements),
    customerId,
    customer,
    lifecycle,
    viewed: viewed === undefined ? undefined : (true as const),
    writtenOff,
    tip: tip || undefined,
  });
}

/** The record or row as it was on a day: a write-off after that day has not happened yet. */
const beforeWriteOff = <Owed extends Pick<InvoiceRow, 'lifecycle' | 'writtenOff'>>(
  owed: Owed,
  asOf: Day,
): Owed =>
  owed.lifecycle === 'written_off' && (owed.writtenOff ?? '') > asOf
    ? { ...owed, lifecycle: 'issued' }
    : owed;

/** The row as it stands on a day, given one that already leaves out what happened after that day. */
const toSummary = (row: InvoiceRow, asOf: Day) => ({
  ...invoices.standing(row, asOf),
  writtenOffAmount: writtenOffAmountOf(row),
});

type Filed = FiledSettlement<Payment, FiledCredit>;

function toDetail(invoice: Invoice, customer: string | undefined, filed: readonly Filed[], asOf: Day) {
  const { settlements, ...settled } = settledOn(invoice.currency, filed, asOf);
  const row = toInvoiceRow(beforeWriteOff(invoice, asOf), settlements, customer);
  return { ...toSummary(row, asOf), invoice, ...settled };
}

export const invoiceGroupings = ['customer', 'month', 'status', 'age', 'product'] as const;
export type InvoiceGrouping = (typeof invoiceGroupings)[number];

interface Types {
  record: Invoice;
  row: InvoiceRow;
  shown: InvoiceSummary;
  filters: InvoiceFilters;
  order: OwedOrder;
  totals: ReturnType<typeof invoices.list.totals>;
  grouping: InvoiceGrouping;
  group: InvoiceTotal | SoldTotal;
  detail: InvoiceDetail;
}

export type InvoiceQuery = Query<Types>;

export const invoice: Kind<Types> = {
  name: 'invoice',
  shape,
  check(invoice) {
    invoices.checkTotal(invoice);
    if (invoice.writtenOff !== undefined && invoice.lifecycle !== 'written_off') {
      throw new FieldRefusal(
        'writtenOff',
        ` is set, but lifecycle is "${invoice.lifecycle}": expected lifecycle "written_off", or no writtenOff.`,
      );
    }
    checkSize(invoice, invoice.lines.length);
  },
  overview: documentOverview,
  shows: { customer: party('customer').reference },
  row: (invoice, { customer }, settlements) =>
    toInvoiceRow(
      invoice,
      settlementsIn(invoice.currency, settlements),
      (customer as Customer | undefined)?.name,
    ),
  indexes: {
    ...invoices.indexes,
    /** What was sold of a product, by the day of issue. */
    product: {
      of: (_row, invoice) => soldIn(invoice),
      totals: { per: 'value', series: 'product', of: tallySold },
    },
  },
  asOf: (row, day, later) => rowAsOf(beforeWriteOff(row, day), day, later),
  changed: {
    ...invoices.changed,
    of: ({ id, currency, lifecycle, writtenOff }) =>
      lifecycle === 'written_off' && writtenOff !== undefined
        ? [{ date: writtenOff, data: { id, currency, amount: 0 } }]
        : [],
  },
  list: {
    ...invoices.list,
    present: async (row, asOf, books) => toSummary(await invoices.paidThen(row, asOf, books), asOf),
    groups: {
      customer: invoices.partyGroup,
      ...invoices.groups,
      product: {
        key: () => undefined,
        named: 'product',
        entries: { index: 'product', of: tallySold },
        from: {
          series: 'product',
          slice: (query: InvoiceQuery) => {
            const years = wholeYears(query);
            return years && { ...years, measures: [sold.name] };
          },
        },
      },
    },
    group: (tally, by) => (by === 'product' ? soldTotals(tally) : invoices.group(tally, by)),
  },
  find: {
    noun: 'invoice',
    keys: invoices.keys,
    detail: ({ row, record, settlements }, asOf) =>
      toDetail(record, row.customer, settlements as Filed[], asOf),
  },
};
