import type { RestChange } from '../allocations.ts';
import type { Day } from '../dates.ts';
import { type BillPaymentSummary, unappliedPaid } from '../kinds/bill-payment.ts';
import { type PaymentSummary, unapplied } from '../kinds/payment.ts';
import { addTally, type Measured, sumTallies, type Tally } from '../measures.ts';
import type { Books } from '../reader.ts';
import type { OwedName } from './collection.ts';

/*
 * Money that was paid or credited and that is applied to no document.
 */

export type UnappliedSum = Measured<'count' | 'total'>;

/** Money that is applied to no document on a day: in all, and of each party that was asked for, where there is any. */
export interface UnappliedMoney {
  total: UnappliedSum[];
  byParty: ReadonlyMap<string, UnappliedSum[]>;
}

/** A part of what has been paid or credited and no document has taken up. */
type Part = Pick<RestChange, 'currency' | 'partyId' | 'count' | 'amount'>;

/** Where the books have such money: in the totals of all and of a party, and after a day. */
const sources = {
  invoice: {
    held: unapplied,
    party: 'customer',
    credits: 'credit_note.changed',
    payments: 'payment.date',
    partOf: ({ invoiceId, customerId, currency, amount }: PaymentSummary): Part[] =>
      invoiceId === undefined ? [partOf(customerId, currency, amount)] : [],
  },
  bill: {
    held: unappliedPaid,
    party: 'supplier',
    credits: 'supplier_credit.changed',
    payments: 'bill_payment.date',
    partOf: ({ billId, supplierId, currency, amount }: BillPaymentSummary): Part[] =>
      billId === undefined ? [partOf(supplierId, currency, amount)] : [],
  },
} as const;

const partOf = (partyId: string | undefined, currency: string, amount: number): Part => ({
  currency,
  amount,
  count: 1,
  ...(partyId !== undefined && { partyId }),
});

/** What is applied to no document of the kind on the day, in all and of these parties; per currency. */
export async function unappliedMoney(
  books: Books,
  kind: OwedName,
  parties: readonly string[],
  asOf: Day,
): Promise<UnappliedMoney> {
  const [[everything = {}], later] = await Promise.all([
    // The whole of the books stands in the summary, which has been read.
    books.sums([{ series: 'books' }]),
    unappliedAfter(books, kind, asOf),
  ]);
  const total = unappliedIn(everything, kind, later);
  if (total.every(({ count }) => count === 0)) return { total, byParty: new Map() };
  const tallies = await books.sums(parties.map((value) => ({ series: sources[kind].party, value })));
  return {
    total,
    byParty: new Map(
      parties.map((id, at) => {
        const own = later.filter(({ partyId }) => partyId === id);
        return [id, unappliedIn(tallies[at] ?? {}, kind, own)];
      }),
    ),
  };
}

/** What of payments and credits begins or ceases after the day to be applied to no document. */
export async function unappliedAfter(books: Books, kind: OwedName, asOf: Day): Promise<Part[]> {
  const { payments, credits, partOf } = sources[kind];
  const [paid, changes] = await Promise.all([
    books.after<never>(payments, asOf),
    books.after<RestChange>(credits, asOf),
  ]);
  return [...paid.flatMap(({ data }) => partOf(data)), ...changes.map(({ data }) => data)];
}

/** What a tally has of such money, without what came later; per currency, where it is any. */
export function unappliedIn(tally: Tally, kind: OwedName, later: readonly Part[]): UnappliedSum[] {
  const { held } = sources[kind];
  const sum = sumTallies(
    held.in(tally).map(({ currency, count, total }) => held.of(currency, { count, total })),
  );
  for (const { currency, count, amount } of later)
    addTally(sum, held.of(currency, { count, total: amount }), -1);
  return held.in(sum);
}
