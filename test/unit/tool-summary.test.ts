import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assumedProfile, type BusinessProfile } from '../../shared/ledger/kinds/business.ts';
import type { Period } from '../../shared/ledger/periods.ts';
import type { PeriodFigures } from '../../shared/ledger/reports/income.ts';
import type { ReceivableFigures } from '../../shared/ledger/reports/receivables.ts';
import { ask, today } from './paper-ledger.ts';

const profile: BusinessProfile = { ...assumedProfile('paper'), currency: 'EUR' };

const figures = (currency: string, some: Partial<PeriodFigures>): PeriodFigures => ({
  currency,
  invoiced: { count: 0, total: 0, tax: 0, tip: 0 },
  credited: { count: 0, total: 0, tax: 0 },
  received: { count: 0, total: 0 },
  refunded: { count: 0, total: 0 },
  spent: { count: 0, total: 0, tax: 0 },
  spentCredits: { count: 0, total: 0, tax: 0 },
  spentMoved: 0,
  billed: { count: 0, total: 0, tax: 0 },
  supplierCredited: { count: 0, total: 0, tax: 0 },
  paidOut: { count: 0, total: 0 },
  spentOnBills: { total: 0, paid: 0 },
  ...some,
});

const owed = (currency: string, some: Partial<ReceivableFigures>): ReceivableFigures => ({
  currency,
  outstanding: { count: 0, total: 0 },
  overdue: { count: 0, total: 0 },
  noDueDate: { count: 0, total: 0 },
  futureDated: { count: 0, total: 0 },
  unapplied: { count: 0, total: 0 },
  ...some,
});

const november = figures('EUR', {
  invoiced: { count: 3, total: 1_090_00, tax: 80_00, tip: 10_00 },
  credited: { count: 1, total: 108_00, tax: 8_00 },
  received: { count: 2, total: 700_00 },
  refunded: { count: 1, total: -50_00 },
  spent: { count: 4, total: 300_00, tax: 20_00 },
  spentCredits: { count: 1, total: -30_00, tax: 0 },
});

async function summary(
  args: Record<string, unknown>,
  answers: { figures?: (period: Period) => PeriodFigures[]; receivables?: ReceivableFigures[] },
  business: BusinessProfile = profile,
) {
  const asked: { period: Period; asOf: string }[] = [];
  const { content } = await ask(
    'get_financial_summary',
    args,
    {
      periodFigures: async ({ start, end }, asOf) => {
        asked.push({ period: { start, end }, asOf });
        return answers.figures?.({ start, end }) ?? [];
      },
      receivables: async () => answers.receivables ?? [],
    },
    { profile: business },
  );
  return { content, asked, currencies: content.currencies as Record<string, unknown>[] };
}

describe('the financial summary', () => {
  test('takes tax, tips and credit notes out of accrual income, and suppliers’ credits out of expenses', async () => {
    const { content, currencies } = await summary({}, { figures: () => [november] });
    assert.equal(content.basis, 'accrual');
    assert.deepEqual(currencies, [
      {
        currency: 'EUR',
        income: '900.00', // 1090 - 80 - 10 - (108 - 8)
        expenses: '270.00',
        net: '630.00',
        taxCollected: '72.00',
        inputTax: '20.00',
        outstanding: { amount: '0.00', count: 0 },
        overdue: { amount: '0.00', count: 0 },
        invoiced: { amount: '1090.00', count: 3 },
        credited: { amount: '108.00', count: 1 },
        tips: '10.00',
        received: { amount: '700.00', count: 2 },
        refunded: { amount: '-50.00', count: 1 },
      },
    ]);
  });

  test('takes refunds out of cash income, and keeps tax by document date', async () => {
    const { content, currencies } = await summary({ basis: 'cash' }, { figures: () => [november] });
    assert.deepEqual([content.basis, content.taxBasis], ['cash', 'document_date']);
    const { income, net, taxCollected } = currencies[0] ?? {};
    assert.deepEqual(
      { income, net, taxCollected },
      { income: '650.00', net: '380.00', taxCollected: '72.00' },
    );
  });

  test('counts expenses of the cash basis on their days of payment', async () => {
    const paidLater = { ...november, spentMoved: -120_00 };
    const cash = await summary({ basis: 'cash' }, { figures: () => [paidLater] });
    assert.deepEqual([cash.currencies[0]?.expenses, cash.currencies[0]?.net], ['150.00', '500.00']);
    const accrual = await summary({ basis: 'accrual' }, { figures: () => [paidLater] });
    assert.deepEqual([accrual.currencies[0]?.expenses, accrual.currencies[0]?.net], ['270.00', '630.00']);
  });

  test('leaves input tax out of net where the business recovers it, on the accrual basis, and says so', async () => {
    const recovered: BusinessProfile = { ...profile, inputTax: 'recovered' };
    const credited = { ...november, spentCredits: { count: 1, total: -30_00, tax: -2_00 } };
    const { content, currencies } = await summary({}, { figures: () => [credited] }, recovered);
    const { expenses, net, inputTax } = currencies[0] ?? {};
    assert.deepEqual(
      { expenses, net, inputTax, says: content.netExcludesInputTax },
      { expenses: '270.00', net: '648.00', inputTax: '18.00', says: true },
    );
    const cash = await summary({ basis: 'cash' }, { figures: () => [credited] }, recovered);
    assert.deepEqual(
      [cash.currencies[0]?.net, cash.currencies[0]?.inputTax, cash.content.netExcludesInputTax],
      ['380.00', '18.00', undefined],
    );
    const cost = await summary({}, { figures: () => [credited] }, { ...profile, inputTax: 'cost' });
    assert.deepEqual([cost.currencies[0]?.net, cost.content.netExcludesInputTax], ['630.00', undefined]);
  });

  test('goes by the business profile when no basis is asked for', async () => {
    const business: BusinessProfile = { ...profile, accountingBasis: 'cash' };
    const { content, currencies } = await summary({}, { figures: () => [november] }, business);
    assert.deepEqual([content.basis, currencies[0]?.income], ['cash', '650.00']);
  });

  test('has an entry for every currency that occurs anywhere, the base currency first, each in its decimals', async () => {
    const { currencies } = await summary(
      { compareTo: 'previous_year' },
      {
        figures: ({ start }) =>
          start < '2026'
            ? [figures('BHD', { received: { count: 1, total: 1 } })]
            : [figures('USD', {}), figures('JPY', { invoiced: { count: 1, total: 500, tax: 0, tip: 0 } })],
        receivables: [
          owed('EUR', { outstanding: { count: 2, total: 12_34 }, overdue: { count: 1, total: 4 } }),
        ],
      },
    );
    assert.deepEqual(
      currencies.map(({ currency, income }) => [currency, income]),
      [
        ['EUR', '0.00'],
        ['BHD', '0.000'],
        ['JPY', '500'],
        ['USD', '0.00'],
      ],
    );
    assert.deepEqual(currencies[0]?.outstanding, { amount: '12.34', count: 2 });
    assert.deepEqual(currencies[0]?.overdue, { amount: '0.04', count: 1 });
  });

  test('names what has no due day and what is dated later, only when there is such', async () => {
    const some = { noDueDate: { count: 1, total: 5_00 }, futureDated: { count: 2, total: 7_00 } };
    const { currencies } = await summary({}, { receivables: [owed('EUR', some)] });
    assert.deepEqual(currencies[0]?.noDueDate, { amount: '5.00', count: 1 });
    assert.deepEqual(currencies[0]?.futureDated, { amount: '7.00', count: 2 });
  });

  test('shows unapplied money beside what is outstanding, and takes it off nothing', async () => {
    const some = { outstanding: { count: 3, total: 90_00 }, unapplied: { count: 2, total: 40_00 } };
    const { currencies } = await summary({}, { receivables: [owed('EUR', some)] });
    assert.deepEqual(currencies[0]?.unapplied, { amount: '40.00', count: 2 });
    assert.deepEqual(currencies[0]?.outstanding, { amount: '90.00', count: 3 });
  });

  test('says of a day to come that it counts only what is recorded', async () => {
    const { content } = await summary({ asOf: '2026-12-31' }, {});
    assert.match(String(content.futureAsOf), /after today \(2026-11-21\): this counts only what is recorded/);
    assert.equal((await summary({ asOf: today }, {})).content.futureAsOf, undefined);
  });

  test('of empty books is zero in the base currency, or has no entry where none is known', async () => {
    const { currencies } = await summary({}, {});
    assert.equal(currencies.length, 1);
    assert.equal(currencies[0]?.income, '0.00');
    assert.deepEqual((await summary({}, {}, assumedProfile('paper'))).currencies, []);
  });

  test('echoes the days that it understood, and up to which it counted', async () => {
    const { content, asked } = await summary({}, {});
    const { startDate, endDate, countedThrough, asOf } = content;
    assert.deepEqual(
      { startDate, endDate, countedThrough, asOf },
      { startDate: '2026-11-01', endDate: '2026-11-30', countedThrough: '2026-11-21', asOf: '2026-11-21' },
    );
    assert.deepEqual(asked, [{ period: { start: '2026-11-01', end: '2026-11-30' }, asOf: '2026-11-21' }]);
    const past = await summary({ period: 'last_month', asOf: '2026-03-15' }, {});
    assert.equal(past.content.startDate, '2026-02-01');
    assert.equal(past.content.countedThrough, '2026-02-28');
  });

  test('compares like with like while the period is running', async () => {
    const october = figures('EUR', { invoiced: { count: 1, total: 600_00, tax: 0, tip: 0 } });
    const { content, asked, currencies } = await summary(
      { compareTo: 'previous_period' },
      { figures: ({ start }) => [start === '2026-11-01' ? november : october] },
    );
    assert.deepEqual(content.comparedWith, { startDate: '2026-10-01', endDate: '2026-10-21', partial: true });
    assert.deepEqual(asked[1]?.period, { start: '2026-10-01', end: '2026-10-21' });
    assert.deepEqual(currencies[0]?.changes, {
      income: { previous: '600.00', change: '300.00', percent: '50.0' },
      expenses: { previous: '0.00', change: '270.00' },
      net: { previous: '600.00', change: '30.00', percent: '5.0' },
      taxCollected: { previous: '0.00', change: '72.00' },
      inputTax: { previous: '0.00', change: '20.00' },
      invoiced: {
        amount: { previous: '600.00', change: '490.00', percent: '81.7' },
        count: { previous: 1, change: 2 },
      },
      credited: { amount: { previous: '0.00', change: '108.00' }, count: { previous: 0, change: 1 } },
      received: { amount: { previous: '0.00', change: '700.00' }, count: { previous: 0, change: 2 } },
      refunded: { amount: { previous: '0.00', change: '-50.00' }, count: { previous: 0, change: 1 } },
      tips: { previous: '0.00', change: '10.00' },
    });
  });

  test('compares what was billed and spent where either period has any', async () => {
    const billed = figures('EUR', {
      billed: { count: 2, total: 400_00, tax: 0 },
      spent: { count: 2, total: 90_00, tax: 0 },
      spentOnBills: { total: 40_00, paid: 0 },
    });
    const earlier = figures('EUR', { spent: { count: 1, total: 60_00, tax: 0 } });
    const changesFrom = async (before: PeriodFigures, now: PeriodFigures) => {
      const answers = { figures: ({ start }: Period) => [start === '2026-11-01' ? now : before] };
      const { currencies } = await summary({ compareTo: 'previous_period' }, answers);
      return currencies[0]?.changes as Record<string, unknown>;
    };
    const more = await changesFrom(earlier, billed);
    assert.deepEqual(
      [more.bills, more.spend],
      [
        { previous: '0.00', change: '400.00' },
        { previous: '60.00', change: '390.00', percent: '650.0' },
      ],
    );
    const less = await changesFrom(billed, earlier);
    assert.deepEqual(
      [less.bills, less.spend],
      [
        { previous: '400.00', change: '-400.00', percent: '-100.0' },
        { previous: '450.00', change: '-390.00', percent: '-86.7' },
      ],
    );
    const neither = await changesFrom(earlier, earlier);
    assert.deepEqual([neither.bills, neither.spend], [undefined, undefined]);
  });

  test('compares whole periods when the period is over', async () => {
    const { content } = await summary({ period: 'last_quarter', compareTo: 'previous_year' }, {});
    assert.deepEqual(content.comparedWith, { startDate: '2025-07-01', endDate: '2025-09-30' });
  });
});
