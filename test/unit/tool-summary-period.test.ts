import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { summaryPeriod } from '../../functions/mcp/tools/summary-period.ts';
import { Refusal } from '../../shared/ledger/errors.ts';

const asOf = '2026-11-21';

describe('the period of a summary', () => {
  test('is the month of the as-of day unless told', () => {
    assert.deepEqual(summaryPeriod({}, asOf, 1), { start: '2026-11-01', end: '2026-11-30' });
    assert.deepEqual(summaryPeriod({}, '2025-02-28', 1), { start: '2025-02-01', end: '2025-02-28' });
  });

  test('by name lies around the as-of day, in the business year', () => {
    assert.deepEqual(summaryPeriod({ period: 'fiscal_year' }, asOf, 4), {
      start: '2026-04-01',
      end: '2027-03-31',
    });
    assert.deepEqual(summaryPeriod({ period: 'last_year' }, '2025-06-30', 1), {
      start: '2024-01-01',
      end: '2024-12-31',
    });
  });

  test('with a start alone runs to the as-of day', () => {
    assert.deepEqual(summaryPeriod({ startDate: '2026-07-15' }, asOf, 1), { start: '2026-07-15', end: asOf });
  });

  const refused: [asked: Parameters<typeof summaryPeriod>[0], said: RegExp][] = [
    [{ endDate: '2026-03-31' }, /endDate is given without startDate/],
    [{ startDate: '2026-05-01', endDate: '2026-04-30' }, /startDate 2026-05-01 is after endDate 2026-04-30/],
    [
      { period: 'this_year', startDate: '2026-01-01' },
      /period is given with startDate: expected either period, or startDate and endDate/,
    ],
    [{ period: 'this_year', endDate: '2026-12-31' }, /period is given with endDate: /],
    [{ startDate: '2026-12-01', endDate: '2026-12-31' }, /starts on 2026-12-01, after asOf 2026-11-21/],
    [{ startDate: '2026-12-01' }, /after asOf/],
  ];
  for (const [asked, said] of refused) {
    test(`refuses ${JSON.stringify(asked)}`, () => {
      assert.throws(
        () => summaryPeriod(asked, asOf, 1),
        (error: Error) => error instanceof Refusal && said.test(error.message),
      );
    });
  }
});
