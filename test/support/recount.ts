import { daysBetween } from '../../shared/ledger/dates.ts';
import type { Invoice } from '../../shared/ledger/kinds/invoice.ts';
import type { SomeBooks } from './books.ts';
import type { CreditNoteQuery, ExpenseQuery, InvoiceQuery, PaymentQuery } from './questions.ts';

/*
 * The definitions once more, straight from the records and without the ledger's own code: what the store answers
 * must equal this.
 */

export interface Recounted {
  id: string;
  currency: string;
  status: string;
  counted: boolean;
  total: number;
  balance: number;
  writtenOffAmount: number;
  issued: string;
  due: string | undefined;
  daysOverdue: number;
  paid: string | undefined;
  customerId: string | undefined;
}

/** One invoice as it stood on a day. */
export function recountInvoice(books: SomeBooks, invoice: Invoice, asOf: string): Recounted {
  const events = [
    ...books.payments
      .filter((p) => p.invoiceId === invoice.id && !p.failed && p.currency === invoice.currency)
      .map((p) => ({ date: p.date, amount: p.amount })),
    ...books.credits
      .filter((c) => c.lifecycle === 'issued' && c.currency === invoice.currency)
      .flatMap((c) => c.allocations.filter((a) => a.invoiceId === invoice.id)),
  ].filter((event) => event.date <= asOf);
  const rest = events.reduce((left, event) => left - event.amount, invoice.total);
  const gone =
    invoice.lifecycle === 'written_off' && !(invoice.writtenOff !== undefined && invoice.writtenOff > asOf);
  const issued = invoice.lifecycle === 'issued' || (invoice.lifecycle === 'written_off' && !gone);
  const open = issued && rest > 0;
  const late = open && invoice.due !== undefined && invoice.due < asOf && invoice.issued <= asOf;
  const status = !issued
    ? invoice.lifecycle
    : rest <= 0
      ? 'paid'
      : late
        ? 'overdue'
        : rest < invoice.total
          ? 'partial'
          : invoice.viewed
            ? 'viewed'
            : 'sent';
  return {
    id: invoice.id,
    currency: invoice.currency,
    status,
    counted: invoice.lifecycle !== 'draft' && invoice.lifecycle !== 'void',
    total: invoice.total,
    balance: open ? rest : 0,
    writtenOffAmount: gone && rest > 0 ? rest : 0,
    issued: invoice.issued,
    due: invoice.due,
    daysOverdue: late ? daysBetween(invoice.due as string, asOf) : 0,
    paid: status === 'paid' ? paidOn(invoice, events) : undefined,
    customerId: invoice.customerId,
  };
}

/** The first day from which the balance, seen at the end of each day, never rises above zero again. */
function paidOn(invoice: Invoice, events: { date: string; amount: number }[]): string {
  const days = [...new Set(events.map((event) => event.date))].sort().reverse();
  let since: string | undefined;
  for (const day of days) {
    const rest = events.filter((e) => e.date <= day).reduce((left, e) => left - e.amount, invoice.total);
    if (rest > 0) return since as string;
    since = day;
  }
  return invoice.total <= 0 ? invoice.issued : (since as string);
}

export function recountInvoices(books: SomeBooks, query: InvoiceQuery): Recounted[] {
  const { asOf, hideLater, status, customerId, start, end, dueFrom, dueTo, minDaysOverdue, currency } = query;
  return books.invoices
    .map((invoice) => recountInvoice(books, invoice, asOf))
    .filter(
      (row) =>
        !(hideLater && row.issued > asOf) &&
        (customerId === undefined || row.customerId === customerId) &&
        (start === undefined || row.issued >= start) &&
        (end === undefined || row.issued <= end) &&
        (dueFrom === undefined || (row.due !== undefined && row.due >= dueFrom)) &&
        (dueTo === undefined || (row.due !== undefined && row.due <= dueTo)) &&
        (currency === undefined || row.currency === currency) &&
        (minDaysOverdue === undefined || row.daysOverdue >= minDaysOverdue) &&
        (status === undefined ||
          (status === 'open'
            ? row.balance > 0
            : status === 'partial'
              ? row.balance > 0 && row.balance < row.total
              : row.status === status)),
    );
}

/** Names without capitals, accents, hidden characters and kinds of dashes, as far as the books of the tests have any. */
const plain = (name: string): string =>
  name.toLowerCase().replaceAll('ä', 'a').replaceAll('ö', 'o').replaceAll('\u00ad', '').replaceAll('–', '-');

/** The filed names that a filter means: that one where an expense has it, else all that begin so. */
function namesMeant(names: readonly (string | undefined)[], asked: string): Set<string> {
  const all = names.flatMap((name) => (name === undefined ? [] : [plain(name)]));
  const begun = all.filter((name) => name.startsWith(plain(asked)));
  return new Set(all.includes(plain(asked)) ? [plain(asked)] : begun);
}

/** The expenses that match, or undefined where a filter names what no expense has. */
export function recountExpenses(books: SomeBooks, query: ExpenseQuery) {
  const recorded = books.expenses.filter(({ lifecycle }) => lifecycle === 'recorded');
  const meant = { vendor: new Set<string>(), category: new Set<string>() };
  for (const what of ['vendor', 'category'] as const) {
    const asked = query[what];
    if (asked === undefined) continue;
    meant[what] = namesMeant(
      recorded.map((expense) => expense[what]),
      asked,
    );
    if (meant[what].size === 0) return undefined;
  }
  const { supplierId } = query;
  if (supplierId !== undefined && !recorded.some((e) => e.supplierId === supplierId)) return undefined;
  return recorded.filter(
    (e) =>
      (query.start === undefined || e.date >= query.start) &&
      (query.end === undefined || e.date <= query.end) &&
      (query.vendor === undefined || meant.vendor.has(plain(e.vendor ?? ''))) &&
      (query.category === undefined || meant.category.has(plain(e.category ?? ''))) &&
      (supplierId === undefined || e.supplierId === supplierId) &&
      (query.projectId === undefined || e.projectId === query.projectId) &&
      (query.costGroupId === undefined || e.costGroupId === query.costGroupId) &&
      (query.currency === undefined || e.currency === query.currency) &&
      (query.minAmount === undefined || majorOf(e.amount, e.currency) >= Number(query.minAmount)),
  );
}

/** Whether the books know the customer: by a record, an invoice, a payment, a failed charge or a credit note. */
export const isKnownCustomer = (books: SomeBooks, id: string): boolean =>
  books.customers.some((customer) => customer.id === id) ||
  books.invoices.some(({ customerId }) => customerId === id) ||
  ([{}, { only: 'failed' }] as const).some(
    (which) =>
      recountPayments(books, { start: '0', end: '9', limit: 1, customerId: id, ...which }).length > 0,
  ) ||
  books.credits.some(({ customerId, lifecycle }) => customerId === id && lifecycle === 'issued');

const majorOf = (minor: number, currency: string): number =>
  minor / { USD: 100, JPY: 1, BHD: 1000 }[currency]!;

/** Issued credit notes with what was left of each on the day. */
export const recountCreditNotes = (books: SomeBooks, query: CreditNoteQuery) =>
  books.credits
    .filter((c) => c.lifecycle === 'issued' && c.issued <= query.asOf)
    .map((c) => ({
      ...c,
      customer: books.customers.find(({ id }) => id === c.customerId)?.name,
      unapplied: c.allocations
        .filter((a) => a.date <= query.asOf)
        .reduce((rest, a) => rest - a.amount, c.total),
    }))
    .filter(
      (c) =>
        (query.customerId === undefined || c.customerId === query.customerId) &&
        (query.start === undefined || c.issued >= query.start) &&
        (query.end === undefined || c.issued <= query.end) &&
        (query.currency === undefined || c.currency === query.currency) &&
        (query.unapplied === undefined || c.unapplied > 0),
    );

/** What payments and credit notes hold that no invoice has taken up by the day, each with its customer. */
export const recountUnapplied = (books: SomeBooks, asOf: string) => [
  ...books.payments
    .filter((p) => !p.failed && p.invoiceId === undefined && p.date <= asOf)
    .map(({ currency, customerId, amount }) => ({ currency, customerId, amount })),
  ...recountCreditNotes(books, { asOf, unapplied: true, limit: 1 }).map(
    ({ currency, customerId, unapplied }) => ({ currency, customerId, amount: unapplied }),
  ),
];

export const recountPayments = (books: SomeBooks, query: PaymentQuery) =>
  books.payments
    .filter(
      (p) =>
        Boolean(p.failed) === (query.only === 'failed') &&
        (query.only !== 'unapplied' || p.invoiceId === undefined),
    )
    .filter((p) => p.date >= query.start && p.date <= query.end)
    .map((p) => ({
      ...p,
      customerId: books.invoices.find((i) => i.id === p.invoiceId)?.customerId ?? p.customerId,
    }))
    .filter(
      (p) =>
        (query.customerId === undefined || p.customerId === query.customerId) &&
        (query.method === undefined || p.method === query.method),
    );

/** Sums per currency as plain objects, in alphabetical order. */
export function perCurrency<Row extends { currency: string }>(
  rows: readonly Row[],
  sums: Record<string, (row: Row) => number>,
): Record<string, number | string>[] {
  return [...new Set(rows.map((row) => row.currency))].sort().map((currency) => {
    const mine = rows.filter((row) => row.currency === currency);
    const total = (of: (row: Row) => number) => mine.reduce((sum, row) => sum + of(row), 0);
    return { currency, ...Object.fromEntries(Object.entries(sums).map(([name, of]) => [name, total(of)])) };
  });
}
