import type { Day } from '../dates.ts';
import { credited } from '../kinds/credit-note.ts';
import { spent, spentMoved } from '../kinds/expense.ts';
import { invoiced } from '../kinds/invoice.ts';
import { received, refunded } from '../kinds/payment.ts';
import { perCurrency, sumTallies } from '../measures.ts';
import { addMinor, type Minor } from '../money.ts';
import type { Period } from '../periods.ts';
import type { Books } from '../reader.ts';

/** The resource finance://definitions defines each figure. */
export interface PeriodFigures {
  currency: string;
  /** Issued documents dated in the period: total, and the tax and tips in it. Drafts and void ones are not counted. */
  invoiced: { count: number; total: Minor; tax: Minor; tip: Minor };
  credited: { count: number; total: Minor; tax: Minor };
  received: { count: number; total: Minor };
  /** Negative. */
  refunded: { count: number; total: Minor };
  /** Expenses, and suppliers' credits (negative) apart. */
  spent: { count: number; total: Minor; tax: Minor };
  spentCredits: { count: number; total: Minor; tax: Minor };
  /**
   * What the cash basis adds to the two: expenses of other days that were paid in the period, less expenses of the
   * period that were paid on other days. A payment after `asOf` has not happened yet.
   */
  spentMoved: Minor;
}

const none = (currency: string): PeriodFigures => ({
  currency,
  invoiced: { count: 0, total: 0, tax: 0, tip: 0 },
  credited: { count: 0, total: 0, tax: 0 },
  received: { count: 0, total: 0 },
  refunded: { count: 0, total: 0 },
  spent: { count: 0, total: 0, tax: 0 },
  spentCredits: { count: 0, total: 0, tax: 0 },
  spentMoved: 0,
});

/** Adds to every figure of a sum that of the same name. */
function add<Sums extends Record<keyof Sums, Minor>>(sums: Sums, more: Sums): void {
  for (const name of Object.keys(sums) as (keyof Sums)[])
    sums[name] = addMinor(sums[name], more[name]) as Sums[keyof Sums];
}

/** What was invoiced, credited, received and spent in the period, up to the as-of day. */
export async function periodFigures(books: Books, period: Period, asOf: Day): Promise<PeriodFigures[]> {
  const end = period.end < asOf ? period.end : asOf;
  if (period.start > end) return [];
  const days = { from: period.start, to: end };
  const tally = sumTallies(
    await books.sums([
      { series: 'books', ...days },
      { series: 'payments', ...days },
    ]),
  );
  const isCounted = ({ part }: { part?: string }) => part !== 'draft' && part !== 'void';
  const parts = [
    ...invoiced
      .in(tally)
      .filter(isCounted)
      .map((sum) => ({ ...sum, name: 'invoiced' as const })),
    ...credited.in(tally).map((sum) => ({ ...sum, name: 'credited' as const })),
    ...received.in(tally).map((sum) => ({ ...sum, name: 'received' as const })),
    ...refunded.in(tally).map((sum) => ({ ...sum, name: 'refunded' as const })),
    ...spent.in(tally).map((sum) => ({
      ...sum,
      name: sum.part === 'credit' ? ('spentCredits' as const) : ('spent' as const),
    })),
  ];
  const figures = perCurrency<PeriodFigures>(
    [...parts, ...spentMoved.in(tally)],
    none,
    (figure, part: (typeof parts)[number] | { total: Minor }) => {
      if ('name' in part) add(figure[part.name], part as never);
      else figure.spentMoved = addMinor(figure.spentMoved, part.total);
    },
  );
  return figures;
}
