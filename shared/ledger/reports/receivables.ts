import { addDays, type Day, noDay } from '../dates.ts';
import { type InvoiceRow, invoiced, tallyInvoice } from '../kinds/invoice.ts';
import {
  addTally,
  currenciesOf,
  type Measured,
  perCurrency,
  sumsIn,
  sumTallies,
  type Tally,
} from '../measures.ts';
import type { Books } from '../reader.ts';
import { isOpen } from '../standing.ts';
import { unappliedAfter, unappliedIn } from './unapplied.ts';

/** What customers owe on a day, in one currency. */
export type ReceivableFigures = Awaited<ReturnType<typeof receivables>>[number];

/** What customers owe on the day: documents dated by then, less what was settled by then. */
export async function receivables(books: Books, asOf: Day) {
  const parts = [
    { has: () => true, days: {} },
    { has: (due: Day) => due < asOf, days: { to: addDays(asOf, -1) } },
    { has: (due: Day) => due === noDay, days: { from: noDay } },
  ];
  const [tallies, later, everything, laterUnapplied] = await Promise.all([
    books.sums(parts.map(({ days }) => ({ series: 'due', ...days }))),
    books.later<InvoiceRow>('invoice', asOf),
    // The whole of the books stands in the summary, which has been read.
    books.sums([{ series: 'books' }]),
    unappliedAfter(books, 'invoice', asOf),
  ]);
  const changed = [...later.values()];
  const [outstanding = [], overdue = [], noDueDate = []] = parts.map(({ has }, at) => {
    const tally: Tally = { ...tallies[at] };
    for (const { now, then } of changed) {
      if (isOpen(now) && has(now.due ?? noDay)) addTally(tally, tallyInvoice(now), -1);
      if (isOpen(then) && then.issued <= asOf && has(then.due ?? noDay)) addTally(tally, tallyInvoice(then));
    }
    return balancesIn(tally);
  });
  const future = changed.filter(({ then }) => isOpen(then) && then.issued > asOf);
  const figures = {
    outstanding,
    overdue,
    /** Part of `outstanding` that has no due date. */
    noDueDate,
    /** Open invoices dated after the as-of day: not outstanding yet. */
    futureDated: balancesIn(sumTallies(future.map(({ then }) => tallyInvoice(then)))),
    /**
     * Payments less refunds that name no invoice, and what of credit notes is applied to none: not taken off
     * `outstanding`.
     */
    unapplied: unappliedIn(everything[0] ?? {}, 'invoice', laterUnapplied),
  };
  return currenciesOf(Object.values(figures).flat()).map((currency) => {
    const sums = (name: keyof typeof figures) => sumsIn(currency, figures[name], 'count', 'total');
    return {
      currency,
      outstanding: sums('outstanding'),
      overdue: sums('overdue'),
      noDueDate: sums('noDueDate'),
      futureDated: sums('futureDated'),
      unapplied: sums('unapplied'),
    };
  });
}

const balancesIn = (tally: Tally) =>
  invoiced.in(tally).map(({ balance, ...sum }) => ({ ...sum, total: balance }));

/**
 * Open invoices of a customer and what is left to pay of them; and money of the customer that is applied to no invoice,
 * and so not taken off `balance`.
 */
export type OpenBalance = Measured<'count' | 'balance' | 'unapplied'>;

/** What one customer owes on the day, and what of the customer's money is applied to no invoice; per currency. */
export async function openBalances(books: Books, customerId: string, asOf: Day): Promise<OpenBalance[]> {
  const [[tally = {}], later, laterUnapplied] = await Promise.all([
    books.sums([{ series: 'customer', value: customerId }]),
    books.later<InvoiceRow>('invoice', asOf),
    unappliedAfter(books, 'invoice', asOf),
  ]);
  const owed: Tally = { ...tally };
  for (const { now, then } of later.values()) {
    if (now.customerId !== customerId) continue;
    addTally(owed, tallyInvoice(now), -1);
    if (then.issued <= asOf) addTally(owed, tallyInvoice(then));
  }
  const ofCustomer = laterUnapplied.filter((part) => part.partyId === customerId);
  return perCurrency(
    [
      ...invoiced.in(owed).filter(({ balance }) => balance !== 0),
      ...unappliedIn(tally, 'invoice', ofCustomer)
        .filter(({ total }) => total !== 0)
        .map(({ currency, total }) => ({ currency, unapplied: total })),
    ],
    'count',
    'balance',
    'unapplied',
  );
}
