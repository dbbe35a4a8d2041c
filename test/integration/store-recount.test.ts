import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { BusinessProfile } from '../../shared/ledger/kinds/business.ts';
import type { LedgerRecord } from '../../shared/ledger/kinds/index.ts';
import { registry } from '../../shared/ledger/registry.ts';
import { derivedNames, partitionsOf, wholePartition } from '../../shared/store/keys.ts';
import { verifyBooks } from '../../shared/store/verify.ts';
import { finishInterruptedWrite, writeRecords } from '../../shared/store/writer.ts';
import { allRecords, someBooks } from '../support/books.ts';
import { letLockExpire, memoryTable } from '../support/memory-table.ts';
import { readerOf } from '../support/questions.ts';
import { someRecords } from '../support/records.ts';

const { table, open, openDying } = await memoryTable();
const runs = Number(process.env.RUNS ?? 10);

let organizations = 0;
const nextOrganization = () => `org-${++organizations}`;

const profile: BusinessProfile = {
  kind: 'business',
  id: 'business',
  name: 'Somebody',
  timeZone: 'Europe/Zurich',
  fiscalYearStartMonth: 7,
  accountingBasis: 'cash',
};

const inAnyOrder = someBooks.chain((books) =>
  fc.shuffledSubarray<LedgerRecord>([profile, ...allRecords(books)], {
    minLength: allRecords(books).length + 1,
  }),
);

const differencesOf = async (organization: string) => {
  const { differences, unfinished } = await verifyBooks(table, organization);
  return { differences, unfinished };
};

const none = { differences: [], unfinished: false };

describe('a recount', () => {
  it('finds no difference after records arrived in any order and any portions, and again', async () => {
    await fc.assert(
      fc.asyncProperty(inAnyOrder, fc.integer({ min: 1, max: 40 }), async (records, portion) => {
        const organization = nextOrganization();
        for (let at = 0; at < records.length; at += portion) {
          await writeRecords({ table, organization, records: records.slice(at, at + portion) });
        }
        assert.deepEqual(await differencesOf(organization), none);
        const again = await writeRecords({ table, organization, records });
        assert.deepEqual(again, { added: 0, changed: 0, unchanged: records.length });
        assert.deepEqual(await differencesOf(organization), none);
      }),
      { numRuns: runs },
    );
  });

  it('finds no difference after records were replaced by others of the same ids', async () => {
    await fc.assert(
      fc.asyncProperty(inAnyOrder, inAnyOrder, async (first, second) => {
        const organization = nextOrganization();
        await writeRecords({ table, organization, records: first });
        await writeRecords({ table, organization, records: second });
        assert.deepEqual(await differencesOf(organization), none);
      }),
      { numRuns: runs },
    );
  });

  it('finds no difference after a writer died at any point and another took up the work', async () => {
    await fc.assert(
      fc.asyncProperty(
        inAnyOrder,
        inAnyOrder,
        fc.integer({ min: 0, max: 120 }),
        fc.boolean(),
        async (first, second, writes, resume) => {
          const organization = nextOrganization();
          await writeRecords({ table, organization, records: first });
          let died = false;
          try {
            await writeRecords({ table: openDying(writes), organization, records: second });
          } catch (error) {
            assert.equal((error as Error).message, 'killed');
            died = true;
          }
          if (died && (await verifyBooks(table, organization)).differences.length > 0) {
            const page = await readerOf(open(), organization).listInvoices({
              asOf: '2025-12-20',
              hideLater: false,
              limit: 1,
            });
            assert.equal(page.totals, undefined, 'totals are withheld while they may be wrong');
            assert.ok(page.totalsAbsent);
          }
          await letLockExpire(table, organization);
          if (resume) await writeRecords({ table, organization, records: second });
          else await finishInterruptedWrite(table, organization);
          assert.deepEqual(await differencesOf(organization), none);
        },
      ),
      { numRuns: runs },
    );
  });

  it('finds what somebody changed behind its back, and repairs it', async () => {
    const organization = nextOrganization();
    const [books] = fc.sample(
      someBooks.filter(({ invoices }) => invoices.length > 3),
      1,
    );
    assert.ok(books);
    await writeRecords({ table, organization, records: [profile, ...allRecords(books)] });
    const pk = partitionsOf(organization).derived('invoice.date');
    const [entry] = await table.all({ pk, from: '0', to: '9' }, { limit: 1 });
    assert.ok(entry);
    await table.write([{ pk, sk: '2020-01-01#nothing', data: '{}' }], [entry]);
    const { differences } = await verifyBooks(table, organization, true);
    assert.deepEqual(
      differences.map(({ index, is }) => `${index} ${is}`),
      ['invoice.date unexpected', 'invoice.date missing'],
    );
    assert.deepEqual(await differencesOf(organization), none);
  });
});

describe('a recount of every index', () => {
  const inOrder = <T extends { readonly index: string }>(found: readonly T[]): T[] =>
    found.toSorted((one, other) => (one.index < other.index ? -1 : 1));
  const note: LedgerRecord = {
    kind: 'credit_note',
    id: 'n1',
    customerId: 'c1',
    currency: 'USD',
    lifecycle: 'issued',
    issued: '2025-03-01',
    total: 500,
    allocations: [{ invoiceId: 'i1', amount: 200, date: '2025-03-05' }],
  };
  const paid = {
    currency: 'USD',
    customerId: 'c1',
    date: '2025-04-01',
    amount: 300,
    method: 'card',
  } as const;
  const moved = {
    kind: 'bank_transaction' as const,
    accountId: 'a1',
    currency: 'USD',
    date: '2025-04-02',
    amount: -70,
    counterparty: 'Acme',
    category: 'Travel',
    links: [],
  };
  const records: LedgerRecord[] = [
    profile,
    { kind: 'customer', id: 'c1', name: 'Anna' },
    {
      kind: 'invoice',
      id: 'i1',
      number: '1',
      customerId: 'c1',
      currency: 'USD',
      lifecycle: 'issued',
      issued: '2025-02-01',
      due: '2025-03-03',
      total: 900,
      lines: [{ productId: 'x1', name: 'Tea', quantity: '2', total: 900 }],
    },
    { kind: 'product', id: 'x1', name: 'Tea', currency: 'USD', active: true },
    note,
    { kind: 'payment', id: 'p1', ...paid },
    { kind: 'payment', id: 'p2', ...paid, failed: true },
    {
      kind: 'expense',
      id: 'e1',
      lifecycle: 'recorded',
      vendor: 'Acme',
      category: 'Travel',
      currency: 'USD',
      date: '2025-05-01',
      paid: '2025-06-01',
      billId: 'b',
      amount: 70,
    },
    {
      kind: 'bill',
      id: 'b1',
      supplierId: 's1',
      currency: 'USD',
      lifecycle: 'issued',
      issued: '2025-02-01',
      total: 800,
      lines: [],
    },
    {
      kind: 'supplier_credit',
      id: 'k1',
      supplierId: 's1',
      currency: 'USD',
      lifecycle: 'issued',
      issued: '2025-03-01',
      total: 100,
      allocations: [{ billId: 'b1', amount: 100, date: '2025-03-05' }],
    },
    {
      kind: 'bill_payment',
      id: 'q1',
      supplierId: 's1',
      currency: 'USD',
      date: '2025-04-01',
      amount: 300,
      method: 'bank_transfer',
    },
    { ...moved, id: 't1', status: 'pending' },
    { ...moved, id: 't2', status: 'booked' },
  ];

  it('misses what is gone from any of its indexes and totals, and repairs it', async () => {
    const organization = nextOrganization();
    const others = fc.sample(someRecords(registry.kinds.values()), { seed: 7, numRuns: 60 }).flat();
    // The records above replace others of their ids.
    const byIdentity = new Map(
      [...others, ...records].map((record) => [`${record.kind} ${record.id}`, record] as const),
    );
    await writeRecords({ table, organization, records: [...byIdentity.values()] });
    const missing = [];
    for (const index of derivedNames(registry).filter((name) => name !== 'pending')) {
      const [first] = await table.all(wholePartition(partitionsOf(organization).derived(index)), {
        limit: 1,
      });
      // What is never misspelt has nothing there.
      if (!first && index.endsWith('.rest')) continue;
      assert.ok(first, index);
      await table.write([], [first]);
      missing.push({ index, sk: first.sk, is: 'missing' });
    }
    const { differences } = await verifyBooks(table, organization, true);
    assert.deepEqual(inOrder(differences), inOrder(missing));
    assert.deepEqual(await differencesOf(organization), none);
  });
});

describe('the write lock', () => {
  it('keeps a second writer away while the first is at work', async () => {
    const organization = nextOrganization();
    let second: Promise<unknown> | undefined;
    async function* slowly(): AsyncGenerator<LedgerRecord> {
      yield profile;
      yield { ...profile, name: 'Changed' };
      second = assert.rejects(writeRecords({ table, organization, records: [profile] }), {
        name: 'Refusal',
        message: /Another import into this organization is running/,
      });
      await second;
    }
    await writeRecords({ table, organization, records: slowly() });
    assert.ok(second);
  });
});
