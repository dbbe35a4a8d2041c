import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cleanRecord } from '../../functions/mcp/untrusted.ts';
import { NotFound, Refusal } from '../../shared/ledger/errors.ts';
import type { Customer } from '../../shared/ledger/kinds/customer.ts';
import type { Expense } from '../../shared/ledger/kinds/expense.ts';
import type { LedgerRecord } from '../../shared/ledger/kinds/index.ts';
import type { Invoice } from '../../shared/ledger/kinds/invoice.ts';
import type { Payment } from '../../shared/ledger/kinds/payment.ts';
import { openReader } from '../../shared/store/reader.ts';
import { verifyBooks } from '../../shared/store/verify.ts';
import { writeRecords } from '../../shared/store/writer.ts';
import { memoryTable } from '../support/memory-table.ts';
import { ask } from '../unit/paper-ledger.ts';

const { table, open } = await memoryTable();
const runs = Number(process.env.RUNS ?? 20);

type Row = Record<string, unknown>;
let organizations = 0;

/** Books of their own, asked as the server asks them: every text of an answer is cleaned last. */
async function asking(records: readonly LedgerRecord[]) {
  const organization = `org-${++organizations}`;
  await writeRecords({ table, organization, records });
  return async (tool: string, args: Row): Promise<Row> => {
    const reader = openReader(open(), organization);
    const { content } = await ask(tool, args, {}, { reader, today: '2026-11-21' });
    return cleanRecord(content);
  };
}

const expense = (id: string, some: Partial<Expense>): Expense => ({
  kind: 'expense',
  id,
  lifecycle: 'recorded',
  currency: 'USD',
  date: '2026-03-01',
  amount: 10_00,
  ...some,
});
const invoice = (id: string, some: Partial<Invoice> = {}): Invoice => ({
  kind: 'invoice',
  id,
  currency: 'USD',
  lifecycle: 'issued',
  issued: '2026-02-01',
  total: 100_00,
  lines: [],
  ...some,
});
const customer = (id: string, name: string, some: Partial<Customer> = {}): Customer => ({
  kind: 'customer',
  id,
  name,
  ...some,
});
const payment = (id: string, some: Partial<Payment> = {}): Payment => ({
  kind: 'payment',
  id,
  currency: 'USD',
  date: '2026-03-01',
  amount: 5_00,
  method: 'card',
  ...some,
});

/** Names as they come out of other systems: with what hides, what looks alike, and up to the length that is allowed. */
const oddName = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
    fc.string({
      unit: fc.constantFrom(
        ...['a', 'B', 'ß', 'é', 'e\u0301', 'ﬁ', 'ガ', 'नि', '東', '#', '%', '@', '.', '4', '7'],
        ...["'", '’', '´', '`', '-', '–', '‑', '"', '“', ' ', '\u00a0', '\n', '\r\n', '\t', '\u0085'],
        ...['\u00ad', '\u200b', '\u200d', '\u200c', '\ufeff', '\u202e', '\u0007', '\u000b', '\ufe0f'],
      ),
      minLength: 1,
      maxLength: 30,
    }),
    fc.string({
      unit: fc.constantFrom('a', 'b', '山', '\u00ad', ' ', '\ufdfa'),
      minLength: 190,
      maxLength: 200,
    }),
  )
  .filter((name) => name.length <= 200 && /\S/.test(name) && name.isWellFormed());

const isAmbiguous = (error: unknown, id: unknown): boolean =>
  error instanceof Refusal && error.message.startsWith('Several') && error.message.includes(`"${id}"`);

describe('every name in an answer, given back as a filter, finds its row', () => {
  const has = (answer: Row, noun: string, id: unknown, name: unknown) =>
    assert.ok(
      (answer[noun] as Row[]).some((row) => row.id === id),
      `${id} by ${JSON.stringify(name)}`,
    );

  it('vendors and categories', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(oddName, oddName), { minLength: 1, maxLength: 8 }),
        async (names) => {
          const asked = await asking(
            names.map(([vendor, category], n) => expense(`e${n}`, { vendor, category })),
          );
          const { expenses } = await asked('list_expenses', { limit: 100 });
          assert.equal((expenses as Row[]).length, names.length);
          for (const { id, vendor, category } of expenses as Row[]) {
            if (vendor !== undefined) has(await asked('list_expenses', { vendor }), 'expenses', id, vendor);
            if (category !== undefined)
              has(await asked('list_expenses', { category }), 'expenses', id, category);
          }
        },
      ),
      { numRuns: runs, endOnFailure: true },
    );
  });

  it('customers and numbers, in invoices, payments and the search', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(oddName, oddName), { minLength: 1, maxLength: 5 }),
        async (names) => {
          const asked = await asking(
            names.flatMap(([name, number], n) => [
              customer(`C-${n}`, name),
              invoice(`I-${n}`, { customerId: `C-${n}`, number }),
              payment(`P-${n}`, { customerId: `C-${n}` }),
            ]),
          );
          const finds = async (
            noun: string,
            id: unknown,
            name: unknown,
            question: Promise<Row>,
            of: unknown,
          ) => {
            try {
              has(await question, noun, id, name);
            } catch (error) {
              if (!isAmbiguous(error, of)) throw error;
            }
          };
          const { invoices } = await asked('list_invoices', { limit: 100 });
          for (const { id, customer, customerId, number } of invoices as Row[]) {
            if (customer !== undefined) {
              const question = asked('list_invoices', { customerId: customer });
              await finds('invoices', id, customer, question, customerId);
            }
            if (number === undefined) continue;
            const found = await asked('get_invoice', { invoiceNumber: number });
            has({ found: found.sameNumber ?? [found.invoice] }, 'found', id, number);
          }
          const year = { startDate: '2026-01-01', endDate: '2026-11-21' };
          const { payments } = await asked('payments_report', year);
          for (const { id, customer, customerId } of payments as Row[]) {
            if (customer === undefined) continue;
            const question = asked('payments_report', { ...year, customerId: customer });
            await finds('payments', id, customer, question, customerId);
            // What has neither letters nor digits cannot be searched for, and is refused.
            if (/[\p{L}\p{N}]/u.test(String(customer).normalize('NFKD'))) {
              has(
                await asked('search_customers', { query: customer, limit: 100 }),
                'customers',
                customerId,
                customer,
              );
            }
          }
        },
      ),
      { numRuns: runs, endOnFailure: true },
    );
  });
});

const refuses =
  (kind: typeof Refusal, ...said: string[]) =>
  (error: Error) => {
    assert.ok(error instanceof kind, String(error));
    for (const part of said) assert.ok(error.message.includes(part), `${error.message} says ${part}`);
    return true;
  };

const shop = [
  customer('ALFKI', 'Maria Anders', { organization: 'Alfreds Futterkiste' }),
  customer('ANATR', 'Ana Trujillo'),
  customer('QUIET', 'Nobody Home'),
  customer('TWIN-1', 'Zwilling & Co'),
  customer('TWIN-2', 'ZWILLING & CO'),
  invoice('INV-1', { customerId: 'ALFKI', number: '2026-001' }),
  invoice('INV-2', { customerId: 'ANATR', number: '2026-002', lifecycle: 'void' }),
  invoice('INV-3', { customerId: 'LOOSE-1', number: 'INV-9' }),
  payment('p1', { invoiceId: 'INV-1' }),
  payment('p2', { customerId: 'PREPAID' }),
  expense('e1', { vendor: 'Amazon Web Services', category: 'Hosting', amount: 30_00 }),
  expense('e2', { vendor: 'AMAZON Marketplace', category: 'Office', date: '2026-05-01', amount: 7_00 }),
  expense('e3', { vendor: 'Amazon marketplace', category: 'Office', currency: 'EUR', date: '2025-05-01' }),
  expense('e4', { vendor: 'Figma', category: 'Software' }),
  expense('e5', { vendor: 'Draft Ltd', lifecycle: 'draft' }),
];

describe('a customer that was named otherwise', () => {
  const year = { startDate: '2026-01-01', endDate: '2026-11-21' };

  it('is meant by the id in other capitals, and by a name that only one has', async () => {
    const asked = await asking(shop);
    for (const customerId of [
      'alfki',
      'Alfki',
      'Alfreds Futterkiste',
      'maria anders',
      'ALFREDS  FUTTERKISTE',
    ]) {
      const listed = await asked('list_invoices', { customerId });
      assert.equal(listed.customerId, 'ALFKI', customerId);
      assert.deepEqual(
        (listed.invoices as Row[]).map(({ id }) => id),
        ['INV-1'],
      );
      assert.deepEqual((listed.totals as Row[])[0], {
        currency: 'USD',
        count: 1,
        total: '100.00',
        balance: '95.00',
      });
      const paid = await asked('payments_report', { ...year, customerId });
      assert.deepEqual([paid.customerId, (paid.payments as Row[])[0]?.id], ['ALFKI', 'p1'], customerId);
    }
    assert.equal('customerId' in (await asked('list_invoices', { customerId: 'ALFKI' })), false);
    const loose = await asked('list_invoices', { customerId: 'loose-1' });
    assert.deepEqual([loose.customerId, loose.returned], ['LOOSE-1', 1]);
  });

  it('is on every page of the list', async () => {
    const asked = await asking([...shop, invoice('INV-4', { customerId: 'ALFKI' })]);
    const first = await asked('list_invoices', { customerId: 'alfki', limit: 1 });
    const second = await asked('list_invoices', { customerId: 'alfki', limit: 1, cursor: first.nextCursor });
    assert.deepEqual(
      [first, second].map(({ customerId, invoices }) => [customerId, (invoices as Row[])[0]?.id]),
      [
        ['ALFKI', 'INV-4'],
        ['ALFKI', 'INV-1'],
      ],
    );
  });

  it('has nothing only when the books know it: by its record, an invoice or a payment', async () => {
    const asked = await asking(shop);
    for (const customerId of ['QUIET', 'PREPAID', 'nobody home']) {
      const { invoices, totalCount } = await asked('list_invoices', { customerId });
      assert.deepEqual([invoices, totalCount], [[], 0], customerId);
    }
    assert.equal((await asked('list_invoices', { customerId: 'ANATR', status: 'open' })).totalCount, 0);
    assert.equal((await asked('payments_report', { ...year, customerId: 'LOOSE-1' })).totalCount, 0);
  });

  it('is refused when nobody is called so, with the nearest, and when several are', async () => {
    const asked = await asking(shop);
    const nearest: [asked: string, near: string][] = [
      ['ALFKJ', '"ALFKI" ("Maria Anders")'],
      ['Alfred Futterkist', '"ALFKI" ("Maria Anders")'],
      ['Trujilo', '"ANATR" ("Ana Trujillo")'],
    ];
    for (const [customerId, near] of nearest) {
      const refusal = refuses(NotFound, `No customer has the id or name "${customerId}". Nearest: `, near);
      await assert.rejects(asked('list_invoices', { customerId }), refusal);
      await assert.rejects(asked('payments_report', { ...year, customerId }), refusal);
    }
    await assert.rejects(
      asked('list_invoices', { customerId: 'Zwilling & Co.'.slice(0, -1), status: 'open' }),
      refuses(Refusal, 'Several customers', '"TWIN-1" ("Zwilling & Co")', '"TWIN-2" ("ZWILLING & CO")'),
    );
    await assert.rejects(
      asked('list_invoices', { customerId: 'Unheard-of' }),
      refuses(NotFound, 'No similar name found; search_customers'),
    );
    const empty = await asking([]);
    await assert.rejects(empty('list_invoices', { customerId: 'C1' }), refuses(NotFound, '"C1"'));
  });
});

describe('a vendor or category', () => {
  it('that nobody has is refused, with the nearest as they are written', async () => {
    const asked = await asking(shop);
    await assert.rejects(
      asked('list_expenses', { vendor: 'Amazn' }),
      refuses(
        NotFound,
        'No expense has the vendor "Amazn"',
        'Nearest: ',
        '"AMAZON Marketplace"',
        '"Amazon Web Services"',
      ),
    );
    await assert.rejects(
      asked('list_expenses', { category: 'Softwear', vendor: 'figma' }),
      refuses(NotFound, 'category "Softwear"', 'Nearest: "Software".'),
    );
    for (const vendor of ['Draft Ltd', 'Microsoft', '\u200b\u00ad.'.slice(0, 2)]) {
      await assert.rejects(asked('list_expenses', { vendor }), Refusal, vendor);
    }
  });

  it('whose beginning several share is answered with all of them, named, and exact totals', async () => {
    const asked = await asking(shop);
    const { expenses, totals, totalCount, vendors, vendorCount } = await asked('list_expenses', {
      vendor: 'amaz',
    });
    assert.deepEqual(
      (expenses as Row[]).map(({ id }) => id),
      ['e2', 'e1', 'e3'],
    );
    assert.deepEqual(totals, [
      { currency: 'EUR', count: 1, total: '10.00' },
      { currency: 'USD', count: 2, total: '37.00' },
    ]);
    assert.equal(totalCount, 3);
    assert.deepEqual([vendors, vendorCount], [['AMAZON Marketplace', 'Amazon Web Services'], 2]);
    const both = await asked('list_expenses', { vendor: 'a', category: 'off', startDate: '2026-01-01' });
    assert.deepEqual(
      (both.expenses as Row[]).map(({ id }) => id),
      ['e2'],
    );
    assert.deepEqual([both.categories, both.categoryCount], [['Office'], 1]);
    const exact = await asked('list_expenses', { vendor: 'amazon marketplace' });
    assert.deepEqual([exact.totalCount, exact.vendors], [2, undefined]);
  });

  it('is that very one, however many others begin with it', async () => {
    const others = Array.from({ length: 300 }, (_, n) => expense(`o${n}`, { vendor: `Acme ${n}` }));
    const asked = await asking([...others, expense('x', { vendor: 'Acme' })]);
    assert.equal((await asked('list_expenses', { vendor: 'acme' })).totalCount, 1);
    const all = await asked('list_expenses', { vendor: 'acm' });
    assert.deepEqual([all.totalCount, all.vendorCount, (all.vendors as string[]).length], [301, 301, 20]);
  });
});

describe('an invoice', () => {
  it('is found by its id in other capitals, and refused with the nearest otherwise', async () => {
    const asked = await asking(shop);
    const { invoice } = await asked('get_invoice', { invoiceId: 'inv-1' });
    assert.equal((invoice as Row).id, 'INV-1');
    const cases: [Row, string][] = [
      [{ invoiceId: 'INV-11' }, 'No invoice has the id "INV-11". Nearest: "INV-1"'],
      [{ invoiceId: '2026-001' }, 'expected invoiceNumber "2026-001" instead'],
      [{ invoiceNumber: 'inv-2' }, 'expected invoiceId "INV-2" instead'],
      [{ invoiceNumber: '2026-01' }, 'Nearest: "2026-001"'],
      [{ invoiceNumber: 'zzz' }, 'list_invoices shows numbers'],
      [{ invoiceId: 'zzz' }, 'list_invoices returns ids'],
    ];
    for (const [args, said] of cases)
      await assert.rejects(asked('get_invoice', args), refuses(NotFound, said));
  });
});

describe('filters that contradict each other', () => {
  it('are refused', async () => {
    const asked = await asking(shop);
    for (const status of ['draft', 'sent', 'viewed', 'paid', 'void', 'written_off']) {
      await assert.rejects(
        asked('list_invoices', { status, minDaysOverdue: 1 }),
        refuses(Refusal, `No invoice with status ${status} is overdue`),
      );
    }
    for (const status of ['open', 'overdue', 'partial']) {
      assert.ok(await asked('list_invoices', { status, minDaysOverdue: 1 }));
    }
    await assert.rejects(
      asked('list_invoices', { startDate: '2026-05-01', asOf: '2026-04-30' }),
      refuses(Refusal, 'startDate 2026-05-01 is after asOf 2026-04-30'),
    );
  });
});

it('names are derived alike by imports and recounts', async () => {
  await asking(shop);
  assert.deepEqual((await verifyBooks(table, `org-${organizations}`)).differences, []);
});
