import type { Day } from '../ledger/dates.ts';
import { type InvoiceRow, toInvoiceRow } from '../ledger/invoice-row.ts';
import { addMinor, type Minor } from '../ledger/money.ts';
import type { Invoice } from '../ledger/records.ts';
import type { Books } from './books.ts';
import { filedNumber, settlementsIn } from './entries.ts';
import { toSummary } from './invoice-list.ts';
import { afterAll, sortKey, sortPrefix } from './keys.ts';
import type { InvoiceDetail } from './ledger-reader.ts';

/** More documents than this with one number are not read; nobody could choose among them. */
const mostDocuments = 20;

/** The documents with that id or number, whole, as they stand on the day. */
export async function findInvoices(
  books: Books,
  by: { id: string } | { number: string },
  asOf: Day,
): Promise<InvoiceDetail[]> {
  const rows = 'id' in by ? await rowOf(books, by.id) : await rowsNumbered(books, by.number);
  return Promise.all(rows.map((row) => detail(books, row, asOf)));
}

async function rowOf(books: Books, id: string): Promise<InvoiceRow[]> {
  const item = await books.table.get({ pk: books.partitions.derived('invoice'), sk: sortKey(id) });
  return item ? [JSON.parse(item.data) as InvoiceRow] : [];
}

async function rowsNumbered(books: Books, number: string): Promise<InvoiceRow[]> {
  const from = sortPrefix(filedNumber(number));
  const range = { pk: books.partitions.derived('invoice.number'), from, to: from + afterAll };
  const items = await books.table.all(range, { limit: mostDocuments });
  return items.map(({ data }) => JSON.parse(data) as InvoiceRow);
}

async function detail(books: Books, row: InvoiceRow, asOf: Day): Promise<InvoiceDetail> {
  const [item, filed] = await Promise.all([
    books.table.get({ pk: books.partitions.records('invoice'), sk: sortKey(row.id) }),
    books.settlementsOf(row.id),
  ]);
  if (!item) throw new Error('An invoice row has no record.');
  const invoice = JSON.parse(item.data) as Invoice;
  const byThen = filed.filter(
    (entry) => (entry.kind === 'payment' ? entry.payment.date : entry.date) <= asOf,
  );
  const settlements = settlementsIn(invoice.currency, byThen);
  const counted = (kind: 'payment' | 'credit'): Minor =>
    settlementsIn(
      invoice.currency,
      byThen.filter((entry) => entry.kind === kind),
    ).reduce((sum, { amount }) => addMinor(sum, amount), 0);
  const notYetWrittenOff = invoice.lifecycle === 'written_off' && (invoice.writtenOff ?? '') > asOf;
  const asItWas: Invoice = notYetWrittenOff ? { ...invoice, lifecycle: 'issued' } : invoice;
  return {
    ...toSummary(toInvoiceRow(asItWas, settlements, row.customer), asOf),
    invoice,
    payments: filed.flatMap((entry) =>
      entry.kind === 'payment' ? [{ ...entry.payment, futureDated: entry.payment.date > asOf }] : [],
    ),
    credits: byThen.flatMap((entry) =>
      entry.kind === 'credit'
        ? [
            {
              creditNoteId: entry.creditNoteId,
              ...(entry.number !== undefined && { number: entry.number }),
              date: entry.date,
              amount: entry.amount,
            },
          ]
        : [],
    ),
    paidTotal: counted('payment'),
    creditedTotal: counted('credit'),
  };
}
