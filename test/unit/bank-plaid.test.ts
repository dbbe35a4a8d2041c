import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatMoney } from '../../shared/ledger/money.ts';
import { entriesOf, messagesOf, readParts, statementsOf } from '../support/bank-files.ts';

const account = (about: object, ...transactions: string[]): string =>
  `{"override_accounts":[${JSON.stringify({ type: 'depository', subtype: 'checking', numbers: { account: '1' }, ...about }).replace(/}$/, `,"transactions":[${transactions.join(',')}]}`)}]}`;

const transaction = (amount: string, more = ''): string =>
  `{"date_transacted":"2026-03-01","date_posted":"2026-03-02","amount":${amount},"description":"Coffee","currency":"USD"${more}}`;

test('amounts are read exactly from the text of the numbers, and turned', async () => {
  const cents = fc.integer({ min: -1e14, max: 1e14 });
  await fc.assert(
    fc.asyncProperty(fc.array(cents, { minLength: 1 }), fc.boolean(), async (amounts, short) => {
      const written = amounts.map((amount) => {
        const text = formatMoney(amount, 'USD');
        return transaction(short ? text.replace(/\.?0+$/, '') || '0' : text);
      });
      const parts = await readParts('plaid', account({}, ...written));
      assert.deepEqual(messagesOf(parts, 'refusal'), []);
      assert.deepEqual(
        entriesOf(parts).map(({ amount }) => amount),
        amounts.map((amount) => formatMoney(amount === 0 ? 0 : -amount, 'USD')),
      );
    }),
  );
});

test('more digits than a float has, and amounts that are none', async () => {
  const parts = await readParts(
    'plaid',
    account(
      {},
      ...['123456789012345.67', '0.30', '1e3', '"5"', 'null', '1.005'].map((text) => transaction(text)),
    ),
  );
  assert.deepEqual(
    entriesOf(parts).map(({ amount }) => amount),
    ['-123456789012345.67', '-0.30', '-5.00'],
  );
  assert.deepEqual(messagesOf(parts, 'refusal'), [
    '1: override_accounts[0].transactions[2]: "1e3" is not an amount: expected digits and decimals, such as "1234.50".',
    '1: override_accounts[0].transactions[4]: The amount is null: expected a number.',
    '1: override_accounts[0].transactions[5]: "1.005" has more decimals than USD has (2).',
  ]);
});

test('what is owed is negative, what can be drawn is not', async () => {
  const balances = async (type: string, subtype: string) =>
    statementsOf(
      await readParts(
        'plaid',
        account({ type, subtype, starting_balance: 12.5, force_available_balance: 87.5 }, transaction('1')),
      ),
    )[0]?.balances.map(({ type, amount, date }) => [type, amount, date]);
  for (const [type, owed] of [
    ['depository', '12.50'],
    ['credit', '-12.50'],
    ['loan', '-12.50'],
  ] as const) {
    assert.deepEqual(await balances(type, 'other'), [
      ['interim_booked', owed, '2026-03-02'],
      ['available', '87.50', '2026-03-02'],
    ]);
  }
});

test('accounts that are alike and have no number are apart', async () => {
  const one = '{"type":"depository","subtype":"savings"}';
  const parts = await readParts('plaid', `{"override_accounts":[${one},${one}]}`);
  assert.deepEqual(
    statementsOf(parts).map(({ statement }) => statement.account.reference),
    ['Plaid depository savings', 'Plaid depository savings 2'],
  );
});

test('what is no such file is refused', async () => {
  const refusal = async (text: string) => messagesOf(await readParts('plaid', text), 'refusal');
  assert.match((await refusal('{"override_accounts": [')).join(), /^1: The file is not valid JSON \(/);
  assert.match((await refusal(`{"override_accounts": ${'['.repeat(200_000)}`)).join(), /is not valid JSON/);
  assert.deepEqual(await refusal('{"override_accounts": 5}'), [
    '1: override_accounts is "5": expected a list of accounts.',
  ]);
  assert.deepEqual(await refusal('{"override_accounts": [{"type": "gold"}, null]}'), [
    '1: override_accounts[0].type is "gold": expected depository, credit, loan or investment.',
    '1: override_accounts[1].type is missing: expected depository, credit, loan or investment.',
  ]);
  assert.deepEqual(await refusal(account({}, transaction('1', ',"date_posted":"soon"'))), [
    '1: override_accounts[0].transactions[0]: date_posted is "soon": expected a day such as 2026-11-21.',
  ]);
});
