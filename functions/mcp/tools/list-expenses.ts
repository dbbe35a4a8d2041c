import * as z from 'zod';
import type { Day } from '../../../shared/ledger/dates.ts';
import {
  type ExpenseSummary,
  type ExpenseTotal,
  expenseFigures,
  expenseGroupings,
} from '../../../shared/ledger/kinds/expense.ts';
import { formatMoney } from '../../../shared/ledger/money.ts';
import { defineTool } from '../tool.ts';
import { amount, assertInOrder, currency, cursor, day, limit, oneOf, periodOf, text } from './arguments.ts';
import {
  comparedFields,
  comparedGroupFields,
  comparedPages,
  comparisons,
  listComparison,
} from './comparison.ts';
import { costGroupsOf, rolledUp, withOwnFields } from './cost-groups.ts';
import { pageStart } from './cursor.ts';
import { descriptionLength, type Fields, shownText, stated } from './fields.ts';
import * as output from './output.ts';
import { pageAnswer } from './page-answer.ts';

/** Months have no counterpart in another period. */
const comparable = expenseGroupings.filter((grouping) => grouping !== 'month');

export const listExpenses = defineTool({
  name: 'list_expenses',
  title: 'List expenses',
  description: 'Expenses, newest first, with totals per currency. Supplier credits are negative.',
  scope: 'expenses:read',
  input: () =>
    z.strictObject({
      startDate: day.exactOptional(),
      endDate: day.exactOptional(),
      vendor: text.exactOptional(),
      category: text.exactOptional(),
      supplierId: text.exactOptional(),
      projectId: text.exactOptional(),
      costGroupId: text.exactOptional(),
      currency: currency.exactOptional(),
      minAmount: amount.describe('Decimal; sorts largest first').exactOptional(),
      groupBy: oneOf(expenseGroupings).exactOptional(),
      compareTo: oneOf(comparisons).exactOptional(),
      limit,
      cursor: cursor.exactOptional(),
    }),
  output: output.page('expenses', {
    row: output.object(['id', 'amount', 'currency', 'date'], ['vendor', 'type', 'category', 'description']),
    total: output.object(['currency', 'count', 'total'], ['credits']),
    always: ['asOf'],
    sometimes: ['vendors', 'categories', 'groups', 'groupCount'],
  }),
  async run(args, context) {
    const { startDate, endDate, limit, cursor: _cursor, groupBy, compareTo: _compareTo, ...filters } = args;
    assertInOrder(startDate, endDate);
    const start = pageStart('list_expenses', args, context);
    const comparison = listComparison(args, comparable, start.today);
    const query = {
      filters: { ...filters, ...periodOf(startDate, endDate) },
      order: filters.minAmount === undefined ? ('date' as const) : ('amount' as const),
      reverse: true,
      asOf: start.today,
      ...(groupBy && { groupBy }),
    };
    const parents = groupBy === 'costGroup' ? await costGroupsOf(context.reader, start.today) : undefined;
    const read = comparedPages(comparison, async (part, days) => {
      const filters = { ...query.filters, ...days };
      const { groups, ...page } = await context.reader.list('expense', { ...query, filters, ...part });
      return {
        ...page,
        ...(groups && { groups: parents ? rolledUp(groups, parents, expenseFigures) : groups }),
      };
    });
    return pageAnswer({
      noun: 'expenses',
      start,
      limit,
      read,
      row: (expense: ExpenseSummary) => expenseFields(expense, start.today),
      total: comparedFields(totalFields),
      beside: ({ matched: { vendor, category } = {}, meant, ...page }) => ({
        ...comparedGroupFields(page, comparison, {
          by: groupBy ?? '',
          total: withOwnFields(totalFields),
          amount: ({ total }) => total,
        }),
        supplierId: meant?.supplierId,
        vendors: vendor?.names.map((name) => shownText(name)),
        vendorCount: vendor?.count,
        categories: category?.names.map((name) => shownText(name)),
        categoryCount: category?.count,
        startDate,
        endDate,
        asOf: start.today,
      }),
    });
  },
});

const totalFields = ({ currency, count, total, credits }: ExpenseTotal): Fields => ({
  currency,
  count,
  total: formatMoney(total, currency),
  ...(credits !== 0 && { credits: formatMoney(credits, currency) }),
});

/** An expense as it appears in lists. */
const expenseFields = (expense: ExpenseSummary, today: Day): Fields => ({
  id: expense.id,
  ...stated({
    vendor: shownText(expense.vendor),
    type: shownText(expense.type),
    category: shownText(expense.category),
    supplier: shownText(expense.supplier),
    supplierId: expense.supplierId,
    description: shownText(expense.description, descriptionLength),
    amount: formatMoney(expense.amount, expense.currency),
    tax: !!expense.tax && formatMoney(expense.tax, expense.currency),
    currency: expense.currency,
    date: expense.date,
    due: expense.due,
    paid: expense.paid,
    projectId: expense.projectId,
    costGroupId: expense.costGroupId,
    billId: expense.billId,
    reference: shownText(expense.reference),
    futureDated: expense.date > today,
  }),
});
