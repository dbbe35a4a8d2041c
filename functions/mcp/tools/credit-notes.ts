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
 * What a question about invoices asks of credit notes: `open` are those of which something is applied to no invoice.
 * @throws {Refusal} for what a credit note does not have.
 */
export function creditNoteQuery(query: Question<InvoiceQuery>): Question<CreditNoteQuery> {
  const { status, sort, hideLater: _hideLater, minDaysOverdue, dueFrom, dueTo, ...filters } = query;
  const foreign = Object.entries({ minDaysOverdue, dueFrom, dueTo }).find(([, value]) => value !== undefined);
  if (foreign) {
    throw new Refusal(`${foreign[0]} is about invoices: a credit note has no due day. Leave it out.`);
  }
  if (status !== undefined && status !== 'open') {
    throw new Refusal(
      `status ${status} is about invoices: expected open (credit notes with something unapplied), or none.`,
    );
  }
  if (sort !== undefined && sort !== 'issued_asc' && sort !== 'issued_desc') {
    throw new Refusal(`sort ${sort} is about invoices: expected issued_desc or issued_asc.`);
  }
  return {
    ...filters,
    ...(status === 'open' && { unapplied: true }),
    ...(sort === 'issued_asc' && { oldestFirst: true }),
  };
}

/** A credit note as lists show it. */
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
