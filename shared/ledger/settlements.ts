import type { Day } from './dates.ts';
import type { BalanceChange, Settling } from './kind.ts';
import { addMinor, type Minor } from './money.ts';
import type { Settlement } from './standing.ts';

/** A payment or credit as it is filed with the document that it settles. */
export type FiledSettlement<Paid extends Settled = Settled, Credit extends Settled = Settled> =
  | { kind: 'payment'; payment: Paid }
  | ({ kind: 'credit' } & Credit);

export interface Settled extends Settlement {
  currency: string;
  failed?: boolean;
}

const settledBy = (entry: FiledSettlement): Settled => (entry.kind === 'payment' ? entry.payment : entry);

/**
 * What settles a document: everything filed with it but failed charges, and nothing in another currency, since amounts
 * are never converted.
 */
export const settlementsIn = (currency: string, filed: readonly object[]): Settlement[] =>
  (filed as readonly FiledSettlement[])
    .map(settledBy)
    .filter((settled) => !settled.failed && settled.currency === currency);

/** A payment names the document that it pays in one of these fields. */
interface NamesDocument {
  invoiceId?: string;
  billId?: string;
}

/** How payments settle the documents that they name: on their own day, by which an index `date` has their rows. */
export const paymentSettling = <Paid extends Settled & NamesDocument>(
  field: keyof NamesDocument,
): Settling<Paid> => ({
  of(payment) {
    const { [field]: id, date, currency, amount } = payment;
    const data = { kind: 'payment', payment } satisfies FiledSettlement<Paid>;
    return id === undefined ? [] : [{ id, date, currency, amount, data }];
  },
  by: {
    index: 'date',
    changeIn: ({ [field]: id, currency, amount }: Settled & NamesDocument): BalanceChange | undefined =>
      id === undefined ? undefined : { id, currency, amount },
  },
});

/** What settlements add up to. */
export const sumOf = (settlements: readonly Settlement[]): Minor =>
  settlements.reduce((sum, { amount }) => addMinor(sum, amount), 0);

/** What the detail of a document shows of everything that is filed with it, and what settled it by the day. */
export function settledOn<Paid extends Settled, Credit extends Settled>(
  currency: string,
  filed: readonly FiledSettlement<Paid, Credit>[],
  asOf: Day,
) {
  const byThen = filed.filter((entry) => settledBy(entry).date <= asOf);
  const [paid, credited] = (['payment', 'credit'] as const).map((kind) =>
    sumOf(
      settlementsIn(
        currency,
        byThen.filter((entry) => entry.kind === kind),
      ),
    ),
  );
  return {
    settlements: settlementsIn(currency, byThen),
    /** Oldest first; failed ones and ones dated after the as-of day are there, and marked. */
    payments: filed.flatMap((entry) =>
      entry.kind === 'payment' ? [{ ...entry.payment, futureDated: entry.payment.date > asOf }] : [],
    ),
    credits: byThen.flatMap((entry) => (entry.kind === 'credit' ? [entry as Credit] : [])),
    paidTotal: paid,
    creditedTotal: credited,
  };
}
