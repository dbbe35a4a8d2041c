import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Refusal } from '../../shared/ledger/errors.ts';
import { registry } from '../../shared/ledger/registry.ts';
import { isOrganizationId } from '../../shared/organization.ts';
import { derivedNames, partitionsOf } from '../../shared/store/keys.ts';
import { writeRecords } from '../../shared/store/writer.ts';
import { allRecords, type SomeBooks, someBooks } from '../support/books.ts';
import { memoryTable } from '../support/memory-table.ts';
import { readerOf } from '../support/questions.ts';

const { table, open } = await memoryTable();
const runs = Number(process.env.RUNS ?? 8);

/** The same ids in both organizations; only the names of customers and the notes tell whose a record is. */
const marked = (books: SomeBooks, mark: string): SomeBooks => ({
  customers: books.customers.map((customer) => ({ ...customer, name: `${customer.name} ${mark}` })),
  invoices: books.invoices.map((invoice) => ({ ...invoice, notes: mark, number: `${mark} ${invoice.id}` })),
  payments: books.payments.map((payment) => ({ ...payment, reference: mark })),
  credits: books.credits.map((note) => ({ ...note, number: mark })),
  expenses: books.expenses.map((expense) => ({ ...expense, description: mark, vendor: mark })),
});

/** Everything that a reader can be asked, as one text. */
async function everything(organization: string, after?: string): Promise<string> {
  const reader = () => readerOf(open(), organization);
  const asOf = '2025-12-20';
  const page = { limit: 100, ...(after !== undefined && { after }) };
  const invoices = await reader().listInvoices({ ...page, asOf, hideLater: false });
  // What is not there is refused with the nearest, which must be the organization's own, too.
  const orRefusal = (answer: Promise<unknown>) => answer.catch((error: Refusal) => error.message);
  return JSON.stringify([
    invoices,
    await reader().listInvoices({ ...page, asOf, hideLater: true, status: 'open' }),
    ...(await Promise.all(
      ['c0', 'C0', 'c9', 'Köhler AG AAA', 'kohler ag bbb', 'Köhler', 'Łódź Transprot'].flatMap(
        (customerId) => [
          orRefusal(reader().listInvoices({ ...page, asOf, hideLater: false, customerId })),
          orRefusal(reader().listPayments({ ...page, start: '2000-01-01', end: '2100-01-01', customerId })),
        ],
      ),
    )),
    ...(await Promise.all(
      ['A', 'b', 'AAAB', 'bbba', 'zz'].map((vendor) => orRefusal(reader().listExpenses({ ...page, vendor }))),
    )),
    ...(await Promise.all(
      [{ id: 'i99' }, { id: 'I0' }, { number: 'AAA i' }, { number: 'bbb i0x' }].map((by) =>
        orRefusal(reader().findInvoices(by, asOf)),
      ),
    )),
    await Promise.all(invoices.rows.slice(0, 5).map(({ id }) => reader().findInvoices({ id }, asOf))),
    await reader().listExpenses(page),
    await reader().listPayments({ ...page, start: '2000-01-01', end: '2100-01-01', groupBy: 'customer' }),
    await reader().searchCustomers('a', 100, asOf),
    await reader().searchCustomers('koehler', 100, asOf),
  ]);
}

describe('a reader of one organization', () => {
  it('never returns anything of another, not even with positions of the other', async () => {
    await fc.assert(
      fc.asyncProperty(someBooks, someBooks, fc.nat({ max: 1e9 }), async (first, second, nonce) => {
        // One id is the beginning of the other: prefixes of keys must not reach across.
        const [a, b] = [`acme-${nonce}`, `acme-${nonce}-2`];
        await writeRecords({ table, organization: a, records: allRecords(marked(first, 'AAAA')) });
        await writeRecords({ table, organization: b, records: allRecords(marked(second, 'BBBB')) });
        assert.ok(!(await everything(a)).includes('BBBB'));
        assert.ok(!(await everything(b)).includes('AAAA'));

        const query = { asOf: '2025-12-20', hideLater: false, limit: 1 };
        const { next } = await readerOf(open(), a).listInvoices(query);
        if (next === undefined) return;
        assert.ok(!(await everything(b, next)).includes('AAAA'));
      }),
      { numRuns: runs },
    );
  });

  it('cannot be made for anything but an organization id', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'Z', '0', '-', '#', '*', '?', '$', '{', ' ', 'é') }),
        (text) => {
          if (isOrganizationId(text)) assert.doesNotThrow(() => readerOf(table, text));
          else assert.throws(() => readerOf(table, text), RangeError);
        },
      ),
    );
    for (const text of ['', 'a', '-a', 'a#b', 'ACME', 'a*', `a${'b'.repeat(63)}`, 'acme\n']) {
      assert.throws(() => readerOf(table, text), RangeError, JSON.stringify(text));
    }
  });

  it('has partitions that no other organization has, for records and every index', () => {
    const id = fc.stringMatching(/^[a-z0-9][a-z0-9-]{1,62}$/);
    fc.assert(
      fc.property(id, id, (a, b) => {
        fc.pre(a !== b);
        for (const index of derivedNames(registry)) {
          const key = partitionsOf(a).derived(index);
          assert.ok(key.startsWith(`D#${a}#`));
          assert.ok(!key.startsWith(`D#${b}#`));
        }
        assert.ok(!partitionsOf(a).records('invoice').startsWith(`R#${b}#`));
      }),
    );
  });
});
