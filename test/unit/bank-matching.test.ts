import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type OpenDocument, suggestionsFor, type Unmatched } from '../../shared/ledger/matching.ts';

const invoice = (some: Partial<OpenDocument> = {}): OpenDocument => ({
  kind: 'invoice',
  id: 'i1',
  number: 'RE-2026-0042',
  party: 'Köhler Maschinenbau GmbH',
  currency: 'EUR',
  balance: 119_00,
  issued: '2026-10-01',
  due: '2026-10-31',
  ...some,
});

const payment = (some: Partial<Unmatched> = {}): Unmatched => ({
  date: '2026-11-02',
  amount: 119_00,
  currency: 'EUR',
  ...some,
});

const reasonsFor = (transaction: Unmatched, ...open: OpenDocument[]) =>
  suggestionsFor(transaction, open).map(({ id, reasons }) => [id, reasons]);

test('the number of a document in the text counts, whatever its separators, also with another amount', () => {
  for (const text of ['Rechnung RE-2026-0042', 're20260042, danke', 'Inv. "RE/2026/0042"']) {
    assert.deepEqual(reasonsFor(payment({ text, amount: 50_00 }), invoice()), [
      ['i1', ['number in the text']],
    ]);
  }
  assert.deepEqual(reasonsFor(payment({ reference: 'RE-2026-0042' }), invoice()), [
    ['i1', ['number in the text', 'equal amount']],
  ]);
});

test('a number counts as a whole only, and not if it is so short that anything may be one', () => {
  assert.deepEqual(reasonsFor(payment({ text: 'RE-2026-00421', amount: 1_00 }), invoice()), []);
  assert.deepEqual(reasonsFor(payment({ text: 'room 12', amount: 1_00 }), invoice({ number: '12' })), []);
});

test('an equal amount counts with the name, or where a single document has it', () => {
  const other = invoice({ id: 'i2', number: 'RE-2026-0043', party: 'Ana Trujillo' });
  assert.deepEqual(reasonsFor(payment({ text: 'thanks' }), invoice()), [['i1', ['equal amount']]]);
  assert.deepEqual(reasonsFor(payment({ text: 'thanks' }), invoice(), other), []);
  assert.deepEqual(reasonsFor(payment({ counterparty: 'KOHLER MASCHINENBAU' }), invoice(), other), [
    ['i1', ['equal amount', 'same name']],
    ['i2', ['equal amount']],
  ]);
});

test('a legal form is no name', () => {
  const two = [invoice(), invoice({ id: 'i2', party: 'Other GmbH' })];
  assert.deepEqual(reasonsFor(payment({ counterparty: 'Some GmbH' }), ...two), []);
});

test('an equal amount long before or after the document is due is a coincidence', () => {
  for (const date of ['2026-06-01', '2027-04-01']) {
    assert.deepEqual(reasonsFor(payment({ date }), invoice()), [], date);
  }
});

test('money in is for invoices, money out for bills, each in its own currency', () => {
  const bill = invoice({ kind: 'bill', id: 'b1' });
  assert.deepEqual(reasonsFor(payment(), bill), []);
  assert.deepEqual(reasonsFor(payment({ amount: -119_00 }), bill, invoice()), [['b1', ['equal amount']]]);
  assert.deepEqual(reasonsFor(payment({ currency: 'USD', text: 'RE-2026-0042' }), invoice()), []);
});

test('the order of the documents does not matter, and at most three are suggested', () => {
  const some = fc.array(
    fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      number: fc.constantFrom('A-1001', 'A-1002', 'A-1003'),
      party: fc.constantFrom('Acme Ltd', 'Köhler', 'Zug'),
      balance: fc.constantFrom(100, 200),
    }),
    { maxLength: 5 },
  );
  const documents = some.map((all) => [...new Map(all.map((one) => [one.id, invoice(one)])).values()]);
  const transaction = payment({ amount: 100, counterparty: 'ACME', text: 'A-1001 A-1002' });
  fc.assert(
    fc.property(documents, (open) => {
      const suggested = suggestionsFor(transaction, open);
      assert.ok(suggested.length <= 3);
      assert.deepEqual(suggestionsFor(transaction, open.toReversed()), suggested);
    }),
  );
});
