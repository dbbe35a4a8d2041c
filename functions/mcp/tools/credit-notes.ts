import { Refusal } from '../../../shared/ledger/errors.ts';
import type {
  CreditNoteQuery,
  CreditNoteSummary,
  CreditNoteTotal,
} from '../../../shared/ledger/kinds/credit-note.ts';
import type { InvoiceQuery } from '../../../shared/ledger/kinds/invoice.ts';
import { formatMoney } from '../../../shared/ledger/money.ts';
import type { OwedSort } from '../../../shared/ledger/owed.ts';
import { type Fields, shownText, stated } from './fields.ts';

type Question<Query extends { filters: unknown }> = Omit<Query, 'limit' | 'after' | 'order' | 'reverse'>;

/**
 * Translates a query for invoices into one for credit notes: `open` means with an unapplied amount.
 * @throws {Refusal} for filters that do not apply to credit notes.
 */
export function creditNoteQuery(
  { filters: { status, minDaysOverdue, dueFrom, dueTo, ...filters }, asOf }: Question<InvoiceQuery>,
  sort: OwedSort | undefined,
): Omit<CreditNoteQuery, 'limit' | 'after'> {
  const foreign = Object.entries({ minDaysOverdue, dueFrom, dueTo }).find(([, value]) => value !== undefined);
  if (foreign) {
    throw new Refusal(
      `${foreign[0]} applies to invoices only: expected it to be left out, because credit notes have no due date.`,
    );
  }
  if (status !== undefined && status !== 'open') {
    throw new Refusal(
      `status ${status} applies to invoices only: expected open (credit notes with an unapplied amount) or no status.`,
    );
  }
  if (sort !== undefined && sort !== 'issued_asc' && sort !== 'issued_desc') {
    throw new Refusal(`sort ${sort} applies to invoices only: expected issued_desc or issued_asc.`);
  }
  return {
    filters: { ...filters, ...(status === 'open' && { unapplied: true }) },
    order: 'issued',
    reverse: sort !== 'issued_asc',
    asOf,
    // What is dated later than the as-of day has not happened yet.
    hideLater: true,
  };
}

/** A credit note as it appears in lists. */
export const creditNoteFields = (note: CreditNoteSummary): Fields => ({
  id: note.id,
  ...stated({
    number: shownText(note.number),
    customer: shownText(note.customer),
    customerId: note.customerId,
    total: formatMoney(note.total, note.currency),
    tax: !!note.tax && formatMoney(note.tax, note.currency),
    unapplied: formatMoney(note.unapplied, note.currency),
    currency: note.currency,
    issued: note.issued,
  }),
});

export const creditNoteTotalFields = ({ currency, count, total, unapplied }: CreditNoteTotal): Fields => ({
  currency,
  count,
  total: formatMoney(total, currency),
  unapplied: formatMoney(unapplied, currency),
});
