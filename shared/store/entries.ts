import type { Day } from '../ledger/dates.ts';
import { noDay } from '../ledger/dates.ts';
import { classOf, type InvoiceRow, isOpen, type Settlement } from '../ledger/invoice-row.ts';
import type { Minor } from '../ledger/money.ts';
import type { CreditNote, Customer, Expense, Invoice, Payment } from '../ledger/records.ts';
import { errorsAllowed, fold, misspellableWords, rests, searchWords } from '../ledger/search-words.ts';
import { type IndexName, sortKey } from './keys.ts';
import type { ExpenseSummary, PaymentSummary } from './ledger-reader.ts';

/*
 * What each record contributes to the indexes: pure functions, so that the import, the stream and the recount all
 * derive the same.
 */

/** One item of an index, yet without its organization. */
export interface Entry {
  index: IndexName;
  sk: string;
  data: string;
}

/** What is derived of one record: the row that lists show, kept under the record's id, and its index entries. */
export interface Derived<Row = unknown> {
  index: 'invoice' | 'credit' | 'payment' | 'expense' | 'customer';
  id: string;
  row: Row;
  entries: Entry[];
}

const entry = (index: IndexName, value: unknown, ...parts: string[]): Entry => ({
  index,
  sk: sortKey(...parts),
  data: JSON.stringify(value),
});

/** How numbers of documents are compared: without case, accents and a leading "#". */
export const filedNumber = (number: string): string => fold(number).replace(/^#\s*/, '');

/** A settlement as it stands with its invoice. */
export type SettlementEntry =
  | { kind: 'payment'; payment: Payment }
  | { kind: 'credit'; creditNoteId: string; number?: string; date: Day; currency: string; amount: Minor };

/** What changes a balance on a day and is no payment: a credit applied (its amount) or a write-off (0). */
export interface BalanceEvent {
  invoiceId: string;
  currency: string;
  amount: Minor;
}

/**
 * What settles an invoice: everything filed with it but failed charges, and nothing in another currency, since
 * amounts are never converted.
 */
export const settlementsIn = (currency: string, entries: readonly SettlementEntry[]): Settlement[] =>
  entries.flatMap((entry) => {
    const { date, amount, currency: paidIn } = entry.kind === 'payment' ? entry.payment : entry;
    const failed = entry.kind === 'payment' && entry.payment.failed;
    return failed || paidIn !== currency ? [] : [{ date, amount }];
  });

export function deriveInvoice(row: InvoiceRow): Derived<InvoiceRow> {
  const { id, issued } = row;
  const open = isOpen(row);
  const due = row.due ?? noDay;
  return {
    index: 'invoice',
    id,
    row,
    entries: [
      entry('invoice.date', row, issued, id),
      entry('invoice.class', row, classOf(row), open ? due : issued, id),
      entry('invoice.currency', row, row.currency, issued, id),
      ...(open ? [entry('invoice.open', row, due, id)] : []),
      ...(row.customerId !== undefined ? [entry('invoice.customer', row, row.customerId, issued, id)] : []),
      ...(row.number !== undefined ? [entry('invoice.number', row, filedNumber(row.number), id)] : []),
      ...(row.lifecycle === 'written_off' && row.writtenOff !== undefined
        ? [
            entry(
              'settlement.date',
              { invoiceId: id, currency: row.currency, amount: 0 } satisfies BalanceEvent,
              row.writtenOff,
              'w',
              id,
            ),
          ]
        : []),
    ],
  };
}

export function toPaymentRow(
  payment: Payment,
  invoice: Pick<Invoice, 'number' | 'customerId'> | undefined,
  customer: string | undefined,
): PaymentSummary {
  const customerId = invoice?.customerId ?? payment.customerId;
  return {
    id: payment.id,
    ...(customerId !== undefined && { customerId }),
    ...(customer !== undefined && { customer }),
    ...(payment.invoiceId !== undefined && { invoiceId: payment.invoiceId }),
    ...(invoice?.number !== undefined && { invoiceNumber: invoice.number }),
    method: payment.method,
    ...(payment.sourceMethod !== undefined && { sourceMethod: payment.sourceMethod }),
    currency: payment.currency,
    amount: payment.amount,
    date: payment.date,
    ...(payment.reference !== undefined && { reference: payment.reference }),
  };
}

/** A failed payment stands with its invoice and nowhere else: it is in no list and no total, and has no row. */
export function derivePayment(payment: Payment, row: PaymentSummary): Derived {
  const { id, date, invoiceId, failed } = payment;
  const settlement: SettlementEntry = { kind: 'payment', payment };
  const filed =
    invoiceId === undefined ? [] : [entry('invoice.settlement', settlement, invoiceId, date, 'p', id)];
  if (failed) return { index: 'payment', id, row: {}, entries: filed };
  return {
    index: 'payment',
    id,
    row,
    entries: [
      ...filed,
      entry('payment.date', row, date, id),
      entry('payment.method', row, payment.method, date, id),
      ...(row.customerId !== undefined ? [entry('payment.customer', row, row.customerId, date, id)] : []),
    ],
  };
}

/** What month totals need of a credit note. */
export type CreditRow = Pick<CreditNote, 'currency' | 'total' | 'tax' | 'issued'>;

/** Only issued credit notes count. */
export function deriveCreditNote(note: CreditNote): Derived<CreditRow> {
  const { id, number, currency, total, tax, issued } = note;
  const row: CreditRow = { currency, total, issued, ...(tax !== undefined && { tax }) };
  const applied = note.allocations.flatMap(({ invoiceId, date, amount }, at) => {
    const settlement: SettlementEntry = {
      kind: 'credit',
      creditNoteId: id,
      ...(number !== undefined && { number }),
      date,
      currency,
      amount,
    };
    const event: BalanceEvent = { invoiceId, currency, amount };
    return [
      entry('invoice.settlement', settlement, invoiceId, date, 'c', id, String(at)),
      entry('settlement.date', event, date, 'c', id, String(at)),
    ];
  });
  const counts = note.lifecycle === 'issued';
  return {
    index: 'credit',
    id,
    row,
    entries: counts ? [entry('credit.date', row, issued, id), ...applied] : [],
  };
}

const amountDigits = 20;
const finestDecimals = 4;

/** A decimal amount as a text that sorts by value, whatever its currency; negative amounts sort first. */
export function sortableAmount(decimal: string): string {
  const negative = decimal.startsWith('-');
  const [whole = '0', fraction = ''] = decimal.replace('-', '').split('.');
  const digits = `${whole}${fraction.slice(0, finestDecimals).padEnd(finestDecimals, '0')}`.padStart(
    amountDigits,
    '0',
  );
  // Nines' complement, so that the more negative amount sorts first.
  return negative ? `-${digits.replace(/\d/g, (digit) => String(9 - Number(digit)))}` : `=${digits}`;
}

export function deriveExpense(expense: Expense, decimalAmount: string): Derived<ExpenseSummary> {
  const { kind: _kind, lifecycle, reference: _reference, ...row } = expense;
  const { id, date } = expense;
  return {
    index: 'expense',
    id,
    row,
    entries:
      lifecycle === 'recorded'
        ? [
            entry('expense.date', row, date, id),
            entry('expense.currency', row, expense.currency, date, id),
            entry('expense.amount', row, sortableAmount(decimalAmount), date, id),
            ...(expense.vendor !== undefined
              ? [entry('expense.vendor', row, fold(expense.vendor), date, id)]
              : []),
            ...(expense.category !== undefined
              ? [entry('expense.category', row, fold(expense.category), date, id)]
              : []),
          ]
        : [],
  };
}

/** What the search shows of a customer, and looks at. */
export type CustomerCard = Pick<Customer, 'id' | 'name' | 'organization' | 'email' | 'phone'>;

export function deriveCustomer(customer: Customer): Derived<CustomerCard> {
  const { id, name, organization, email, phone } = customer;
  const card: CustomerCard = {
    id,
    name,
    ...(organization !== undefined && { organization }),
    ...(email !== undefined && { email }),
    ...(phone !== undefined && { phone }),
  };
  return {
    index: 'customer',
    id,
    row: card,
    entries: [
      ...searchWords(customer).map((word) => entry('customer.word', card, word, id)),
      ...misspellableWords(customer).flatMap((word) =>
        rests(word, errorsAllowed(word)).map((rest) => entry('customer.rest', { word, id }, rest, word, id)),
      ),
    ],
  };
}
