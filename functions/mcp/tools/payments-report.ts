import * as z from 'zod';
import { earlierOf } from '../../../shared/ledger/dates.ts';
import { Refusal } from '../../../shared/ledger/errors.ts';
import {
  type PaymentSummary,
  paymentExceptions,
  paymentGroupings,
  paymentMethods,
} from '../../../shared/ledger/kinds/payment.ts';
import { defineTool } from '../tool.ts';
import { assertInOrder, cursor, day, limit, oneOf, text } from './arguments.ts';
import { pageStart } from './cursor.ts';

import { groupFields } from './groups.ts';
import * as output from './output.ts';
import { pageAnswer } from './page-answer.ts';
import { paymentFields, paymentTotalFields } from './payment-fields.ts';

const totals = ['currency', 'count'];
const sums = ['received', 'net', 'refundCount', 'refunded', 'failed'];

export const paymentsReport = defineTool({
  name: 'payments_report',
  title: 'Payments report',
  description: 'Payments and refunds in a date range, with totals per currency and group over all matches.',
  scope: 'payments:read',
  input: () =>
    z.strictObject({
      startDate: day,
      endDate: day,
      customerId: text.exactOptional(),
      method: oneOf(paymentMethods).exactOptional(),
      groupBy: oneOf(paymentGroupings).exactOptional(),
      only: oneOf(paymentExceptions).describe('unapplied: names no invoice').exactOptional(),
      limit,
      cursor: cursor.exactOptional(),
    }),
  output: output.page('payments', {
    row: output.object(
      ['id', 'type', 'date', 'method', 'amount', 'currency'],
      ['customer', 'customerId', 'invoiceId', 'invoiceNumber'],
    ),
    total: output.object(totals, sums),
    always: ['startDate', 'endDate', 'countedThrough'],
    sometimes: ['groupCount', 'customerId'],
    described: {
      groups: output.listOf(output.object(totals, ['method', 'month', 'customer', 'customerId'])),
    },
  }),
  async run(args, context) {
    const { startDate, endDate, limit, cursor: _cursor, groupBy, ...filters } = args;
    assertInOrder(startDate, endDate);
    const start = pageStart('payments_report', args, context);
    if (startDate > start.today) {
      throw new Refusal(
        `startDate ${startDate} is after today (${start.today}): expected a startDate on or before today.`,
      );
    }
    const countedThrough = earlierOf(endDate, start.today);
    return pageAnswer({
      noun: 'payments',
      start,
      limit,
      read: (page) =>
        context.reader.list('payment', {
          filters: { ...filters, start: startDate, end: countedThrough },
          order: 'date',
          reverse: true,
          asOf: start.today,
          ...(groupBy && { groupBy }),
          ...page,
        }),
      row: (payment: PaymentSummary) => ({
        ...paymentFields(payment),
        ...(args.only === 'failed' && { failed: true }),
      }),
      total: paymentTotalFields(args.only),
      beside: ({ groups, meant }) => ({
        customerId: meant?.customerId,
        ...groupFields(groups, {
          by: groupBy ?? '',
          total: paymentTotalFields(args.only),
          amount: ({ net }) => net,
        }),
        startDate,
        endDate,
        countedThrough,
      }),
    });
  },
});
