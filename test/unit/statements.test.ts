import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { tallied } from '../../cli/import/bank/tally.ts';
import { addDays } from '../../shared/ledger/dates.ts';
import { parseRecord } from '../../shared/ledger/format.ts';
import { rowOf, type Statement, type StatementRow } from '../../shared/ledger/kinds/statement.ts';
import { formatMoney } from '../../shared/ledger/money.ts';
import { findingsIn, type StatementFinding, statementsInOrder } from '../../shared/ledger/statements.ts';

interface Parts {
  id?: string;
  accountId?: string;
  currency?: string;
  sequence?: number | undefined;
  page?: number;
  from?: string;
  to?: string;
  opening?: string;
  closing?: string;
  sum?: string;
}

let statements = 0;

/** A statement, by default one that adds up. */
function statement({ currency = 'EUR', opening, closing, ...about }: Parts): StatementRow {
  const cents = (amount = '0') => Math.round(Number(amount) * 100);
  const record = {
    kind: 'statement',
    id: `S${++statements}`,
    accountId: 'main',
    currency,
    from: '2026-03-01',
    to: '2026-03-31',
    entryCount: 1,
    sum: formatMoney(cents(closing) - cents(opening), 'EUR'),
    opening,
    closing,
    ...about,
  };
  return rowOf(parseRecord(JSON.parse(JSON.stringify(record))) as Statement);
}

/** The statement of a month of 2026. */
function month(number: number, opening: string, closing: string, about: Parts = {}): StatementRow {
  const [year, month] = ['2026', String(number).padStart(2, '0')];
  const days = { from: `${year}-${month}-01`, to: `${year}-${month}-28` };
  return statement({ id: `S${number}`, sequence: number, ...days, opening, closing, ...about });
}

const findings = (...rows: StatementRow[]): Partial<StatementFinding>[] =>
  findingsIn(rows).map(({ accountId: _account, currency: _currency, ...finding }) => finding);

describe('statements that follow each other', () => {
  test('have no findings, in whatever order they are read', () => {
    const all = [month(1, '0.00', '5.00'), month(2, '5.00', '3.00'), month(3, '3.00', '3.00')];
    for (const order of [all, all.toReversed(), [all[1]!, all[0]!, all[2]!]]) {
      assert.deepEqual(findings(...order), []);
    }
  });

  test('a missing one is a gap with its numbers, its days and what the account changed by', () => {
    assert.deepEqual(findings(month(1, '0.00', '5.00'), month(4, '7.50', '8.00')), [
      {
        finding: 'gap',
        from: '2026-01-29',
        to: '2026-03-31',
        missing: [2, 3],
        amount: 250,
        statementId: 'S4',
      },
    ]);
    // It may have changed nothing.
    assert.deepEqual(findings(month(1, '0.00', '5.00'), month(3, '5.00', '5.00')), [
      { finding: 'gap', from: '2026-01-29', to: '2026-02-28', missing: [2], amount: 0, statementId: 'S3' },
    ]);
  });

  test('balances that do not follow are a gap even without numbers', () => {
    const unnumbered = { sequence: undefined };
    const first = month(1, '0.00', '5.00', unnumbered);
    assert.deepEqual(findings(first, month(2, '6.00', '6.00', unnumbered)), [
      { finding: 'gap', from: '2026-01-29', to: '2026-01-31', amount: 100, statementId: 'S2' },
    ]);
    // The next one begins on the next day, or opens with the balance of the day on which the one before it closed.
    for (const from of ['2026-01-29', '2026-01-28']) {
      assert.deepEqual(findings(first, month(2, '6.00', '6.00', { ...unnumbered, from })), [
        { finding: 'gap', from: '2026-01-28', to: from, amount: 100, statementId: 'S2' },
      ]);
    }
  });

  test('numbers may begin again with a year', () => {
    const december = month(12, '0.00', '5.00');
    const next = (sequence: number, opening: string) =>
      statement({ id: 'N', sequence, from: '2026-12-31', to: '2027-01-31', opening, closing: '6.00' });
    assert.deepEqual(findings(december, next(1, '5.00')), []);
    // The first one of a year may have any number.
    assert.deepEqual(findings(december, next(14, '5.00')), []);
    assert.deepEqual(findings(december, next(14, '5.50'))[0]?.missing, [13]);
    assert.deepEqual(findings(december, next(1, '5.50'))[0]?.amount, 50);
  });

  test('numbers that are far apart are another way of counting', () => {
    assert.deepEqual(findings(month(1, '0.00', '5.00'), month(2, '5.00', '5.00', { sequence: 900 })), []);
  });

  test('common days are an overlap, unless the balances follow each other', () => {
    const first = month(3, '0.00', '5.00');
    const second = month(4, '2.00', '6.00', { from: '2026-03-10' });
    assert.deepEqual(findings(first, second), [
      { finding: 'overlap', from: '2026-03-10', to: '2026-03-28', statementId: 'S4' },
    ]);
    const oneDay = { from: '2026-03-02', to: '2026-03-02' };
    assert.deepEqual(findings(month(1, '0.00', '1.00', oneDay), month(2, '1.00', '2.00', oneDay)), []);
    assert.deepEqual(
      findings(month(1, '0.00', '1.00', oneDay), month(2, '0.00', '2.00', oneDay))[0]?.finding,
      'overlap',
    );
  });

  test('one within another is an overlap, and the next one follows the longer', () => {
    const quarter = statement({
      id: 'Q',
      from: '2026-01-01',
      to: '2026-03-31',
      opening: '0.00',
      closing: '9.00',
    });
    const within = statement({
      id: 'W',
      from: '2026-02-01',
      to: '2026-02-28',
      opening: '3.00',
      closing: '4.00',
    });
    const next = statement({
      id: 'N',
      from: '2026-04-01',
      to: '2026-04-30',
      opening: '9.00',
      closing: '9.00',
    });
    assert.deepEqual(findings(next, within, quarter), [
      { finding: 'overlap', from: '2026-02-01', to: '2026-02-28', statementId: 'W' },
    ]);
  });

  test('periods without balances have common days also when one ends on the first day of the next', () => {
    const period = (id: string, from: string, to: string) =>
      statement({ id, from, to, closing: '1.00', sum: '0' });
    const first = period('A', '2026-03-01', '2026-03-15');
    assert.equal(findings(first, period('B', '2026-03-15', '2026-03-31'))[0]?.finding, 'overlap');
    assert.deepEqual(findings(first, period('B', '2026-03-16', '2026-03-31')), []);
  });

  test('pages of one statement are no overlap', () => {
    const page = (number: number, opening: string, closing: string) =>
      month(3, opening, closing, { id: `P${number}`, page: number });
    assert.deepEqual(findings(page(1, '0.00', '1.00'), page(2, '1.00', '2.00')), []);
  });

  test('accounts and currencies are apart', () => {
    const first = month(1, '0.00', '5.00');
    assert.deepEqual(findings(first, month(4, '9.00', '9.00', { accountId: 'other' })), []);
    assert.deepEqual(findings(first, month(4, '9.00', '9.00', { currency: 'USD' })), []);
  });
});

test('a statement whose entries do not give its closing balance is found', () => {
  const wrong = statement({ id: 'D', opening: '10.00', closing: '9.00', sum: '0.50' });
  assert.deepEqual(findings(wrong), [
    { finding: 'difference', from: '2026-03-01', to: '2026-03-31', amount: 150, statementId: 'D' },
  ]);
  assert.deepEqual(findings(statement({ opening: '10.00', sum: '1.00' })), []);
});

test('statements that are cut from one history have no findings, but for the ones that are taken out', () => {
  const history = fc.record({
    days: fc.array(fc.record({ length: fc.nat(3), sum: fc.integer({ min: -500, max: 500 }) }), {
      minLength: 3,
      maxLength: 12,
    }),
    numbered: fc.boolean(),
    // Whether the opening balance has the day of the closing balance before it.
    touching: fc.boolean(),
    order: fc.infiniteStream(fc.nat(1_000)),
    out: fc.nat(1_000),
  });
  fc.assert(
    fc.property(history, ({ days, numbered, touching, order, out }) => {
      let [day, balance] = ['2026-01-01', 1_000];
      const all = days.map(({ length, sum }, at) => {
        const from = touching && at > 0 ? addDays(day, -1) : day;
        const to = addDays(day, length);
        const opening = formatMoney(balance, 'EUR');
        balance += sum;
        day = addDays(to, 1);
        const closing = formatMoney(balance, 'EUR');
        return statement({
          id: String(at),
          ...(numbered && { sequence: at + 1 }),
          from,
          to,
          opening,
          closing,
        });
      });
      const keys = [...order.take(all.length)];
      const shuffled = (rows: readonly StatementRow[]) =>
        rows.toSorted((a, b) => keys[+a.id]! - keys[+b.id]!);
      assert.deepEqual(findings(...shuffled(all)), []);
      assert.deepEqual(
        statementsInOrder(shuffled(all)).map(({ id }) => id),
        all.map(({ id }) => id),
      );
      const at = 1 + (out % (all.length - 2));
      const rest = findings(...shuffled(all.filter((_, index) => index !== at)));
      const sum = days[at]!.sum;
      const found = sum !== 0 || numbered;
      assert.deepEqual(
        rest.map(({ finding, amount, statementId }) => [finding, amount, statementId]),
        found ? [['gap', sum, String(at + 1)]] : [],
      );
    }),
  );
});

test('the tally of entries is exact, by currency, without pending ones', () => {
  const minor = fc.integer({ min: -1e12, max: 1e12 });
  const entries = fc.array(
    fc.record({ currency: fc.constantFrom('EUR', 'JPY', 'BHD'), amount: minor, isPending: fc.boolean() }),
  );
  fc.assert(
    fc.property(entries, (entries) => {
      const tallies = entries
        .map(({ currency, amount, isPending }) => ({
          status: isPending ? ('pending' as const) : ('booked' as const),
          amount: formatMoney(amount, currency),
          currency,
        }))
        .reduce(tallied, []);
      for (const currency of ['EUR', 'JPY', 'BHD']) {
        const own = entries.filter((entry) => entry.currency === currency && !entry.isPending);
        const tally = tallies.find((tally) => tally.currency === currency);
        const sum = own.reduce((sum, { amount }) => sum + amount, 0);
        assert.deepEqual(
          tally,
          own.length === 0 ? undefined : { currency, count: own.length, sum: formatMoney(sum, currency) },
        );
      }
    }),
  );
});
