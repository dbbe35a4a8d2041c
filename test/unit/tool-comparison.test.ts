import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  besideEarlier,
  changeFields,
  comparedDays,
  comparedFields,
  comparedWithFields,
  comparisons,
  largestChanges,
  listComparison,
  mostChanges,
  percentText,
} from '../../functions/mcp/tools/comparison.ts';
import { wireBytes } from '../../functions/mcp/tools/fields.ts';
import { addDays, addMonths, daysBetween } from '../../shared/ledger/dates.ts';
import { parseMoney } from '../../shared/ledger/money.ts';
import { lessQuantity } from '../../shared/ledger/sold.ts';
import { ask, today as asOf } from './paper-ledger.ts';

describe('a change in percent', () => {
  const cases: [part: number, whole: number, text: string][] = [
    [1, 3, '33.3'],
    [2, 3, '66.7'],
    [-1, 3, '-33.3'],
    [1, 2000, '0.1'], // 0.05 exactly: away from zero
    [-1, 2000, '-0.1'],
    [1, 2001, '0.0'],
    [-1, 2001, '0.0'], // no "-0.0"
    [0, 5, '0.0'],
    [5, 5, '100.0'],
    [999, 1000, '99.9'],
    [9995, 10_000, '100.0'], // 99.95
    [1_234_567, 1, '123456700.0'],
  ];
  for (const [part, whole, text] of cases) {
    test(`${part} of ${whole} is ${text}`, () => assert.equal(percentText(part, whole), text));
  }

  test('is exact where a product would leave the exact integers', () => {
    const whole = Number.MAX_SAFE_INTEGER;
    assert.equal(percentText(whole, whole), '100.0');
    assert.equal(percentText(whole, whole - 1), '100.0');
    assert.equal(percentText(-whole, 1), `-${whole}00.0`);
  });

  test('is the nearest tenth for any amounts', () => {
    const amount = fc.integer({ min: -1e12, max: 1e12 });
    fc.assert(
      fc.property(amount, fc.integer({ min: 1, max: 1e12 }), (part, whole) => {
        const tenths = BigInt(percentText(part, whole).replace('.', ''));
        const miss = tenths * BigInt(whole) - BigInt(part) * 1000n;
        assert.ok((miss < 0n ? -miss : miss) * 2n <= BigInt(whole));
      }),
    );
  });
});

describe('a change', () => {
  test('states what it was before, the difference, and the percent of what it was', () => {
    assert.deepEqual(changeFields(150_00, 120_00, 'USD'), {
      previous: '120.00',
      change: '30.00',
      percent: '25.0',
    });
    assert.deepEqual(changeFields(500, 400, 'JPY'), { previous: '400', change: '100', percent: '25.0' });
  });

  test('from a loss is measured by the size of the loss', () => {
    assert.deepEqual(changeFields(50_00, -100_00, 'USD'), {
      previous: '-100.00',
      change: '150.00',
      percent: '150.0',
    });
  });

  test('from nothing has no percent', () => {
    assert.deepEqual(changeFields(50_00, 0, 'USD'), { previous: '0.00', change: '50.00' });
  });
});

describe('the days compared with', () => {
  const november = { start: '2026-11-01', end: '2026-11-30' };

  test('are as many as have passed while the period is not over', () => {
    assert.deepEqual(comparedDays(november, 'previous_period', asOf), {
      start: '2026-10-01',
      end: '2026-10-21',
      partial: true,
    });
    assert.deepEqual(comparedDays(november, 'previous_year', asOf), {
      start: '2025-11-01',
      end: '2025-11-21',
      partial: true,
    });
  });

  test('are the whole other period when the period is over', () => {
    for (const day of ['2026-11-30', '2027-06-01']) {
      assert.deepEqual(comparedDays(november, 'previous_period', day), {
        start: '2026-10-01',
        end: '2026-10-31',
        partial: false,
      });
    }
  });

  test('are the same dates of the year before, also beyond a 29 February', () => {
    const year = { start: '2024-01-01', end: '2024-12-31' };
    assert.deepEqual(comparedDays(year, 'previous_year', '2024-03-10'), {
      start: '2023-01-01',
      end: '2023-03-10',
      partial: true,
    });
    assert.equal(comparedDays(year, 'previous_period', '2024-03-10').end, '2023-03-11');
  });

  test('name every 29 February that has no counterpart', () => {
    const stated = (start: string, end: string, day: string) => {
      const compared = comparedDays({ start, end }, 'previous_year', day);
      const counted = { start, end: day < end ? day : end };
      return comparedWithFields(counted, compared, 'previous_year');
    };
    assert.deepEqual(stated('2024-02-01', '2024-02-29', '2026-01-01'), {
      startDate: '2023-02-01',
      endDate: '2023-02-28',
      leapDays: ['2024-02-29'],
    });
    assert.deepEqual(stated('2025-01-01', '2025-12-31', '2026-01-01').leapDays, ['2024-02-29']);
    assert.deepEqual(stated('2020-01-01', '2024-12-31', '2026-01-01').leapDays, ['2020-02-29', '2024-02-29']);
    assert.equal(stated('2026-01-01', '2026-12-31', '2026-12-31').leapDays, undefined);
    // Not yet: neither period has reached it.
    assert.equal(stated('2024-01-01', '2024-12-31', '2024-02-28').leapDays, undefined);
    const february = { start: '2024-02-01', end: '2024-02-29' };
    const before = comparedDays(february, 'previous_period', asOf);
    assert.deepEqual(comparedWithFields(february, before, 'previous_period'), {
      startDate: '2024-01-01',
      endDate: '2024-01-31',
    });
  });

  test('never run past the end of a shorter period', () => {
    const march = { start: '2026-03-01', end: '2026-03-31' };
    assert.deepEqual(comparedDays(march, 'previous_period', '2026-03-30'), {
      start: '2026-02-01',
      end: '2026-02-28',
      partial: false,
    });
  });

  test('begin before the period, and are as many or the same dates as have passed, for any period', () => {
    const offset = fc.integer({ min: 0, max: 800 });
    fc.assert(
      fc.property(
        offset,
        offset,
        offset,
        fc.constantFrom(...comparisons),
        (from, length, passed, comparison) => {
          const start = addDays('2024-01-01', from);
          const end = addDays(start, length);
          const day = addDays(start, passed);
          const compared = comparedDays({ start, end }, comparison, day);
          assert.ok(compared.start <= compared.end);
          assert.ok(compared.start < start);
          if (!compared.partial) return;
          assert.ok(day < end);
          if (comparison === 'previous_year') assert.equal(compared.end, addMonths(day, -12));
          else assert.equal(daysBetween(compared.start, compared.end), daysBetween(start, day));
        },
      ),
    );
  });
});

describe('the comparison of a list', () => {
  const asked = {
    compareTo: 'previous_period',
    groupBy: 'vendor',
    startDate: '2026-10-01',
    endDate: '2026-10-31',
  } as const;
  const { startDate: _startDate, ...withoutStart } = asked;
  const { groupBy: _groupBy, ...withoutGroups } = asked;
  const { compareTo: _compareTo, ...withoutComparison } = asked;

  test('counts the period up to the as-of day', () => {
    assert.deepEqual(listComparison({ ...asked, endDate: '2026-12-31' }, ['vendor'], asOf), {
      comparison: 'previous_period',
      counted: { start: '2026-10-01', end: asOf },
      earlier: { start: '2026-07-01', end: '2026-08-21', partial: true },
    });
    assert.equal(listComparison(withoutComparison, ['vendor'], asOf), undefined);
  });

  for (const [args, said] of [
    [withoutStart, /^compareTo is given without startDate: expected both, the first and the last day/],
    [
      { compareTo: 'previous_year', groupBy: 'vendor' },
      /^compareTo is given without startDate and endDate: expected both/,
    ],
    [withoutGroups, /^compareTo is given without groupBy: expected groupBy to be one of vendor, category\.$/],
    [
      { ...asked, groupBy: 'month' },
      /^compareTo is given with groupBy month: expected groupBy to be one of vendor,/,
    ],
    [
      { ...asked, startDate: '2026-12-01', endDate: '2026-12-31' },
      /^The period starts on 2026-12-01, after asOf 2026-11-21/,
    ],
  ] as const) {
    test(`is refused of ${JSON.stringify(args)}`, () => {
      assert.throws(() => listComparison(args, ['vendor', 'category'], asOf), {
        name: 'Refusal',
        message: said,
      });
    });
  }
});

/** A change as an answer has it. */
interface Change {
  previous: string;
  change: string;
  percent?: string;
}

describe('a comparison without the totals of the earlier period', () => {
  test('says why, and has the sums of the period without changes', async () => {
    const sum = { currency: 'USD', count: 1, total: 5_00, credits: 0 };
    const args = { groupBy: 'vendor', startDate: '2026-10-01', endDate: '2026-10-31' };
    const { content } = await ask(
      'list_expenses',
      { ...args, compareTo: 'previous_period', limit: 0 },
      {
        listExpenses: async ({ start }: { start: string }) =>
          start === '2026-10-01'
            ? { rows: [], totalCount: 1, totals: [sum], groups: [{ key: 'acme', name: 'Acme', ...sum }] }
            : { rows: [], totalsAbsent: 'too many' },
      },
    );
    assert.deepEqual(content.comparedWith, {
      startDate: '2026-09-01',
      endDate: '2026-09-30',
      totalsAbsent: 'too many',
    });
    assert.deepEqual(content.totals, [{ currency: 'USD', count: 1, total: '5.00' }]);
    assert.deepEqual(content.groups, [{ vendor: 'Acme', currency: 'USD', count: 1, total: '5.00' }]);
    assert.equal(content.largestChanges, undefined);
  });
});

describe('groups of two periods', () => {
  const amount = fc.integer({ min: -1e9, max: 1e9 });
  const sums = fc.uniqueArray(
    fc
      .record({
        key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', undefined),
        currency: fc.constantFrom('USD', 'JPY', 'BHD'),
        count: fc.integer({ min: 1, max: 9 }),
        total: amount,
        quantity: fc.constantFrom('0', '1.5', '-0.000000000001', '12'),
      })
      .map(({ key, ...sum }) => ({ ...(key !== undefined && { key }), ...sum })),
    { selector: ({ key, currency }) => `${key} ${currency}`, maxLength: 27 },
  );
  const placeOf = ({ key, currency }: { key?: string; currency: string }) => `${key} ${currency}`;
  const fields = ({ key, currency }: { key?: string; currency: string }) => ({ key, currency });

  test('are those of either, once each, and change is now less before', () => {
    fc.assert(
      fc.property(sums, sums, (now, before) => {
        const compared = besideEarlier(now, before);
        assert.deepEqual(compared.map(placeOf).sort(), [...new Set([...now, ...before].map(placeOf))].sort());
        for (const sum of compared) {
          const { currency } = sum;
          const own = now.find((other) => placeOf(other) === placeOf(sum));
          const old = before.find((other) => placeOf(other) === placeOf(sum));
          const { count, total, quantity } = comparedFields(fields)(sum).changes as Record<string, Change>;
          assert.deepEqual(count, {
            previous: old?.count ?? 0,
            change: (own?.count ?? 0) - (old?.count ?? 0),
          });
          const [ownTotal, oldTotal] = [own?.total ?? 0, old?.total ?? 0];
          assert.equal(total === undefined, ownTotal === 0 && oldTotal === 0);
          if (total) {
            assert.equal(parseMoney(total.previous, currency), oldTotal);
            assert.equal(parseMoney(total.change, currency), ownTotal - oldTotal);
            assert.equal(total.percent === undefined, oldTotal === 0);
          }
          const [ownQuantity, oldQuantity] = [own?.quantity ?? '0', old?.quantity ?? '0'];
          if (quantity) {
            assert.equal(quantity.previous, oldQuantity);
            assert.equal(lessQuantity(ownQuantity, quantity.change), oldQuantity);
          } else assert.deepEqual([ownQuantity, oldQuantity], ['0', '0']);
        }
      }),
    );
  });

  test('name the largest changes of each currency first, without any that is zero', () => {
    fc.assert(
      fc.property(sums, sums, (now, before) => {
        const compared = besideEarlier(now, before);
        const largest = largestChanges(compared, 'vendor', ({ total }) => total);
        const sizeOf = ({ total, earlier }: (typeof compared)[number]) =>
          Math.abs(total - (earlier?.total ?? 0));
        for (const currency of ['BHD', 'JPY', 'USD']) {
          const sizes = compared
            .filter((sum) => sum.currency === currency && sizeOf(sum) > 0)
            .map(sizeOf)
            .sort((a, b) => b - a);
          assert.deepEqual(
            largest
              .filter((change) => change.currency === currency)
              .map(({ change }) => Math.abs(parseMoney(String(change), currency))),
            sizes.slice(0, mostChanges),
          );
        }
        assert.deepEqual(
          largest.map(({ currency }) => currency),
          largest.map(({ currency }) => currency).sort(),
        );
      }),
    );
  });

  test('leave room for the rest of an answer, however many currencies there are', () => {
    const currencies = ['BHD', 'CHF', 'EUR', 'GBP', 'JPY', 'NOK', 'SEK', 'USD'];
    const changed = currencies.flatMap((currency) =>
      Array.from({ length: 9 }, (_, at) => ({
        key: `${at}`,
        name: '山'.repeat(200),
        currency,
        total: 1000 * (at + 1),
      })),
    );
    const largest = largestChanges(besideEarlier(changed, []), 'vendor', ({ total }) => total);
    assert.ok(largest.length >= mostChanges && wireBytes(largest) <= 10_100, `${wireBytes(largest)} bytes`);
    assert.equal(largest[0]?.currency, 'BHD');
  });

  test('have no changes where the earlier ones are not known', () => {
    const sum = { key: 'a', currency: 'USD', count: 1, total: 5 };
    assert.deepEqual(besideEarlier([sum], undefined), [sum]);
    assert.deepEqual(comparedFields(fields)(sum), { key: 'a', currency: 'USD' });
    assert.deepEqual(
      largestChanges([sum], 'vendor', ({ total }) => total),
      [],
    );
  });
});
