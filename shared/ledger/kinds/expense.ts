import { defined } from '../../json.ts';
import { attributed, filedUnder, party, wholeYears } from '../declaring.ts';
import type { Fields, RecordOf } from '../fields.ts';
import { filed } from '../folding.ts';
import type { Filter, Index, Kind, Shown, TypesWith } from '../kind.ts';
import { type Measured, measure, perCurrency, type Tally } from '../measures.ts';
import { formatMoney, type Minor, sortableAmount } from '../money.ts';
import type { Supplier } from './supplier.ts';

const shape = (is: Fields) => ({
  lifecycle: is
    .oneOf(['draft', 'recorded', 'void'])
    .describe('only recorded expenses are listed and counted')
    .default('recorded'),
  vendor: is.name.exactOptional(),
  category: is.name.exactOptional(),
  type: is.label
    .describe('the type of record in the source system: `"bill"`, `"card purchase"`')
    .exactOptional(),
  description: is.prose.exactOptional(),
  currency: is.currency,
  date: is.day.describe('when it was incurred'),
  due: is.day.exactOptional(),
  paid: is.day.describe('on the cash basis, the expense counts on this day, if it is given').exactOptional(),
  tax: is.money.describe('part of `amount` and with the same sign').exactOptional(),
  amount: is.money.describe("a supplier's credit is negative"),
  reference: is.label.exactOptional(),
  supplierId: is.id.exactOptional(),
  costGroupId: is.id.exactOptional(),
  projectId: is.id.exactOptional(),
  billId: is.id.describe('the bill that this is the payment of: total spend counts it once').exactOptional(),
});

/** Money spent, dated when it was incurred. A supplier's credit is an expense with a negative amount. */
export type Expense = RecordOf<'expense', typeof shape>;

/** `supplier` is the supplier's name, where the supplier is known. */
export type ExpenseSummary = Omit<Expense, 'kind' | 'lifecycle'> & { supplier?: string };

export interface ExpenseFilters {
  /** A whole name, or the beginning of some; compared as names are filed. Category likewise. */
  vendor?: string;
  category?: string;
  supplierId?: string;
  projectId?: string;
  costGroupId?: string;
  currency?: string;
  /** A decimal, compared with each amount in its own currency. */
  minAmount?: string;
}

/** What totals of expenses have; `credits` are the suppliers' credits in `total`, negative. */
export const expenseFigures = ['count', 'total', 'credits'] as const;
export type ExpenseTotal = Measured<(typeof expenseFigures)[number]>;

/** Expenses, and suppliers' credits as a part of their own. */
export const spent = measure('spent', 'count', 'total', 'tax');
/** Expenses that were paid on another day than their own: out of that day and into the day of payment. */
export const spentMoved = measure('moved', 'total');

/** Expenses that are the payment of a bill: by their own day, and by the day of payment. */
export const spentOnBills = measure('spentOnBills', 'total', 'paid');

const tally = ({ currency, amount, tax }: ExpenseSummary) =>
  spent.of(currency, { count: 1, total: amount, tax: tax ?? 0 }, amount < 0 ? 'credit' : undefined);

const totals = (tally: Tally): ExpenseTotal[] =>
  perCurrency(
    spent.in(tally).map((sum) => ({ ...sum, credits: sum.part === 'credit' ? sum.total : 0 })),
    ...expenseFigures,
  );

const amountIn = ({ amount, currency }: ExpenseSummary) => sortableAmount(formatMoney(amount, currency));

/** What the names of vendors and of categories have alike: an index with totals, a filter, and groups. */
function named(field: 'vendor' | 'category') {
  const value = (row: ExpenseSummary) => filed(row[field] ?? '') || undefined;
  const label = (row: ExpenseSummary) => row[field];
  const advice = 'list_expenses without this filter shows names.';
  return {
    index: {
      of: (row) => filedUnder(value(row), [row.date]),
      totals: { per: 'value', series: field, of: tally, label },
    } satisfies Index<ExpenseSummary, Expense>,
    filter: { by: 'name', value, index: field, series: field, advice } satisfies Filter<ExpenseSummary>,
    group: { key: value, label, from: { series: field, slice: wholeYears } },
  } as const;
}

const vendor = named('vendor');
const category = named('category');

const supplier = party('supplier');
const supplierTotals = 'expense.supplier';

const byDate = { day: ({ date }: ExpenseSummary) => date, tally };
const ofProject = attributed<ExpenseSummary>({
  field: 'projectId',
  kind: 'project',
  index: 'project',
  series: 'expense.project',
  ...byDate,
});
const ofCostGroup = attributed<ExpenseSummary>({
  field: 'costGroupId',
  kind: 'cost_group',
  index: 'costGroup',
  series: 'expense.cost_group',
  ...byDate,
});

/** The row of an expense: its record, and the name of its supplier. */
const toRow = ({ kind: _kind, lifecycle: _lifecycle, ...expense }: Expense, shown: Shown): ExpenseSummary =>
  defined({ ...expense, supplier: (shown.supplier as Supplier | undefined)?.name });

export const expenseGroupings = ['vendor', 'category', 'month', 'supplier', 'project', 'costGroup'] as const;
export type ExpenseGrouping = (typeof expenseGroupings)[number];

type Types = TypesWith<{
  record: Expense;
  row: ExpenseSummary;
  shown: ExpenseSummary;
  filters: ExpenseFilters;
  order: 'date' | 'amount';
  totals: { totals: ExpenseTotal[] };
  grouping: ExpenseGrouping;
  group: ExpenseTotal;
}>;

export const expense: Kind<Types> = {
  name: 'expense',
  shape,
  overview: ({ lifecycle, date, amount }) => ({
    day: date,
    amount,
    ...(lifecycle === 'recorded' ? amount < 0 && { apart: 'credit' } : { apart: lifecycle }),
  }),
  shows: { supplier: supplier.reference },
  row: toRow,
  listed: ({ lifecycle }) => lifecycle === 'recorded',
  indexes: {
    date: {
      of: ({ date }) => [{ key: [date] }],
      totals: { per: 'day', series: 'books', of: tally },
    },
    currency: { of: ({ currency, date }) => [{ key: [currency, date] }] },
    amount: { of: (row) => [{ key: [amountIn(row), row.date] }] },
    vendor: vendor.index,
    category: category.index,
    supplier: {
      of: (row) => filedUnder(supplier.id(row), [row.date]),
      totals: { per: 'value', series: supplierTotals, of: tally, label: supplier.group.label },
    },
    project: ofProject.index,
    costGroup: ofCostGroup.index,
    /** What the cash basis moves from the day of an expense to the day of its payment. */
    moved: {
      of: ({ date, paid, currency, amount }) =>
        paid === undefined || paid === date
          ? []
          : [
              { key: [date], data: { currency, amount: -amount } },
              { key: [paid], data: { currency, amount } },
            ],
      totals: {
        per: 'day',
        series: 'books',
        of: ({ currency, amount }: { currency: string; amount: Minor }) =>
          spentMoved.of(currency, { total: amount }),
      },
    },
    /** What bills have as well. */
    ofBills: {
      of: ({ date, paid = date, currency, amount, billId }) =>
        billId === undefined
          ? []
          : [
              { key: [date], data: { currency, total: amount } },
              { key: [paid], data: { currency, paid: amount }, at: 1 },
            ],
      totals: {
        per: 'day',
        series: 'books',
        of: ({ currency, ...figures }: { currency: string; total?: Minor; paid?: Minor }) =>
          spentOnBills.of(currency, figures),
      },
    },
  },
  list: {
    noun: 'expenses',
    narrow: 'use a single filter or narrower filters',
    base: { index: 'date', order: 'date', day: true, series: 'books', measures: [spent.name] },
    tally,
    filters: {
      vendor: vendor.filter,
      category: category.filter,
      supplierId: { ...supplier.filter, series: supplierTotals },
      projectId: ofProject.filter,
      costGroupId: ofCostGroup.filter,
      currency: { by: 'exact', value: ({ currency }) => currency, index: 'currency' },
      minAmount: { by: 'least', value: amountIn, of: sortableAmount, index: 'amount' },
    },
    orders: {
      date: ({ date }) => [date],
      amount: (row) => [amountIn(row), row.date],
    },
    totals: (tally) => ({ totals: totals(tally) }),
    groups: {
      vendor: vendor.group,
      category: category.group,
      month: { key: ({ date }) => date.slice(0, 7), from: 'months' },
      supplier: { ...supplier.group, from: { series: supplierTotals, slice: wholeYears } },
      project: ofProject.group,
      costGroup: ofCostGroup.group,
    },
    group: totals,
  },
};
