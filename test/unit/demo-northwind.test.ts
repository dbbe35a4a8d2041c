import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { northwindBooks } from '../../local/demo/northwind.ts';
import { addDays, daysBetween, isDay, startOfWeek } from '../../shared/ledger/dates.ts';
import { parseRecord, writeRecord } from '../../shared/ledger/format.ts';
import type { LedgerRecord, RecordKind } from '../../shared/ledger/kinds/index.ts';
import { invoices, toInvoiceRow } from '../../shared/ledger/kinds/invoice.ts';
import type { Settlement } from '../../shared/ledger/standing.ts';

const today = '2026-11-21';

const ofKind = <Kind extends RecordKind>(today: string, kind: Kind) =>
  northwindBooks(today).records.filter(
    (record): record is Extract<LedgerRecord, { kind: Kind }> => record.kind === kind,
  );

/** Any day of some decades: rules may depend on the weekday, the month's length and leap years. */
const anyDay = fc.integer({ min: 0, max: 20_000 }).map((count) => addDays('2020-01-01', count));

/** Every weekday once. */
const aWeek = Array.from({ length: 7 }, (_, count) => addDays('2026-11-16', count));

const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);

const newest = (days: readonly string[]) => days.toSorted().at(-1) as string;

describe('Northwind in the demo', () => {
  it('is the same on every run of the same day', () => {
    assert.deepEqual(northwindBooks(today), northwindBooks(today));
  });

  it('rounds each line half a cent up', () => {
    const lines = ofKind(today, 'invoice').flatMap((invoice) => invoice.lines);
    assert.equal(sum(lines.filter((line) => line.name !== 'Freight').map((line) => line.total)), 126_579_329);
    const chai = ofKind(today, 'invoice').find((invoice) => invoice.number === '10285')?.lines[0];
    assert.deepEqual(chai, {
      productId: '1',
      name: 'Chai',
      description: '20% discount',
      quantity: '45',
      rate: '14.4',
      total: 51_840,
    });
  });

  it('has the 77 products of its source, of which eight are no longer sold', () => {
    const products = ofKind(today, 'product');
    assert.equal(products.length, 77);
    assert.equal(products.filter(({ active }) => !active).length, 8);
    const ids = new Set(products.map(({ id }) => id));
    const lines = ofKind(today, 'invoice').flatMap((invoice) => invoice.lines);
    assert.ok(lines.every(({ name, productId }) => (name === 'Freight') !== ids.has(productId ?? '')));
  });

  it('charges freight as a line of its own, and tax in Washington only', () => {
    const invoices = ofKind(today, 'invoice');
    const freight = invoices.map((invoice) => invoice.lines.at(-1));
    assert.ok(freight.every((line) => line?.name === 'Freight'));
    assert.equal(sum(freight.map((line) => line?.total ?? 0)), 6_494_269);
    for (const invoice of invoices) {
      assert.equal(invoice.subtotal, sum(invoice.lines.map((line) => line.total)));
      assert.equal(invoice.total, (invoice.subtotal ?? 0) + (invoice.tax ?? 0));
    }
    const taxed = new Set(invoices.filter((invoice) => invoice.tax).map((invoice) => invoice.customerId));
    assert.deepEqual([...taxed].sort(), ['LAZYK', 'TRAIH', 'WHITC']);
  });

  it('makes invoices due thirty days after the order, whatever day it is', () => {
    for (const invoice of ofKind(today, 'invoice')) {
      assert.equal(daysBetween(invoice.issued, invoice.due as string), 30);
    }
  });

  it('moves every date by whole weeks so that the newest order and expense fall into the current week', () => {
    const reference = ofKind('2026-11-21', 'invoice').map((invoice) => invoice.issued);
    const spent = ofKind('2026-11-21', 'expense').map((expense) => expense.date);
    fc.assert(
      fc.property(anyDay, (day) => {
        const weeks = daysBetween(startOfWeek('2026-11-21'), startOfWeek(day));
        const issued = ofKind(day, 'invoice').map((invoice) => invoice.issued);
        assert.deepEqual(
          issued,
          reference.map((before) => addDays(before, weeks)),
        );
        const dates = ofKind(day, 'expense').map((expense) => expense.date);
        assert.deepEqual(
          dates,
          spent.map((before) => addDays(before, weeks)),
        );
        assert.equal(startOfWeek(newest(issued)), startOfWeek(day));
        assert.equal(newest(dates), startOfWeek(day));
      }),
      { numRuns: 20 },
    );
  });

  it('has nothing happen after today but orders of the same week', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        for (const record of northwindBooks(day).records) {
          if (record.kind === 'payment') assert.ok(record.date <= day);
          if (record.kind === 'credit_note') assert.ok(record.issued <= day);
          if (record.kind === 'expense') assert.ok(record.date <= day);
          if (record.kind === 'invoice') {
            assert.ok(record.issued < addDays(startOfWeek(day), 7));
            for (const happened of [record.sent, record.viewed, record.writtenOff]) {
              assert.ok(happened === undefined || happened <= day);
            }
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it('only adds payments as days go by', () => {
    const idsOn = (day: string) => new Set(ofKind(day, 'payment').map((payment) => payment.id));
    for (const day of aWeek.slice(1)) {
      const ids = idsOn(day);
      for (const id of idsOn(addDays(day, -1))) assert.ok(ids.has(id), `${id} on ${day}`);
    }
  });

  it('shows every status on every day of the week, and overdue ones in every bucket of an aging report', () => {
    for (const day of aWeek) {
      const { records } = northwindBooks(day);
      const statuses = new Set<string>();
      const buckets = new Set<string>();
      for (const invoice of records.filter((record) => record.kind === 'invoice')) {
        const { status, daysOverdue } = invoices.standing(
          toInvoiceRow(invoice, settlementsOf(records, invoice.id), undefined),
          day,
        );
        statuses.add(status);
        if (daysOverdue > 0) buckets.add(String(Math.min(Math.ceil(daysOverdue / 30), 4)));
      }
      assert.deepEqual(
        [...statuses].sort(),
        ['draft', 'overdue', 'paid', 'partial', 'sent', 'viewed', 'void', 'written_off'],
        day,
      );
      assert.deepEqual([...buckets].sort(), ['1', '2', '3', '4'], day);
    }
  });

  it('has refunds with their credit notes, overpayments, failed charges, deposits and many methods', () => {
    const payments = ofKind(today, 'payment');
    const credits = new Map(ofKind(today, 'credit_note').map((note) => [note.id, note]));
    const refunds = payments.filter((payment) => payment.amount < 0);
    assert.ok(refunds.length > 0);
    for (const refund of refunds) {
      const note = credits.get(`CN-${refund.invoiceId}`);
      assert.equal(note?.total, -refund.amount);
      assert.equal(note?.issued, refund.date);
    }
    assert.ok(credits.size > refunds.length, 'some credit notes come without a refund');
    assert.ok(payments.some((payment) => payment.failed));
    assert.deepEqual(
      payments.filter((payment) => payment.invoiceId === undefined).map((payment) => payment.customerId),
      ['FISSA', 'PARIS'],
    );
    assert.equal(new Set(payments.map((payment) => payment.method)).size, 7);
    const overpaid = ofKind(today, 'invoice').filter(
      (invoice) =>
        sum(payments.filter((payment) => payment.invoiceId === invoice.id).map((payment) => payment.amount)) >
        invoice.total,
    );
    assert.ok(overpaid.length > 0);
  });

  it('keeps the expenses of its source as they are: credits negative, repeated rows kept', () => {
    const expenses = ofKind(today, 'expense');
    assert.equal(expenses.length, 2309);
    assert.equal(sum(expenses.map((expense) => expense.amount)), 102_343_591);
    const credits = expenses.filter((expense) => expense.amount < 0);
    assert.equal(credits.length, 121);
    assert.ok(credits.every((expense) => expense.type === 'supplier credit'));
    const rows = expenses.map(({ vendor, category, amount, date }) =>
      JSON.stringify([vendor, category, amount, date]),
    );
    assert.ok(new Set(rows).size < rows.length);
  });

  it('has records that are whole: unique ids, known customers and invoices, real days', () => {
    const { records } = northwindBooks(today);
    const identities = records.map((record) => `${record.kind} ${record.id}`);
    assert.equal(new Set(identities).size, identities.length);
    const known = new Set(identities);
    for (const record of records) {
      if ('customerId' in record) assert.ok(known.has(`customer ${record.customerId}`), record.id);
      if ('invoiceId' in record) assert.ok(known.has(`invoice ${record.invoiceId}`), record.id);
      if ('issued' in record) assert.ok(isDay(record.issued), record.id);
      if ('date' in record) assert.ok(isDay(record.date), record.id);
    }
  });

  it('has only records that an import would take', () => {
    const { profile, records } = northwindBooks(today);
    for (const record of [profile, ...records]) assert.deepEqual(parseRecord(writeRecord(record)), record);
  });
});

function settlementsOf(records: readonly LedgerRecord[], invoiceId: string): Settlement[] {
  return records.flatMap((record): Settlement[] => {
    if (record.kind === 'payment') return record.invoiceId === invoiceId && !record.failed ? [record] : [];
    if (record.kind === 'credit_note') {
      return record.allocations.filter((allocation) => allocation.invoiceId === invoiceId);
    }
    return [];
  });
}
