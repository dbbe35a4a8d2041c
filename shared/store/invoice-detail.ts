import type { Day } from '../ledger/dates.ts';
import { NotFound } from '../ledger/errors.ts';
import { filed } from '../ledger/folding.ts';
import { type InvoiceRow, toInvoiceRow } from '../ledger/invoice-row.ts';
import { addMinor, type Minor } from '../ledger/money.ts';
import { nearestNames } from '../ledger/nearest-names.ts';
import type { Invoice } from '../ledger/records.ts';
import { quoted } from '../text.ts';
import type { Books } from './books.ts';
import { filedNumber, settlementsIn } from './entries.ts';
import { toSummary } from './invoice-list.ts';
import { afterAll, sortKey, sortPrefix } from './keys.ts';
import type { Found, InvoiceDetail } from './ledger-reader.ts';

/** The most documents with the same number that are read; more would be too many to choose from. */
const mostDocuments = 20;

/**
 * The complete documents with that id or number, as of the day. An id may be in different case.
 * @throws {NotFound} when there are none, with the nearest ones.
 */
export async function findInvoices(
  books: Books,
  by: { id: string } | { number: string },
  asOf: Day,
): Promise<Found<InvoiceDetail>> {
  const rows = 'id' in by ? await rowsOfId(books, by.id) : await rowsNumbered(books, by.number);
  const [first, ...others] = rows.map((row) => detail(books, row, asOf));
  if (!first) throw await ('id' in by ? unknownId(books, by.id) : unknownNumber(books, by.number));
  return Promise.all([first, ...others]);
}

/** The invoice with that id, or else the only one whose id differs from it only in case. */
async function rowsOfId(books: Books, id: string): Promise<InvoiceRow[]> {
  const exact = await rowOf(books, id);
  if (exact) return [exact];
  const spelled = new Set([id.toUpperCase(), id.toLowerCase()]);
  const rows = (await Promise.all([...spelled].map((other) => rowOf(books, other)))).filter((row) => !!row);
  return rows.length === 1 ? rows : [];
}

async function rowOf(books: Books, id: string): Promise<InvoiceRow | undefined> {
  const item = await books.table.get({ pk: books.partitions.derived('invoice'), sk: sortKey(id) });
  return item && (JSON.parse(item.data) as InvoiceRow);
}

async function rowsNumbered(books: Books, number: string): Promise<InvoiceRow[]> {
  const from = sortPrefix(filedNumber(number));
  const range = { pk: books.partitions.derived('invoice.number'), from, to: from + afterAll };
  const items = await books.table.all(range, { limit: mostDocuments });
  return items.map(({ data }) => JSON.parse(data) as InvoiceRow);
}

async function unknownId(books: Books, id: string): Promise<NotFound> {
  const none = `No invoice has the id ${quoted(id)}`;
  const [numbered] = await rowsNumbered(books, id);
  if (numbered) {
    return new NotFound(`${none}, but one has that number: expected invoiceNumber ${quoted(id)} instead.`);
  }
  const near = await nearest(books, 'invoice', id, (row) => row.id);
  return new NotFound(`${none}. ${near || 'list_invoices returns ids.'}`);
}

async function unknownNumber(books: Books, number: string): Promise<NotFound> {
  const none = `No invoice has the number ${quoted(number)}`;
  const [identified] = await rowsOfId(books, number);
  if (identified) {
    return new NotFound(`${none}, but one has that id: expected invoiceId ${quoted(identified.id)} instead.`);
  }
  const near = await nearest(books, 'invoice.number', filedNumber(number), (row) => row.number);
  return new NotFound(`${none}. ${near || 'Case and a leading # are ignored; list_invoices shows numbers.'}`);
}

/** The number of documents to compare on either side of the position of a missing one. */
const mostLookedAt = 20;

async function nearest(
  books: Books,
  index: 'invoice' | 'invoice.number',
  asked: string,
  nameOf: (row: InvoiceRow) => string | undefined,
): Promise<string> {
  const pk = books.partitions.derived(index);
  const at = sortKey(asked);
  const around = await Promise.all([
    books.table.all({ pk, from: '!', to: at }, { limit: mostLookedAt, reverse: true }),
    books.table.all({ pk, from: at, to: afterAll }, { limit: mostLookedAt }),
  ]);
  const names = around.flat().map(({ data }) => nameOf(JSON.parse(data) as InvoiceRow) ?? '');
  const near = nearestNames(filed(asked), names.map(filed));
  const written = near.map((name) => names.find((other) => filed(other) === name) ?? name);
  return written.length > 0 ? `Nearest: ${written.map(quoted).join(', ')}.` : '';
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
