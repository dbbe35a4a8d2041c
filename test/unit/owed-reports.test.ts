import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseArguments } from '../../functions/mcp/arguments.ts';
import { tools } from '../../functions/mcp/tools/index.ts';
import { Refusal } from '../../shared/ledger/errors.ts';
import { historyOf, readDays, settlementOf, tallyHappened } from '../../shared/ledger/history.ts';
import { sumTallies } from '../../shared/ledger/measures.ts';
import { compareRatios, ratioText } from '../../shared/ledger/ratio.ts';
import type { OwedDocument } from '../../shared/ledger/reports/ageing.ts';
import { duplicatesIn, numberGapsIn } from '../../shared/ledger/reports/candidates.ts';
import { scheduleOf } from '../../shared/ledger/reports/expected.ts';
import {
  averageDaysLate,
  averageDaysToPay,
  collectionEffectiveness,
  countBack,
  latenessOf,
  medianDaysLate,
} from '../../shared/ledger/reports/habits.ts';

const document = (own: Partial<OwedDocument>): OwedDocument => ({
  id: 'a',
  currency: 'USD',
  lifecycle: 'issued',
  issued: '2026-01-05',
  total: 100_00,
  settled: 0,
  status: 'sent',
  balance: 100_00,
  overpaid: 0,
  partiallyPaid: false,
  daysOverdue: 0,
  futureDated: false,
  ...own,
});

describe('what happened to a document', () => {
  const row = { id: 'a', currency: 'USD', lifecycle: 'issued', issued: '2026-01-05', total: 100, settled: 0 };
  const happened = (settlements: { date: string; amount: number }[], own: object = {}, givenUp?: string) =>
    historyOf({ ...row, ...own }, settlements, givenUp).map(
      ({ month, data: { currency: _usd, ...data } }) => [month, data],
    );

  test('is at most one entry a month, however often it is paid', () => {
    const daily = Array.from({ length: 28 }, (_, at) => ({
      date: `2026-02-${String(at + 1).padStart(2, '0')}`,
      amount: 1,
    }));
    assert.deepEqual(happened(daily), [
      ['2026-01', { issued: 100, owing: 100 }],
      ['2026-02', { owing: -28 }],
    ]);
  });

  test('is not more than is owed, and comes back with a refund', () => {
    const paid = { date: '2026-02-10', amount: 130 };
    const refund = { date: '2026-03-10', amount: -50 };
    assert.deepEqual(happened([paid], { paid: '2026-02-10', due: '2026-02-04' }), [
      ['2026-01', { issued: 100, owing: 100 }],
      ['2026-02', { owing: -100, settled: { total: 100, days: '36/6' } }],
    ]);
    assert.deepEqual(happened([paid, refund]), [
      ['2026-01', { issued: 100, owing: 100 }],
      ['2026-02', { owing: -100 }],
      ['2026-03', { owing: 20 }],
    ]);
  });

  test('leaves out what was paid before it was issued, and everything that is not issued', () => {
    assert.deepEqual(
      happened([{ date: '2025-12-01', amount: 100 }], { paid: '2025-12-01' }),
      [
        ['2026-01', { issued: 100 }],
        ['2025-12', { settled: { total: 100, days: '-35' } }],
      ].sort(),
    );
    for (const lifecycle of ['draft', 'void']) {
      assert.deepEqual(happened([{ date: '2026-02-01', amount: 100 }], { lifecycle }), []);
    }
  });

  test('ends with the day on which it was given up', () => {
    const own = { lifecycle: 'written_off' };
    assert.deepEqual(happened([{ date: '2026-02-01', amount: 30 }], own, '2026-04-01'), [
      ['2026-01', { issued: 100, owing: 100 }],
      ['2026-02', { owing: -30 }],
      ['2026-04', { owing: -70 }],
    ]);
    assert.deepEqual(happened([], own, ''), [['2026-01', { issued: 100 }]]);
  });

  test('settles nothing where nothing was owed', () => {
    assert.equal(settlementOf({ ...row, total: 0, paid: '2026-01-05' }), undefined);
    assert.equal(settlementOf({ ...row, lifecycle: 'written_off', paid: '2026-01-05' }), undefined);
  });

  test('adds up exactly where amounts times days would not', () => {
    const large = 2 ** 52;
    const tally = sumTallies([
      tallyHappened({ currency: 'USD', settled: { total: large, days: '400/370' } }),
      tallyHappened({ currency: 'USD', settled: { total: large - 1, days: '35/5' } }),
    ]);
    assert.deepEqual(tally, { 'USD settled.400/370': [1, large], 'USD settled.35/5': [1, large - 1] });
    assert.deepEqual(readDays('35/-5'), { toPay: 35, late: -5 });
    assert.deepEqual(readDays('35'), { toPay: 35 });
  });
});

describe('habits of payment', () => {
  const settled = (...days: [late: number, total: number][]) =>
    days.map(([late, total]) => ({ toPay: 30 + late, late, count: 1, total }));

  test('have averages by amount and by document, and none of nothing', () => {
    const some = settled([-5, 100], [10, 300]);
    assert.equal(ratioText(averageDaysLate(some)?.weighted as never), '6.3');
    assert.equal(ratioText(averageDaysLate(some)?.unweighted as never), '2.5');
    assert.equal(ratioText(averageDaysToPay(some)?.weighted as never), '36.3');
    assert.equal(averageDaysLate([]), undefined);
    assert.equal(averageDaysLate([{ toPay: 3, count: 2, total: 5 }]), undefined);
  });

  test('have a median from five documents on, the lower of two in the middle', () => {
    assert.equal(medianDaysLate(settled([1, 1], [2, 1], [3, 1], [4, 1])), undefined);
    assert.equal(medianDaysLate(settled([9, 1], [2, 1], [-3, 1], [4, 1], [5, 1])), 4);
    assert.equal(medianDaysLate(settled([9, 1], [2, 1], [-3, 1], [4, 1], [5, 1], [6, 1])), 4);
    assert.equal(
      medianDaysLate([
        { toPay: 0, late: 7, count: 4, total: 4 },
        { toPay: 0, late: 0, count: 1, total: 1 },
      ]),
      7,
    );
  });

  test('say nothing of fewer than five documents, however late', () => {
    const party = (partyId: string, days: [number, number][]) => ({ partyId, settled: settled(...days) });
    const five = (late: number): [number, number][] => Array.from({ length: 5 }, () => [late, 10]);
    const { late, onTimeCount, tooFewCount } = latenessOf([
      party('few', [[400, 1_000_000]]),
      party('early', five(-1)),
      party('a', five(3)),
      party('b', [...five(3), [90, 10]]),
      { partyId: 'undated', settled: [{ toPay: 9, count: 9, total: 9 }] },
    ]);
    assert.deepEqual(
      late.map(({ partyId, lateCount, median }) => [partyId, lateCount, median]),
      [
        ['b', 6, 3],
        ['a', 5, 3],
      ],
    );
    assert.deepEqual([onTimeCount, tooFewCount], [1, 1]);
  });
});

describe('days outstanding', () => {
  const issued = new Map([
    ['2026-03', 100],
    ['2026-01', 300],
  ]);
  const counted = (owed: number) => {
    const { wholeDays, ratio } = countBack(owed, { issued }, '2026-01-01', '2026-03-10') ?? {};
    return ratio && [wholeDays, ratioText(ratio)];
  };

  test('are counted back by months, of which the last counts in part', () => {
    assert.deepEqual(counted(50), [0, '5.0']);
    assert.deepEqual(counted(100), [0, '10.0']);
    assert.deepEqual(counted(250), [38, '53.5']);
    assert.deepEqual(counted(400), [38, '69.0']);
  });

  test('are none where nothing is owed, and unknown where more is owed than was issued', () => {
    assert.deepEqual(counted(0), [0, '0.0']);
    assert.equal(counted(401), undefined);
  });

  test('and effectiveness is unknown where nothing could be collected', () => {
    assert.equal(collectionEffectiveness(0, 50, 50, 50), undefined);
    assert.deepEqual(collectionEffectiveness(100, 50, 60, 30), { numerator: 90n, denominator: 120n });
  });
});

describe('fractions', () => {
  for (const [numerator, denominator, text] of [
    [1n, 3n, '0.3'],
    [1n, 20n, '0.1'],
    [-1n, 20n, '-0.1'],
    [-1n, 21n, '0.0'],
    [149n, 100n, '1.5'],
    [10n ** 30n, 3n, '333333333333333333333333333333.3'],
  ] as const) {
    test(`${numerator}/${denominator} is ${text}`, () => {
      assert.equal(ratioText({ numerator, denominator }), text);
    });
  }

  test('compare exactly', () => {
    const third = { numerator: 1n, denominator: 3n };
    assert.ok(compareRatios(third, { numerator: 10n ** 20n, denominator: 3n * 10n ** 20n - 1n }) < 0);
    assert.equal(compareRatios(third, { numerator: 2n, denominator: 6n }), 0);
  });
});

describe('expected amounts', () => {
  test('are in the week of their day, the last of which ends after 91 days', () => {
    const due = (day: string) => document({ due: day, balance: 1 });
    const { weeks, later, overdue } = scheduleOf(
      [due('2026-01-10'), due('2026-01-16'), due('2026-01-17'), due('2026-04-10'), due('2026-04-11')],
      '2026-01-10',
    );
    assert.deepEqual([weeks[0], weeks[1], weeks[12], later, overdue], [2, 1, 1, 1, 0]);
  });
});

describe('candidates', () => {
  test('are duplicates by number, however it is written, and by total of days close together', () => {
    const found = duplicatesIn(
      [
        document({ id: 'a', number: '#INV-1', partyId: 'c', issued: '2026-01-01' }),
        document({ id: 'b', number: 'inv-1', partyId: 'd', issued: '2026-02-01' }),
        document({ id: 'c', partyId: 'c', issued: '2026-01-04' }),
        document({ id: 'd', partyId: 'c', issued: '2026-01-08' }),
        document({ id: 'e', number: 'INV-1', partyId: 'c', lifecycle: 'void' }),
        document({ id: 'f', total: 0, partyId: 'c', issued: '2026-01-01' }),
      ],
      false,
    );
    assert.deepEqual(
      found.map(({ reason, documents }) => [reason, documents.map(({ id }) => id)]),
      [
        ['same_number', ['a', 'b']],
        ['same_party_total_day', ['a', 'c']],
      ],
    );
  });

  test('are not duplicates where the number is another party’s', () => {
    const pair = ['c', 'd'].map((partyId) => document({ id: partyId, number: '7', partyId, total: 1 }));
    assert.deepEqual(duplicatesIn(pair, true), []);
  });

  test('are gaps in numbers of one sequence, unless it is a new one', () => {
    const numbers = [
      '2025-0007',
      '2025-0009',
      '2026-0001',
      '2026-0023',
      'A9',
      'A11',
      'A10',
      'none',
      undefined,
    ];
    assert.deepEqual(
      numberGapsIn(numbers.map((number) => document(number === undefined ? {} : { number }))),
      [{ after: '2025-0007', before: '2025-0009', missing: 1 }],
    );
  });
});

describe('an argument that is wrong is refused with what was expected', () => {
  for (const [name, given, said] of [
    ['receivables_report', { include: [] }, 'include was []: expected a list with any of ageing, ratios'],
    [
      'receivables_report',
      { include: ['aging'] },
      'include was ["aging"]: expected a list with any of ageing',
    ],
    ['payables_report', { include: 'ageing' }, 'include was "ageing": expected a list'],
    ['receivables_report', { months: 0 }, 'months was 0: expected a whole number of months from 1 to 60'],
    ['payables_report', { months: 61 }, 'months was 61: expected a whole number of months from 1 to 60'],
    [
      'receivables_report',
      { limit: 101 },
      'limit was 101: expected a whole number from 0 to 100 (default: 10)',
    ],
    ['receivables_report', { asOf: '2026-02-30' }, 'asOf was "2026-02-30": expected an existing date'],
    [
      'receivables_report',
      { supplierId: 'a' },
      'Unknown argument supplierId: expected only include, customerId',
    ],
    [
      'payables_report',
      { customerId: 'a' },
      'Unknown argument customerId: expected only include, supplierId',
    ],
  ] as const) {
    test(`${name} ${JSON.stringify(given)}`, () => {
      const tool = tools.find((candidate) => candidate.name === name);
      assert.ok(tool);
      assert.throws(
        () => parseArguments(tool.input(), given, []),
        (error: Error) => error instanceof Refusal && error.message.includes(said),
      );
    });
  }
});
