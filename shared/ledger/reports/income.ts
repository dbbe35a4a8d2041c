import { type Day, earlierOf } from '../dates.ts';
import { billed } from '../kinds/bill.ts';
import { paidOut } from '../kinds/bill-payment.ts';
import { credited } from '../kinds/credit-note.ts';
import { spent, spentMoved, spentOnBills } from '../kinds/expense.ts';
import { invoiced } from '../kinds/invoice.ts';
import { received, refunded } from '../kinds/payment.ts';
import { supplierCredited } from '../kinds/supplier-credit.ts';
import { currenciesOf, sumsIn, sumTallies } from '../measures.ts';
import { isCounted } from '../owed.ts';
import type { Period } from '../periods.ts';
import type { Books } from '../reader.ts';

/** What was invoiced, credited, received, billed and spent, in one currency. The resource finance://definitions defines each figure. */
export type PeriodFigures = Awaited<ReturnType<typeof periodFigures>>[number];

/** What was invoiced, credited, received and spent in the period, up to the as-of day. */
export async function periodFigures(books: Books, period: Period, asOf: Day) {
  const end = earlierOf(period.end, asOf);
  if (period.start > end) return [];
  const days = { from: period.start, to: end };
  const tally = sumTallies(
    await books.sums([
      { series: 'books', ...days },
      { series: 'payments', ...days },
    ]),
  );
  const parts = {
    /** Issued documents dated in the period: total, and the tax and tips in it. Drafts and void ones are not counted. */
    invoiced: invoiced.in(tally).filter(isCounted),
    credited: credited.in(tally),
    received: received.in(tally),
    /** Negative. */
    refunded: refunded.in(tally),
    /** Expenses, and suppliers' credits (negative) apart. */
    spent: spent.in(tally).filter(({ part }) => part !== 'credit'),
    spentCredits: spent.in(tally).filter(({ part }) => part === 'credit'),
    /**
     * What the cash basis adds to the two: expenses of other days that were paid in the period, less expenses of the
     * period that were paid on other days. A payment after `asOf` has not happened yet.
     */
    spentMoved: spentMoved.in(tally),
    /** Bills dated in the period, what suppliers credited, and what was paid to them less their refunds. */
    billed: billed.in(tally).filter(isCounted),
    supplierCredited: supplierCredited.in(tally),
    paidOut: paidOut.in(tally),
    /** Expenses that are the payment of a bill. */
    spentOnBills: spentOnBills.in(tally),
  };
  return currenciesOf(Object.values(parts).flat()).map((currency) => ({
    currency,
    invoiced: sumsIn(currency, parts.invoiced, 'count', 'total', 'tax', 'tip'),
    credited: sumsIn(currency, parts.credited, 'count', 'total', 'tax'),
    received: sumsIn(currency, parts.received, 'count', 'total'),
    refunded: sumsIn(currency, parts.refunded, 'count', 'total'),
    spent: sumsIn(currency, parts.spent, 'count', 'total', 'tax'),
    spentCredits: sumsIn(currency, parts.spentCredits, 'count', 'total', 'tax'),
    spentMoved: sumsIn(currency, parts.spentMoved, 'total').total,
    billed: sumsIn(currency, parts.billed, 'count', 'total', 'tax'),
    supplierCredited: sumsIn(currency, parts.supplierCredited, 'count', 'total', 'tax'),
    paidOut: sumsIn(currency, parts.paidOut, 'count', 'total'),
    spentOnBills: sumsIn(currency, parts.spentOnBills, 'total', 'paid'),
  }));
}
