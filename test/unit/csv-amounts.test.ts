import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Entry } from '../../cli/import/source.ts';
import { formatMoney, parseMoney } from '../../shared/ledger/money.ts';
import { mapFile, recordsOf, refusalsOf, temporaryFiles } from '../support/import-files.ts';

const write = temporaryFiles();

const map = (csv: string, mapping: unknown): Promise<Entry[]> => mapFile(write('file.csv', csv), mapping);

interface Shown {
  kind: string;
  id: string;
  total?: string;
  tax?: string;
  amount?: string;
  invoiceId?: string;
  customerId?: string;
  lines?: { quantity?: string; rate?: string; total: string; tax?: string }[];
}
const shown = (entries: readonly Entry[]) => recordsOf(entries) as Shown[];
const firstRefusal = (entries: readonly Entry[]) => refusalsOf(entries)[0]?.refused ?? 'nothing was refused';

describe('an amount that is computed from others of its row', () => {
  const payment = (amount: unknown, more: object = {}) => ({
    currency: 'USD',
    ...more,
    records: [{ kind: 'payment', fields: { id: '{No}', date: '2026-01-31', amount } }],
  });
  const amountOf = async (cells: string, amount: unknown, more: object = {}): Promise<string> => {
    const entries = await map(`No,A,B,C\n1,${cells}\n`, payment(amount, more));
    return shown(entries)[0]?.amount ?? firstRefusal(entries);
  };

  test('is their sum, difference or product, exactly', async () => {
    assert.equal(await amountOf('0.10,0.20,', { sum: ['{A}', '{B}', '{C}'] }), '0.30');
    assert.equal(await amountOf('100.00,30.05,', { difference: ['{A}', '{B}', '{C}'] }), '69.95');
    assert.equal(await amountOf('3,19.99,', { product: ['{A}', '{B}'] }), '59.97');
    // Quantity times price without a discount, which is a part of 1.
    const discounted = { product: ['{A}', '{B}', { difference: ['1', '{C}'] }] };
    assert.equal(await amountOf('10,14.4,0.15', discounted), '122.40');
    assert.equal(await amountOf('10,14.4,', discounted), '144.00');
  });

  test('is rounded once, at its end, a half away from zero; what a file writes is never rounded', async () => {
    assert.equal(await amountOf('1,1.005,', { product: ['{A}', '{B}'] }), '1.01');
    assert.equal(await amountOf('-1,1.005,', { product: ['{A}', '{B}'] }), '-1.01');
    assert.equal(await amountOf('0.333,0.333,0.333', { sum: ['{A}', '{B}', '{C}'] }), '1.00');
    assert.equal(await amountOf('3,1.5,', { product: ['{A}', '{B}'] }, { currency: 'JPY' }), '5');
    assert.match(await amountOf('1.005,,', '{A}'), /more decimals than USD has/);
  });

  test('is nothing where a factor or the minuend is empty, unless that is said to be something', async () => {
    const missing = /^amount, from "\{A\}" . "\{B\}", is missing: expected a decimal string/;
    assert.match(await amountOf(',19.99,', { product: ['{A}', '{B}'] }), missing);
    assert.match(await amountOf(',19.99,', { difference: ['{A}', '{B}'] }), missing);
    assert.match(await amountOf(',,', { sum: ['{A}', '{B}'] }), missing);
    const one = { from: '{A}', ifEmpty: '1' };
    assert.equal(await amountOf(',19.99,', { product: [one, '{B}'] }), '19.99');
    assert.equal(await amountOf('2,19.99,', { product: [one, '{B}'] }), '39.98');
  });

  test('reads its texts in the notation of the file, and tells the column of one that it cannot read', async () => {
    const german = { numbers: { decimal: ',', thousands: '.' }, delimiter: ';' };
    const entries = await map('No;A;B\n1;1.200,50;2,5\n', payment({ product: ['{A}', '{B}'] }, german));
    assert.equal(shown(entries)[0]?.amount, '3001.25');
    assert.equal(
      await amountOf('250,3,', { product: ['{A}', '{B}'] }, { numbers: { minorUnits: true } }),
      '7.50',
    );
    assert.match(
      await amountOf('5.00,five,', { difference: ['{A}', { sum: ['{B}', '{C}'] }] }),
      /^amount, from "\{A\}" - \("\{B\}" \+ "\{C\}"\): "\{B\}": "five" is not a number/,
    );
    assert.equal(await amountOf('5.00,2.00,', { sum: ['{A}', { from: '{B}', negate: true }] }), '3.00');
  });

  test('is what integers give, for any quantities and prices', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ quantity: fc.integer({ min: 1, max: 9999 }), cents: fc.integer({ min: 1, max: 1e7 }) }),
          {
            minLength: 1,
            maxLength: 20,
          },
        ),
        async (rows) => {
          const csv = rows.map(
            ({ quantity, cents }, at) =>
              `${at},${formatMoney(quantity, 'USD')},${formatMoney(cents, 'USD')},\n`,
          );
          const entries = await map(`No,A,B,C\n${csv.join('')}`, payment({ product: ['{A}', '{B}'] }));
          const expected = rows.map(({ quantity, cents }) => (BigInt(quantity * cents) + 50n) / 100n);
          const amounts = entries.map((entry) =>
            'records' in entry
              ? BigInt(parseMoney((recordsOf([entry])[0] as Shown).amount ?? '', 'USD'))
              : 0n,
          );
          assert.deepEqual(amounts, expected);
        },
      ),
      { numRuns: 30 },
    );
  });
});

test('a payment whose computed amount is 0 is none, and what stands beside it is loaded', async () => {
  const paid = (amount: unknown) => ({
    kind: 'payment',
    fields: { id: 'p-{No}', invoiceId: '{No}', date: '2026-01-31', amount },
  });
  const invoice = { kind: 'invoice', fields: { id: '{No}', issued: '2026-01-31', total: '{Total}' } };
  const csv = 'No,Total,Balance\nA,10.00,10.00\nB,10.00,2.50\nC,0.00,0.00\n';
  const difference = paid({ difference: ['{Total}', '{Balance}'] });
  const entries = await map(csv, { currency: 'USD', records: [invoice, difference] });
  assert.deepEqual(
    shown(entries).map(({ id, amount }) => [id, amount]),
    [
      ['A', undefined],
      ['B', undefined],
      ['p-B', '7.50'],
      ['C', undefined],
    ],
  );
  assert.deepEqual((await map(csv, { currency: 'USD', records: [difference] }))[0], {
    lines: [2],
    leftOut: 'payment of 0',
  });
  // One that the file writes is a mistake.
  const written = await map(csv, { currency: 'USD', records: [invoice, paid('{Balance}')] });
  assert.match(firstRefusal(written), /^amount, from "\{Balance\}", is 0: expected the amount received/);
  // Also where it is the sum of lines.
  const whole = {
    currency: 'USD',
    records: [
      {
        ...invoice,
        fields: { ...invoice.fields, total: { sumOfLines: ['total'] } },
        lines: { fields: { name: 'Work', total: '{Total}' } },
      },
      paid({ sumOfLines: ['total'] }),
    ],
  };
  assert.deepEqual(
    shown(await map(csv, whole)).map(({ id }) => id),
    ['A', 'p-A', 'B', 'p-B', 'C'],
  );
});

describe('a total that only the lines have', () => {
  // The columns of FreshBooks' invoice details, of which only the lines have amounts.
  const freshBooks = {
    dates: 'yyyy-MM-dd',
    currency: '{Currency}',
    records: [
      {
        kind: 'invoice',
        fields: {
          id: '{Invoice #}',
          issued: '{Date Issued}',
          tax: { sumOfLines: ['tax'] },
          total: { sumOfLines: ['total'] },
        },
        lines: {
          fields: {
            name: '{Item Name}',
            quantity: '{Quantity}',
            rate: '{Rate}',
            tax: { sum: ['{Tax 1 Amount}', '{Tax 2 Amount}'] },
            total: '{Line Total}',
          },
        },
      },
      {
        kind: 'payment',
        when: { 'Invoice Status': 'Paid' },
        fields: {
          id: 'payment-{Invoice #}',
          invoiceId: '{Invoice #}',
          date: '{Date Paid}',
          amount: { sumOfLines: ['total'] },
        },
      },
    ],
  };
  const header =
    'Client Name,Invoice #,Date Issued,Invoice Status,Date Paid,Item Name,Item Description,Rate,Quantity,Discount Percentage,Line Subtotal,Tax 1 Type,Tax 1 Amount,Tax 2 Type,Tax 2 Amount,Line Total,Currency\n';

  test('is added up over the rows of a document, for it and for the payment of it', async () => {
    const entries = await map(
      `${header}Ann,7,2026-01-31,Paid,2026-02-03,Pen,,10.10,3,0,30.30,VAT,2.33,,,32.63,EUR\nBo,8,2026-01-31,Sent,,Ink,,5.00,1,0,5.00,,,,,5.00,EUR\nAnn,7,2026-01-31,Paid,2026-02-03,Pad,,0.05,1,0,0.05,VAT,0.01,City,0.01,0.07,EUR\n`,
      freshBooks,
    );
    assert.deepEqual(
      shown(entries).map(({ kind, id, total, tax, amount }) => [kind, id, total ?? amount, tax]),
      [
        ['invoice', '7', '32.70', '2.35'],
        ['payment', 'payment-7', '32.70', undefined],
        ['invoice', '8', '5.00', undefined],
      ],
    );
  });

  test('adds up lines as they are rounded, so that what is seen adds up', async () => {
    // Wave's export has unit prices with five decimals, and no totals.
    const entries = await map(
      'invoice_num,invoice_date,product,quantity,amount\nW1,2026-01-31,a,1,0.33500\nW1,2026-01-31,b,1,0.33500\nW1,2026-01-31,c,1,0.33500\n',
      {
        currency: 'USD',
        records: [
          {
            kind: 'invoice',
            fields: { id: '{invoice_num}', issued: '{invoice_date}', total: { sumOfLines: ['total'] } },
            lines: {
              fields: {
                name: '{product}',
                quantity: '{quantity}',
                rate: '{amount}',
                total: { product: ['{quantity}', '{amount}'] },
              },
            },
          },
        ],
      },
    );
    const [invoice] = shown(entries);
    assert.deepEqual(
      invoice?.lines?.map(({ rate, total }) => [rate, total]),
      Array(3).fill(['0.33500', '0.34']),
    );
    assert.equal(invoice?.total, '1.02');
  });

  test('is added up over the rows of a lookup too; without lines there is none', async () => {
    write('items.csv', 'order,item,price\nA,Pen,1.10\nA,Pad,2.20\n');
    const entries = await map('No,Date\nA,2026-01-31\nB,2026-01-31\n', {
      currency: 'USD',
      lookups: { item: { file: 'items.csv', key: 'order', from: '{No}' } },
      records: [
        {
          kind: 'invoice',
          fields: { id: '{No}', issued: '{Date}', total: { sumOfLines: ['total'] } },
          lines: { each: 'item', fields: { name: '{item.item}', total: '{item.price}' } },
        },
      ],
    });
    assert.equal(shown(entries)[0]?.total, '3.30');
    assert.match(firstRefusal(entries), /^total, from the sum of total of its lines, is missing/);
  });
});

describe('a payment that is split over invoices', () => {
  const rule = (split: object, fields: object = {}) => ({
    currency: 'USD',
    records: [
      {
        kind: 'payment',
        split: { amount: '{Amount}', columns: ['Invoices', 'Applied'], separator: ';', ...split },
        fields: {
          id: '{No}-{Invoices}',
          invoiceId: '{Invoices}',
          customerId: '{Customer}',
          date: '2026-01-31',
          amount: '{Applied}',
          ...fields,
        },
      },
    ],
  });
  const header = 'No,Customer,Amount,Invoices,Applied\n';
  const parts = (entries: readonly Entry[]) =>
    shown(entries).map(({ id, invoiceId, amount }) => [id, invoiceId, amount]);

  test('becomes a payment of each', async () => {
    const entries = await map(`${header}P1,Ann,150.00,A; B;,100.00;50.00;\nP2,Bo,7.00,C,7.00\n`, rule({}));
    assert.deepEqual(parts(entries), [
      ['P1-A', 'A', '100.00'],
      ['P1-B', 'B', '50.00'],
      ['P2-C', 'C', '7.00'],
    ]);
  });

  test('is refused as a whole when its parts are not the whole', async () => {
    const entries = await map(
      `${header}P1,Ann,151.00,A;B,100.00;50.00\nP2,Ann,149.00,A;B,100.00;50.00\nP3,Ann,5.00,A;B,5.00\nP4,Ann,,A,5.00\n`,
      rule({}),
    );
    assert.deepEqual(shown(entries), []);
    assert.deepEqual(
      refusalsOf(entries).map(({ refused }) => refused),
      [
        'amount, from "{Amount}": the parts of 151.00 add up to 150.00: expected the whole payment, or "rest" in "split" with an id for the remaining amount.',
        'amount, from "{Amount}": the parts of 149.00 add up to 150.00: expected the whole payment, or "rest" in "split" with an id for the remaining amount.',
        'Separated by ";", the columns have different numbers of parts (2 in "Invoices" and 1 in "Applied"): expected the same number in each.',
        'amount, from "{Amount}", is missing: there is nothing to split.',
      ],
    );
  });

  test('leaves what no invoice takes as a payment of its own, of the same customer', async () => {
    const entries = await map(
      `${header}P1,Ann,151.00,A,100.00\nP2,Ann,5.00,,\nP3,Ann,9.00,A,10.00\n`,
      rule({ rest: '{No}-rest' }),
    );
    assert.deepEqual(parts(entries), [
      ['P1-A', 'A', '100.00'],
      ['P1-rest', undefined, '51.00'],
      ['P2-rest', undefined, '5.00'],
    ]);
    assert.ok(shown(entries).every(({ customerId }) => customerId === 'Ann'));
    assert.match(firstRefusal(entries), /the parts of 9\.00 add up to 10\.00: expected at most the whole/);
  });

  test('may take the amounts from the invoices, or all of its parts from a lookup', async () => {
    write('invoices.csv', 'No,Open\nA,100.00\nB,50.00\n');
    const byInvoice = {
      ...rule({ columns: ['Invoices'] }, { amount: '{invoice.Open}' }),
      lookups: { invoice: { file: 'invoices.csv', key: 'No', from: '{Invoices}' } },
    };
    assert.deepEqual(parts(await map(`${header}P1,Ann,150.00,A;B,\n`, byInvoice)), [
      ['P1-A', 'A', '100.00'],
      ['P1-B', 'B', '50.00'],
    ]);
    write('applied.csv', 'Payment,Invoice,Amount\nP1,A,100.00\nP2,A,1.00\nP1,B,20.00\n');
    const [payment] = rule({}).records;
    const byLookup = {
      currency: 'USD',
      lookups: { applied: { file: 'applied.csv', key: 'Payment', from: '{No}' } },
      records: [
        {
          ...payment,
          split: { amount: '{Amount}', each: 'applied', rest: '{No}-rest' },
          fields: {
            ...payment?.fields,
            id: '{No}-{applied.Invoice}',
            invoiceId: '{applied.Invoice}',
            amount: '{applied.Amount}',
          },
        },
      ],
    };
    assert.deepEqual(parts(await map(`${header}P1,Ann,150.00,,\n`, byLookup)), [
      ['P1-A', 'A', '100.00'],
      ['P1-B', 'B', '20.00'],
      ['P1-rest', undefined, '30.00'],
    ]);
  });

  test('always comes to the whole, whatever its parts are', async () => {
    const cents = fc.integer({ min: 1, max: 1e6 });
    await fc.assert(
      fc.asyncProperty(fc.array(cents, { maxLength: 6 }), fc.nat(1e6), async (applied, left) => {
        const whole = applied.reduce((sum, part) => sum + part, left);
        if (whole === 0) return;
        const ids = applied.map((_, at) => `I${at}`).join(';');
        const texts = applied.map((part) => formatMoney(part, 'USD')).join(';');
        const entries = await map(
          `${header}P,Ann,${formatMoney(whole, 'USD')},${ids},${texts}\n`,
          rule({ rest: 'rest' }),
        );
        const amounts = shown(entries).map(({ amount = '' }) => parseMoney(amount, 'USD'));
        assert.equal(
          amounts.reduce((sum, part) => sum + part, 0),
          whole,
        );
        assert.equal(amounts.length, applied.length + (left > 0 ? 1 : 0));
      }),
      { numRuns: 30 },
    );
  });
});
