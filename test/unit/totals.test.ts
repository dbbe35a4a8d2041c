import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { addDays } from '../../shared/ledger/dates.ts';
import { addTally, type Tally } from '../../shared/ledger/measures.ts';
import {
  allTime,
  coverDays,
  itemsOf,
  monthKey,
  monthTotal,
  sumPieces,
  sumUp,
  type TotalItem,
  yearKey,
} from '../../shared/store/totals.ts';

const day = fc.integer({ min: 0, max: 1500 }).map((days) => addDays('2022-11-15', days));
const days = fc.array(fc.tuple(day, fc.integer({ min: -50, max: 50 })), { maxLength: 60 });

/** All levels of totals over these days. */
function levelsOf(entries: readonly (readonly [string, number])[]): Map<string, TotalItem> {
  const items = new Map<string, TotalItem>();
  const years = new Map<string, TotalItem>();
  for (const [year, ofYear] of Map.groupBy(entries, ([on]) => on.slice(0, 4))) {
    const months = new Map<string, TotalItem>();
    for (const [month, ofMonth] of Map.groupBy(ofYear, ([on]) => on.slice(0, 7))) {
      const tallies = new Map<string, Tally>();
      for (const [on, amount] of ofMonth)
        tallies.set(on, addTally(tallies.get(on) ?? {}, { 'USD spent': [1, amount] }));
      const item = monthTotal(month, tallies);
      items.set(monthKey(month), item);
      months.set(month.slice(5), item);
    }
    const item = sumUp(months);
    items.set(yearKey(year), item);
    years.set(year, item);
  }
  items.set(allTime, sumUp(years));
  return items;
}

describe('totals over days', () => {
  it('equal the sum of the days, for every range, open at either end or not', () => {
    fc.assert(
      fc.property(
        days,
        fc.option(day, { nil: undefined }),
        fc.option(day, { nil: undefined }),
        (entries, from, to) => {
          const items = levelsOf(entries);
          const wanted = entries.filter(
            ([on]) => (from === undefined || on >= from) && (to === undefined || on <= to),
          );
          const expected: Tally = {};
          for (const [, amount] of wanted) addTally(expected, { 'USD spent': [1, amount] });
          assert.deepEqual(sumPieces(coverDays(from, to), items), expected);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('need at most four items beside the summary, however long the range', () => {
    fc.assert(
      fc.property(day, day, (from, to) => {
        assert.ok(itemsOf(coverDays(from, to)).filter((sk) => sk !== allTime).length <= 4);
      }),
    );
  });

  it('know their last day', () => {
    fc.assert(
      fc.property(days, (entries) => {
        const last = entries
          .map(([on]) => on)
          .sort()
          .at(-1);
        assert.equal(levelsOf(entries).get(allTime)?.last, last);
      }),
    );
  });
});
