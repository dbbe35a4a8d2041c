import fc from 'fast-check';
import { addDays } from '../../shared/ledger/dates.ts';
import type { CreditNote } from '../../shared/ledger/kinds/credit-note.ts';
import type { Customer } from '../../shared/ledger/kinds/customer.ts';
import type { Expense } from '../../shared/ledger/kinds/expense.ts';
import type { LedgerRecord } from '../../shared/ledger/kinds/index.ts';
import type { Invoice } from '../../shared/ledger/kinds/invoice.ts';
import type { Payment } from '../../shared/ledger/kinds/payment.ts';
import { paymentMethods } from '../../shared/ledger/kinds/payment.ts';

/** The records of a small, odd business: everything that can differ, does. */
export interface SomeBooks {
  customers: Customer[];
  invoices: Invoice[];
  payments: Payment[];
  credits: CreditNote[];
  expenses: Expense[];
}

export const allRecords = ({
  customers,
  invoices,
  payments,
  credits,
  expenses,
}: SomeBooks): LedgerRecord[] => [...customers, ...invoices, ...payments, ...credits, ...expenses];

/** The middle of the days that the books are about. */
export const middle = '2025-12-20';

const day = fc.oneof(
  // Many on few days, so that one day can fill more than a page.
  fc.constantFrom(middle, addDays(middle, -30)),
  fc.integer({ min: -40, max: 40 }).map((days) => addDays(middle, days)),
  fc.integer({ min: -800, max: 500 }).map((days) => addDays(middle, days)),
);
const currency = fc.constantFrom('USD', 'USD', 'JPY', 'BHD');
const amount = fc.integer({ min: 1, max: 100_000 });
const id = (kind: string) => (n: number) =>
  [`${kind}${n}`, `${kind}#${n}`, `${kind}%23${n}`, `${kind} é ${n}`][n % 4] as string;

const optional = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });

/** Drops what is undefined, as records are stored without it. */
const compact = <Value extends object>(value: { [Name in keyof Value]: Value[Name] | undefined }): Value =>
  Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as Value;

const customerIds = [0, 1, 2, 3].map(id('c'));
const invoiceIds = Array.from({ length: 24 }, (_, n) => id('i')(n));
const vendors = [
  'Acme',
  'ACME',
  'Acme Tools',
  'acme-tools',
  'Acme–Tools',
  'Bäcker & Söhne',
  'Ba\u00adcker & Soehne',
  'Zug #9',
];
const supplierIds = [0, 1, 2].map(id('s'));
const projectIds = [0, 1].map(id('j'));
const costGroupIds = [0, 1].map(id('g'));
const categories = ['Travel', 'Office', 'Office rent'];

const customer = fc.record({
  name: fc.constantFrom('Köhler AG', 'Łódź Transport', 'Ana Trujillo', '東京商事'),
});

const invoice = fc.record({
  number: optional(fc.constantFrom('1', '#2', 'INV-3', 'inv-3')),
  customerId: optional(fc.constantFrom(...customerIds)),
  currency,
  lifecycle: fc.constantFrom('issued', 'issued', 'issued', 'issued', 'draft', 'void', 'written_off'),
  issued: day,
  due: optional(day),
  viewed: optional(day),
  writtenOff: optional(day),
  tax: optional(fc.integer({ min: 0, max: 100 })),
  tip: optional(fc.integer({ min: 0, max: 100 })),
  total: fc.oneof(amount, fc.constant(0)),
});

const payment = fc.record({
  invoiceId: optional(fc.constantFrom(...invoiceIds)),
  customerId: optional(fc.constantFrom(...customerIds)),
  currency,
  date: day,
  amount: fc.oneof(
    amount,
    amount,
    amount.map((minor) => -minor),
  ),
  method: fc.constantFrom(...paymentMethods.slice(0, 3)),
  failed: fc.constantFrom(undefined, undefined, undefined, true),
});

const credit = fc
  .record({
    number: optional(fc.constantFrom('CN-1', 'CN-2')),
    customerId: optional(fc.constantFrom(...customerIds)),
    currency,
    lifecycle: fc.constantFrom('issued', 'issued', 'draft', 'void'),
    issued: day,
    tax: optional(fc.integer({ min: 0, max: 50 })),
    total: fc.oneof(amount, fc.constant(0)),
    allocations: fc.array(fc.record({ invoiceId: fc.constantFrom(...invoiceIds), amount, date: day }), {
      maxLength: 3,
    }),
  })
  // At most the total is applied; `total` is what is left of it.
  .map((note) => ({
    ...note,
    total: note.allocations.reduce((sum, allocation) => sum + allocation.amount, note.total),
  }));

const expense = fc.record({
  lifecycle: fc.constantFrom('recorded', 'recorded', 'recorded', 'draft', 'void'),
  vendor: optional(fc.constantFrom(...vendors)),
  category: optional(fc.constantFrom(...categories)),
  currency,
  date: day,
  paid: optional(day),
  tax: optional(fc.integer({ min: 0, max: 50 })),
  amount: fc.oneof(
    amount,
    amount,
    amount.map((minor) => -minor),
  ),
  reference: optional(fc.constantFrom('PO 7', 'R-1')),
  supplierId: optional(fc.constantFrom(...supplierIds)),
  projectId: optional(fc.constantFrom(...projectIds)),
  costGroupId: optional(fc.constantFrom(...costGroupIds)),
});

const lined = <Value extends object>(list: readonly Value[], kind: string, idOf: (n: number) => string) =>
  list.map((value, n) => compact({ kind, id: idOf(n), ...value } as never));

export const someBooks: fc.Arbitrary<SomeBooks> = fc
  .record({
    customers: fc.array(customer, { maxLength: customerIds.length }),
    invoices: fc.array(invoice, { maxLength: invoiceIds.length }),
    payments: fc.array(payment, { maxLength: 30 }),
    credits: fc.array(credit, { maxLength: 6 }),
    expenses: fc.array(expense, { maxLength: 20 }),
  })
  .map(({ customers, invoices, payments, credits, expenses }) => ({
    customers: lined(customers, 'customer', id('c')) as Customer[],
    invoices: lined(
      invoices.map((value) => ({ ...value, lines: [] })),
      'invoice',
      id('i'),
    ) as Invoice[],
    payments: lined(
      payments.map((value) =>
        // Most payments are in the currency of their invoice; the others must not settle it.
        value.invoiceId !== undefined && value.amount % 5 !== 0
          ? { ...value, currency: invoices[invoiceIds.indexOf(value.invoiceId)]?.currency ?? value.currency }
          : value,
      ),
      'payment',
      id('p'),
    ) as Payment[],
    credits: lined(credits, 'credit_note', id('n')) as CreditNote[],
    expenses: lined(expenses, 'expense', id('e')) as Expense[],
  }));

export const someCustomerId = fc.constantFrom(...customerIds);
/** Ids that records may have, and one that none has. */
export const someSupplierId = fc.constantFrom(...supplierIds, 'nobody');
export const someProjectId = fc.constantFrom(...projectIds, 'nothing');
export const someCostGroupId = fc.constantFrom(...costGroupIds, 'nothing');
/** Whole names, beginnings that some share, and what nobody is called. */
export const someVendor = fc.constantFrom(...vendors, 'ac', 'acme t', 'ACME', 'B', 'zug', 'Acne', '#9');
export const someCategory = fc.constantFrom(...categories, 'off', 'OFFICE', 'T', 'Travels');
export const someDay = day;
export const someCurrency = currency;
