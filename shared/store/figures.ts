import { addDays, type Day, noDay } from '../ledger/dates.ts';
import { type InvoiceRow, isOpen } from '../ledger/invoice-row.ts';
import { addMinor, type Minor } from '../ledger/money.ts';
import type { Period } from '../ledger/periods.ts';
import {
  addTally,
  measuresOf,
  sumTallies,
  type Tally,
  tallyInvoice,
  tallyUnapplied,
} from '../ledger/tally.ts';
import type { Books } from './books.ts';
import type { Unapplied } from './entries.ts';
import type { OpenBalance, PeriodFigures, ReceivableFigures } from './ledger-reader.ts';

/** What was invoiced, credited, received and spent in the period, up to the as-of day. */
export async function periodFigures(books: Books, period: Period, asOf: Day): Promise<PeriodFigures[]> {
  const end = period.end < asOf ? period.end : asOf;
  if (period.start > end) return [];
  const days = { from: period.start, to: end };
  const tally = sumTallies(
    await books.sums([
      { index: 'total.books', ...days },
      { index: 'total.payments', ...days },
    ]),
  );
  const figures = new Map<string, PeriodFigures>();
  for (const { currency, name, part, values } of measuresOf(tally)) {
    if (
      name === 'event' ||
      name === 'failed' ||
      name === 'unapplied' ||
      (name === 'invoice' && (part === 'draft' || part === 'void'))
    )
      continue;
    const figure = figures.get(currency) ?? noFigures(currency);
    figures.set(currency, figure);
    const [count = 0, total = 0, third = 0, fourth = 0, fifth = 0] = values;
    if (name === 'invoice') add(figure.invoiced, { count, total, tax: fourth, tip: fifth });
    else if (name === 'credit') add(figure.credited, { count, total, tax: third });
    else if (name === 'received') add(figure.received, { count, total });
    else if (name === 'refunded') add(figure.refunded, { count, total });
    else if (name === 'moved') figure.spentMoved = addMinor(figure.spentMoved, count);
    else add(part === 'credit' ? figure.spentCredits : figure.spent, { count, total, tax: third });
  }
  return [...figures.values()];
}

const noFigures = (currency: string): PeriodFigures => ({
  currency,
  invoiced: { count: 0, total: 0, tax: 0, tip: 0 },
  credited: { count: 0, total: 0, tax: 0 },
  received: { count: 0, total: 0 },
  refunded: { count: 0, total: 0 },
  spent: { count: 0, total: 0, tax: 0 },
  spentCredits: { count: 0, total: 0, tax: 0 },
  spentMoved: 0,
});

function add<Sums extends Record<keyof Sums, Minor>>(sums: Sums, more: Sums): void {
  for (const name of Object.keys(more) as (keyof Sums)[])
    sums[name] = addMinor(sums[name], more[name]) as Sums[keyof Sums];
}

/** What customers owe on the day: documents dated by then, less what was settled by then. */
export async function receivables(books: Books, asOf: Day): Promise<ReceivableFigures[]> {
  const parts = [
    { name: 'outstanding', has: () => true, range: {} },
    { name: 'overdue', has: (due: Day) => due < asOf, range: { to: addDays(asOf, -1) } },
    { name: 'noDueDate', has: (due: Day) => due === noDay, range: { from: noDay } },
  ] as const;
  const [tallies, later, everything, laterUnapplied] = await Promise.all([
    books.sums(parts.map(({ range }) => ({ index: 'total.due', ...range }))),
    books.laterChanges(asOf),
    // The whole of the books stands in the head, which has been read.
    books.sums([{ index: 'total.books' }]),
    books.laterUnapplied(asOf),
  ]);

  const figures = new Map<string, ReceivableFigures>();
  const figureOf = (currency: string) => {
    const figure = figures.get(currency) ?? nothingOwed(currency);
    figures.set(currency, figure);
    return figure;
  };
  const addTo = (name: 'outstanding' | 'overdue' | 'noDueDate' | 'futureDated', tally: Tally) => {
    for (const { currency, values } of measuresOf(tally)) {
      add(figureOf(currency)[name], { count: values[0] ?? 0, total: values[2] ?? 0 });
    }
  };
  for (const { currency, count, amount } of unappliedIn(everything[0] ?? {}, laterUnapplied)) {
    figureOf(currency).unapplied = { count, total: amount };
  }
  parts.forEach(({ name, has }, at) => {
    const tally: Tally = { ...tallies[at] };
    for (const { now, then } of later.values()) {
      if (isOpen(now) && has(now.due ?? noDay)) addTally(tally, tallyInvoice(now), -1);
      if (isOwed(then, asOf) && has(then.due ?? noDay)) addTally(tally, tallyInvoice(then));
    }
    addTo(name, tally);
  });
  for (const { then } of later.values()) {
    if (isOpen(then) && then.issued > asOf) addTo('futureDated', tallyInvoice(then));
  }
  return [...figures.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1));
}

/** Open, and dated by the day. */
const isOwed = (row: InvoiceRow, asOf: Day): boolean => isOpen(row) && row.issued <= asOf;

const nothingOwed = (currency: string): ReceivableFigures => ({
  currency,
  outstanding: { count: 0, total: 0 },
  overdue: { count: 0, total: 0 },
  noDueDate: { count: 0, total: 0 },
  futureDated: { count: 0, total: 0 },
  unapplied: { count: 0, total: 0 },
});

/** What a tally has of money that is applied to no invoice, without what came later; per currency, where it is any. */
function unappliedIn(tally: Tally, later: readonly Unapplied[]): Unapplied[] {
  const sum: Tally = {};
  for (const { currency, name, values } of measuresOf(tally)) {
    if (name === 'unapplied') addTally(sum, { [`${currency} unapplied`]: [...values] });
  }
  for (const part of later) addTally(sum, tallyUnapplied(part), -1);
  return measuresOf(sum).map(({ currency, values: [count = 0, amount = 0] }) => ({
    currency,
    count,
    amount,
  }));
}

/** What one customer owes on the day, and what of the customer's money is applied to no invoice; per currency. */
export async function openBalances(books: Books, customerId: string, asOf: Day): Promise<OpenBalance[]> {
  const [tally, later, laterUnapplied] = await Promise.all([
    books.sumOf('total.customer', customerId),
    books.laterChanges(asOf),
    books.laterUnapplied(asOf),
  ]);
  const owed: Tally = { ...tally };
  for (const { now, then } of later.values()) {
    if (now.customerId !== customerId) continue;
    addTally(owed, tallyInvoice(now), -1);
    if (then.issued <= asOf) addTally(owed, tallyInvoice(then));
  }
  const balances = new Map<string, OpenBalance>();
  const balanceOf = (currency: string) => {
    const balance = balances.get(currency) ?? { currency, count: 0, balance: 0, unapplied: 0 };
    balances.set(currency, balance);
    return balance;
  };
  for (const { currency, name, values } of measuresOf(owed)) {
    const [count = 0, , balance = 0] = values;
    if (name !== 'invoice' || balance === 0) continue;
    const sum = balanceOf(currency);
    sum.count += count;
    sum.balance = addMinor(sum.balance, balance);
  }
  const ofCustomer = laterUnapplied.filter((part) => part.customerId === customerId);
  for (const { currency, amount } of unappliedIn(tally, ofCustomer)) {
    if (amount !== 0) balanceOf(currency).unapplied = amount;
  }
  return [...balances.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1));
}
