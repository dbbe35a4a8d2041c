import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { PeriodFigures } from '../../shared/ledger/reports/income.ts';
import { writeRecords } from '../../shared/store/writer.ts';
import { allRecords, type SomeBooks, someBooks, someDay } from '../support/books.ts';
import { memoryTable } from '../support/memory-table.ts';
import type { Questions } from '../support/questions.ts';
import { readerOf } from '../support/questions.ts';
import { perCurrency, recountInvoice, recountUnapplied } from '../support/recount.ts';

const { table, open } = await memoryTable();
const runs = Number(process.env.RUNS ?? 15);

let organizations = 0;
async function written(books: SomeBooks): Promise<() => Questions> {
  const organization = `org-${++organizations}`;
  await writeRecords({ table, organization, records: allRecords(books) });
  return () => readerOf(open(), organization);
}

const one = () => 1;
const nothing = { count: 0, total: 0 };

/** Figures by currency with those left out that are nothing, since a recount has no entry for them. */
const something = (figures: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(figures).filter(
      ([, value]) => typeof value === 'string' || Object.values(value as object).some((sum) => sum !== 0),
    ),
  );

describe('receivables', () => {
  it('equal a recount of all records as of any day, past or to come', async () => {
    await fc.assert(
      fc.asyncProperty(someBooks, fc.array(someDay, { minLength: 5, maxLength: 5 }), async (books, days) => {
        const reader = await written(books);
        for (const asOf of days) {
          const rows = books.invoices
            .map((invoice) => recountInvoice(books, invoice, asOf))
            .filter(({ balance }) => balance > 0);
          const owed = rows.filter(({ issued }) => issued <= asOf);
          const sums = (list: typeof rows) =>
            new Map(
              perCurrency(list, { count: one, total: (row) => row.balance }).map(({ currency, ...sum }) => [
                currency,
                sum,
              ]),
            );
          const parts = {
            outstanding: sums(owed),
            overdue: sums(owed.filter(({ due }) => due !== undefined && due < asOf)),
            noDueDate: sums(owed.filter(({ due }) => due === undefined)),
            futureDated: sums(rows.filter(({ issued }) => issued > asOf)),
            unapplied: new Map(
              perCurrency(recountUnapplied(books, asOf), { count: one, total: (row) => row.amount }).map(
                ({ currency, ...sum }) => [currency, sum],
              ),
            ),
          };
          const currencies = Object.values(parts).flatMap((part) => [...part.keys()]);
          const expected = [...new Set(currencies)].sort().map((currency) => ({
            currency,
            ...Object.fromEntries(
              Object.entries(parts).map(([name, of]) => [name, of.get(currency) ?? nothing]),
            ),
          }));
          const found = await reader().receivables(asOf);
          assert.deepEqual(
            found.filter(({ currency: _currency, ...figures }) =>
              Object.values(figures).some(({ count }) => count !== 0),
            ),
            expected,
          );
        }
      }),
      { numRuns: runs },
    );
  });
});

describe('what a customer owes', () => {
  it('stands beside what the customer has paid or been credited for no invoice, as of any day', async () => {
    await fc.assert(
      fc.asyncProperty(someBooks, someDay, async (books, asOf) => {
        const reader = await written(books);
        for (const { id, name } of books.customers) {
          const found = await reader().searchCustomers(name, 25, asOf);
          const owed = perCurrency(
            [
              ...books.invoices
                .filter(({ customerId, issued }) => customerId === id && issued <= asOf)
                .map((invoice) => recountInvoice(books, invoice, asOf))
                .map(({ currency, balance }) => ({ currency, balance, unapplied: 0 })),
              ...recountUnapplied(books, asOf)
                .filter(({ customerId }) => customerId === id)
                .map(({ currency, amount }) => ({ currency, balance: 0, unapplied: amount })),
            ],
            {
              count: ({ balance }) => Number(balance > 0),
              balance: ({ balance }) => balance,
              unapplied: ({ unapplied }) => unapplied,
            },
          );
          assert.deepEqual(
            found.rows.find(({ customer }) => customer.id === id)?.open,
            owed.filter(({ balance, unapplied }) => balance !== 0 || unapplied !== 0),
          );
        }
      }),
      { numRuns: runs },
    );
  });
});

describe('figures of a period', () => {
  it('equal a recount of all records, for any days', async () => {
    await fc.assert(
      fc.asyncProperty(
        someBooks,
        fc.array(fc.tuple(someDay, someDay, someDay), { minLength: 6, maxLength: 6 }),
        async (books, periods) => {
          const reader = await written(books);
          for (const [first, second, asOf] of periods) {
            const [start = '', end = ''] = [first, second].sort();
            const within = (day: string) => day >= start && day <= end && day <= asOf;
            const amounts = { count: one, total: (row: { amount: number }) => row.amount };
            const taxed = { count: one, tax: (row: { tax?: number }) => row.tax ?? 0 };
            const spent = books.expenses.filter((e) => e.lifecycle === 'recorded' && within(e.date));
            const cash = books.expenses.filter((e) => e.lifecycle === 'recorded' && within(e.paid ?? e.date));
            const paid = books.payments.filter((p) => !p.failed && within(p.date));
            const parts = {
              invoiced: perCurrency(
                books.invoices.filter((i) => !['draft', 'void'].includes(i.lifecycle) && within(i.issued)),
                { ...taxed, total: (row) => row.total, tip: (row) => row.tip ?? 0 },
              ),
              credited: perCurrency(
                books.credits.filter((c) => c.lifecycle === 'issued' && within(c.issued)),
                { ...taxed, total: (row) => row.total },
              ),
              received: perCurrency(
                paid.filter((p) => p.amount > 0),
                amounts,
              ),
              refunded: perCurrency(
                paid.filter((p) => p.amount < 0),
                amounts,
              ),
              spent: perCurrency(
                spent.filter((e) => e.amount > 0),
                { ...amounts, ...taxed },
              ),
              spentCredits: perCurrency(
                spent.filter((e) => e.amount < 0),
                { ...amounts, ...taxed },
              ),
            };
            const currencies = [
              ...new Set(Object.values(parts).flatMap((list) => list.map(({ currency }) => currency))),
            ];
            const expected = currencies.sort().map((currency) => ({
              currency,
              ...Object.fromEntries(
                Object.entries(parts).flatMap(([name, list]) => {
                  const { currency: _currency, ...sums } = list.find((sum) => sum.currency === currency) ?? {
                    currency,
                  };
                  return Object.keys(sums).length > 0 ? [[name, sums]] : [];
                }),
              ),
            }));
            const found = await reader().periodFigures({ start, end }, asOf);
            const inPeriod = ({ spentMoved: _moved, ...figures }: PeriodFigures) => something(figures);
            assert.deepEqual(
              found.map(inPeriod).filter((figures) => Object.keys(figures).length > 1),
              expected,
            );
            const paidOut = found.map(({ currency, spent, spentCredits, spentMoved }) => ({
              currency,
              total: spent.total + spentCredits.total + spentMoved,
            }));
            assert.deepEqual(
              paidOut.filter(({ total }) => total !== 0),
              perCurrency(cash, { total: (e) => e.amount }).filter(({ total }) => total !== 0),
            );
          }
        },
      ),
      { numRuns: runs },
    );
  });
});

describe('an invoice', () => {
  it('stands by itself as it stands in lists, as of any day', async () => {
    await fc.assert(
      fc.asyncProperty(someBooks, someDay, async (books, asOf) => {
        const reader = await written(books);
        for (const invoice of books.invoices.slice(0, 6)) {
          const [found, ...others] = await reader().findInvoices({ id: invoice.id }, asOf);
          assert.equal(others.length, 0);
          const expected = recountInvoice(books, invoice, asOf);
          assert.deepEqual(
            [found?.status, found?.balance, found?.daysOverdue, found?.paid, found?.invoice],
            [expected.status, expected.balance, expected.daysOverdue, expected.paid, invoice],
          );
          if (invoice.number === undefined) continue;
          const plain = (number: string) => number.toLowerCase().replace(/^#/, '');
          const same = books.invoices.filter(
            ({ number }) => number && plain(number) === plain(invoice.number ?? ''),
          );
          const numbered = await reader().findInvoices({ number: invoice.number.toUpperCase() }, asOf);
          assert.deepEqual(numbered.map(({ id }) => id).sort(), same.map(({ id }) => id).sort());
        }
      }),
      { numRuns: runs },
    );
  });
});
