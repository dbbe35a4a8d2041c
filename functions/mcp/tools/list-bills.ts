import * as z from 'zod';
import { Refusal } from '../../../shared/ledger/errors.ts';
import {
  type BillSummary,
  billFigures,
  billGroupings,
  billStatuses,
} from '../../../shared/ledger/kinds/bill.ts';
import { owedOrder } from '../../../shared/ledger/owed.ts';
import { defineTool } from '../tool.ts';
import { assertInOrder, cursor, day, limit, oneOf, periodOf, text } from './arguments.ts';
import {
  comparedFields,
  comparedGroupFields,
  comparedPages,
  comparisons,
  listComparison,
} from './comparison.ts';
import { costGroupsOf, rolledUp, withOwnFields } from './cost-groups.ts';
import { pageStart } from './cursor.ts';
import { type Fields, futureAsOf, shownText } from './fields.ts';
import * as output from './output.ts';
import { draftTotalFields, owedFields, owedTotalFields } from './owed-fields.ts';
import { pageAnswer } from './page-answer.ts';

/** Months have no counterpart in another period, and statuses and ages are those of one day. */
const comparable = ['supplier', 'project', 'costGroup'];

export const listBills = defineTool({
  name: 'list_bills',
  title: 'Bills',
  description: 'Purchase invoices: what we owe suppliers.',
  scope: 'expenses:read',
  kinds: ['bill'],
  input: () =>
    z.strictObject({
      status: oneOf(billStatuses).exactOptional(),
      supplierId: text.exactOptional(),
      projectId: text.exactOptional(),
      costGroupId: text.exactOptional(),
      startDate: day.exactOptional(),
      endDate: day.exactOptional(),
      dueFrom: day.exactOptional(),
      dueTo: day.exactOptional(),
      asOf: day.exactOptional(),
      groupBy: oneOf(billGroupings).exactOptional(),
      compareTo: oneOf(comparisons).exactOptional(),
      limit,
      cursor: cursor.exactOptional(),
    }),
  output: output.leanPage('bills', ['id', 'balance', 'status'], ['currency', 'total']),
  async run(args, context) {
    const {
      startDate,
      endDate,
      limit,
      cursor: _cursor,
      asOf: askedDay,
      groupBy,
      compareTo: _compareTo,
      ...filters
    } = args;
    assertInOrder(startDate, endDate);
    assertInOrder(args.dueFrom, args.dueTo, ['dueFrom', 'dueTo']);
    const closed = filters.status !== undefined && ['draft', 'paid', 'void'].includes(filters.status);
    if (closed && groupBy === 'age') {
      throw new Refusal(
        `Nothing is owed of a bill with status ${filters.status}, so it has no age: expected status open, overdue, unpaid or partial, or none.`,
      );
    }
    const start = pageStart('list_bills', args, context);
    const asOf = askedDay ?? start.today;
    const comparison = listComparison(args, comparable, asOf);
    const asked = {
      ...filters,
      // Only what is owed has an age.
      ...(groupBy === 'age' && filters.status === undefined && { status: 'open' as const }),
      ...periodOf(startDate, endDate),
    };
    const query = {
      filters: asked,
      ...owedOrder(asked),
      asOf,
      hideLater: askedDay !== undefined,
      ...(groupBy && { groupBy }),
    };
    const isOwed = asked.status !== undefined && !closed;
    const parents = groupBy === 'costGroup' ? await costGroupsOf(context.reader, start.today) : undefined;
    const read = comparedPages(comparison, async (part, days) => {
      const filters = { ...query.filters, ...days };
      const { groups, ...page } = await context.reader.list('bill', { ...query, filters, ...part });
      return {
        ...page,
        ...(groups && { groups: parents ? rolledUp(groups, parents, billFigures) : groups }),
      };
    });
    return pageAnswer({
      noun: 'bills',
      start,
      limit,
      read,
      row: billFields,
      total: comparedFields(owedTotalFields),
      beside: ({ notInTotals, draftTotals, meant, ...page }) => ({
        ...comparedGroupFields(page, comparison, {
          by: groupBy ?? '',
          total: withOwnFields(owedTotalFields),
          amount: ({ balance, total }) => (isOwed ? balance : total),
        }),
        supplierId: meant?.supplierId,
        notInTotals: notInTotals || undefined,
        draftTotals: args.status === 'draft' ? draftTotals?.map(draftTotalFields) : undefined,
        asOf,
        futureAsOf: futureAsOf(asOf, start.today),
        startDate,
        endDate,
      }),
    });
  },
});

/** A bill as it appears in lists. */
const billFields = (row: BillSummary): Fields =>
  owedFields(row, {
    party: { supplier: shownText(row.supplier), supplierId: row.supplierId },
    others: {
      projectId: row.projectId,
      costGroupId: row.costGroupId,
      contractId: row.contractId,
      reference: shownText(row.reference),
    },
  });
