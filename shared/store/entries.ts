import type { Day } from '../ledger/dates.ts';
import { noDay } from '../ledger/dates.ts';
import { filed } from '../ledger/folding.ts';
import { classOf, type InvoiceRow, isOpen, type Settlement } from '../ledger/invoice-row.ts';
import { addMinor, type Minor } from '../ledger/money.ts';
import type { CreditNote, Customer, Expense, Invoice, Payment } from '../ledger/records.ts';
import { errorsAllowed, misspellableWords, rests, searchWords } from '../ledger/search-words.ts';
import { type IndexName, sortKey } from './keys.ts';
import type { CreditNoteSummary, ExpenseSummary, PaymentSummary } from './ledger-reader.ts';

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

/** How numbers of documents are filed: as names are, and without a leading "#". */
export const filedNumber = (number: string): string => filed(number).replace(/^#\s*/, '');

/** How the vendor and the category of an expense are filed: not at all where there is none, or none to be seen. */
export const filedNames = ({ vendor = '', category = '' }: Pick<Expense, 'vendor' | 'category'>) => ({
  vendor: filed(vendor) || undefined,
  category: filed(category) || undefined,
});

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
      ...(row.due !== undefined ? [entry('invoice.due', row, due, id)] : []),
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

/** Failed payments stand with their invoices and in indexes of their own: they are no payments, and in no total. */
export function derivePayment(payment: Payment, row: PaymentSummary): Derived<PaymentSummary> {
  const { id, date, invoiceId, currency, amount } = payment;
  const { customerId } = row;
  const settlement: SettlementEntry = { kind: 'payment', payment };
  const filed =
    invoiceId === undefined ? [] : [entry('invoice.settlement', settlement, invoiceId, date, 'p', id)];
  const own = payment.failed
    ? [
        entry('payment.failed', row, date, id),
        ...(customerId !== undefined ? [entry('failed.customer', { id }, customerId, date, id)] : []),
      ]
    : [
        entry('payment.date', row, date, id),
        entry('payment.method', row, payment.method, date, id),
        ...(customerId !== undefined ? [entry('payment.customer', row, customerId, date, id)] : []),
        ...(invoiceId === undefined
          ? [
              entry('payment.unapplied', row, date, id),
              ...unappliedOf(customerId, { currency, count: 1, amount }, date, 'p', id),
            ]
          : []),
      ];
  return { index: 'payment', id, row, entries: [...filed, ...own] };
}

/** A part of what a customer has paid or been credited and no invoice has taken up. */
export interface Unapplied {
  currency: string;
  count: number;
  amount: Minor;
}

const unappliedOf = (customerId: string | undefined, part: Unapplied, ...key: string[]): Entry[] =>
  customerId === undefined ? [] : [entry('customer.unapplied', part, customerId, ...key)];

/** Only issued credit notes are listed and counted. */
export function deriveCreditNote(note: CreditNote, customer: string | undefined): Derived<CreditNoteSummary> {
  const { id, number, customerId, currency, total, tax, issued } = note;
  const counts = note.lifecycle === 'issued';
  const row: CreditNoteSummary = {
    id,
    ...(number !== undefined && { number }),
    ...(customerId !== undefined && { customerId }),
    // Only what is listed is found again when the customer's name changes.
    ...(counts && customer !== undefined && { customer }),
    currency,
    total,
    ...(tax !== undefined && { tax }),
    issued,
    unapplied: note.allocations.reduce((rest, { amount }) => addMinor(rest, -amount), total),
  };
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
  const rest = restChanges(note).flatMap(({ date, count, amount }) => [
    entry(
      'credit.rest',
      { id, currency, ...(customerId !== undefined && { customerId }), count, amount } satisfies RestChange,
      date,
      id,
    ),
    ...unappliedOf(customerId, { currency, count, amount }, date, 'c', id),
  ]);
  const listed = [
    entry('credit.date', row, issued, id),
    ...(customerId !== undefined ? [entry('credit.customer', row, customerId, issued, id)] : []),
    ...(row.unapplied > 0 ? [entry('credit.unapplied', row, issued, id)] : []),
  ];
  return { index: 'credit', id, row, entries: counts ? [...listed, ...applied, ...rest] : [] };
}

/** How much more or less of a credit note is applied to no invoice, and whether it began or ceased to have a rest. */
export interface RestChange extends Unapplied {
  id: string;
  customerId?: string;
}

/** What is left of a credit note, day by day as it changes: it begins with its issue, whenever it was applied. */
function restChanges({
  issued,
  total,
  allocations,
}: CreditNote): (Omit<Unapplied, 'currency'> & { date: Day })[] {
  const applied = Map.groupBy(allocations, ({ date }) => (date < issued ? issued : date));
  let rest = 0;
  return [...new Set([issued, ...applied.keys()])].sort().flatMap((date) => {
    const before = rest;
    const taken = (applied.get(date) ?? []).reduce((sum, { amount }) => addMinor(sum, amount), 0);
    rest = addMinor(date === issued ? total : before, -taken);
    const count = Number(rest > 0) - Number(before > 0);
    return rest === before ? [] : [{ date, count, amount: rest - before }];
  });
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
  const { kind: _kind, lifecycle, ...row } = expense;
  const { id, date, paid, currency, amount } = expense;
  const { vendor, category } = filedNames(expense);
  const moved = (day: Day, by: Minor) => entry('expense.moved', { currency, amount: by }, day, id);
  return {
    index: 'expense',
    id,
    row,
    entries:
      lifecycle === 'recorded'
        ? [
            entry('expense.date', row, date, id),
            entry('expense.currency', row, currency, date, id),
            entry('expense.amount', row, sortableAmount(decimalAmount), date, id),
            ...(vendor !== undefined ? [entry('expense.vendor', row, vendor, date, id)] : []),
            ...(category !== undefined ? [entry('expense.category', row, category, date, id)] : []),
            ...(paid !== undefined && paid !== date ? [moved(date, -amount), moved(paid, amount)] : []),
          ]
        : [],
  };
}

/** What the search shows of a customer, and looks at. */
export type CustomerCard = Pick<Customer, 'id' | 'name' | 'organization' | 'email' | 'phone'>;

/** What tells customers apart for whoever has to choose one. */
export type CustomerName = Pick<Customer, 'id' | 'name' | 'organization'>;

/** Keys have an end; customers whose names begin with the same so many letters stand by id. */
const longestPlace = 50;

/** Where a customer stands among all, as a sort key. */
export const placeByName = ({ name, id }: Pick<Customer, 'name' | 'id'>): string =>
  sortKey(filed(name).slice(0, longestPlace).toWellFormed(), id);

export function deriveCustomer(customer: Customer): Derived<CustomerCard> {
  const { id, name, organization, email, phone } = customer;
  const card: CustomerCard = {
    id,
    name,
    ...(organization !== undefined && { organization }),
    ...(email !== undefined && { email }),
    ...(phone !== undefined && { phone }),
  };
  const called: CustomerName = { id, name, ...(organization !== undefined && { organization }) };
  const names = new Set([id, name, organization ?? ''].map(filed).filter((filedAs) => filedAs !== ''));
  return {
    index: 'customer',
    id,
    row: card,
    entries: [
      ...[...names].map((filedAs) => entry('customer.name', called, filedAs, id)),
      { index: 'customer.list', sk: placeByName(card), data: JSON.stringify(card) },
      ...searchWords(customer).map((word) => entry('customer.word', card, word, id)),
      ...misspellableWords(customer).flatMap((word) =>
        rests(word, errorsAllowed(word)).map((rest) => entry('customer.rest', { word, id }, rest, word, id)),
      ),
    ],
  };
}
