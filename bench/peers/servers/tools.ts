import * as z from 'zod/v4';
import type { Tool } from '../../../functions/mcp/tool.ts';
import { getBusiness } from '../../../functions/mcp/tools/get-business.ts';
import { getFinancialSummary } from '../../../functions/mcp/tools/get-financial-summary.ts';
import { getInvoice } from '../../../functions/mcp/tools/get-invoice.ts';
import { listExpenses } from '../../../functions/mcp/tools/list-expenses.ts';
import { listInvoices } from '../../../functions/mcp/tools/list-invoices.ts';
import { paymentsReport } from '../../../functions/mcp/tools/payments-report.ts';
import { searchCustomers } from '../../../functions/mcp/tools/search-customers.ts';
import { comparisons } from '../../../functions/mcp/tools/summary-period.ts';
import { accountingBases } from '../../../shared/ledger/kinds/business.ts';
import { invoiceSorts, statusFilters } from '../../../shared/ledger/kinds/invoice.ts';
import { paymentGroupings, paymentMethods } from '../../../shared/ledger/kinds/payment.ts';
import { namedPeriods } from '../../../shared/ledger/periods.ts';

/*
 * The product's seven tools as the SDK's documentation has them written: Zod schemas in and out. What a tool does
 * once its arguments are checked is the product's own code, so that a comparison is one of the servers around it.
 */

/** A tool of a peer: the product's, behind Zod schemas. */
export interface PeerTool {
  tool: Tool;
  input: z.ZodObject;
  output: z.ZodObject;
}

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const text = z.string().min(1).max(200);
const limit = z.number().int().min(1).max(100).default(25);
const cursor = z.string().optional();
const amount = z.string();

const counted = z.looseObject({ amount, count: z.number() });
const listed = { returned: z.number(), complete: z.boolean() };
const pageOf = (row: z.ZodObject, total: z.ZodObject) => ({
  rows: z.array(row),
  common: {
    organization: z.string(),
    totals: z.array(total).optional(),
    totalsAbsent: z.string().optional(),
    totalCount: z.number().optional(),
    nextCursor: z.string().optional(),
    ...listed,
  },
});

const invoices = pageOf(
  z.looseObject({
    id: z.string(),
    number: z.string().optional(),
    customer: z.string().optional(),
    customerId: z.string().optional(),
    total: amount,
    balance: amount,
    currency: z.string(),
    status: z.string(),
    partiallyPaid: z.boolean().optional(),
    daysOverdue: z.number().optional(),
    issued: day,
    due: day.optional(),
    paid: day.optional(),
  }),
  z.looseObject({ currency: z.string(), count: z.number(), total: amount, balance: amount }),
);

const expenses = pageOf(
  z.looseObject({
    id: z.string(),
    vendor: z.string().optional(),
    type: z.string().optional(),
    category: z.string().optional(),
    description: z.string().optional(),
    amount,
    currency: z.string(),
    date: day,
  }),
  z.looseObject({ currency: z.string(), count: z.number(), total: amount, credits: amount.optional() }),
);

const paymentTotal = {
  currency: z.string(),
  count: z.number(),
  received: amount,
  refundCount: z.number().optional(),
  refunded: amount.optional(),
  net: amount,
};

const payments = pageOf(
  z.looseObject({
    id: z.string(),
    type: z.string(),
    date: day,
    method: z.string(),
    amount,
    currency: z.string(),
    customer: z.string().optional(),
    customerId: z.string().optional(),
    invoiceId: z.string().optional(),
    invoiceNumber: z.string().optional(),
  }),
  z.looseObject(paymentTotal),
);

export const peerTools: readonly PeerTool[] = [
  {
    tool: listInvoices,
    input: z.object({
      status: z.enum(statusFilters).describe('open: anything owed, overdue or not').optional(),
      limit,
      customerId: text.optional(),
      startDate: day.describe('Issue date').optional(),
      endDate: day.optional(),
      minDaysOverdue: z.number().int().min(1).optional(),
      currency: z.string().length(3).optional(),
      sort: z.enum(invoiceSorts).optional(),
      asOf: day.describe('Books as they stood then').optional(),
      cursor,
    }),
    output: z.looseObject({
      ...invoices.common,
      invoices: invoices.rows,
      asOf: day,
      notInTotals: z.number().describe('Drafts and void documents in totalCount').optional(),
    }),
  },
  {
    tool: getInvoice,
    input: z.object({
      invoiceId: text.optional(),
      invoiceNumber: text.describe('As printed on the invoice').optional(),
    }),
    output: z.looseObject({
      organization: z.string(),
      asOf: day,
      invoice: z
        .looseObject({
          id: z.string(),
          number: z.string().optional(),
          status: z.string(),
          customer: z.string().optional(),
          customerId: z.string().optional(),
          issued: day,
          due: day.optional(),
          paid: day.optional(),
          currency: z.string(),
          lineCount: z.number(),
          linesReturned: z.number(),
          lines: z
            .array(
              z.looseObject({
                name: z.string().optional(),
                quantity: z.string().optional(),
                rate: z.string().optional(),
                tax: amount.optional(),
                total: amount,
              }),
            )
            .optional(),
          tax: amount.optional(),
          total: amount,
          paidTotal: amount,
          balance: amount,
          payments: z
            .array(
              z.looseObject({
                id: z.string(),
                type: z.string(),
                date: day,
                amount,
                method: z.string(),
                failed: z.boolean().optional(),
              }),
            )
            .optional(),
          credits: z.array(z.looseObject({ creditNoteId: z.string(), date: day, amount })).optional(),
        })
        .optional(),
      sameNumber: z
        .array(z.looseObject({ id: z.string() }))
        .describe('Documents to choose from')
        .optional(),
    }),
  },
  {
    tool: getFinancialSummary,
    input: z.object({
      startDate: day.optional(),
      endDate: day.optional(),
      period: z.enum(namedPeriods).optional(),
      basis: z.enum(accountingBases).optional(),
      compareTo: z.enum(comparisons).optional(),
      asOf: day.optional(),
    }),
    output: z.looseObject({
      organization: z.string(),
      startDate: day,
      endDate: day,
      countedThrough: day,
      asOf: day,
      basis: z.enum(accountingBases),
      taxBasis: z.string(),
      comparedWith: z.looseObject({ startDate: day, endDate: day }).optional(),
      currencies: z.array(
        z.looseObject({
          currency: z.string(),
          income: amount,
          expenses: amount,
          net: amount,
          taxCollected: amount,
          outstanding: counted,
          overdue: counted,
          invoiced: counted.optional(),
          credited: counted.optional(),
          received: counted.optional(),
          refunded: counted.optional(),
          changes: z.looseObject({}).optional(),
        }),
      ),
    }),
  },
  {
    tool: listExpenses,
    input: z.object({
      startDate: day.optional(),
      endDate: day.optional(),
      vendor: text.optional(),
      category: text.optional(),
      currency: z.string().length(3).optional(),
      minAmount: amount.describe('Decimal; sorts largest first').optional(),
      limit,
      cursor,
    }),
    output: z.looseObject({ ...expenses.common, expenses: expenses.rows, asOf: day }),
  },
  {
    tool: paymentsReport,
    input: z.object({
      startDate: day,
      endDate: day,
      customerId: text.optional(),
      method: z.enum(paymentMethods).optional(),
      groupBy: z.enum(paymentGroupings).optional(),
      limit,
      cursor,
    }),
    output: z.looseObject({
      ...payments.common,
      payments: payments.rows,
      groups: z
        .array(
          z.looseObject({
            ...paymentTotal,
            method: z.string().optional(),
            month: z.string().optional(),
            customer: z.string().optional(),
            customerId: z.string().optional(),
          }),
        )
        .optional(),
      groupCount: z.number().optional(),
      startDate: day,
      endDate: day,
      countedThrough: day,
    }),
  },
  {
    tool: searchCustomers,
    input: z.object({ query: text, limit }),
    output: z.looseObject({
      organization: z.string(),
      customers: z.array(
        z.looseObject({
          id: z.string(),
          name: z.string(),
          organization: z.string().optional(),
          email: z.string().optional(),
          phone: z.string().optional(),
          open: z
            .array(z.looseObject({ currency: z.string(), count: z.number(), balance: amount }))
            .optional(),
        }),
      ),
      totalCount: z.number().optional(),
      approximate: z.boolean(),
      asOf: day,
      ...listed,
    }),
  },
  {
    tool: getBusiness,
    input: z.object({}),
    output: z.looseObject({
      organization: z.string(),
      configured: z.boolean(),
      name: z.string().optional(),
      address: z.looseObject({}).optional(),
      taxRate: z.string().describe('Percent').optional(),
      gratuityRate: z.string().describe('Percent').optional(),
      minimumLeadDays: z.number().optional(),
      maximumLeadDays: z.number().optional(),
      currency: z.string().optional(),
      timeZone: z.string(),
      today: day,
      fiscalYear: z.looseObject({}),
      accountingBasis: z.enum(accountingBases),
    }),
  },
];
