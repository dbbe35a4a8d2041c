import * as z from 'zod';
import { Refusal } from '../../../shared/ledger/errors.ts';
import {
  type BillSummary,
  type BillTotal,
  billGroupings,
  billStatuses,
} from '../../../shared/ledger/kinds/bill.ts';
import type { CostGroup } from '../../../shared/ledger/kinds/cost-group.ts';
import { addMinor, formatMoney } from '../../../shared/ledger/money.ts';
import { owedOrder } from '../../../shared/ledger/owed.ts';
import type { LedgerReader } from '../../../shared/ledger/reader.ts';
import { defineTool } from '../tool.ts';
import { assertInOrder, cursor, day, limit, oneOf, periodOf, text } from './arguments.ts';
import { pageStart } from './cursor.ts';
import { type Fields, futureAsOf, shownText, stated } from './fields.ts';
import { type GroupEntry, groupFields } from './groups.ts';
import * as output from './output.ts';
import { pageAnswer } from './page-answer.ts';

export const listBills = defineTool({
  name: 'list_bills',
  title: 'Bills',
  description: 'Purchase invoices: what we owe suppliers, with status, balance and totals per currency.',
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
      limit,
      cursor: cursor.exactOptional(),
    }),
  output: output.leanPage('bills', ['id', 'total', 'balance', 'status'], ['currency', 'count', 'total']),
  async run(args, context) {
    const { startDate, endDate, limit, cursor: _cursor, asOf: askedDay, groupBy, ...filters } = args;
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
    const parents = groupBy === 'costGroup' ? await costGroups(context.reader, start.today) : undefined;
    return pageAnswer({
      noun: 'bills',
      start,
      limit,
      read: (page) => context.reader.list('bill', { ...query, ...page }),
      row: billFields,
      total: totalFields,
      beside: ({ notInTotals, draftTotals, meant, groups }) => ({
        ...groupFields(parents && groups ? rolledUp(groups, parents) : groups, {
          by: groupBy ?? '',
          total: groupTotalFields,
          amount: ({ balance, total }) => (isOwed ? balance : total),
        }),
        supplierId: meant?.supplierId,
        notInTotals: notInTotals || undefined,
        draftTotals:
          args.status === 'draft'
            ? draftTotals?.map(({ currency, count, total }) => ({
                currency,
                count,
                total: formatMoney(total, currency),
              }))
            : undefined,
        asOf,
        futureAsOf: futureAsOf(asOf, start.today),
        startDate,
        endDate,
      }),
    });
  },
});

const totalFields = ({ currency, count, total, balance }: BillTotal): Fields => ({
  currency,
  count,
  total: formatMoney(total, currency),
  balance: formatMoney(balance, currency),
});

/** A group of bills; `own` is what of a cost group is not that of the ones below it. */
type BillGroup = BillTotal & GroupEntry & { own?: BillTotal };

const groupTotalFields = ({ own, ...group }: BillGroup): Fields => ({
  ...totalFields(group),
  ...(own && own.count !== group.count && { own: totalFields(own) }),
});

/** A bill as it appears in lists. */
const billFields = (row: BillSummary): Fields => ({
  id: row.id,
  ...stated({
    number: shownText(row.number),
    supplier: shownText(row.supplier),
    supplierId: row.supplierId,
    total: formatMoney(row.total, row.currency),
    balance: formatMoney(row.balance, row.currency),
    overpaid: row.overpaid > 0 && formatMoney(row.overpaid, row.currency),
    currency: row.currency,
    status: row.status,
    partiallyPaid: row.partiallyPaid,
    daysOverdue: row.daysOverdue > 0 && row.daysOverdue,
    futureDated: row.futureDated,
    issued: row.issued,
    due: row.due,
    paid: row.paid,
    projectId: row.projectId,
    costGroupId: row.costGroupId,
    contractId: row.contractId,
    reference: shownText(row.reference),
  }),
});

/** More cost groups than this are not read; groups are then shown without those above them. */
const mostCostGroups = 1000;

async function costGroups(
  reader: LedgerReader,
  asOf: string,
): Promise<ReadonlyMap<string, Omit<CostGroup, 'kind'>>> {
  const page = await reader.list('cost_group', {
    filters: {},
    order: 'name',
    reverse: false,
    limit: mostCostGroups,
    asOf,
  });
  return new Map(page.rows.map((group) => [group.id, group]));
}

/** Cost groups from one up to the root. One that is its own ancestor, or whose parent is unknown, is a root. */
function pathOf(id: string, all: Awaited<ReturnType<typeof costGroups>>): string[] {
  const path = [id];
  for (let parent = all.get(id)?.parentId; parent !== undefined; parent = all.get(parent)?.parentId) {
    if (!all.has(parent) || path.includes(parent)) break;
    path.push(parent);
  }
  return path;
}

/** Each cost group with everything below it. */
function rolledUp(
  groups: readonly (BillTotal & GroupEntry)[],
  all: Awaited<ReturnType<typeof costGroups>>,
): BillGroup[] {
  const sums = new Map<string, BillGroup>();
  for (const group of groups) {
    const { key, name, currency, count, total, balance } = group;
    for (const id of key === undefined ? [undefined] : pathOf(key, all)) {
      const place = JSON.stringify([id, currency]);
      const named = id === key ? name : undefined;
      const sum: BillGroup = sums.get(place) ?? {
        currency,
        count: 0,
        total: 0,
        balance: 0,
        own: { currency, count: 0, total: 0, balance: 0 },
      };
      sums.set(place, {
        ...sum,
        ...(id !== undefined && { key: id, name: named ?? sum.name ?? all.get(id)?.name ?? id }),
        count: sum.count + count,
        total: addMinor(sum.total, total),
        balance: addMinor(sum.balance, balance),
        ...(id === key && { own: { currency, count, total, balance } }),
      });
    }
  }
  return [...sums.values()];
}
