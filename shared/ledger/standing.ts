import { type Day, daysBetween } from './dates.ts';
import type { BalanceChange } from './kind.ts';
import { addMinor, type Minor } from './money.ts';

/*
 * How a document that is owed stands on a day: what is left of it, since when nothing is, and for how long it is due.
 */

/**
 * A document that is owed as lists need it: the record, and what payments and credits have settled so far.
 * Nothing in it depends on the current day.
 */
export interface OwedRow {
  id: string;
  number?: string;
  currency: string;
  /** Only what is issued is owed. */
  lifecycle: string;
  issued: Day;
  due?: Day;
  total: Minor;
  tax?: Minor;
  /** Payments less refunds plus credits, whatever their dates. */
  settled: Minor;
  /** The day since which nothing is left to pay. */
  paid?: Day;
}

/** A payment, refund or credit that changes what is left of a document. Refunds are negative. */
export interface Settlement {
  date: Day;
  amount: Minor;
}

/** The state of a document on a day. */
export interface Standing<Status extends string> {
  status: Status;
  /** What is still owed; zero for drafts, void and written-off documents, and for overpaid ones. */
  balance: Minor;
  /** What was received beyond the total. */
  overpaid: Minor;
  partiallyPaid: boolean;
  /** 0 unless overdue. */
  daysOverdue: number;
  /** Dated after that day. */
  futureDated: boolean;
}

/**
 * The day since which nothing is left to pay: the date of the settlement after which the balance stayed at zero or
 * below; the day of issue for a document over nothing; undefined while something is owed, or nothing ever was.
 */
export function paidSince(
  document: Pick<OwedRow, 'lifecycle' | 'issued' | 'total'>,
  settlements: readonly Settlement[],
): Day | undefined {
  if (document.lifecycle === 'draft' || document.lifecycle === 'void') return undefined;
  let balance = document.total;
  let since = balance <= 0 ? document.issued : undefined;
  const byDate = [...settlements].sort((a, b) =>
    a.date < b.date ? -1 : a.date > b.date ? 1 : b.amount - a.amount,
  );
  for (const { date, amount } of byDate) {
    balance -= amount;
    if (balance > 0) since = undefined;
    else since ??= date;
  }
  return since;
}

/** Total minus what is settled, whatever the lifecycle: negative when overpaid. */
export const remainderOf = (row: OwedRow): Minor => row.total - row.settled;

/** Whether the document is issued, with something left to pay. */
export const isOpen = (row: OwedRow): boolean => row.lifecycle === 'issued' && remainderOf(row) > 0;

/** What is still owed. */
export const balanceOf = (row: OwedRow): Minor => (isOpen(row) ? remainderOf(row) : 0);

/**
 * The days for which a document is overdue, given a row that already leaves out what happened after that day.
 * None: of a document due on that day, of one without a due date, and of one dated after that day.
 */
export const daysOverdueOf = (row: OwedRow, asOf: Day): number =>
  isOpen(row) && row.due !== undefined && row.due < asOf && row.issued <= asOf
    ? daysBetween(row.due, asOf)
    : 0;

/**
 * The row as it was on a day, from the row of today and the settlements dated after that day.
 * `paid` is left out where it would need the full history.
 */
export function rowAsOf<Row extends OwedRow>(row: Row, asOf: Day, later: readonly BalanceChange[]): Row {
  const { paid, ...rest } = row;
  const settled = later.reduce((sum, { amount }) => addMinor(sum, -amount), row.settled);
  const stillPaid = paid !== undefined && paid <= asOf && row.total - settled <= 0;
  return { ...rest, settled, ...(stillPaid && { paid }) } as Row;
}
