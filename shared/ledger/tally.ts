import { classOf, type InvoiceRow, standing } from './invoice-row.ts';
import { addMinor, type Minor } from './money.ts';
import type { CreditNote, Expense, PaymentMethod } from './records.ts';

/**
 * Counts and sums that add up, by "CURRENCY measure": `{"USD invoice.paid": [count, total, balance, tax, tip]}`.
 * Zeros at the end of a measure are left out, so that equal tallies are written identically. A tally depends on the
 * records alone, never on the current day. Two tallies of disjoint records add up to the tally of both. Currencies are
 * never combined.
 */
export type Tally = Record<string, number[]>;

/** Adds `other` to `tally` in place, or subtracts it with sign -1; measures that become all zero disappear. */
export function addTally(tally: Tally, other: Tally, sign: 1 | -1 = 1): Tally {
  for (const [measure, values] of Object.entries(other)) {
    const sums = addValues(tally[measure] ?? [], values, sign);
    if (sums.length === 0) delete tally[measure];
    else tally[measure] = sums;
  }
  return tally;
}

function addValues(values: readonly number[], others: readonly number[], sign: 1 | -1): number[] {
  const length = Math.max(values.length, others.length);
  const sums = Array.from({ length }, (_, at) => addMinor(values[at] ?? 0, sign * (others[at] ?? 0)));
  return sums.slice(0, sums.findLastIndex((sum) => sum !== 0) + 1);
}

export const sumTallies = (tallies: Iterable<Tally>): Tally => {
  const sum: Tally = {};
  for (const tally of tallies) addTally(sum, tally);
  return sum;
};

/** An invoice, by its class: [count, total, balance, tax, tip, amount written off]. */
export function tallyInvoice(row: InvoiceRow): Tally {
  const { balance, writtenOffAmount } = standing(row, row.issued);
  return {
    [`${row.currency} invoice.${classOf(row)}`]: [
      1,
      row.total,
      balance,
      row.tax ?? 0,
      row.tip ?? 0,
      writtenOffAmount,
    ],
  };
}

/** An issued credit note, in a separate measure while a part is unapplied: [count, total, tax, unapplied]. */
export const tallyCreditNote = (
  note: Pick<CreditNote, 'currency' | 'total' | 'tax'> & { unapplied: Minor },
): Tally => ({
  [`${note.currency} ${note.unapplied > 0 ? 'credit.unapplied' : 'credit'}`]: [
    1,
    note.total,
    note.tax ?? 0,
    note.unapplied,
  ],
});

/** Money in one currency; negative in the opposite direction. */
interface Amount {
  currency: string;
  amount: Minor;
}

const direction = ({ amount }: Amount) => (amount < 0 ? 'refunded' : 'received');

/** A payment or refund, by its method: [count, amount]. */
export const tallyPayment = (payment: Amount & { method: PaymentMethod }): Tally => ({
  [`${payment.currency} ${direction(payment)}.${payment.method}`]: [1, payment.amount],
});

/** A charge that failed, which counts nowhere else: [count, amount]. */
export const tallyFailed = (payment: Amount): Tally => ({
  [`${payment.currency} failed.${direction(payment)}`]: [1, payment.amount],
});

/** A payment that names no invoice: [count, amount]. */
export const tallyUnappliedPayment = (payment: Amount): Tally => ({
  [`${payment.currency} unapplied.${direction(payment)}`]: [1, payment.amount],
});

/** A change of the unapplied part of a credit note: [notes with an unapplied part, amount]. */
export const tallyUnappliedCredit = (change: Amount & { count: number }): Tally => ({
  [`${change.currency} unapplied.credit`]: [change.count, change.amount],
});

/** Either of them, of a customer: [count, amount]. */
export const tallyUnapplied = (part: Amount & { count: number }): Tally => ({
  [`${part.currency} unapplied`]: [part.count, part.amount],
});

/** An expense, or a supplier's credit: [count, amount, tax]. */
export const tallyExpense = (expense: Pick<Expense, 'currency' | 'amount' | 'tax'>): Tally => ({
  [`${expense.currency} ${expense.amount < 0 ? 'spent.credit' : 'spent'}`]: [
    1,
    expense.amount,
    expense.tax ?? 0,
  ],
});

/** An expense that was paid on another day than its own: [amount], moved from its day to the payment date. */
export const tallyMoved = ({ currency, amount }: Amount): Tally => ({
  [`${currency} moved`]: [amount],
});

/** Something that changes a balance and is in no other measure: [count]. It marks the day as one with changes. */
export const tallyBalanceEvent = (event: { currency: string }): Tally => ({
  [`${event.currency} event`]: [1],
});

/** One entry of a tally, parsed. */
export interface Measure {
  currency: string;
  /** "invoice", "credit", "received", "refunded", "failed", "unapplied", "spent", "moved" or "event". */
  name: string;
  /**
   * The invoice's class, the payment's method, "unapplied" for credit notes with an unapplied part, "credit" for
   * suppliers' credits; for what failed or is unapplied, "received", "refunded" or "credit".
   */
  part: string | undefined;
  values: readonly number[];
}

/** The entries of a tally, by currency and measure in alphabetical order. */
export const measuresOf = (tally: Tally): Measure[] =>
  Object.keys(tally)
    .sort()
    .map((key) => {
      const [currency = '', measure = ''] = key.split(' ');
      const [name = '', part] = measure.split('.');
      return { currency, name, part, values: tally[key] ?? [] };
    });

/** The same tally with its measures in one order, so that equal tallies are written identically. */
export const inOrder = (tally: Tally): Tally =>
  Object.fromEntries(Object.entries(tally).sort(([a], [b]) => (a < b ? -1 : 1)));
