import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chinookBooks } from '../../local/demo/chinook.ts';
import { parseRecord, writeRecord } from '../../shared/ledger/format.ts';
import type { LedgerRecord, RecordKind } from '../../shared/ledger/kinds/index.ts';

const { profile, records } = chinookBooks('2026-11-21');

const ofKind = <Kind extends RecordKind>(kind: Kind) =>
  records.filter((record): record is Extract<LedgerRecord, { kind: Kind }> => record.kind === kind);

describe('Chinook in the demo', () => {
  it('has the invoices of its source to the cent, with their tracks and days', () => {
    const invoices = ofKind('invoice');
    assert.equal(invoices.length, 412);
    assert.equal(
      invoices.reduce((sum, invoice) => sum + invoice.total, 0),
      232_860,
    );
    assert.equal(invoices[0]?.issued, '2021-01-01');
    assert.equal(invoices.at(-1)?.issued, '2025-12-22');
    assert.deepEqual(invoices[0]?.lines, [
      { productId: '2', name: 'Balls to the Wall', quantity: '1', rate: '0.99', total: 99 },
      { productId: '4', name: 'Restless and Wild', quantity: '1', rate: '0.99', total: 99 },
    ]);
    // Every line is of a product, and every product was sold.
    const sold = invoices.flatMap(({ lines }) => lines.map(({ productId }) => productId));
    assert.deepEqual(new Set(sold), new Set(ofKind('product').map(({ id }) => id)));
    assert.ok(invoices.every((invoice) => invoice.due === undefined));
  });

  it('keeps the letters of names', () => {
    const names = ofKind('customer').map((customer) => customer.name);
    for (const name of ['Leonie Köhler', 'Luís Gonçalves', 'Stanisław Wójcik', 'František Wichterlová']) {
      assert.ok(names.includes(name), name);
    }
  });

  it('has private customers pay by card at once and companies on account, the newest of which are open', () => {
    const companies = new Set(
      ofKind('customer')
        .filter((customer) => customer.organization)
        .map((customer) => customer.id),
    );
    assert.equal(companies.size, 10);
    const payments = new Map(ofKind('payment').map((payment) => [payment.invoiceId, payment]));
    const open = ofKind('invoice').filter((invoice) => !payments.has(invoice.id));
    assert.equal(open.length, 12);
    assert.ok(open.every((invoice) => invoice.issued >= '2025' && companies.has(invoice.customerId ?? '')));
    for (const invoice of ofKind('invoice')) {
      const payment = payments.get(invoice.id);
      if (!payment) continue;
      assert.equal(payment.amount, invoice.total);
      assert.equal(payment.method, companies.has(invoice.customerId ?? '') ? 'bank_transfer' : 'card');
      if (payment.method === 'card') assert.equal(payment.date, invoice.issued);
    }
  });

  it('has no payment after today', () => {
    const early = chinookBooks('2023-06-30').records.filter((record) => record.kind === 'payment');
    assert.ok(early.length > 0 && early.length < 400);
    assert.ok(early.every((payment) => payment.date <= '2023-06-30'));
  });

  it('has only records that an import would take', () => {
    for (const record of [profile, ...records]) assert.deepEqual(parseRecord(writeRecord(record)), record);
  });
});
