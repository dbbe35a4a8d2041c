import * as z from 'zod';
import { addDays } from '../../../shared/ledger/dates.ts';
import { Refusal } from '../../../shared/ledger/errors.ts';
import {
  type InvoiceGrouping,
  type InvoiceQuery,
  type InvoiceSummary,
  type InvoiceTotal,
  invoiceGroupings,
  type StatusFilter,
  statusFilters,
} from '../../../shared/ledger/kinds/invoice.ts';
import { formatMoney } from '../../../shared/ledger/money.ts';
import { owedOrder, owedSorts } from '../../../shared/ledger/owed.ts';
import type { SoldTotal } from '../../../shared/ledger/sold.ts';
import { defineTool } from '../tool.ts';
import {
  assertInOrder,
  currency,
  cursor,
  day,
  limit,
  oneOf,
  periodOf,
  text,
  wholeDays,
} from './arguments.ts';
import {
  type Comparison,
  comparedFields,
  comparedGroupFields,
  comparedPages,
  comparisons,
  listComparison,
} from './comparison.ts';
import { creditNoteFields, creditNoteQuery, creditNoteTotalFields } from './credit-notes.ts';
import { pageStart } from './cursor.ts';
import { type Fields, futureAsOf, shownText } from './fields.ts';
import * as output from './output.ts';
import { draftTotalFields, owedFields, owedTotalFields } from './owed-fields.ts';
import { pageAnswer } from './page-answer.ts';

export const listInvoices = defineTool({
  name: 'list_invoices',
  title: 'List invoices',
  description:
    'Invoices with status and balance, or credit notes, with totals per currency over all matches.',
  scope: 'invoices:read',
  input: () =>
    z.strictObject({
      status: oneOf(statusFilters).describe('open: any unpaid balance, overdue or not').exactOptional(),
      limit,
      customerId: text.exactOptional(),
      startDate: day.describe('Issue date').exactOptional(),
      endDate: day.exactOptional(),
      dueFrom: day.exactOptional(),
      dueTo: day.exactOptional(),
      minDaysOverdue: wholeDays.exactOptional(),
      currency: currency.exactOptional(),
      sort: oneOf(owedSorts).exactOptional(),
      asOf: day.describe('Balances and statuses on this date').exactOptional(),
      groupBy: oneOf(invoiceGroupings).exactOptional(),
      compareTo: oneOf(comparisons).exactOptional(),
      documents: oneOf(['invoices', 'credit_notes']).exactOptional(),
      cursor: cursor.exactOptional(),
    }),
  output: output.page('invoices', {
    row: output.object(
      ['id', 'total', 'balance', 'currency', 'status', 'issued'],
      ['number', 'customer', 'customerId', 'due', 'paid', 'daysOverdue', 'partiallyPaid'],
    ),
    total: output.object(['currency', 'count', 'total'], ['balance', 'writtenOffAmount', 'unapplied']),
    always: ['asOf'],
    sometimes: ['customerId', 'futureAsOf', 'groups', 'groupCount'],
    instead: 'creditNotes',
    described: {
      notInTotals: { description: 'Number of drafts and void documents' },
      draftTotals: { description: 'Not invoiced yet; not in totals' },
    },
  }),
  async run(args, context) {
    const {
      startDate,
      endDate,
      limit,
      cursor: _cursor,
      asOf: askedDay,
      documents,
      sort,
      groupBy,
      compareTo,
      ...filters
    } = args;
    assertInOrder(startDate, endDate);
    assertInOrder(args.dueFrom, args.dueTo, ['dueFrom', 'dueTo']);
    const start = pageStart('list_invoices', args, context);
    const asOf = askedDay ?? start.today;
    const query = {
      filters: {
        ...filters,
        // Only what is owed has an age.
        ...(groupBy === 'age' && filters.status === undefined && { status: 'open' as const }),
        ...periodOf(startDate, endDate),
      },
      asOf,
      hideLater: askedDay !== undefined,
    };
    assertPossible(query);
    const isOwed = owedStatuses.includes(query.filters.status);
    assertGroupable({ groupBy, compareTo }, filters.status, documents);
    const days = { asOf, futureAsOf: futureAsOf(asOf, start.today), startDate, endDate };
    if (documents === 'credit_notes') {
      const asked = creditNoteQuery(query, sort);
      return pageAnswer({
        noun: 'creditNotes',
        start,
        limit,
        read: (page) => context.reader.list('credit_note', { ...asked, ...page }),
        row: creditNoteFields,
        total: creditNoteTotalFields,
        beside: ({ meant }) => ({ customerId: meant?.customerId, ...days }),
      });
    }
    const comparison = listComparison(args, comparable, asOf);
    const read = comparedPages(comparison, (part, days) =>
      context.reader.list('invoice', {
        ...query,
        filters: { ...query.filters, ...days },
        ...owedOrder(query.filters, sort),
        ...(groupBy && { groupBy }),
        ...part,
      }),
    );
    return pageAnswer({
      noun: 'invoices',
      start,
      limit,
      read,
      row: invoiceFields,
      total: comparedFields(totalFields),
      beside: ({ notInTotals, draftTotals, meant, ...page }) => ({
        ...comparedGroupFields(page, comparison, {
          by: groupBy ?? '',
          total: groupTotalFields,
          amount: (group) => (isOwed && 'balance' in group ? group.balance : group.total),
        }),
        customerId: meant?.customerId,
        notInTotals: notInTotals || undefined,
        draftTotals: args.status === 'draft' ? draftTotals?.map(draftTotalFields) : undefined,
        ...days,
      }),
    });
  },
});

const neverOverdue: readonly StatusFilter[] = ['draft', 'sent', 'viewed', 'paid', 'void', 'written_off'];

/** @throws {Refusal} for filters that no invoice can match together. */
function assertPossible({
  filters,
  asOf,
  hideLater,
}: Pick<InvoiceQuery, 'filters' | 'asOf' | 'hideLater'>): void {
  const { status, minDaysOverdue, dueFrom, start } = filters;
  if (status !== undefined && minDaysOverdue !== undefined && neverOverdue.includes(status)) {
    throw new Refusal(
      `No invoice with status ${status} is overdue: expected minDaysOverdue without status, or with status overdue, open or partial.`,
    );
  }
  if (start !== undefined && hideLater && start > asOf) {
    throw new Refusal(`startDate ${start} is after asOf ${asOf}: expected startDate on or before asOf.`);
  }
  const lastOverdue = addDays(asOf, -(minDaysOverdue ?? 1));
  if (dueFrom !== undefined && dueFrom > lastOverdue && (status === 'overdue' || minDaysOverdue)) {
    throw new Refusal(
      `dueFrom ${dueFrom} is too late for overdue invoices: expected ${lastOverdue} or earlier.`,
    );
  }
}

/** Of invoices with these, what is owed says more than what was invoiced. */
const owedStatuses: readonly (StatusFilter | undefined)[] = ['open', 'overdue', 'partial', 'sent', 'viewed'];

/** Months have no counterpart in another period, and statuses and ages are those of one day. */
const comparable = ['customer', 'product'];

/** @throws {Refusal} for groups that these documents do not have. */
function assertGroupable(
  asked: { groupBy?: InvoiceGrouping | undefined; compareTo?: Comparison | undefined },
  status: StatusFilter | undefined,
  documents: string | undefined,
): void {
  const { groupBy } = asked;
  const [given] = Object.entries(asked).find(([, value]) => value !== undefined) ?? [];
  if (given !== undefined && documents === 'credit_notes') {
    throw new Refusal(`${given} applies to invoices only: expected it to be left out for credit notes.`);
  }
  if (groupBy === 'age' && status !== undefined && !owedStatuses.includes(status)) {
    throw new Refusal(
      `Invoices with status ${status} have no age, since nothing is owed: expected groupBy age with status open, overdue, partial, sent or viewed, or without status.`,
    );
  }
}

const groupTotalFields = (group: InvoiceTotal | SoldTotal): Fields =>
  'balance' in group
    ? totalFields(group)
    : {
        currency: group.currency,
        count: group.count,
        quantity: group.quantity,
        total: formatMoney(group.total, group.currency),
      };

const totalFields = ({ writtenOffAmount, ...sums }: InvoiceTotal): Fields => ({
  ...owedTotalFields(sums),
  ...(writtenOffAmount !== 0 && { writtenOffAmount: formatMoney(writtenOffAmount, sums.currency) }),
});

/** An invoice as it appears in lists. */
const invoiceFields = (row: InvoiceSummary): Fields =>
  owedFields(row, {
    party: { customer: shownText(row.customer), customerId: row.customerId },
    amounts: {
      writtenOffAmount: row.writtenOffAmount > 0 && formatMoney(row.writtenOffAmount, row.currency),
    },
  });
