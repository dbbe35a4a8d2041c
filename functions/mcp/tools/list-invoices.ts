import * as z from 'zod';
import { Refusal } from '../../../shared/ledger/errors.ts';
import { formatMoney } from '../../../shared/ledger/money.ts';
import {
  type InvoiceQuery,
  type InvoiceSummary,
  invoiceSorts,
  type StatusFilter,
  statusFilters,
} from '../../../shared/store/ledger-reader.ts';
import { defineTool } from '../tool.ts';
import { assertInOrder, currency, cursor, day, limit, oneOf, text, wholeDays } from './arguments.ts';
import { pageStart } from './cursor.ts';
import * as output from './output.ts';
import { pageAnswer } from './page-answer.ts';
import { shownText } from './shown-text.ts';
import { type Fields, stated } from './stated.ts';

export const listInvoices = defineTool({
  name: 'list_invoices',
  title: 'List invoices',
  description: 'Invoices and what is owed on them, with totals per currency over every match.',
  scope: 'invoices:read',
  input: z.strictObject({
    status: oneOf(statusFilters).describe('open: anything owed, overdue or not').exactOptional(),
    limit,
    customerId: text.exactOptional(),
    startDate: day.describe('Issue date').exactOptional(),
    endDate: day.exactOptional(),
    minDaysOverdue: wholeDays.exactOptional(),
    currency: currency.exactOptional(),
    sort: oneOf(invoiceSorts).exactOptional(),
    asOf: day.describe('Books as they stood then').exactOptional(),
    cursor: cursor.exactOptional(),
  }),
  output: output.page('invoices', {
    row: output.object(
      ['id', 'total', 'balance', 'currency', 'status', 'issued'],
      ['number', 'customer', 'customerId', 'due', 'paid', 'daysOverdue', 'partiallyPaid'],
    ),
    total: output.object(['currency', 'count', 'total', 'balance']),
    always: ['asOf'],
    sometimes: ['customerId'],
    described: { notInTotals: { description: 'Drafts and void documents in totalCount' } },
  }),
  async run(args, context) {
    const { startDate, endDate, limit, cursor: _cursor, asOf: askedDay, ...filters } = args;
    assertInOrder(startDate, endDate);
    const start = pageStart('list_invoices', args, context);
    const asOf = askedDay ?? start.today;
    const query = {
      ...filters,
      ...(startDate !== undefined && { start: startDate }),
      ...(endDate !== undefined && { end: endDate }),
      asOf,
      hideLater: askedDay !== undefined,
    };
    assertPossible(query);
    return pageAnswer({
      noun: 'invoices',
      start,
      limit,
      read: (page) => context.reader.listInvoices({ ...query, ...page }),
      row: invoiceFields,
      total: ({ currency, count, total, balance }) => ({
        currency,
        count,
        total: formatMoney(total, currency),
        balance: formatMoney(balance, currency),
      }),
      beside: ({ notInTotals, customerId }) => ({
        notInTotals: notInTotals || undefined,
        customerId,
        asOf,
        startDate,
        endDate,
      }),
    });
  },
});

const neverOverdue: readonly StatusFilter[] = ['draft', 'sent', 'viewed', 'paid', 'void', 'written_off'];

/** @throws {Refusal} for filters that no invoice can pass together. */
function assertPossible(query: Omit<InvoiceQuery, 'limit'>): void {
  const { status, minDaysOverdue, start, asOf, hideLater } = query;
  if (status !== undefined && minDaysOverdue !== undefined && neverOverdue.includes(status)) {
    throw new Refusal(
      `No invoice with status ${status} is overdue: expected minDaysOverdue with status overdue, open or partial, or alone.`,
    );
  }
  if (start !== undefined && hideLater && start > asOf) {
    throw new Refusal(
      `startDate ${start} is after asOf ${asOf}: no invoice issued later was in the books on that day.`,
    );
  }
}

/** An invoice as lists show it. */
const invoiceFields = (row: InvoiceSummary): Fields => ({
  id: row.id,
  ...stated({
    number: shownText(row.number),
    customer: shownText(row.customer),
    customerId: row.customerId,
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
  }),
});
