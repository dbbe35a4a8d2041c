import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { NotFound } from '../../shared/ledger/errors.ts';
import type { CreditNoteSummary } from '../../shared/ledger/kinds/credit-note.ts';
import type { Expense, ExpenseSummary } from '../../shared/ledger/kinds/expense.ts';
import { statusFilters } from '../../shared/ledger/kinds/invoice.ts';
import { paymentExceptions, paymentGroupings, paymentMethods } from '../../shared/ledger/kinds/payment.ts';
import { type OwedSort, owedSorts } from '../../shared/ledger/owed.ts';
import { writeRecords } from '../../shared/store/writer.ts';
import { allPages } from '../support/all-pages.ts';
import {
  allRecords,
  middle,
  someBooks,
  someCategory,
  someCostGroupId,
  someCurrency,
  someCustomerId,
  someDay,
  someProjectId,
  someSupplierId,
  someVendor,
} from '../support/books.ts';
import { memoryTable } from '../support/memory-table.ts';
import type {
  CreditNoteQuery,
  ExpenseQuery,
  InvoiceQuery,
  PaymentQuery,
  Questions,
} from '../support/questions.ts';
import { readerOf } from '../support/questions.ts';
import {
  isKnownCustomer,
  perCurrency,
  recountCreditNotes,
  recountExpenses,
  recountInvoices,
  recountPayments,
} from '../support/recount.ts';

const { table, open } = await memoryTable();

/** More runs when asked for: `RUNS=500 node --test test/integration/store-lists.test.ts`. */
const runs = Number(process.env.RUNS ?? 15);

let organizations = 0;

/** Fresh books for each example, so that examples do not meet. */
async function written(books: Parameters<typeof allRecords>[0]): Promise<() => Questions> {
  const organization = `org-${++organizations}`;
  await writeRecords({ table, organization, records: allRecords(books) });
  return () => readerOf(open(), organization);
}

const optional = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const seldom = <Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.oneof(fc.constant(undefined), fc.constant(undefined), arbitrary);
const compact = <Value extends object>(value: object): Value =>
  Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as Value;

const invoiceQuery: fc.Arbitrary<InvoiceQuery> = fc
  .record({
    status: optional(fc.constantFrom(...statusFilters)),
    customerId: optional(someCustomerId),
    start: optional(someDay),
    end: optional(someDay),
    dueFrom: seldom(someDay),
    dueTo: seldom(someDay),
    minDaysOverdue: optional(fc.integer({ min: 1, max: 60 })),
    currency: optional(someCurrency),
    sort: optional(fc.constantFrom(...owedSorts)),
    asOf: someDay,
    hideLater: fc.boolean(),
    limit: fc.constantFrom(1, 3, 100),
  })
  .map(compact<InvoiceQuery>);

const sortKeys: Record<
  OwedSort,
  (row: { issued: string; due?: string | undefined; balance: number; total: number }) => string | number
> = {
  issued_desc: (row) => row.issued,
  issued_asc: (row) => row.issued,
  due_asc: (row) => row.due ?? '9999-12-31',
  due_desc: (row) => row.due ?? '9999-12-31',
  balance_desc: (row) => row.balance,
  total_desc: (row) => row.total,
};

describe('invoices', () => {
  it('lists exactly the invoices that match, each once and in order, under every filter and as of any day', async () => {
    await fc.assert(
      fc.asyncProperty(
        someBooks,
        fc.array(invoiceQuery, { minLength: 6, maxLength: 6 }),
        async (books, queries) => {
          const reader = await written(books);
          for (const query of queries) {
            if (query.customerId !== undefined && !isKnownCustomer(books, query.customerId)) {
              await assert.rejects(reader().listInvoices(query), NotFound);
              continue;
            }
            const { rows, first } = await allPages(query.limit, (page) =>
              reader().listInvoices({ ...query, ...page }),
            );
            const expected = recountInvoices(books, query);
            const view = ({
              id,
              status,
              balance,
              writtenOffAmount,
              daysOverdue,
              paid,
            }: (typeof expected)[number] | (typeof rows)[number]) =>
              compact<object>({ id, status, balance, writtenOffAmount, daysOverdue, paid });
            const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
            assert.deepEqual([...rows].sort(byId).map(view), [...expected].sort(byId).map(view));

            const sort =
              query.sort ??
              (query.status === 'open' ||
              query.status === 'overdue' ||
              (query.status === undefined && query.minDaysOverdue !== undefined) ||
              query.dueFrom !== undefined ||
              query.dueTo !== undefined
                ? 'due_asc'
                : 'issued_desc');
            const keys = rows.map(sortKeys[sort]);
            const sorted = [...keys].sort(
              (a, b) => (a < b ? -1 : a > b ? 1 : 0) * (sort.endsWith('_desc') ? -1 : 1),
            );
            assert.deepEqual(keys, sorted);

            assert.equal(first.totalCount, expected.length);
            const counted = expected.filter((row) => row.counted);
            assert.deepEqual(
              first.totals,
              perCurrency(counted, {
                count: () => 1,
                total: (row) => row.total,
                balance: (row) => row.balance,
                writtenOffAmount: (row) => row.writtenOffAmount,
              }),
            );
            assert.equal(first.notInTotals ?? 0, expected.length - counted.length);
            assert.deepEqual(
              first.draftTotals ?? [],
              perCurrency(
                expected.filter(({ status }) => status === 'draft'),
                { count: () => 1, total: (row) => row.total },
              ),
            );
          }
        },
      ),
      { numRuns: runs },
    );
  });
});

const creditNoteQuery: fc.Arbitrary<CreditNoteQuery> = fc
  .record({
    customerId: seldom(someCustomerId),
    start: seldom(someDay),
    end: seldom(someDay),
    currency: seldom(someCurrency),
    unapplied: fc.constantFrom(undefined, true),
    oldestFirst: fc.boolean(),
    asOf: someDay,
    limit: fc.constantFrom(1, 2, 100),
  })
  .map(compact<CreditNoteQuery>);

describe('credit notes', () => {
  it('lists exactly the issued ones that match, each once and in order, with their rests as of any day', async () => {
    await fc.assert(
      fc.asyncProperty(
        someBooks,
        fc.array(creditNoteQuery, { minLength: 8, maxLength: 8 }),
        async (books, queries) => {
          const reader = await written(books);
          for (const query of queries) {
            if (query.customerId !== undefined && !isKnownCustomer(books, query.customerId)) {
              await assert.rejects(reader().listCreditNotes(query), NotFound);
              continue;
            }
            const { rows, first } = await allPages(query.limit, (page) =>
              reader().listCreditNotes({ ...query, ...page }),
            );
            const expected = recountCreditNotes(books, query);
            const view = ({ id, customer, issued, total, unapplied }: CreditNoteSummary) =>
              compact<object>({ id, customer, issued, total, unapplied });
            const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
            assert.deepEqual(
              [...rows].sort(byId).map(view),
              [...expected].sort(byId).map((row) => view(row as CreditNoteSummary)),
            );
            const days = rows.map(({ issued }) => issued);
            assert.deepEqual(days, query.oldestFirst ? [...days].sort() : [...days].sort().reverse());
            assert.equal(first.totalCount, expected.length);
            assert.deepEqual(
              first.totals,
              perCurrency(expected, {
                count: () => 1,
                total: (row) => row.total,
                unapplied: (row) => row.unapplied,
              }),
            );
          }
        },
      ),
      { numRuns: runs },
    );
  });
});

/** What expenses are grouped by, where the groups are those of values as they are written. */
const expenseKeys = {
  month: (row: Expense) => row.date.slice(0, 7),
  supplier: (row: Expense) => row.supplierId,
  project: (row: Expense) => row.projectId,
  costGroup: (row: Expense) => row.costGroupId,
};

const expenseSums = {
  count: () => 1,
  total: (row: { amount: number }) => row.amount,
  credits: (row: { amount: number }) => Math.min(row.amount, 0),
};

const expenseQuery: fc.Arbitrary<ExpenseQuery> = fc
  .record({
    start: optional(someDay),
    end: optional(someDay),
    vendor: optional(someVendor),
    category: optional(someCategory),
    supplierId: seldom(someSupplierId),
    projectId: seldom(someProjectId),
    costGroupId: seldom(someCostGroupId),
    currency: optional(someCurrency),
    minAmount: optional(fc.constantFrom('0', '100', '250.5', '10000')),
    groupBy: optional(fc.constantFrom(...Object.keys(expenseKeys))),
    limit: fc.constantFrom(1, 3, 100),
  })
  .map(compact<ExpenseQuery>);

describe('customers', () => {
  it('lists each once, by name in whatever case and accents, with their number', async () => {
    await fc.assert(
      fc.asyncProperty(someBooks, fc.constantFrom(1, 2, 100), async (books, limit) => {
        const reader = await written(books);
        const { rows, first } = await allPages(limit, (page) =>
          reader().listCustomers({ asOf: middle, ...page }),
        );
        const plain: Record<string, string> = {
          'Köhler AG': 'kohler ag',
          'Łódź Transport': 'lodz transport',
        };
        const placeOf = ({ name }: { name: string }) => plain[name] ?? name.toLowerCase();
        const customers = rows.map(({ customer }) => customer);
        const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
        assert.deepEqual([...customers].sort(byId), [...books.customers].sort(byId));
        assert.deepEqual(customers.map(placeOf), customers.map(placeOf).sort());
        assert.equal(first.totalCount, books.customers.length);
      }),
      { numRuns: runs },
    );
  });
});

describe('expenses', () => {
  it('lists exactly the recorded expenses that match, each once and in order, under every filter and beginning of a name', async () => {
    await fc.assert(
      fc.asyncProperty(
        someBooks,
        fc.array(expenseQuery, { minLength: 6, maxLength: 6 }),
        async (books, queries) => {
          const reader = await written(books);
          for (const query of queries) {
            const expected = recountExpenses(books, query);
            if (expected === undefined) {
              await assert.rejects(reader().listExpenses(query), NotFound);
              continue;
            }
            const { rows, first } = await allPages(query.limit, (page) =>
              reader().listExpenses({ ...query, ...page }),
            );
            const told = ({ id, reference, paid, supplierId, projectId, costGroupId }: ExpenseSummary) =>
              [id, reference, paid, supplierId, projectId, costGroupId].join();
            assert.deepEqual(rows.map(told).sort(), expected.map(told).sort());
            if (query.minAmount === undefined) {
              const dates = rows.map(({ date }) => date);
              assert.deepEqual(dates, [...dates].sort().reverse());
            }
            assert.equal(first.totalCount, expected.length);
            assert.deepEqual(first.totals, perCurrency(expected, expenseSums));

            const keyOf = expenseKeys[query.groupBy as keyof typeof expenseKeys];
            const keys = keyOf && [...new Set(expected.map((row) => keyOf(row) ?? ''))].sort();
            assert.deepEqual(
              first.groups?.map(({ name: _name, ...group }) => group),
              keys?.flatMap((key) =>
                perCurrency(
                  expected.filter((row) => (keyOf(row) ?? '') === key),
                  expenseSums,
                ).map((sums) => compact({ key: key || undefined, ...sums })),
              ),
            );
          }
        },
      ),
      { numRuns: runs },
    );
  });
});

const paymentQuery: fc.Arbitrary<PaymentQuery> = fc
  .record({
    start: someDay,
    end: someDay,
    customerId: optional(someCustomerId),
    method: optional(fc.constantFrom(...paymentMethods.slice(0, 3))),
    groupBy: optional(fc.constantFrom(...paymentGroupings)),
    only: optional(fc.constantFrom(...paymentExceptions)),
    limit: fc.constantFrom(1, 3, 100),
  })
  .map(compact<PaymentQuery>);

const paymentSums = {
  count: (row: { amount: number }) => (row.amount > 0 ? 1 : 0),
  received: (row: { amount: number }) => Math.max(row.amount, 0),
  refundCount: (row: { amount: number }) => (row.amount < 0 ? 1 : 0),
  refunded: (row: { amount: number }) => Math.min(row.amount, 0),
  net: (row: { amount: number }) => row.amount,
};

describe('payments', () => {
  it('lists exactly the payments that match, with refunds apart, groups and totals over all of them', async () => {
    await fc.assert(
      fc.asyncProperty(
        someBooks,
        fc.array(paymentQuery, { minLength: 6, maxLength: 6 }),
        async (books, queries) => {
          const reader = await written(books);
          for (const query of queries) {
            if (query.customerId !== undefined && !isKnownCustomer(books, query.customerId)) {
              await assert.rejects(reader().listPayments(query), NotFound);
              continue;
            }
            const { rows, first } = await allPages(query.limit, (page) =>
              reader().listPayments({ ...query, ...page }),
            );
            const expected = recountPayments(books, query);
            assert.deepEqual(rows.map(({ id }) => id).sort(), expected.map(({ id }) => id).sort());
            const customerOf = new Map(expected.map(({ id, customerId }) => [id, customerId]));
            for (const { id, customerId } of rows) assert.equal(customerId, customerOf.get(id));
            assert.equal(first.totalCount, expected.length);
            assert.deepEqual(first.totals, perCurrency(expected, paymentSums));

            const { groupBy } = query;
            const keyOf = (row: (typeof expected)[number]) =>
              groupBy === 'month' ? row.date.slice(0, 7) : groupBy === 'method' ? row.method : row.customerId;
            const keys = [...new Set(expected.map((row) => keyOf(row) ?? ''))].sort();
            const groups = keys.flatMap((key) =>
              perCurrency(
                expected.filter((row) => (keyOf(row) ?? '') === key),
                paymentSums,
              ).map((sums) => compact({ key: key || undefined, ...sums })),
            );
            assert.deepEqual(
              first.groups?.map(({ name: _name, ...group }) => group),
              groupBy === undefined ? undefined : groups,
            );
          }
        },
      ),
      { numRuns: runs },
    );
  });
});
