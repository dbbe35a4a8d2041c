import * as z from 'zod/v4';

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
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

/** What each tool answers, by its name, as the SDK's documentation writes it. */
export const outputs: Readonly<Record<string, z.ZodObject>> = {
  list_invoices: z.looseObject({
    ...invoices.common,
    invoices: invoices.rows.optional(),
    creditNotes: z.array(z.looseObject({})).optional(),
    asOf: day,
    notInTotals: z.number().describe('Drafts and void documents in totalCount').optional(),
  }),
  get_invoice: z.looseObject({
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
  get_financial_summary: z.looseObject({
    organization: z.string(),
    startDate: day,
    endDate: day,
    countedThrough: day,
    asOf: day,
    basis: z.string(),
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
  list_expenses: z.looseObject({ ...expenses.common, expenses: expenses.rows, asOf: day }),
  payments_report: z.looseObject({
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
  search_customers: z.looseObject({
    organization: z.string(),
    customers: z.array(
      z.looseObject({
        id: z.string(),
        name: z.string(),
        organization: z.string().optional(),
        email: z.string().optional(),
        phone: z.string().optional(),
        open: z.array(z.looseObject({ currency: z.string(), count: z.number(), balance: amount })).optional(),
      }),
    ),
    totalCount: z.number().optional(),
    approximate: z.boolean(),
    asOf: day,
    ...listed,
  }),
  get_business: z.looseObject({
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
    accountingBasis: z.string(),
  }),
};
