import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  addDays,
  addMonths,
  dayInZone,
  daysBetween,
  endOfMonth,
  isDay,
  startOfWeek,
} from '../../shared/ledger/dates.ts';
import {
  comparedPeriod,
  type NamedPeriod,
  namedPeriods,
  resolvePeriod,
} from '../../shared/ledger/periods.ts';

const day = fc.integer({ min: -20_000, max: 40_000 }).map((days) => addDays('2000-01-01', days));
const month = fc.integer({ min: 1, max: 12 });

describe('days', () => {
  it('are real calendar days', () => {
    for (const text of ['2024-02-29', '2000-02-29', '2026-11-21']) assert.equal(isDay(text), true, text);
    for (const text of [
      '2025-02-29',
      '1900-02-29',
      '2026-13-01',
      '2026-00-10',
      '2026-4-1',
      '20261121',
      '2026-11-31',
      '',
    ]) {
      assert.equal(isDay(text), false, text);
    }
  });

  it('count forth and back', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: -5000, max: 5000 }), (from, count) => {
        assert.equal(daysBetween(from, addDays(from, count)), count);
      }),
    );
  });

  it('fall in the month that was asked for, also from the 31st', () => {
    assert.equal(addMonths('2026-01-31', 1), '2026-02-28');
    assert.equal(addMonths('2024-01-31', 1), '2024-02-29');
    assert.equal(addMonths('2026-03-31', -1), '2026-02-28');
    assert.equal(endOfMonth('2024-02-03'), '2024-02-29');
    fc.assert(
      fc.property(day, fc.integer({ min: -200, max: 200 }), (from, count) => {
        const [year = 0, of = 0] = from.split('-').map(Number);
        const [laterYear = 0, laterMonth = 0] = addMonths(from, count).split('-').map(Number);
        assert.equal(laterYear * 12 + laterMonth, year * 12 + of + count);
      }),
    );
  });

  it('are those of the business, not of the server', () => {
    const instant = new Date('2026-11-21T02:00:00Z');
    assert.equal(dayInZone(instant, 'America/Los_Angeles'), '2026-11-20');
    assert.equal(dayInZone(instant, 'Asia/Tokyo'), '2026-11-21');
    assert.throws(() => dayInZone(instant, 'Mars/Olympus'), { name: 'Refusal', message: /IANA name/ });
  });

  it('begin their week on Monday', () => {
    assert.equal(startOfWeek('2026-11-21'), '2026-11-16');
    assert.equal(startOfWeek('2026-11-16'), '2026-11-16');
    assert.equal(startOfWeek('2026-11-22'), '2026-11-16');
  });
});

describe('named periods', () => {
  const today = '2026-11-21';
  const expected: Record<NamedPeriod, [string, string]> = {
    today: ['2026-11-21', '2026-11-21'],
    yesterday: ['2026-11-20', '2026-11-20'],
    this_week: ['2026-11-16', '2026-11-22'],
    last_week: ['2026-11-09', '2026-11-15'],
    this_month: ['2026-11-01', '2026-11-30'],
    last_month: ['2026-10-01', '2026-10-31'],
    this_quarter: ['2026-10-01', '2026-12-31'],
    last_quarter: ['2026-07-01', '2026-09-30'],
    this_year: ['2026-01-01', '2026-12-31'],
    last_year: ['2025-01-01', '2025-12-31'],
    fiscal_year: ['2026-04-01', '2027-03-31'],
    last_fiscal_year: ['2025-04-01', '2026-03-31'],
    last_30_days: ['2026-10-23', '2026-11-21'],
    last_90_days: ['2026-08-24', '2026-11-21'],
    last_12_months: ['2025-11-22', '2026-11-21'],
  };
  for (const name of namedPeriods) {
    it(`${name} is what a calendar says`, () => {
      const { start, end } = resolvePeriod(name, today, 4);
      assert.deepEqual([start, end], expected[name]);
    });
  }

  it('that are current hold today, and the last ones end the day before the current ones', () => {
    const pairs: [NamedPeriod, NamedPeriod][] = [
      ['today', 'yesterday'],
      ['this_week', 'last_week'],
      ['this_month', 'last_month'],
      ['this_quarter', 'last_quarter'],
      ['this_year', 'last_year'],
      ['fiscal_year', 'last_fiscal_year'],
    ];
    fc.assert(
      fc.property(day, month, fc.constantFrom(...pairs), (now, fiscalStart, [current, last]) => {
        const period = resolvePeriod(current, now, fiscalStart);
        assert.ok(period.start <= now && now <= period.end);
        assert.equal(addDays(resolvePeriod(last, now, fiscalStart).end, 1), period.start);
      }),
    );
  });
});

describe('the compared period', () => {
  it('ends the day before, and is as long: in months for whole months, else in days', () => {
    assert.deepEqual(comparedPeriod({ start: '2026-03-01', end: '2026-03-31' }, 'previous_period'), {
      start: '2026-02-01',
      end: '2026-02-28',
    });
    assert.deepEqual(comparedPeriod({ start: '2026-03-10', end: '2026-03-19' }, 'previous_period'), {
      start: '2026-02-28',
      end: '2026-03-09',
    });
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 800 }), (start, length) => {
        const compared = comparedPeriod({ start, end: addDays(start, length) }, 'previous_period');
        assert.equal(addDays(compared.end, 1), start);
      }),
    );
  });

  it('is the same days a year earlier', () => {
    assert.deepEqual(comparedPeriod({ start: '2024-02-01', end: '2024-02-29' }, 'previous_year'), {
      start: '2023-02-01',
      end: '2023-02-28',
    });
    assert.deepEqual(comparedPeriod({ start: '2026-01-10', end: '2026-02-09' }, 'previous_year'), {
      start: '2025-01-10',
      end: '2025-02-09',
    });
  });
});
