import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { addDays } from '../../shared/ledger/dates.ts';
import { Refusal } from '../../shared/ledger/errors.ts';
import { parseRecord, writeRecord } from '../../shared/ledger/format.ts';
import { accountingBases, inputTaxTreatments } from '../../shared/ledger/kinds/business.ts';
import { type LedgerRecord, recordKinds } from '../../shared/ledger/kinds/index.ts';
import { lifecycles } from '../../shared/ledger/kinds/invoice.ts';
import { paymentMethods } from '../../shared/ledger/kinds/payment.ts';
import { fieldsOf, listOf } from '../../shared/ledger/shapes.ts';

const invoice = { kind: 'invoice', id: 'inv-1', currency: 'USD', issued: '2026-02-03', total: '1234.50' };
const creditNote = { kind: 'credit_note', id: 'cn-1', currency: 'USD', issued: '2026-02-03', total: '50.00' };
const payment = { kind: 'payment', id: 'p-1', currency: 'USD', date: '2026-02-03', amount: '10.00' };
const customer = { kind: 'customer', id: 'c-1', name: 'Acme' };
const expense = { kind: 'expense', id: 'e-1', currency: 'USD', date: '2026-02-03', amount: '-7.25' };
const business = {
  kind: 'business',
  name: 'Acme',
  timeZone: 'Europe/Zurich',
  fiscalYearStartMonth: 4,
  accountingBasis: 'cash',
};

function refusal(value: unknown): string {
  let message = 'nothing was refused';
  assert.throws(
    () => parseRecord(value),
    (error) => {
      assert(error instanceof Refusal);
      message = error.message;
      return true;
    },
  );
  return message;
}

describe('reading a record', () => {
  test('money becomes minor units of the currency that the record names', () => {
    const read = (currency: string, total: string) => {
      const record = parseRecord({ ...invoice, currency, total });
      return record.kind === 'invoice' ? record.total : undefined;
    };
    assert.equal(read('USD', '1234.5'), 123450);
    assert.equal(read('JPY', '1234'), 1234);
    assert.equal(read('BHD', '1234.567'), 1234567);
  });

  test('what a record leaves out gets the documented defaults', () => {
    assert.deepEqual(parseRecord(invoice), {
      kind: 'invoice',
      id: 'inv-1',
      currency: 'USD',
      lifecycle: 'issued',
      issued: '2026-02-03',
      total: 123450,
      lines: [],
    });
    assert.deepEqual(parseRecord(creditNote), {
      kind: 'credit_note',
      id: 'cn-1',
      currency: 'USD',
      lifecycle: 'issued',
      issued: '2026-02-03',
      total: 5000,
      allocations: [],
    });
    assert.equal((parseRecord(payment) as { method: string }).method, 'other');
    assert.equal((parseRecord(expense) as { lifecycle: string }).lifecycle, 'recorded');
    assert.equal(parseRecord(business).id, 'business');
  });

  test('a total that its lines do not add up to is taken as it is', () => {
    const record = parseRecord({
      ...invoice,
      total: '71.43',
      subtotal: '63.20',
      tax: '8.22',
      lines: [{ name: 'Work', total: '63.20' }],
    });
    assert.equal(record.kind === 'invoice' && record.total, 7143);
  });
});

describe('refusing a record', () => {
  const cases: [behaviour: string, record: unknown, sentence: RegExp][] = [
    ['no object', 'x', /^The record is "x": expected an object/],
    ['a list', [invoice], /^The record is a list of 1: expected an object/],
    ['no kind', { id: '1' }, /^kind is missing: expected one of business, customer, invoice/],
    ['an unknown kind', { ...invoice, kind: 'quote' }, /^kind is "quote": expected one of/],
    ['a kind that is a property of every object', { kind: 'constructor' }, /^kind is "constructor"/],
    [
      'an unknown field by its name, before the one it was meant to be',
      { ...invoice, total: undefined, totl: '1.00' },
      /^The record has no field "totl": expected kind, id, number/,
    ],
    [
      '__proto__ as a field',
      JSON.parse('{"kind":"customer","id":"1","name":"x","__proto__":1}'),
      /"__proto__"/,
    ],
    ['a missing field', { ...invoice, issued: undefined }, /^issued is missing: expected a date/],
    ['null for an optional field', { ...invoice, due: null }, /^due is null: expected a date/],
    [
      'a number as money',
      { ...invoice, total: 1234.5 },
      /^total is the number 1234.5: expected a decimal string such as "1234.50" \(a string, because numbers are not exact\)\.$/,
    ],
    ['money with thousands separators', { ...invoice, total: '1,234.50' }, /^total is "1,234.50": expected/],
    [
      'more decimals than the currency has',
      { ...invoice, total: '1.005' },
      /^total: "1.005" has more decimals than USD has \(2\)/,
    ],
    ['decimals in a currency without', { ...invoice, currency: 'JPY', total: '1.5' }, /JPY has \(0\)/],
    [
      'too many decimals in a line',
      {
        ...invoice,
        lines: [
          { name: 'a', total: '1.00' },
          { name: 'b', total: '1.001' },
        ],
      },
      /^lines\[1\]\.total: "1.001"/,
    ],
    ['a money amount too large to be exact', { ...invoice, total: '999999999999999.00' }, /too large/],
    ['an empty id', { ...customer, id: '' }, /^id is "": expected an id/],
    [
      'an id of 201 characters',
      { ...customer, id: 'x'.repeat(201) },
      /^id is "x+…": expected an id of 1 to 200/,
    ],
    ['an id with a control character', { ...customer, id: 'a\u0000b' }, /^id is "a\\u0000b"/],
    ['an id with a blank at its end', { ...customer, id: 'a ' }, /^id is "a "/],
    ['an id that is a number', { ...customer, id: 7 }, /^id is the number 7: expected an id/],
    ['half a surrogate pair', { ...customer, name: 'a\ud800' }, /^name is/],
    [
      'a name of 201 characters',
      { ...customer, name: 'x'.repeat(201) },
      /expected text of 1 to 200 characters/,
    ],
    [
      'notes of 4,001 characters',
      { ...customer, notes: 'x'.repeat(4001) },
      /^notes is .*1 to 4,000 characters/,
    ],
    [
      'a day that no calendar has',
      { ...invoice, issued: '2026-02-30' },
      /^issued is "2026-02-30": expected a date/,
    ],
    ['a time instead of a day', { ...invoice, issued: '2026-02-03T00:00:00Z' }, /^issued is/],
    ['an unknown currency', { ...invoice, currency: 'XXX' }, /^currency is "XXX": expected an ISO 4217/],
    ['a currency in small letters', { ...invoice, currency: 'usd' }, /in capitals/],
    [
      'an unknown lifecycle',
      { ...invoice, lifecycle: 'paid' },
      /expected one of draft, issued, void, written_off/,
    ],
    [
      'an unknown method',
      { ...payment, method: 'visa' },
      /^method is "visa": expected one of cash, check, card/,
    ],
    ['a negative invoice', { ...invoice, total: '-1.00' }, /^total is -1.00: .*use a credit_note/],
    [
      'a day of write-off without one',
      { ...invoice, writtenOff: '2026-03-01' },
      /^writtenOff .* "issued": expected lifecycle "written_off"/,
    ],
    [
      'a negative credit note',
      { ...creditNote, total: '-1.00' },
      /^total is -1.00: expected zero or more; a credit note/,
    ],
    [
      'an allocation of nothing',
      { ...creditNote, allocations: [{ invoiceId: 'i', amount: '0.00', date: '2026-02-03' }] },
      /^allocations\[0\]\.amount is 0.00: expected an amount greater than zero/,
    ],
    [
      'allocations beyond the total',
      {
        ...creditNote,
        allocations: [
          { invoiceId: 'i', amount: '30.00', date: '2026-02-03' },
          { invoiceId: 'j', amount: '20.01', date: '2026-02-03' },
        ],
      },
      /^allocations add up to more than the total 50.00/,
    ],
    ['a payment of nothing', { ...payment, amount: '0.00' }, /^amount is 0: expected the amount received/],
    [
      'a time zone that is an offset',
      { ...business, timeZone: '+01:00' },
      /^timeZone is "\+01:00": expected an IANA/,
    ],
    ['an unknown time zone', { ...business, timeZone: 'Mars/Phobos' }, /^timeZone is "Mars\/Phobos"/],
    ['a thirteenth month', { ...business, fiscalYearStartMonth: 13 }, /expected a whole number from 1 to 12/],
    ['a tax rate above 100', { ...business, taxRate: '100.1' }, /^taxRate is "100.1": expected a percentage/],
    ['another id for the business', { ...business, id: 'b' }, /^id is "b": expected "business"/],
    [
      'lead times that contradict each other',
      { ...business, minimumLeadDays: 9, maximumLeadDays: 2 },
      /^minimumLeadDays is 9 and maximumLeadDays 2/,
    ],
    [
      'an address that is a list',
      { ...customer, address: [] },
      /^address is a list of 0: expected an object/,
    ],
    [
      'an unknown part of an address',
      { ...customer, address: { zip: '1' } },
      /^address has no field "zip": expected street/,
    ],
    [
      'a quantity that is a number',
      { ...invoice, lines: [{ name: 'a', quantity: 2, total: '1.00' }] },
      /^lines\[0\]\.quantity is the number 2/,
    ],
    [
      'more than 1,000 lines',
      { ...invoice, lines: Array.from({ length: 1001 }, () => ({ name: 'a', total: '1.00' })) },
      /^lines is a list of 1001: expected at most 1,000/,
    ],
    [
      'more text than an item of the table can hold',
      {
        ...invoice,
        lines: Array.from({ length: 100 }, () => ({
          name: 'a',
          description: 'é'.repeat(2000),
          total: '1.00',
        })),
      },
      /^The record has 4\d\d,\d{3} bytes: expected at most 300,000/,
    ],
  ];
  for (const [behaviour, record, sentence] of cases) {
    test(behaviour, () => {
      const message = refusal(withoutUndefined(record));
      assert.match(message, sentence);
      assert.match(message, /\.$/);
    });
  }

  test('whatever JSON it is given, it answers with a record or a refusal', () => {
    fc.assert(
      fc.property(fc.constantFrom(...recordKinds), fc.object(), (kind, value) => {
        try {
          parseRecord({ ...value, kind });
        } catch (error) {
          assert(error instanceof Refusal, String(error));
        }
      }),
    );
  });
});

/** The cases leave a field out by setting it to undefined, which JSON cannot hold. */
const withoutUndefined = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('writing a record', () => {
  test('a record that is written as JSON and read again is the same', () => {
    fc.assert(
      fc.property(records(), (record) => {
        const wire = JSON.parse(JSON.stringify(writeRecord(record)));
        assert.deepEqual(parseRecord(wire), JSON.parse(JSON.stringify(record)));
      }),
    );
  });

  test('what is read and written again is as it was, but for the way amounts can be written', () => {
    const lines = [{ name: 'Work', quantity: '1.50', rate: '10.005', total: '15.01' }];
    const complete = { ...invoice, lifecycle: 'issued', total: '15.01', lines };
    assert.deepEqual(writeRecord(parseRecord(complete)), complete);
    assert.deepEqual(writeRecord(parseRecord({ ...complete, total: '15.0100' })), complete);
  });
});

test('the fields that can be mapped are those of the records', () => {
  assert.deepEqual(fieldsOf('payment').get('amount'), { type: 'money', required: true });
  assert.deepEqual(fieldsOf('payment').get('method'), { type: 'text', required: false });
  assert.deepEqual(fieldsOf('customer').get('address.city'), { type: 'text', required: false });
  assert.equal(fieldsOf('invoice').has('lines'), false);
  assert.deepEqual(listOf('invoice')?.fields.get('quantity'), { type: 'decimal', required: false });
  assert.equal(listOf('credit_note')?.name, 'allocations');
  assert.equal(listOf('payment'), undefined);
});

/** Every kind of record, each optional field sometimes there. */
function records(): fc.Arbitrary<LedgerRecord> {
  const id = fc.stringMatching(/^[\w#/.ä漢-]{1,40}$/u);
  const text = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
    .filter((value) => /\S/.test(value));
  const day = fc.nat(100_000).map((days) => addDays('1900-01-01', days));
  const currency = fc.constantFrom('USD', 'JPY', 'BHD', 'CLF');
  const minor = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 });
  const whole = fc.nat(1_000_000_000);
  const decimal = fc.integer().map((value) => `${value / 100}`);
  const percent = fc.nat(100).map(String);
  const address = fc.record(
    { street: text, city: text, region: text, postalCode: text, country: text },
    { requiredKeys: [] },
  );
  const line = fc.record(
    { name: text, description: text, quantity: decimal, rate: decimal, tax: minor, total: minor },
    { requiredKeys: ['name', 'total'] },
  );
  const business = fc.record(
    {
      kind: fc.constant('business' as const),
      id: fc.constant('business' as const),
      name: text,
      contact: text,
      email: text,
      address,
      taxRate: percent,
      taxName: text,
      gratuityRate: percent,
      minimumLeadDays: fc.nat(10),
      maximumLeadDays: fc.integer({ min: 10, max: 400 }),
      currency,
      timeZone: fc.constantFrom('UTC', 'Europe/Zurich', 'Asia/Kathmandu'),
      fiscalYearStartMonth: fc.integer({ min: 1, max: 12 }),
      accountingBasis: fc.constantFrom(...accountingBases),
      inputTax: fc.constantFrom(...inputTaxTreatments),
    },
    { requiredKeys: ['kind', 'id', 'name', 'timeZone', 'fiscalYearStartMonth', 'accountingBasis'] },
  );
  const customers = fc.record(
    {
      kind: fc.constant('customer' as const),
      id,
      name: text,
      organization: text,
      email: text,
      phone: text,
      address,
      notes: text,
    },
    { requiredKeys: ['kind', 'id', 'name'] },
  );
  const invoices = fc
    .record(
      {
        kind: fc.constant('invoice' as const),
        id,
        number: text,
        customerId: id,
        currency,
        lifecycle: fc.constantFrom(...lifecycles),
        issued: day,
        due: day,
        sent: day,
        viewed: day,
        sourceStatus: text,
        subtotal: minor,
        discount: minor,
        tax: minor,
        tip: minor,
        total: whole,
        lines: fc.array(line, { maxLength: 4 }),
        reference: text,
        notes: text,
      },
      { requiredKeys: ['kind', 'id', 'currency', 'lifecycle', 'issued', 'total', 'lines'] },
    )
    .chain((one) =>
      one.lifecycle === 'written_off' ? day.map((writtenOff) => ({ ...one, writtenOff })) : fc.constant(one),
    );
  const creditNotes = fc
    .record(
      {
        kind: fc.constant('credit_note' as const),
        id,
        number: text,
        customerId: id,
        currency,
        lifecycle: fc.constantFrom('draft' as const, 'issued' as const, 'void' as const),
        issued: day,
        tax: whole,
        allocations: fc.array(
          fc.record({ invoiceId: id, amount: fc.integer({ min: 1, max: 1000 }), date: day }),
          {
            maxLength: 3,
          },
        ),
        reference: text,
        notes: text,
      },
      { requiredKeys: ['kind', 'id', 'currency', 'lifecycle', 'issued', 'allocations'] },
    )
    .map((note) => ({ ...note, total: note.allocations.reduce((sum, { amount }) => sum + amount, 0) }));
  const payments = fc.record(
    {
      kind: fc.constant('payment' as const),
      id,
      invoiceId: id,
      customerId: id,
      currency,
      date: day,
      amount: minor.filter((amount) => amount !== 0),
      method: fc.constantFrom(...paymentMethods),
      sourceMethod: text,
      failed: fc.boolean(),
      reference: text,
      notes: text,
    },
    { requiredKeys: ['kind', 'id', 'currency', 'date', 'amount', 'method'] },
  );
  const expenses = fc.record(
    {
      kind: fc.constant('expense' as const),
      id,
      lifecycle: fc.constantFrom('draft' as const, 'recorded' as const, 'void' as const),
      vendor: text,
      category: text,
      type: text,
      description: text,
      currency,
      date: day,
      due: day,
      paid: day,
      tax: minor,
      amount: minor,
      reference: text,
    },
    { requiredKeys: ['kind', 'id', 'lifecycle', 'currency', 'date', 'amount'] },
  );
  return fc.oneof(business, customers, invoices, creditNotes, payments, expenses);
}
