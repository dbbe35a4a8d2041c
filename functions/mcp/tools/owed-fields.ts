import type { Measured } from '../../../shared/ledger/measures.ts';
import { formatMoney } from '../../../shared/ledger/money.ts';
import type { OwedRow, Standing } from '../../../shared/ledger/standing.ts';
import { type Fields, shownText, stated } from './fields.ts';

/*
 * What answers show alike of documents that are owed: invoices and bills.
 */

/** What kinds of documents show each for itself, in the places where they show it. */
interface OwnFields {
  /** The customer or the supplier. */
  party: Fields;
  /** Amounts beside the balance. */
  amounts?: Fields;
  /** What comes last. */
  others?: Fields;
}

/** A document as it appears in lists. */
export const owedFields = (
  row: Omit<OwedRow, 'lifecycle' | 'settled'> & Standing<string>,
  { party, amounts, others }: OwnFields,
): Fields => ({
  id: row.id,
  ...stated({
    number: shownText(row.number),
    ...party,
    total: formatMoney(row.total, row.currency),
    balance: formatMoney(row.balance, row.currency),
    overpaid: row.overpaid > 0 && formatMoney(row.overpaid, row.currency),
    ...amounts,
    currency: row.currency,
    status: row.status,
    partiallyPaid: row.partiallyPaid,
    daysOverdue: row.daysOverdue > 0 && row.daysOverdue,
    futureDated: row.futureDated,
    issued: row.issued,
    due: row.due,
    paid: row.paid,
    ...others,
  }),
});

/** The totals of documents. */
export const owedTotalFields = ({
  currency,
  count,
  total,
  balance,
}: Measured<'count' | 'total' | 'balance'>): Fields => ({
  currency,
  count,
  total: formatMoney(total, currency),
  balance: formatMoney(balance, currency),
});

/** The totals of drafts, of which nothing is owed. */
export const draftTotalFields = ({ currency, count, total }: Measured<'count' | 'total'>): Fields => ({
  currency,
  count,
  total: formatMoney(total, currency),
});
