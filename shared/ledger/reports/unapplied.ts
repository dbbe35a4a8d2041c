import type { Day } from '../dates.ts';
import type { RestChange } from '../kinds/credit-note.ts';
import { type PaymentSummary, unapplied } from '../kinds/payment.ts';
import { addTally, type Measured, sumTallies, type Tally } from '../measures.ts';
import type { Books } from '../reader.ts';

/*
 * Money that customers have paid or been credited and that is applied to no invoice.
 */

export type UnappliedSum = Measured<'count' | 'total'>;

/** Money that is applied to no document on a day: in all, and of each party that was asked for, where there is any. */
export interface UnappliedMoney {
  total: UnappliedSum[];
  byParty: ReadonlyMap<string, UnappliedSum[]>;
}

/** A part of what a customer has paid or been credited and no invoice has taken up. */
type Part = Pick<RestChange, 'currency' | 'customerId' | 'count' | 'amount'>;

/** What is applied to no invoice on the day, in all and of these customers; per currency. */
export async function unappliedMoney(
  books: Books,
  parties: readonly string[],
  asOf: Day,
): Promise<UnappliedMoney> {
  const [[everything = {}], later] = await Promise.all([
    // The whole of the books stands in the summary, which has been read.
    books.sums([{ series: 'books' }]),
    unappliedAfter(books, asOf),
  ]);
  const total = unappliedIn(everything, later);
  if (total.every(({ count }) => count === 0)) return { total, byParty: new Map() };
  const tallies = await books.sums(parties.map((value) => ({ series: 'customer', value })));
  return {
    total,
    byParty: new Map(
      parties.map((id, at) => {
        const own = later.filter(({ customerId }) => customerId === id);
        return [id, unappliedIn(tallies[at] ?? {}, own)];
      }),
    ),
  };
}

/** What of payments and credit notes begins or ceases after the day to be applied to no invoice. */
export async function unappliedAfter(books: Books, asOf: Day): Promise<Part[]> {
  const [payments, changes] = await Promise.all([
    books.after<PaymentSummary>('payment.date', asOf),
    books.after<RestChange>('credit_note.changed', asOf),
  ]);
  const held = payments.filter(({ data }) => data.invoiceId === undefined);
  return [...held.map(({ data }) => ({ ...data, count: 1 })), ...changes.map(({ data }) => data)];
}

/** What a tally has of money that is applied to no invoice, without what came later; per currency, where it is any. */
export function unappliedIn(tally: Tally, later: readonly Part[]): UnappliedSum[] {
  const sum = sumTallies(
    unapplied.in(tally).map(({ currency, count, total }) => unapplied.of(currency, { count, total })),
  );
  for (const { currency, count, amount } of later)
    addTally(sum, unapplied.of(currency, { count, total: amount }), -1);
  return unapplied.in(sum);
}
