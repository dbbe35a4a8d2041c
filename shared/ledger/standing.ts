import { type Day, daysBetween } from './dates.ts';
import type { BalanceChange } from './kind.ts';
import type { Lifecycle } from './kinds/invoice.ts';
import { addMinor, type Minor } from './money.ts';

/**
 * An invoice as lists need it: the record, and what payments and credits have settled so far.
 * Nothing in it depends on the current day; `standing` adds that.
 */
export interface InvoiceRow {
  id: string;
  number?: string;
  customerId?: string;
  /** The customer's name, where the customer is known. */
  customer?: string;
  currency: string;
  lifecycle: Lifecycle;
  issued: Day;
  due?: Day;
  viewed?: true;
  writtenOff?: Day;
  total: Minor;
  tax?: Minor;
  tip?: Minor;
  /** Payments less refunds plus credits, whatever their dates. */
  settled: Minor;
  /** The day since which nothing is left to pay. */
  paid?: Day;
}

/** A payment, refund or credit that changes what is left of an invoice. Refunds are negative. */
export interface Settlement {
  date: Day;
  amount: Minor;
}

/** The statuses in order; the first that applies is shown: see `standing`. */
export const invoiceStatuses = [
  'void',
  'written_off',
  'draft',
  'paid',
  'overdue',
  'partial',
  'viewed',
  'sent',
] as const;
export type InvoiceStatus = (typeof invoiceStatuses)[number];

/** The status that does not depend on the day, which `overdue` hides. Open invoices are partial, viewed or sent. */
export type StoredStatus = Exclude<InvoiceStatus, 'overdue'>;

export const openStatuses = ['partial', 'viewed', 'sent'] as const satisfies readonly StoredStatus[];

/** The state of an invoice on a day. */
export interface Standing {
  status: InvoiceStatus;
  /** What is still owed; zero for drafts, void and written-off invoices, and for overpaid ones. */
  balance: Minor;
  /** What was received beyond the total. */
  overpaid: Minor;
  /** What was given up: the rest of a written-off invoice. */
  writtenOffAmount: Minor;
  partiallyPaid: boolean;
  /** 0 unless overdue. */
  daysOverdue: number;
}

/**
 * The day since which nothing is left to pay: the date of the settlement after which the balance stayed at zero or
 * below; the day of issue for an invoice over nothing; undefined while something is owed, or nothing ever was.
 */
export function paidSince(
  invoice: Pick<InvoiceRow, 'lifecycle' | 'issued' | 'total'>,
  settlements: readonly Settlement[],
): Day | undefined {
  if (invoice.lifecycle === 'draft' || invoice.lifecycle === 'void') return undefined;
  let balance = invoice.total;
  let since = balance <= 0 ? invoice.issued : undefined;
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
export const remainderOf = (row: InvoiceRow): Minor => row.total - row.settled;

/** Whether the invoice is issued, with something left to pay. */
export const isOpen = (row: InvoiceRow): boolean => row.lifecycle === 'issued' && remainderOf(row) > 0;

/** The part of the status that does not depend on the day. The order of the tests is the order of `invoiceStatuses`. */
export function storedStatus(row: InvoiceRow): StoredStatus {
  if (row.lifecycle === 'void' || row.lifecycle === 'written_off' || row.lifecycle === 'draft') {
    return row.lifecycle;
  }
  const remainder = remainderOf(row);
  if (remainder <= 0) return 'paid';
  if (remainder < row.total) return 'partial';
  return row.viewed ? 'viewed' : 'sent';
}

/**
 * The state of an invoice on a day, given a row that already leaves out what happened after that day.
 * Not overdue: an invoice due on that day, one without a due date, and one dated after that day.
 */
export function standing(row: InvoiceRow, asOf: Day): Standing {
  const stored = storedStatus(row);
  const open = isOpen(row);
  const late = open && row.due !== undefined && row.due < asOf && row.issued <= asOf;
  const remainder = remainderOf(row);
  return {
    status: late ? 'overdue' : stored,
    balance: open ? remainder : 0,
    overpaid: stored === 'paid' && remainder < 0 ? -remainder : 0,
    writtenOffAmount: stored === 'written_off' ? Math.max(remainder, 0) : 0,
    partiallyPaid: open && remainder < row.total,
    daysOverdue: late ? daysBetween(row.due as Day, asOf) : 0,
  };
}

/**
 * The row as it was on a day, from the row of today and the settlements dated after that day.
 * A write-off after that day has not happened yet. `paid` is left out where it would need the full history.
 */
export function rowAsOf(row: InvoiceRow, asOf: Day, later: readonly BalanceChange[]): InvoiceRow {
  const { paid, ...rest } = row;
  const settled = later.reduce((sum, { amount }) => addMinor(sum, -amount), row.settled);
  const notYetWrittenOff =
    row.lifecycle === 'written_off' && row.writtenOff !== undefined && row.writtenOff > asOf;
  const stillPaid = paid !== undefined && paid <= asOf && row.total - settled <= 0;
  return {
    ...rest,
    lifecycle: notYetWrittenOff ? 'issued' : row.lifecycle,
    settled,
    ...(stillPaid && { paid }),
  };
}
