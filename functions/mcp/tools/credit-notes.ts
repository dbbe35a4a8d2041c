import { Refusal } from '../../../shared/ledger/errors.ts';
import { formatMoney } from '../../../shared/ledger/money.ts';
import type {
  CreditNoteQuery,
  CreditNoteSummary,
  CreditNoteTotal,
  InvoiceQuery,
} from '../../../shared/store/ledger-reader.ts';
import { shownText } from './shown-text.ts';
import { type Fields, stated } from './stated.ts';

type Question<Query> = Omit<Query, 'limit' | 'after'>;

/**
 * Translates a query for invoices into one for credit notes: `open` means with an unapplied amount.
 * @throws {Refusal} for filters that do not apply to credit notes.
 */
export function creditNoteQuery(query: Question<InvoiceQuery>): Question<CreditNoteQuery> {
  const { status, sort, hideLater: _hideLater, minDaysOverdue, dueFrom, dueTo, ...filters } = query;
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
    ...filters,
    ...(status === 'open' && { unapplied: true }),
    ...(sort === 'issued_asc' && { oldestFirst: true }),
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
