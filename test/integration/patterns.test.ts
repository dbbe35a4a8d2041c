import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseArguments } from '../../functions/mcp/arguments.ts';
import { openBooks } from '../../functions/mcp/tool.ts';
import { getCashPosition } from '../../functions/mcp/tools/get-cash-position.ts';
import { scopeNames } from '../../shared/edge.ts';
import { addDays } from '../../shared/ledger/dates.ts';
import type { AnyRecord } from '../../shared/ledger/kind.ts';
import { accountIdOf } from '../../shared/ledger/kinds/bank-account.ts';
import type { BankTransaction } from '../../shared/ledger/kinds/bank-transaction.ts';
import { registry } from '../../shared/ledger/registry.ts';
import { openReader } from '../../shared/store/reader.ts';
import { verifyBooks } from '../../shared/store/verify.ts';
import { writeRecords } from '../../shared/store/writer.ts';
import { statementWriters } from '../support/bank-writers.ts';
import { environmentOf, runImport, temporaryFiles } from '../support/import-files.ts';
import { memoryReader } from '../support/memory-reader.ts';
import { letLockExpire, memoryTable } from '../support/memory-table.ts';

/*
 * Payments that recur without being marked so: from records and statements in the store to the answer of
 * get_cash_position.
 */

const memory = await memoryTable();
const write = temporaryFiles();
const today = '2026-11-18';

let organizations = 0;
const nextOrganization = () => `org-${++organizations}`;

let made = 0;
const transaction = (date: string, some: Partial<BankTransaction> = {}): BankTransaction => ({
  kind: 'bank_transaction',
  id: `t${String(++made).padStart(5, '0')}`,
  accountId: 'main',
  status: 'booked',
  date,
  currency: 'EUR',
  amount: -12_99,
  counterparty: 'Streaming GmbH',
  links: [],
  ...some,
});

async function open(organization: string, records?: readonly AnyRecord[]) {
  const reader = records ? memoryReader(records, registry) : openReader(memory.open(), organization);
  const library = { openReader: async () => reader, now: () => new Date(`${today}T12:00:00Z`) };
  return openBooks(library, organization, scopeNames);
}

/** What get_cash_position answers: from the store, and from all records in memory, which must be the same. */
async function ask(records: readonly AnyRecord[], args: Record<string, string> = {}) {
  const organization = nextOrganization();
  await writeRecords({ table: memory.table, organization, records });
  const answers = await Promise.all(
    [undefined, records].map(async (from) => {
      const { content } = await getCashPosition.run(
        parseArguments(getCashPosition.input(), args, []) as never,
        await open(organization, from),
      );
      return JSON.parse(JSON.stringify(content));
    }),
  );
  assert.deepEqual(answers[0], answers[1]);
  return answers[0];
}

const monthly = (day: string, count: number, some: Partial<BankTransaction> = {}) =>
  Array.from({ length: count }, (_, at) => {
    const month = 11 - count + 1 + at;
    return transaction(`2026-${String(month).padStart(2, '0')}-${day}`, some);
  });

describe('patterns of payments', () => {
  for (const family of ['camt', 'mt940', 'ofx'] as const) {
    it(`are found after an import of ${family}, which marks no payment as recurring`, async () => {
      const organization = nextOrganization();
      const days = ['2026-08-03', '2026-09-03', '2026-10-05', '2026-11-03'];
      const statement = {
        sequence: 1,
        iban: 'DE89370400440532013000',
        currency: 'EUR',
        opening: 1_000_00,
        closing: 1_000_00 - 4 * 12_99,
        from: '2026-08-01',
        to: '2026-11-17',
        entries: days.map((day, at) => ({
          amount: -12_99,
          bookingDate: day,
          valueDate: day,
          name: 'Streaming GmbH',
          text: `Invoice ${20_260_000 + at}`,
          reference: `R${at}`,
          reversal: false,
        })),
      };
      // MT940 in its German form: as free text it does not tell who the other party is.
      const spelling = { version: 2, zeros: '', isWide: false } as const;
      const file = write(`statement.${family}`, statementWriters[family]([statement], spelling));
      const imported = await runImport(['--org', organization, file], environmentOf(memory));
      assert.equal(imported.code, 0, imported.stderr);
      const { content } = await getCashPosition.run({} as never, await open(organization));
      const { charged, chargedByPattern } = content.subscriptions as Record<string, Record<string, unknown>>;
      assert.deepEqual(charged, []);
      assert.deepEqual(chargedByPattern?.totals, [{ currency: 'EUR', count: 1, total: '12.99' }]);
    });
  }

  it('are what was charged in the period and what is expected, apart from what the source marks', async () => {
    const answer = await ask(
      [
        ...monthly('03', 4),
        ...monthly('05', 3, { counterparty: 'Marked Ltd', amount: -5_00, recurring: 'monthly' }),
        transaction('2026-11-17', { counterparty: 'Once' }),
        ...['2026-08-28', '2026-09-28', '2026-10-28'].map((day, at) =>
          transaction(day, { counterparty: 'Customer Ltd', amount: at < 2 ? 100_00 : 110_00 }),
        ),
      ],
      { startDate: '2026-11-01', endDate: '2026-12-31' },
    );
    assert.deepEqual(answer.subscriptions, {
      charged: [{ currency: 'EUR', total: '5.00' }],
      chargedByPattern: {
        totals: [{ currency: 'EUR', count: 1, total: '12.99' }],
        rows: [{ date: '2026-11-03', counterparty: 'Streaming GmbH', amount: '12.99', currency: 'EUR' }],
      },
      expected: [
        {
          date: '2026-12-03',
          counterparty: 'Streaming GmbH',
          amount: '12.99',
          currency: 'EUR',
          frequency: 'monthly',
          basis: 'pattern',
          payments: 4,
        },
        {
          date: '2026-12-05',
          counterparty: 'Marked Ltd',
          amount: '5.00',
          currency: 'EUR',
          frequency: 'monthly',
          basis: 'source',
        },
      ],
    });
    assert.deepEqual(answer.incoming.expected, [
      {
        date: '2026-11-28',
        counterparty: 'Customer Ltd',
        amount: '110.00',
        currency: 'EUR',
        frequency: 'monthly',
        basis: 'pattern',
        payments: 3,
        priceChange: { date: '2026-10-28', from: '100.00' },
      },
    ]);
    assert.deepEqual(answer.patterns, { from: '2026-07-26', to: today, payments: 8 });
  });

  it('are expected when they are late, and not any more after one and a half intervals', async () => {
    const due = (last: string) =>
      [addDays(last, -61), addDays(last, -31), last].map((day) => transaction(day));
    const expected = async (last: string) => (await ask(due(last))).subscriptions.expected;
    const [late] = await expected('2026-10-10');
    assert.deepEqual([late.date, late.late, late.basis], ['2026-11-10', true, 'pattern']);
    assert.deepEqual(await expected('2026-10-02'), []);
  });

  it('are those of a period in the past as it was known at its end, and say what was not looked through', async () => {
    const records = ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30'].map((day) => transaction(day));
    const march = await ask(records, { startDate: '2026-03-01', endDate: '2026-03-31' });
    assert.deepEqual(march.subscriptions.chargedByPattern.totals, [
      { currency: 'EUR', count: 1, total: '12.99' },
    ]);
    assert.deepEqual(march.subscriptions.expected, []);
    assert.deepEqual(march.patterns, { from: '2025-12-06', to: '2026-03-31', payments: 3 });
    const year = await ask(records, { startDate: '2025-12-01', endDate: '2026-04-30' });
    assert.equal(year.patterns.partial, 'payments before 2026-01-05 were not looked through');
  });

  it('have no transfers, reversals, pending or replaced transactions, and none that the source marks', async () => {
    for (const some of [
      { transferAccountId: 'savings' },
      { reversal: true },
      { status: 'replaced' },
      { status: 'pending', seen: '2026-11-18T06:00:00Z' },
      { counterparty: undefined },
    ] as const) {
      const rows = monthly('03', 4, some as Partial<BankTransaction>);
      const { subscriptions, patterns } = await ask(rows.map((row) => JSON.parse(JSON.stringify(row))));
      assert.deepEqual(subscriptions.chargedByPattern, { totals: [], rows: [] });
      assert.equal(patterns.payments, 0);
    }
    // Marked in part: the source says when the next one comes, and once.
    const records = [
      ...monthly('03', 4).slice(0, 3),
      transaction('2026-11-17', { counterparty: 'STREAMING', recurring: 'monthly' }),
    ];
    const { subscriptions } = await ask(records, { startDate: '2026-11-18', endDate: '2026-12-31' });
    assert.deepEqual(
      subscriptions.expected.map(({ date, basis }: Record<string, string>) => [date, basis]),
      [['2026-12-17', 'source']],
    );
  });

  it('are looked for among the newest payments alone, which the answer says', async () => {
    const busy = Array.from({ length: 420 }, (_, at) =>
      transaction(addDays(today, -Math.floor(at / 20)), { counterparty: `Shop ${at}x`, amount: -1_00 - at }),
    );
    const { subscriptions, patterns } = await ask([...busy, ...monthly('03', 4)]);
    assert.deepEqual(subscriptions.chargedByPattern, { totals: [], rows: [] });
    assert.match(
      patterns.partial,
      /^only the newest \d+ payments were looked through, of more since 2026-07-26$/,
    );
    const [, most] = /(\d+)/.exec(patterns.partial) ?? [];
    assert.equal(patterns.payments, Number(most));
    assert.ok(patterns.from > '2026-10-01');
  });

  it('are many in some books: the totals have all, the rows the newest', async () => {
    const names = Array.from(
      { length: 40 },
      (_, at) => `Service ${String.fromCharCode(97 + (at % 26)).repeat(1 + at / 26)}`,
    );
    const { subscriptions } = await ask(
      names.flatMap((counterparty) => monthly('03', 3, { counterparty })),
      { startDate: '2026-11-01', endDate: '2026-12-31' },
    );
    assert.deepEqual(subscriptions.chargedByPattern.totals, [
      { currency: 'EUR', count: 40, total: '519.60' },
    ]);
    assert.equal(subscriptions.chargedByPattern.rows.length, 20);
    assert.equal(subscriptions.expected.length, 20);
    assert.equal(subscriptions.moreExpected, 20);
  });

  it('follow what happens to transactions: an account that becomes ours, a record that is marked later', async () => {
    const organization = nextOrganization();
    const rows = monthly('03', 4, { counterpartyAccount: 'DE89370400440532013000' });
    const charged = async () => {
      const { content } = await getCashPosition.run({} as never, await open(organization));
      return (content.subscriptions as { chargedByPattern: { totals: object[] } }).chargedByPattern.totals
        .length;
    };
    const add = (records: readonly AnyRecord[]) =>
      writeRecords({ table: memory.table, organization, records });
    await add(rows);
    assert.equal(await charged(), 1);
    await add(rows.map((row) => ({ ...row, recurring: 'monthly' as const })));
    assert.equal(await charged(), 0);
    await add(rows);
    assert.equal(await charged(), 1);
    const number = 'DE89370400440532013000';
    const own = {
      kind: 'bank_account',
      id: accountIdOf(number),
      name: 'Savings',
      type: 'savings',
      currency: 'EUR',
    };
    await add([own]);
    assert.equal(await charged(), 0);
    const { differences } = await verifyBooks(memory.table, organization);
    assert.deepEqual(differences, []);
  });

  it('are withheld with the reason while an import is not finished', async () => {
    const organization = nextOrganization();
    await writeRecords({ table: memory.table, organization, records: monthly('03', 4) });
    await writeRecords({ table: memory.openDying(2), organization, records: monthly('04', 4) }).catch(
      () => {},
    );
    const { content } = await getCashPosition.run({} as never, await open(organization));
    assert.match(String((content.patterns as { partial: string }).partial), /import .* is not finished/);
    await letLockExpire(memory.table, organization);
  });

  it('are the same from the store as from all records, whatever the books hold', async () => {
    const some = fc.record({
      days: fc.nat(130),
      amount: fc.constantFrom(-12_99, -13_49, 500_00),
      counterparty: fc.constantFrom('Streaming GmbH', 'STREAMING 20261103', 'Other'),
      accountId: fc.constantFrom('main', 'card'),
      status: fc.constantFrom<BankTransaction['status']>('booked', 'booked', 'replaced'),
    });
    const series = fc
      .record({
        step: fc.constantFrom(7, 14, 30),
        back: fc.nat(40),
        who: fc.constantFrom('Streaming', 'Gym', 'Gym Ltd'),
      })
      .map(({ step, back, who }) =>
        [0, 1, 2, 3].map((at) => transaction(addDays(today, -back - step * at), { counterparty: who })),
      );
    await fc.assert(
      fc.asyncProperty(
        fc.array(some, { maxLength: 20 }),
        fc.array(series, { maxLength: 3 }),
        async (others, all) => {
          const noise = others.map(({ days, ...fields }) => transaction(addDays(today, -days), fields));
          await ask([...noise, ...all.flat()]);
        },
      ),
      { numRuns: Number(process.env.RUNS ?? 15) },
    );
  });
});
