import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BankTransactionRow } from '../../shared/ledger/kinds/bank-transaction.ts';
import { streamsIn } from '../../shared/ledger/recurring.ts';

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
