import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { resourceTemplates } from '../../functions/mcp/resources.ts';
import { wireBytes } from '../../functions/mcp/tools/fields.ts';
import { scopeNames } from '../../shared/edge.ts';
import { Refusal } from '../../shared/ledger/errors.ts';
import { assumedProfile } from '../../shared/ledger/kinds/business.ts';
import type { Invoice, InvoiceDetail } from '../../shared/ledger/kinds/invoice.ts';
import type { Found } from '../../shared/ledger/reader.ts';
import { ask, paperReader, today } from './paper-ledger.ts';

const record: Invoice = {
  kind: 'invoice',
  id: 'i1',
  number: '1429',
  currency: 'USD',
  lifecycle: 'issued',
  issued: '2026-10-01',
  total: 71_43,
  lines: [
    { name: 'Fish', quantity: '2.5', rate: '25.2801', total: 63_20, description: 'Fresh\u202e' },
    { name: 'Ice', total: 8_22, tax: 0 },
  ],
  discount: 0,
  subtotal: 71_42,
  sourceStatus: 'AUTHORISED',
  notes: 'Line one\nline two',
};

const detail = (invoice: Invoice, some: Partial<InvoiceDetail> = {}): InvoiceDetail => ({
  id: invoice.id,
  ...(invoice.number !== undefined && { number: invoice.number }),
  currency: invoice.currency,
  total: invoice.total,
  balance: 61_43,
  overpaid: 0,
  writtenOffAmount: 0,
  status: 'sent',
  partiallyPaid: false,
  daysOverdue: 0,
  lifecycle: invoice.lifecycle,
  settled: 0,
  issued: invoice.issued,
  futureDated: false,
  invoice,
  payments: [],
  credits: [],
  paidTotal: 0,
  creditedTotal: 0,
  ...some,
});

const payment = {
  kind: 'payment',
  id: 'p1',
  currency: 'USD',
  date: '2026-10-05',
  amount: 10_00,
  method: 'card',
  futureDated: false,
} as const;

const credit = {
  kind: 'credit',
  creditNoteId: 'cn',
  currency: 'USD',
  date: '2026-10-06',
  amount: 1,
} as const;

const refuses = (said: RegExp) => (error: Error) => {
  assert.ok(error instanceof Refusal, String(error));
  assert.match(error.message, said);
  return true;
};

describe('get_invoice', () => {
  test('shows all of one invoice, its total as it stands', async () => {
    const found = detail(record, {
      payments: [
        payment,
        { ...payment, id: 'p2', failed: true },
        { ...payment, id: 'p3', amount: -1_00, futureDated: true, sourceMethod: 'Visa 4242' },
        { ...payment, id: 'p4', currency: 'JPY', amount: 700 },
      ],
      credits: [{ ...credit, creditNoteId: 'cn1', number: 'CN-1', date: '2026-10-06', amount: 1_00 }],
      paidTotal: 9_00,
      creditedTotal: 1_00,
    });
    const { content, rows } = await ask(
      'get_invoice',
      { invoiceId: 'i1' },
      { findInvoices: async () => [found] },
    );
    assert.equal(rows, 1);
    assert.deepEqual(content, {
      invoice: {
        id: 'i1',
        number: '1429',
        status: 'sent',
        sourceStatus: 'AUTHORISED',
        issued: '2026-10-01',
        currency: 'USD',
        lines: [
          { name: 'Fish', description: 'Fresh', quantity: '2.5', rate: '25.2801', total: '63.20' },
          { name: 'Ice', tax: '0.00', total: '8.22' },
        ],
        lineCount: 2,
        linesReturned: 2,
        subtotal: '71.42',
        discount: '0.00',
        total: '71.43',
        paidTotal: '9.00',
        creditedTotal: '1.00',
        balance: '61.43',
        payments: [
          { id: 'p1', type: 'payment', date: '2026-10-05', amount: '10.00', method: 'card' },
          { id: 'p2', type: 'payment', date: '2026-10-05', amount: '10.00', method: 'card', failed: true },
          {
            id: 'p3',
            type: 'refund',
            date: '2026-10-05',
            amount: '-1.00',
            method: 'card',
            sourceMethod: 'Visa 4242',
            futureDated: true,
          },
          { id: 'p4', type: 'payment', date: '2026-10-05', amount: '700', currency: 'JPY', method: 'card' },
        ],
        credits: [{ creditNoteId: 'cn1', number: 'CN-1', date: '2026-10-06', amount: '1.00' }],
        notes: 'Line one\nline two',
      },
      asOf: today,
    });
  });

  test('shows what was given up of one that was written off', async () => {
    const writtenOff = detail(record, { status: 'written_off', balance: 0, writtenOffAmount: 61_43 });
    const { content } = await ask(
      'get_invoice',
      { invoiceId: 'i1' },
      { findInvoices: async () => [writtenOff] },
    );
    const { status, balance, writtenOffAmount } = content.invoice as Record<string, unknown>;
    assert.deepEqual([status, balance, writtenOffAmount], ['written_off', '0.00', '61.43']);
  });

  test('lists the documents when several have the number', async () => {
    const other = detail({ ...record, id: 'i2' }, { customer: 'Acme', status: 'void' });
    const { content } = await ask(
      'get_invoice',
      { invoiceNumber: '1429' },
      { findInvoices: async () => [detail(record), other] },
    );
    const same = { number: '1429', issued: '2026-10-01', total: '71.43', currency: 'USD' };
    assert.deepEqual(content, {
      sameNumber: [
        { id: 'i1', ...same, status: 'sent' },
        { id: 'i2', ...same, customer: 'Acme', status: 'void' },
      ],
      asOf: today,
    });
  });

  test('asks by the one thing that was given, and takes exactly one', async () => {
    const asked: object[] = [];
    const answers = {
      findInvoices: async (by: object): Promise<Found<InvoiceDetail>> => {
        asked.push(by);
        return [detail(record)];
      },
    };
    await ask('get_invoice', { invoiceId: 'i1' }, answers);
    await ask('get_invoice', { invoiceNumber: '1429' }, answers);
    assert.deepEqual(asked, [{ id: 'i1' }, { number: '1429' }]);
    await assert.rejects(
      ask('get_invoice', {}, answers),
      refuses(/Neither invoiceId nor invoiceNumber is given: expected one of them/),
    );
    await assert.rejects(
      ask('get_invoice', { invoiceId: 'i1', invoiceNumber: '1429' }, answers),
      refuses(/Both invoiceId and invoiceNumber are given: expected one of them/),
    );
  });

  test('stays below 60 KB with thousands of lines, payments and credits, and says how many there are', async () => {
    const many = <Row>(row: Row): Row[] => Array.from({ length: 3000 }, () => row);
    const line = { name: '名'.repeat(300), description: '"'.repeat(300), quantity: '1', rate: '1', total: 1 };
    const huge = { ...record, lines: many(line), notes: '"'.repeat(9000) };
    const found = detail(huge, { payments: many(payment), credits: many(credit) });
    const { content } = await ask('get_invoice', { invoiceId: 'i1' }, { findInvoices: async () => [found] });
    const shown = content.invoice as Record<string, unknown>;
    assert.ok(wireBytes({ organization: 'o'.repeat(63), ...content }) < 59_500);
    assert.deepEqual([shown.lineCount, shown.paymentCount, shown.creditCount], [3000, 3000, 3000]);
    const lines = shown.lines as unknown[];
    assert.ok(lines.length > 5 && lines.length < 3000);
    assert.equal(shown.linesReturned, lines.length);
  });
});

describe('the resource of an invoice', () => {
  const [template] = resourceTemplates;
  assert.ok(template);

  test('is what get_invoice answers, with its organization', async () => {
    const reader = paperReader({ findInvoices: async () => [detail(record)] });
    const context = {
      reader,
      profile: assumedProfile('paper'),
      profileKnown: true,
      today,
      scopes: scopeNames,
    };
    const contents = await template.read({ invoiceId: 'i1' }, context);
    assert.ok('text' in contents);
    const { content } = await ask(
      'get_invoice',
      { invoiceId: 'i1' },
      { findInvoices: async () => [detail(record)] },
    );
    assert.deepEqual(JSON.parse(contents.text), { organization: 'paper', ...content });
  });

  test('is addressed by a percent-encoded id of one segment', () => {
    const match = (uri: string) => template.match(uri)?.invoiceId;
    assert.equal(match('finance://invoices/INV-1'), 'INV-1');
    assert.equal(match('finance://invoices/A%2F1%20%C3%BC'), 'A/1 ü');
    for (const uri of [
      'finance://invoices/',
      'finance://invoices/a/b',
      'finance://invoices/a#b',
      'finance://invoices/%',
      'finance://invoices/%FF',
      `finance://invoices/${'a'.repeat(201)}`,
      'finance://definitions',
      'https://invoices/1',
    ]) {
      assert.equal(match(uri), undefined, uri);
    }
  });
});
