import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { statementFamily } from '../../cli/import/bank/formats.ts';
import { addDays } from '../../shared/ledger/dates.ts';
import { formatMoney } from '../../shared/ledger/money.ts';
import { differenceOf, messagesOf, readParts, statementsOf } from '../support/bank-files.ts';
import {
  type BankFamily,
  type BankStatement,
  type Spelling,
  statementWriters,
} from '../support/bank-writers.ts';

const runs = Number(process.env.RUNS ?? 150);

const amount = fc.oneof(fc.integer({ min: -2_000, max: 2_000 }), fc.integer({ min: -1e12, max: 1e12 }));

/** Text with words; a character that begins a field or a tag stands in its middle only. */
const words = (more: string, maxLength: number) =>
  fc
    .string({ unit: fc.constantFrom(...'aB9.,+ß漢 ', ...more), maxLength })
    .map((text) => `x${text.replaceAll(/\s+/g, ' ').trim()}x`);

const statements = (more: string): fc.Arbitrary<BankStatement[]> =>
  fc
    .record({
      currency: fc.constantFrom('EUR', 'JPY', 'BHD'),
      opening: amount,
      start: fc.nat(20_000),
      statements: fc.array(
        fc.array(
          fc.record({
            amount,
            offset: fc.nat(27),
            valueOffset: fc.integer({ min: -20, max: 20 }),
            name: words(more, 50),
            text: words(more, 180),
            reference: fc.stringMatching(/^[A-Z0-9]{1,16}$/),
            reversal: fc.boolean(),
          }),
          { maxLength: 5 },
        ),
        { minLength: 1, maxLength: 4 },
      ),
    })
    .map(({ currency, opening, start, statements }) => {
      let balance = opening;
      return statements.map((entries, at) => {
        const from = addDays('1990-01-01', Math.floor(start / 2) + at * 28);
        const before = balance;
        balance = entries.reduce((sum, { amount }) => sum + amount, balance);
        return {
          sequence: at + 1,
          iban: 'NL26VAYB8060476890',
          currency,
          opening: before,
          closing: balance,
          from,
          to: addDays(from, 27),
          entries: entries.map(({ offset, valueOffset, ...entry }) => ({
            ...entry,
            bookingDate: addDays(from, offset),
            valueDate: addDays(from, offset + valueOffset),
          })),
        };
      });
    });

const spellings: fc.Arbitrary<Spelling> = fc.record({
  version: fc.constantFrom(0, 1, 2),
  zeros: fc.constantFrom('', '0', '000'),
  isWide: fc.boolean(),
});

/** What the families cannot say. */
const silent: Record<
  BankFamily,
  { opening?: true; reversal?: true; name?: (spelling: Spelling) => boolean }
> = {
  camt: {},
  mt940: { name: ({ version }) => version === 0 },
  ofx: { opening: true, reversal: true },
};

for (const family of Object.keys(statementWriters) as BankFamily[]) {
  test(`${family}: whatever statements are written, they are read back`, async () => {
    const more = family === 'mt940' ? '' : `<>&"'`;
    await fc.assert(
      fc.asyncProperty(
        statements(more),
        spellings,
        fc.integer({ min: 1, max: 300 }),
        async (written, spelling, length) => {
          const text = statementWriters[family](written, spelling);
          assert.equal(statementFamily(text), family);
          const parts = await readParts(family, text, length);
          assert.deepEqual([...messagesOf(parts, 'refusal'), ...messagesOf(parts, 'warning')], []);
          const read = statementsOf(parts);
          const cannot = silent[family];
          assert.deepEqual(
            read.map(({ statement, entries, balances }) => ({
              account: [statement.account.iban, statement.account.currency],
              balances: balances.map(({ type, amount, currency, date }) => [type, amount, currency, date]),
              entries: entries.map(
                ({ amount, currency, bookingDate, valueDate, counterparty, ...entry }) => ({
                  money: [amount, currency],
                  days: [bookingDate, valueDate],
                  texts: [counterparty?.name, entry.remittance, entry.bankReference],
                  reversal: entry.reversal,
                }),
              ),
            })),
            written.map(({ currency, opening, closing, from, to, entries, iban }) => ({
              account: [iban, currency],
              balances: [
                ...(cannot.opening
                  ? []
                  : [['opening_booked', formatMoney(opening, currency), currency, from]]),
                ['closing_booked', formatMoney(closing, currency), currency, to],
              ],
              entries: entries.map(({ amount, bookingDate, valueDate, name, text, reference, reversal }) => ({
                money: [formatMoney(amount, currency), currency],
                days: [bookingDate, valueDate],
                texts: [cannot.name?.(spelling) ? undefined : name, text, reference],
                reversal: (reversal && !cannot.reversal) || undefined,
              })),
            })),
          );
          // What adds up when it is written adds up when it is read.
          for (const statement of read) {
            const zero = formatMoney(0, written[0]!.currency);
            assert.equal(differenceOf(statement), cannot.opening ? undefined : zero);
          }
        },
      ),
      { numRuns: runs },
    );
  });
}
