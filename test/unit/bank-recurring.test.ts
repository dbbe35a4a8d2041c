import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addDays, daysBetween } from '../../shared/ledger/dates.ts';
import type { BankTransactionRow, UnmarkedPayment } from '../../shared/ledger/kinds/bank-transaction.ts';
import { patternsIn, streamKey, streamsIn } from '../../shared/ledger/recurring.ts';

const runs = Number(process.env.RUNS ?? 300);

let made = 0;
const charge = (date: string, some: Partial<BankTransactionRow> = {}): BankTransactionRow => ({
  id: String(++made),
  accountId: 'main',
  status: 'booked',
  date,
  currency: 'USD',
  amount: -15_49,
  counterparty: 'Netflix',
  recurring: 'monthly',
  links: [],
  ...some,
});

const nextOf = (...rows: BankTransactionRow[]) => streamsIn(rows).map(({ next }) => next);

test('the next one comes on the same day, of a short month on its last', () => {
  assert.deepEqual(nextOf(charge('2026-09-15'), charge('2026-10-15')), ['2026-11-15']);
  assert.deepEqual(nextOf(charge('2027-01-31')), ['2027-02-28']);
  assert.deepEqual(nextOf(charge('2027-01-31'), charge('2027-02-28')), ['2027-03-31']);
  assert.deepEqual(nextOf(charge('2026-10-01', { recurring: 'weekly' })), ['2026-10-08']);
  assert.deepEqual(nextOf(charge('2028-02-29', { recurring: 'yearly' })), ['2029-02-28']);
});

test('spellings of a name are one stream, with the amount of the last; accounts, currencies and directions are not', () => {
  const rows = [
    charge('2026-10-15', { amount: -17_99, counterparty: 'NETFLIX' }),
    charge('2026-09-15'),
    charge('2026-10-15', { accountId: 'card' }),
    charge('2026-10-15', { currency: 'EUR' }),
    charge('2026-10-15', { amount: 15_49 }),
  ];
  const streams = streamsIn(rows);
  assert.equal(streams.length, 4);
  assert.equal(streams[0]?.amount, -17_99);
});

test('transfers between own accounts and unmarked transactions are no streams', () => {
  const { recurring: _, ...unmarked } = charge('2026-10-15');
  assert.deepEqual(streamsIn([charge('2026-10-15', { transfer: true }), unmarked]), []);
});

const unmarked = (date: string, some: Partial<UnmarkedPayment> = {}): UnmarkedPayment => ({
  counterparty: 'Netflix',
  accountId: 'main',
  currency: 'USD',
  amount: -15_49,
  date,
  ...some,
});

/** The day of the month so many months later, of a short month its last: counted here without the ledger's own code. */
function monthsAfter(day: string, count: number): string {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month + count, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + count, Math.min(date, last))).toISOString().slice(0, 10);
}

const periods = {
  weekly: (day: string, count: number) => addDays(day, 7 * count),
  biweekly: (day: string, count: number) => addDays(day, 14 * count),
  monthly: monthsAfter,
} as const;

const someStart = fc.integer({ min: 0, max: 3_000 }).map((days) => addDays('2020-01-01', days));
/** By how many days payments are late, as where the due day is no working day. */
const lateness = fc.oneof(
  fc.constant([]),
  fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 15, maxLength: 15 }),
);

/** A series of payments with the day on which its next one is due. */
const someSeries = fc
  .record({
    start: someStart,
    frequency: fc.constantFrom('weekly', 'biweekly', 'monthly'),
    count: fc.integer({ min: 3, max: 12 }),
    late: lateness,
    amount: fc.oneof(
      fc.integer({ min: 100, max: 9_000_000_000_000 }),
      fc.integer({ min: -900_000, max: -100 }),
    ),
    /** Per mille of the amount, and from where on it is another for good. */
    wobble: fc.array(fc.integer({ min: -24, max: 24 }), { minLength: 12, maxLength: 12 }),
    step: fc.option(fc.record({ at: fc.nat(20), amount: fc.integer({ min: 100, max: 900_000 }) })),
  })
  .map(({ start, frequency, count, late, amount, wobble, step }) => {
    const dueOf = (at: number) => periods[frequency](start, at);
    const changed = step === null ? undefined : (step.at % (count - 1)) + 1;
    const amounts = Array.from({ length: count }, (_, at) => {
      if (changed === undefined) return amount + Math.trunc((amount / 1000) * (wobble[at] ?? 0));
      return at < changed ? amount : Math.sign(amount) * (step?.amount ?? 0);
    });
    const payments = amounts.map((each, at) =>
      unmarked(addDays(dueOf(at), late[at] ?? 0), {
        counterparty: `Streaming ${100_000 + at} ${['Inc.', 'INC', ''][at % 3]}`,
        amount: each,
      }),
    );
    const [first = 0, ...others] = amounts;
    const isOneStep = changed !== undefined && others.some((each) => each !== first);
    return { payments, frequency, late, due: dueOf(count), before: isOneStep ? first : undefined, changed };
  });

/** Payments of others, of which each comes twice at most, or never at equal intervals. */
const noise = fc.array(
  fc.record({ days: fc.nat(400), amount: fc.integer({ min: 1, max: 90_000 }), who: fc.nat(400) }),
  { maxLength: 60 },
);

test('a series is found among others, in any order, with the day of its next payment', () => {
  fc.assert(
    fc.property(someSeries, noise, fc.infiniteStream(fc.nat(1_000)), (series, others, order) => {
      const [first] = series.payments;
      const around = others.map(({ days, amount, who }, at) =>
        unmarked(addDays(first?.date ?? '', days - 100), { counterparty: `Shop ${who} no ${at}`, amount }),
      );
      const shuffled = [...series.payments, ...around]
        .map((payment) => ({ payment, at: order.next().value ?? 0 }))
        .sort((a, b) => a.at - b.at)
        .map(({ payment }) => payment);
      const last = series.payments.at(-1)?.date ?? '';
      const [found, ...more] = patternsIn(shuffled, last);
      assert.ok(found && more.length === 0, JSON.stringify(series.payments));
      assert.deepEqual(found.payments, series.payments);
      assert.equal(found.frequency, series.frequency);
      assert.equal(found.amount, series.payments.at(-1)?.amount);
      assert.equal(found.active, true);
      if (series.before !== undefined) {
        assert.equal(found.priceChange?.from, series.before);
        assert.equal(found.priceChange?.date, series.payments[series.changed ?? 0]?.date);
      }
      // What came late leads to a day that is late as well, by up to three days more or less where a month was short;
      // otherwise it is the very day.
      const off = daysBetween(series.due, found.next);
      if (series.late.length === 0) assert.equal(off, 0);
      else assert.ok(off >= -3 && off <= 5, String(off));
      assert.deepEqual(patternsIn(series.payments, last), [found]);
    }),
    { numRuns: runs },
  );
});

test('what comes twice, at unequal intervals or in unequal amounts is no series', () => {
  const gap = fc.oneof(fc.nat(3), fc.integer({ min: 18, max: 24 }), fc.integer({ min: 35, max: 80 }));
  fc.assert(
    fc.property(
      someSeries,
      gap,
      fc.nat(20),
      fc.integer({ min: 2, max: 30 }),
      (series, days, which, factor) => {
        const { payments } = series;
        const at = (which % (payments.length - 1)) + 1;
        const moved = days - daysBetween(payments[at - 1]?.date ?? '', payments[at]?.date ?? '');
        const late = payments.map((payment, index) => ({
          ...payment,
          date: index < at ? payment.date : addDays(payment.date, moved),
        }));
        assert.deepEqual(patternsIn(late, '2030-01-01'), []);
        assert.deepEqual(patternsIn(payments.slice(0, 2), '2030-01-01'), []);
        const uneven = payments.map((payment, index) => ({
          ...payment,
          amount: payment.amount * factor ** (index % 3),
        }));
        assert.deepEqual(patternsIn(uneven, '2030-01-01'), []);
        const apart = payments.map((payment, index) => ({
          ...payment,
          ...[
            { accountId: `a${index}` },
            { currency: `C${index}` },
            { counterparty: `Some ${'x'.repeat(index + 1)}` },
          ][which % 3],
        }));
        assert.deepEqual(patternsIn(apart, '2030-01-01'), []);
      },
    ),
    { numRuns: runs },
  );
});

test('every ten days, every 24 days and every two months are none of the frequencies', () => {
  for (const days of [3, 9, 10, 11, 18, 24, 35, 61, 91]) {
    const payments = [0, 1, 2, 3, 4].map((at) => unmarked(addDays('2026-01-01', days * at)));
    assert.deepEqual(patternsIn(payments, '2026-06-01'), [], String(days));
  }
});

test('the last day of a month, in months of every length', () => {
  const days = ['2026-11-30', '2026-12-31', '2027-01-31', '2027-02-28'];
  const next = (...some: string[]) =>
    patternsIn(
      some.map((day) => unmarked(day)),
      '2027-03-01',
    )[0]?.next;
  assert.equal(next(...days), '2027-03-31');
  assert.equal(next(...days.slice(0, 3)), '2027-02-28');
  assert.equal(next('2026-12-28', '2027-01-28', '2027-02-28'), '2027-03-28');
});

test('amounts are alike within 5 % of the median, also those that are not exact as numbers when doubled', () => {
  const found = (...amounts: number[]) =>
    patternsIn(
      amounts.map((amount, at) => unmarked(addDays('2026-01-01', 7 * at), { amount })),
      '2026-02-01',
    ).length;
  assert.equal(found(-95_00, -100_00, -105_00), 1);
  assert.equal(found(-94_99, -100_00, -105_00), 0);
  assert.equal(found(-95_00, -100_00, -105_01), 0);
  // Between 100.00 and 102.00 the median is 101.00: 5 % are 5.05.
  assert.equal(found(95_95, 100_00, 102_00, 106_05), 1);
  assert.equal(found(95_94, 100_00, 102_00, 106_05), 0);
  const large = 9_000_000_000_000_000;
  assert.equal(found(large, large - 450_000_000_000_000 + 7, large - 7), 1);
  assert.equal(found(large, large - 450_000_000_000_000 - 7, large - 7), 0);
});

test('a price may change once, by any amount, and the change is told', () => {
  const change = (...amounts: number[]) =>
    patternsIn(
      amounts.map((amount, at) => unmarked(addDays('2026-01-01', 7 * at), { amount })),
      '2026-02-01',
    ).map(({ amount, priceChange }) => [amount, priceChange]);
  assert.deepEqual(change(-10, -10, -20), [[-20, { date: '2026-01-15', from: -10 }]]);
  assert.deepEqual(change(-10, -20, -20), [[-20, { date: '2026-01-08', from: -10 }]]);
  assert.deepEqual(change(-1000, -1000, -1010), [[-1010, { date: '2026-01-15', from: -1000 }]]);
  assert.deepEqual(change(-10, -20, -10), []);
  assert.deepEqual(change(-10, -20, -30), []);
  assert.deepEqual(change(-1000, -1010, -1000), [[-1000, undefined]]);
});

test('a stream is active until one and a half intervals after its last payment', () => {
  const active = (step: number, until: string) =>
    patternsIn(
      [0, 1, 2].map((at) => unmarked(addDays('2026-01-01', step * at))),
      until,
    )[0]?.active;
  assert.deepEqual([active(7, '2026-01-25'), active(7, '2026-01-26')], [true, false]);
  assert.deepEqual([active(14, '2026-02-19'), active(14, '2026-02-20')], [true, false]);
  // From 2 March to 2 April there are 31 days.
  assert.deepEqual([active(30, '2026-04-17'), active(30, '2026-04-18')], [true, false]);
});

test('names without letters, and names that are legal forms alone, are told apart', () => {
  const key = (counterparty: string) => streamKey(unmarked('2026-01-01', { counterparty }));
  assert.equal(key('Köhler & Söhne GmbH 20261101'), key('KOHLER & SOHNE'));
  assert.notEqual(key('Studio 21'), key('Studio 22'));
  assert.notEqual(key('12345'), key('54321'));
  assert.notEqual(key('The Company'), key('Co. Ltd'));
});
