import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  arithmeticOf,
  chainFindings,
  isZero,
  type ReadStatement,
  tallied,
} from '../../cli/import/bank/reconcile.ts';
import type { BalanceType, Statement, StatementEntry } from '../../cli/import/bank/statement.ts';
import { formatMoney } from '../../shared/ledger/money.ts';

const entry = (
  amount: string,
  currency = 'EUR',
  status: 'booked' | 'pending' = 'booked',
): StatementEntry => ({
  status,
  amount,
  currency,
});

const tallies = (...entries: StatementEntry[]) => entries.reduce(tallied, []);

interface Parts extends Partial<Statement> {
  opening?: [amount: string, day: string];
  closing?: [amount: string, day: string];
  entries?: StatementEntry[];
  currency?: string;
}

function statement({ opening, closing, entries = [], currency = 'EUR', ...about }: Parts): ReadStatement {
  const balance = (type: BalanceType, written: [string, string] | undefined) =>
    written ? [{ type, amount: written[0], currency, date: written[1] }] : [];
  return {
    statement: { format: 'camt.053', form: 'statement', account: { iban: 'NL26VAYB8060476890' }, ...about },
    balances: [...balance('closing_booked', closing), ...balance('opening_booked', opening)],
    tallies: tallies(...entries),
    refused: 0,
    complete: true,
  };
}

describe('the arithmetic of a statement', () => {
  test('is exact, and without pending entries and other currencies', () => {
    const read = statement({
      opening: ['0.10', '2026-03-01'],
      closing: ['0.30', '2026-03-31'],
      entries: [entry('0.10'), entry('0.10'), entry('99.00', 'EUR', 'pending'), entry('5', 'JPY')],
    });
    assert.deepEqual(arithmeticOf(read), {
      currency: 'EUR',
      opening: '0.10',
      sum: '0.20',
      closing: '0.30',
      difference: '0.00',
    });
    assert.deepEqual(read.tallies, [
      { currency: 'EUR', count: 2, sum: '0.20' },
      { currency: 'JPY', count: 1, sum: '5' },
    ]);
  });

  test('tells by how much the closing balance differs', () => {
    const read = statement({ opening: ['10.00', '2026-03-01'], closing: ['9.00', '2026-03-31'] });
    assert.deepEqual(arithmeticOf(read)?.difference, '-1.00');
    assert.deepEqual([isZero('0.00'), isZero('-0.01')], [true, false]);
  });

  test('needs both balances, in one currency', () => {
    assert.equal(arithmeticOf(statement({ opening: ['1.00', '2026-03-01'] })), undefined);
    assert.equal(arithmeticOf(statement({ closing: ['1.00', '2026-03-01'] })), undefined);
    const read = statement({ opening: ['1.00', '2026-03-01'], closing: ['1.00', '2026-03-31'] });
    read.balances[0]!.currency = 'USD';
    assert.equal(arithmeticOf(read), undefined);
  });

  test('equals the sum of whole minor units', () => {
    const minor = fc.integer({ min: -1e12, max: 1e12 });
    fc.assert(
      fc.property(
        fc.constantFrom('EUR', 'JPY', 'BHD'),
        minor,
        fc.array(minor),
        minor,
        (currency, opening, changes, error) => {
          const closing = changes.reduce((sum, change) => sum + change, opening + error);
          const written = (amount: number) => formatMoney(amount, currency);
          const read = statement({
            currency,
            opening: [written(opening), '2026-03-01'],
            closing: [written(closing), '2026-03-31'],
            entries: changes.map((change) => entry(written(change), currency)),
          });
          assert.equal(arithmeticOf(read)?.difference, written(error));
          assert.equal(arithmeticOf(read)?.sum, written(closing - error - opening));
        },
      ),
    );
  });
});

describe('statements that follow each other', () => {
  const month = (number: number, opening: string, closing: string, about: Parts = {}): ReadStatement => {
    const month = String(number).padStart(2, '0');
    return statement({
      id: `S${number}`,
      sequence: String(number),
      opening: [opening, `2026-${month}-01`],
      closing: [closing, `2026-${month}-28`],
      ...about,
    });
  };
  const findings = (...statements: ReadStatement[]) =>
    chainFindings(statements).map(({ after, before, ...finding }) => ({
      ...finding,
      between: `${after.id} ${before.id}`,
    }));

  test('have no findings, in whatever order they are read', () => {
    const all = [month(1, '0.00', '5.00'), month(2, '5.00', '3.00'), month(3, '3.00', '3.00')];
    for (const order of [all, all.toReversed(), [all[1]!, all[0]!, all[2]!]])
      assert.deepEqual(findings(...order), []);
  });

  test('a missing one is a gap with its numbers, its days and what the account changed by', () => {
    assert.deepEqual(findings(month(1, '0.00', '5.00'), month(4, '7.50', '8.00')), [
      {
        finding: 'gap',
        from: '2026-01-28',
        to: '2026-04-01',
        missing: ['2', '3'],
        change: '2.50',
        between: 'S1 S4',
      },
    ]);
    // It may have changed nothing.
    assert.deepEqual(findings(month(1, '0.00', '5.00'), month(3, '5.00', '5.00'))[0]?.finding, 'gap');
  });

  test('balances that do not follow are a gap even without numbers', () => {
    const unnumbered = { sequence: undefined } as unknown as Parts;
    assert.deepEqual(findings(month(1, '0.00', '5.00', unnumbered), month(2, '6.00', '6.00', unnumbered)), [
      { finding: 'gap', from: '2026-01-28', to: '2026-02-01', missing: [], change: '1.00', between: 'S1 S2' },
    ]);
  });

  test('numbers may begin again with a year', () => {
    const december = month(12, '0.00', '5.00');
    const january = statement({
      sequence: '1',
      opening: ['5.00', '2026-12-31'],
      closing: ['6.00', '2027-01-31'],
    });
    assert.deepEqual(findings(december, january), []);
  });

  test('common days are an overlap, unless the balances follow each other', () => {
    const first = month(3, '0.00', '5.00');
    const second = month(4, '2.00', '6.00', { opening: ['2.00', '2026-03-10'] });
    assert.deepEqual(findings(first, second), [
      { finding: 'overlap', from: '2026-03-10', to: '2026-03-28', between: 'S3 S4' },
    ]);
    // A statement may open with the balance of the day on which the one before it closed.
    const touching = month(4, '6.00', '6.00', { opening: ['6.00', '2026-03-28'] });
    assert.equal(findings(first, touching)[0]?.finding, 'gap');
    const sameDay = (number: number, opening: string, closing: string) =>
      month(number, opening, closing, { opening: [opening, '2026-03-02'], closing: [closing, '2026-03-02'] });
    assert.deepEqual(findings(sameDay(1, '0.00', '1.00'), sameDay(2, '1.00', '2.00')), []);
  });

  test('the same statement twice is an overlap', () => {
    const once = month(3, '5.00', '5.00');
    assert.equal(findings(once, structuredClone(once))[0]?.finding, 'overlap');
  });

  test('periods without balances have common days also when one ends on the first day of the next', () => {
    const period = (id: string, from: string, to: string) =>
      statement({ format: 'OFX', id, from, to, closing: ['1.00', to] });
    const first = period('A', '2026-03-01', '2026-03-15');
    assert.equal(findings(first, period('B', '2026-03-15', '2026-03-31'))[0]?.finding, 'overlap');
    assert.deepEqual(findings(first, period('B', '2026-03-16', '2026-03-31')), []);
  });

  test('pages of one statement are no overlap', () => {
    const page = (number: string, opening: string, closing: string) =>
      month(3, opening, closing, { page: { number } });
    assert.deepEqual(findings(page('1', '0.00', '1.00'), page('2', '1.00', '2.00')), []);
  });

  test('accounts, and reports during the day, are apart', () => {
    const other = month(4, '9.00', '9.00', { account: { number: '1' } });
    const interim = month(4, '9.00', '9.00', { form: 'interim' });
    const unknown = month(4, '9.00', '9.00', { account: {} });
    assert.deepEqual(findings(month(1, '0.00', '5.00'), other, interim, unknown), []);
  });
});
