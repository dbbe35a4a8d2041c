import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseArguments } from '../../functions/mcp/arguments.ts';
import { openBooks } from '../../functions/mcp/tool.ts';
import { comparisons } from '../../functions/mcp/tools/comparison.ts';
import { tools } from '../../functions/mcp/tools/index.ts';
import { scopeNames } from '../../shared/edge.ts';
import { addDays, earlierOf } from '../../shared/ledger/dates.ts';
import { parseMoney } from '../../shared/ledger/money.ts';
import { registry } from '../../shared/ledger/registry.ts';
import { openReader } from '../../shared/store/reader.ts';
import { writeRecords } from '../../shared/store/writer.ts';
import { memoryTable } from '../support/memory-table.ts';
import { middle, someRecords } from '../support/records.ts';

/*
 * A comparison says what two lists say that are asked separately: of the period, and of the earlier one.
 */

const { table, open } = await memoryTable();
const runs = Number(process.env.RUNS ?? 6);

type Fields = Record<string, unknown>;

async function ask(organization: string, name: string, args: Fields): Promise<Fields> {
  const tool = tools.find((candidate) => candidate.name === name);
  assert.ok(tool, name);
  const library = {
    openReader: async (of: string) => openReader(open(), of),
    now: () => new Date(`${middle}T12:00:00Z`),
  };
  const { content } = await tool.run(
    parseArguments(tool.input(), args, []),
    await openBooks(library, organization, scopeNames),
  );
  return content;
}

const lists = [
  ['list_expenses', 'expense', ['vendor', 'category', 'supplier', 'project', 'costGroup'], {}],
  ['list_bills', 'bill', ['supplier', 'project', 'costGroup'], { status: 'open' }],
  ['list_invoices', 'invoice', ['customer', 'product'], { status: 'open' }],
] as const;

const someQuestion = fc.constantFrom(...lists).chain(([tool, kind, groupings, filter]) =>
  fc.record({
    tool: fc.constant(tool),
    kind: fc.constant(kind),
    args: fc
      .record({
        groupBy: fc.constantFrom(...groupings),
        compareTo: fc.constantFrom(...comparisons),
        filter: fc.constantFrom({}, { currency: 'USD' }, filter),
        period: fc.oneof(
          fc.constantFrom(
            { startDate: '2025-11-01', endDate: '2025-11-30' },
            { startDate: '2025-01-01', endDate: '2025-12-31' },
            { startDate: '2025-12-01', endDate: '2025-12-31' },
          ),
          fc
            .tuple(fc.integer({ min: -60, max: 0 }), fc.integer({ min: 0, max: 90 }))
            .map(([from, length]) => {
              const startDate = addDays(middle, from);
              return { startDate, endDate: addDays(startDate, length) };
            }),
        ),
      })
      .map(({ filter, period, ...args }) => ({
        ...args,
        ...period,
        ...(kind === 'bill' && 'currency' in filter ? {} : filter),
      })),
  }),
);

const figures = ['count', 'total', 'balance', 'credits', 'writtenOffAmount', 'quantity'];

/** A list of an answer, which leaves out an empty one. */
const sumsIn = (answer: Fields, name: string): Fields[] => (answer[name] ?? []) as Fields[];

/** What tells a group apart. */
const placeOf = (group: Fields): string =>
  JSON.stringify(
    Object.entries(group).filter(
      // The name of a group is that of one of its rows, whichever.
      ([name, value]) =>
        typeof value === 'string' &&
        !figures.includes(name) &&
        !(`${name}Id` in group) &&
        !['vendor', 'category'].includes(name),
    ),
  ) + String(group.vendor ?? group.category ?? '').toLowerCase();

const decimal = (value: unknown, currency: string): number =>
  typeof value === 'string' ? parseMoney(value, currency) : Number(value ?? 0);

/** Asserts that the sums have the figures of the one list, and their changes those of the other. */
function assertCompared(compared: readonly Fields[], now: readonly Fields[], before: readonly Fields[]) {
  const byPlace = (sums: readonly Fields[]) => new Map(sums.map((sum) => [placeOf(sum), sum]));
  const [own, earlier] = [byPlace(now), byPlace(before)];
  assert.deepEqual(compared.map(placeOf).sort(), [...new Set([...own.keys(), ...earlier.keys()])].sort());
  for (const sum of compared) {
    const currency = String(sum.currency);
    const changes = sum.changes as Record<string, Fields>;
    for (const figure of figures.filter((name) => name !== 'quantity')) {
      const [is, was] = [own, earlier].map((sums) => decimal(sums.get(placeOf(sum))?.[figure], currency));
      assert.equal(decimal(sum[figure], currency), is, figure);
      const { previous, change } = changes[figure] ?? { previous: 0, change: 0 };
      assert.equal(decimal(previous, currency), was, `previous ${figure}`);
      assert.equal(decimal(change, currency), Number(is) - Number(was), `change of ${figure}`);
    }
    assert.equal(changes.quantity?.previous ?? '0', earlier.get(placeOf(sum))?.quantity ?? '0');
  }
}

describe('a list that is compared', () => {
  it('has the groups and totals of two lists asked separately, and their differences', async () => {
    const kinds = [
      'expense',
      'bill',
      'bill_payment',
      'invoice',
      'payment',
      'product',
      'cost_group',
      'supplier',
    ];
    let organizations = 0;
    let seen = 0;
    await fc.assert(
      fc.asyncProperty(
        someRecords(kinds.flatMap((kind) => registry.kinds.get(kind) ?? [])),
        fc.array(someQuestion, { minLength: 8, maxLength: 8 }),
        async (records, questions) => {
          const organization = `org-${++organizations}`;
          await writeRecords({ table, organization, records });
          for (const { tool, args } of questions) {
            const { compareTo: _compareTo, ...asked } = args;
            const compared = await ask(organization, tool, { ...args, limit: 0 });
            const { startDate, endDate } = compared.comparedWith as Record<string, string>;
            assert.equal(compared.countedThrough, earlierOf(args.endDate, middle));
            const now = { ...asked, endDate: compared.countedThrough, limit: 0 };
            const [own, earlier] = await Promise.all([
              ask(organization, tool, now),
              ask(organization, tool, { ...now, startDate, endDate }),
            ]);
            for (const sums of ['groups', 'totals'] as const)
              assertCompared(sumsIn(compared, sums), sumsIn(own, sums), sumsIn(earlier, sums));
            const largest = sumsIn(compared, 'largestChanges');
            assert.equal(
              largest.length > 0,
              sumsIn(compared, 'groups').some((group) => {
                const { total, balance } = group.changes as Record<string, Fields>;
                const { change } = (args as Fields).status && balance ? balance : (total ?? { change: 0 });
                return decimal(change, String(group.currency)) !== 0;
              }),
            );
            seen += largest.length;
          }
        },
      ),
      { numRuns: runs },
    );
    assert.ok(seen > 0);
  });

  it('has rows and totals of the period alone, up to the as-of day', async () => {
    const expense = (id: string, date: string, amount: number) =>
      ({
        kind: 'expense',
        id,
        lifecycle: 'recorded',
        vendor: 'Acme',
        currency: 'USD',
        date,
        amount,
      }) as const;
    const records = [
      expense('november', '2025-11-10', 30_00),
      expense('late november', '2025-11-25', 5_00),
      expense('december', '2025-12-10', 50_00),
      expense('announced', '2025-12-28', 7_00),
    ];
    await writeRecords({ table, organization: 'few', records });
    const answer = await ask('few', 'list_expenses', {
      startDate: '2025-12-01',
      endDate: '2025-12-31',
      groupBy: 'vendor',
      compareTo: 'previous_period',
    });
    const changes = {
      count: { previous: 1, change: 0 },
      total: { previous: '30.00', change: '20.00', percent: '66.7' },
    };
    assert.deepEqual(answer, {
      expenses: [{ id: 'december', vendor: 'Acme', amount: '50.00', currency: 'USD', date: '2025-12-10' }],
      totals: [{ currency: 'USD', count: 1, total: '50.00', changes }],
      totalCount: 1,
      countedThrough: '2025-12-20',
      comparedWith: { startDate: '2025-11-01', endDate: '2025-11-20', partial: true },
      largestChanges: [
        {
          vendor: 'Acme',
          currency: 'USD',
          amount: '50.00',
          previous: '30.00',
          change: '20.00',
          percent: '66.7',
        },
      ],
      groups: [{ vendor: 'Acme', currency: 'USD', count: 1, total: '50.00', changes }],
      groupCount: 1,
      startDate: '2025-12-01',
      endDate: '2025-12-31',
      asOf: '2025-12-20',
      returned: 1,
      complete: true,
    });
  });

  it('is refused without days, or with groups that mean another thing in another period', async () => {
    const days = { startDate: '2025-11-01', endDate: '2025-11-30', compareTo: 'previous_period' };
    for (const [tool, expected, refused] of [
      ['list_expenses', 'vendor, category, supplier, project, costGroup', ['month']],
      ['list_bills', 'supplier, project, costGroup', ['month', 'status', 'age']],
      ['list_invoices', 'customer, product', ['month', 'status', 'age']],
    ] as const) {
      for (const groupBy of refused) {
        await assert.rejects(ask('few', tool, { ...days, groupBy }), {
          name: 'Refusal',
          message: `compareTo is given with groupBy ${groupBy}: expected groupBy to be one of ${expected}.`,
        });
      }
      await assert.rejects(ask('few', tool, days), /compareTo is given without groupBy/);
      await assert.rejects(
        ask('few', tool, { compareTo: 'previous_year', groupBy: expected.split(',')[0] }),
        /compareTo is given without startDate and endDate/,
      );
    }
    await assert.rejects(
      ask('few', 'list_invoices', { ...days, documents: 'credit_notes' }),
      /^Refusal: compareTo applies to invoices only/,
    );
  });
});
