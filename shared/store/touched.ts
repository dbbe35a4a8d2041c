import { type Day, noDay } from '../ledger/dates.ts';
import type { CreditNote, Expense, Invoice, LedgerRecord, Payment } from '../ledger/records.ts';
import { filedNames } from './entries.ts';
import type { DayTotals, IndexName, ValueTotals } from './keys.ts';

/** A total that is recomputed from records; see totals.ts. `of` is the month, a value and a year, or nothing. */
export type Leaf =
  | { index: DayTotals; of: readonly [month: string] }
  | { index: 'total.customers'; of: readonly [] }
  | { index: ValueTotals; of: readonly [value: string, year: string] };

/**
 * What changed records reach: the ids whose derived items, and the totals which, must be derived again. It says
 * enough to be written down before the change and taken up again after an interruption.
 */
export interface Touched {
  /** Invoices whose own record changed; their payments show its number and customer. */
  invoices: Set<string>;
  /** Invoices of which something was settled; only their own row changes. */
  settled: Set<string>;
  credits: Set<string>;
  payments: Set<string>;
  expenses: Set<string>;
  customers: Set<string>;
  /** Customers whose name changed; all their documents show it. */
  renamed: Set<string>;
  /** Whether the business profile changed. */
  profile: Set<'business'>;
  /** Leaves by their text, see `leafText`. */
  leaves: Set<string>;
}

export const nothingTouched = (): Touched => ({
  invoices: new Set(),
  settled: new Set(),
  credits: new Set(),
  payments: new Set(),
  expenses: new Set(),
  customers: new Set(),
  renamed: new Set(),
  profile: new Set(),
  leaves: new Set(),
});

export const leafText = ({ index, of }: Leaf): string => JSON.stringify([index, ...of]);

export function leafOf(text: string): Leaf {
  const [index, ...of] = JSON.parse(text) as [IndexName, ...string[]];
  return { index, of } as unknown as Leaf;
}

const monthOf = (day: Day): string => day.slice(0, 7);
const yearOf = (day: Day): string => day.slice(0, 4);

const booksLeaf = (day: Day): Leaf => ({ index: 'total.books', of: [monthOf(day)] });

const valueLeaf = (index: ValueTotals, value: string | undefined, day: Day): Leaf[] =>
  value === undefined ? [] : [{ index, of: [value, yearOf(day)] }];

/** The totals that an invoice is in: they depend on nothing that a payment could change. */
export const invoiceLeaves = (
  invoice: Pick<Invoice, 'issued' | 'due' | 'customerId' | 'writtenOff'>,
): Leaf[] => [
  booksLeaf(invoice.issued),
  ...(invoice.writtenOff !== undefined ? [booksLeaf(invoice.writtenOff)] : []),
  { index: 'total.due', of: [monthOf(invoice.due ?? noDay)] },
  ...(invoice.due !== undefined ? [{ index: 'total.alldue', of: [monthOf(invoice.due)] } as const] : []),
  ...valueLeaf('total.customer', invoice.customerId, invoice.issued),
];

export const paymentLeaves = ({
  date,
  invoiceId,
  customerId,
  failed,
}: Pick<Payment, 'date' | 'invoiceId' | 'customerId' | 'failed'>): Leaf[] => {
  if (failed) return [booksLeaf(date)];
  const counted: Leaf = { index: 'total.payments', of: [monthOf(date)] };
  return invoiceId === undefined
    ? [counted, booksLeaf(date), ...valueLeaf('total.customer', customerId, date)]
    : [counted];
};

export const creditLeaves = (note: Pick<CreditNote, 'issued' | 'customerId' | 'allocations'>): Leaf[] =>
  [note.issued, ...note.allocations.map(({ date }) => date)].flatMap((date) => [
    booksLeaf(date),
    ...valueLeaf('total.customer', note.customerId, date),
  ]);

export function expenseLeaves(expense: Pick<Expense, 'date' | 'paid' | 'vendor' | 'category'>): Leaf[] {
  const { vendor, category } = filedNames(expense);
  return [
    booksLeaf(expense.date),
    ...(expense.paid !== undefined ? [booksLeaf(expense.paid)] : []),
    ...valueLeaf('total.vendor', vendor, expense.date),
    ...valueLeaf('total.category', category, expense.date),
  ];
}

/** Adds what the change of one record reaches; either image may be missing. */
export function touch(
  touched: Touched,
  before: LedgerRecord | undefined,
  after: LedgerRecord | undefined,
): void {
  for (const record of [before, after]) {
    if (!record) continue;
    switch (record.kind) {
      case 'invoice':
        touched.invoices.add(record.id);
        addLeaves(touched, invoiceLeaves(record));
        break;
      case 'credit_note':
        touched.credits.add(record.id);
        for (const { invoiceId } of record.allocations) touched.settled.add(invoiceId);
        addLeaves(touched, creditLeaves(record));
        break;
      case 'payment':
        touched.payments.add(record.id);
        if (record.invoiceId !== undefined) touched.settled.add(record.invoiceId);
        addLeaves(touched, paymentLeaves(record));
        break;
      case 'expense':
        touched.expenses.add(record.id);
        addLeaves(touched, expenseLeaves(record));
        break;
      case 'customer':
        touched.customers.add(record.id);
        if (!before || !after) addLeaves(touched, [{ index: 'total.customers', of: [] }]);
        break;
      case 'business':
        touched.profile.add(record.id);
        break;
    }
  }
  const renamed = before?.kind === 'customer' || after?.kind === 'customer' ? (after ?? before) : undefined;
  if (renamed && (before as { name?: string })?.name !== (after as { name?: string })?.name) {
    touched.renamed.add(renamed.id);
  }
}

export function addLeaves(touched: Touched, leaves: readonly Leaf[]): void {
  for (const leaf of leaves) touched.leaves.add(leafText(leaf));
}

/** An item of the table holds 400 KB; ids can be long. */
const textLimit = 200_000;

/** The touched as texts of which each fits an item; together they say everything. */
export function writeTouched(touched: Touched): string[] {
  const texts: string[] = [];
  let part = nothingTouched();
  let size = 0;
  const cut = () => {
    texts.push(
      JSON.stringify(Object.fromEntries(Object.entries(part).map(([name, values]) => [name, [...values]]))),
    );
    part = nothingTouched();
    size = 0;
  };
  for (const [name, values] of Object.entries(touched) as [keyof Touched, Set<string>][]) {
    for (const value of values) {
      if (size + value.length > textLimit) cut();
      (part[name] as Set<string>).add(value);
      size += value.length * 3 + 3;
    }
  }
  if (size > 0) cut();
  return texts;
}

export function readTouched(text: string): Touched {
  const lists = JSON.parse(text) as Partial<Record<keyof Touched, string[]>>;
  const touched = nothingTouched();
  for (const name of Object.keys(touched) as (keyof Touched)[])
    (touched[name] as Set<string>) = new Set(lists[name]);
  return touched;
}
