import type { RecordKind } from '../../shared/ledger/kinds/index.ts';

/* What the documents say of a field in addition to its type. */

export const descriptions: Partial<Record<RecordKind, Readonly<Record<string, string>>>> = {
  business: {
    id: 'or left out',
    taxRate: 'percent: `"8.1"`',
    taxName: 'such as `"VAT"`',
    gratuityRate: 'percent: `"18"`',
    minimumLeadDays: 'how far ahead work can be booked',
    maximumLeadDays: 'how far ahead work can be booked',
    currency: 'the currency in which the business reports',
    timeZone: 'an IANA name: `"Europe/Zurich"`',
    fiscalYearStartMonth: 'the month in which the fiscal year starts',
    accountingBasis: 'used if a question names none',
    inputTax: 'how the tax on expenses is treated: claimed back (`recovered`) or not (`cost`, the default)',
  },
  invoice: {
    number: 'as printed; several invoices may share one',
    lifecycle:
      'there is no value for paid, partly paid or overdue: these are derived from payments and dates',
    issued: 'the invoice date',
    writtenOff: 'the day of the write-off; only with that lifecycle',
    sourceStatus: 'the status in the source system',
    total: 'not negative: to reduce it, use a credit note. Never recomputed from the lines',
    'lines[].rate': 'the price of one unit',
  },
  credit_note: {
    tax: 'not negative, although it reduces what is owed',
    total: 'not negative, although it reduces what is owed',
    allocations: 'the invoices that it settles; together at most the total',
    'allocations[].amount': 'greater than 0',
    'allocations[].date': 'when it was applied',
  },
  payment: {
    invoiceId: 'the invoice that it pays',
    customerId: 'the customer, if there is no `invoiceId`',
    date: 'when the money was received',
    amount: 'not 0; a refund is negative',
    sourceMethod: 'the method in the source system',
    failed: '`true` for a charge that did not succeed: shown, but not counted',
  },
  expense: {
    lifecycle: 'only recorded expenses are listed and counted',
    type: 'the type of record in the source system: `"bill"`, `"card purchase"`',
    date: 'when it was incurred',
    paid: 'on the cash basis, the expense counts on this day, if it is given',
    tax: 'part of `amount` and with the same sign',
    amount: "a supplier's credit is negative",
  },
};
