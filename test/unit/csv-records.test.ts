import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Reading } from '../../cli/import/reading.ts';
import type { Entry } from '../../cli/import/source.ts';
import { mapFile, recordsOf, refusalsOf, temporaryFiles } from '../support/import-files.ts';

const write = temporaryFiles();

const map = (
  csv: string | Buffer,
  mapping: unknown,
  currency?: string,
  reading?: Reading,
): Promise<Entry[]> => mapFile(write('file.csv', csv), mapping, currency, reading);

const payments = {
  currency: 'USD',
  records: [{ kind: 'payment', fields: { id: '{No}', date: '{Date}', amount: '{Amount}' } }],
};

describe('a row that is a record', () => {
  test('columns, constants and templates become fields; empty ones are left out', async () => {
    const entries = await map('No,First,Last,City,Mail\n7,Ann,,Zürich,\n', {
      records: [
        {
          kind: 'customer',
          fields: {
            id: 'customer-{No}',
            name: '{First} {Last}',
            'address.city': '{City}',
            'address.country': 'CH',
            email: '{Mail}',
            notes: 'from {{the}} list {Mail}',
          },
        },
      ],
    });
    assert.deepEqual(recordsOf(entries), [
      { kind: 'customer', id: 'customer-7', name: 'Ann', address: { city: 'Zürich', country: 'CH' } },
    ]);
  });

  test('the name can be the id of a customer', async () => {
    const mapping = { records: [{ kind: 'customer', fields: { id: '{Name}', name: '{Name}' } }] };
    assert.deepEqual(recordsOf(await map('Name\n漢字 GmbH\n', mapping)), [
      { kind: 'customer', id: '漢字 GmbH', name: '漢字 GmbH' },
    ]);
  });

  test('an id of which a column is empty is missing, not the same for all such rows', async () => {
    const mapping = { records: [{ kind: 'customer', fields: { id: '{Branch}-{No}', name: '{Name}' } }] };
    const [refused] = refusalsOf(await map('Branch,No,Name\n1,,Ann\n', mapping));
    assert.match(refused?.refused ?? '', /^id, from "\{Branch\}-\{No\}", is missing/);
  });

  test('amounts have the decimals of their own currency: JPY none, BHD three', async () => {
    const mapping = { ...payments, currency: '{Cur}' };
    const entries = await map(
      'No,Date,Amount,Cur\n1,2026-01-31,500,JPY\n2,2026-01-31,1.234,bhd\n3,2026-01-31,1.5,JPY\n4,2026-01-31,1.234,USD\n',
      mapping,
    );
    assert.deepEqual(
      recordsOf(entries).map((record) => (record as { amount: string }).amount),
      ['500', '1.234'],
    );
    assert.deepEqual(
      refusalsOf(entries).map(({ lines, refused }) => [lines, refused]),
      [
        [[4], 'amount, from "{Amount}": "1.5" has more decimals than JPY has (0).'],
        [[5], 'amount, from "{Amount}": "1.234" has more decimals than USD has (2).'],
      ],
    );
  });

  test('a code that is no currency is told with its column', async () => {
    const entries = await map('No,Date,Amount,Cur\n1,2026-01-31,5.00,EURO\n', {
      ...payments,
      currency: '{Cur}',
    });
    assert.equal(
      refusalsOf(entries)[0]?.refused,
      'currency, from "{Cur}", is "EURO": expected an ISO 4217 code such as USD, EUR or JPY.',
    );
  });

  test('a row that names no currency gets that of the command, or is refused', async () => {
    const mapping = { ...payments, currency: '{Cur}' };
    const csv = 'No,Date,Amount,Cur\n1,2026-01-31,5.00,\n';
    assert.equal((recordsOf(await map(csv, mapping, 'EUR'))[0] as { currency: string }).currency, 'EUR');
    assert.match(
      refusalsOf(await map(csv, mapping))[0]?.refused ?? '',
      /^currency, from "\{Cur\}", is missing/,
    );
  });

  test('the sign can be turned round, and negative amounts told apart', async () => {
    const entries = await map(
      'No,Date,Amount\n1,2026-01-31,"$1,000.00"\n2,2026-02-01,($250.00)\n3,2026-02-01,0.00\n',
      {
        currency: 'USD',
        numbers: { thousands: ',', symbols: ['$'], parentheses: true },
        leaveOut: [{ when: { Amount: { amount: 'zero' } }, reason: 'nothing' }],
        records: [
          {
            kind: 'invoice',
            when: { Amount: { amount: 'positive' } },
            fields: { id: '{No}', issued: '{Date}', total: '{Amount}' },
          },
          {
            kind: 'credit_note',
            when: { Amount: { amount: 'negative' } },
            fields: { id: '{No}', issued: '{Date}', total: { from: '{Amount}', negate: true } },
          },
        ],
      },
    );
    assert.deepEqual(
      recordsOf(entries).map((record) => [
        (record as { kind: string }).kind,
        (record as { total: string }).total,
      ]),
      [
        ['invoice', '1000.00'],
        ['credit_note', '250.00'],
      ],
    );
    assert.deepEqual(entries[2], { lines: [4], leftOut: 'nothing' });
  });

  test('translated texts keep the source’s word; what is not among them is refused', async () => {
    const mapping = {
      currency: 'USD',
      records: [
        {
          kind: 'payment',
          fields: {
            ...payments.records[0]?.fields,
            method: { from: '{How}', values: { Visa: 'card' }, otherwise: 'other' },
            failed: { from: '{State}', values: { ok: '', bad: 'true' } },
          },
        },
      ],
    };
    const entries = await map(
      'No,Date,Amount,How,State\n1,2026-01-31,5.00,Visa,ok\n2,2026-01-31,5.00,Cowrie,bad\n3,2026-01-31,5.00,Visa,lost\n4,2026-01-31,5.00,Visa,\n',
      mapping,
    );
    assert.deepEqual(
      recordsOf(entries),
      [
        {
          kind: 'payment',
          id: '1',
          currency: 'USD',
          date: '2026-01-31',
          amount: '5.00',
          method: 'card',
          sourceMethod: 'Visa',
        },
        {
          kind: 'payment',
          id: '2',
          currency: 'USD',
          date: '2026-01-31',
          amount: '5.00',
          method: 'other',
          sourceMethod: 'Cowrie',
          failed: true,
        },
      ].map((record) => ({ ...record })),
    );
    assert.deepEqual(
      refusalsOf(entries).map(({ refused }) => refused),
      [
        'failed, from "{State}": "lost" is not in "values" ("ok", "bad"), and there is no "otherwise".',
        'failed, from "{State}": "" is not in "values" ("ok", "bad"), and there is no "otherwise".',
      ],
    );
  });

  test('one row makes a record for each rule that applies; all of them or none', async () => {
    const mapping = {
      currency: 'EUR',
      dates: 'dd/MM/yyyy',
      records: [
        { kind: 'customer', fields: { id: '{Customer}', name: '{Customer}' }, keepFirst: true },
        {
          kind: 'invoice',
          fields: { id: '{No}', customerId: '{Customer}', issued: '{Date}', total: '{Total}' },
        },
        {
          kind: 'payment',
          when: { Paid: { not: { amount: 'zero' } } },
          fields: { id: 'payment-{No}', invoiceId: '{No}', date: '{Paid on}', amount: '{Paid}' },
        },
      ],
    };
    const csv =
      'No,Customer,Date,Total,Paid,Paid on\n1,Ann,31/01/2026,10.00,10.00,02/02/2026\n2,Ann,31/01/2026,10.00,,\n3,Bo,31/01/2026,10.00,10.00,02/13/2026\n';
    const entries = await map(csv, mapping);
    assert.deepEqual(
      recordsOf(entries).map((record) => (record as { id: string }).id),
      ['Ann', '1', 'payment-1', 'Ann', '2'],
    );
    const [refused] = refusalsOf(entries);
    assert.deepEqual(refused?.lines, [4]);
    assert.match(
      refused?.refused ?? '',
      /^date, from "\{Paid on\}": "02\/13\/2026" is not a day in the format dd\/MM\/yyyy \(it would be 2026-02-13 in the format MM\/dd\/yyyy\)/,
    );
  });
});

test('in minor units, unit prices are moved as amounts are, quantities are not', async () => {
  const entries = await map('No,Date,Total,Item,Qty,Price\n1,2026-01-31,1250,Pen,2,625.5\n', {
    currency: 'USD',
    numbers: { minorUnits: true },
    records: [
      {
        kind: 'invoice',
        fields: { id: '{No}', issued: '{Date}', total: '{Total}' },
        lines: { fields: { name: '{Item}', quantity: '{Qty}', rate: '{Price}', total: '{Total}' } },
      },
    ],
  });
  assert.deepEqual((recordsOf(entries)[0] as { lines: unknown }).lines, [
    { name: 'Pen', quantity: '2', rate: '6.255', total: '12.50' },
  ]);
});

describe('rows that are no records', () => {
  test('a row that no rule takes is refused with what it has, never dropped', async () => {
    const mapping = { ...payments, records: [{ ...payments.records[0], when: { Type: 'Payment' } }] };
    const [refused] = refusalsOf(await map('No,Date,Amount,Type\n1,2026-01-31,5.00,Deposit\n', mapping));
    assert.match(refused?.refused ?? '', /^No rule of the mapping applies to this row \(Type is "Deposit"\)/);
  });

  test('rows left out are given with their reason, also when they are short; empty rows too', async () => {
    const mapping = { ...payments, leaveOut: [{ when: { No: { matches: '^Total' } }, reason: 'total row' }] };
    const entries = await map('No,Date,Amount\n1,2026-01-31,5.00\n,,\nTotal for Acme\n', mapping);
    assert.deepEqual(entries.slice(1), [
      { lines: [3], leftOut: 'empty row' },
      { lines: [4], leftOut: 'total row' },
    ]);
  });

  test('a row with too many or too few cells is refused with its line, after quoted newlines too', async () => {
    const entries = await map(
      'No,Date,Amount,Note\n1,2026-01-31,5.00,"two\nlines"\n2,2026-01-31,1,234.50,x\n3,2026-01-31\n',
      payments,
    );
    assert.deepEqual(
      refusalsOf(entries).map(({ lines, refused }) => [lines, refused.slice(0, 32)]),
      [
        [[4], 'The row has 5 cells: expected 4,'],
        [[5], 'The row has 2 cells: expected 4,'],
      ],
    );
    assert.equal(recordsOf(entries).length, 1);
  });

  test('empty cells beyond the header mean nothing, also in a lookup', async () => {
    write('trailing.csv', 'id,name\n7,Ann,,\n');
    const entries = await map('No,Date,Amount\n7,2026-01-31,5.00,\n7b,2026-01-31,6.00,,,\n', {
      ...payments,
      lookups: { person: { file: 'trailing.csv', key: 'id', from: '{No}', optional: true } },
      records: [
        { ...payments.records[0], fields: { ...payments.records[0]?.fields, notes: '{person.name}' } },
      ],
    });
    assert.deepEqual(
      recordsOf(entries).map((record) => (record as { notes?: string }).notes),
      ['Ann', undefined],
    );
  });

  test('filled cells beyond the header are passed over when the mapping says so, and told once', async () => {
    const csv = 'No,Date,Amount\n1,2026-01-31,5.00,,memo\n2,2026-01-31,6.00,x,y\n3,2026-01-31,7.00\n';
    assert.match(
      refusalsOf(await map(csv, payments))[0]?.refused ?? '',
      /^The row has 5 cells: expected 3, .* To ignore the extra cells, set "surplusCells": "ignore"\.$/,
    );
    const reading = new Reading();
    const entries = await map(csv, { ...payments, surplusCells: 'ignore' }, undefined, reading);
    assert.equal(recordsOf(entries).length, 3);
    assert.deepEqual(reading.surplus, { rows: 2, line: 2, cell: 'memo' });
  });

  test('a quote that is never closed refuses the rest, not what stands before', async () => {
    const entries = await map('No,Date,Amount\n1,2026-01-31,5.00\n2,"2026-01-31,5.00\n', payments);
    assert.equal(recordsOf(entries).length, 1);
    assert.deepEqual(refusalsOf(entries)[0]?.lines, [3]);
  });
});

describe('what is wrong with a cell is told with its column', () => {
  const rule = {
    kind: 'invoice',
    fields: { id: '{No}', number: '{Number}', issued: '{Date}', total: '{Total}', writtenOff: '{Gone}' },
    lines: { fields: { name: '{Item}', total: '{Line}' } },
  };
  const cases: [csv: string, sentence: RegExp][] = [
    [
      ',x,2026-01-31,1.00,,Pen,1.00',
      /^id, from "\{No\}", is missing: the row does not say which invoice it belongs to/,
    ],
    ['A,x,,1.00,,Pen,1.00', /^issued, from "\{Date\}", is missing: expected a date/],
    ['A,x,2026-01-31,-1.00,,Pen,1.00', /^total, from "\{Total\}", is -1\.00: expected zero or more/],
    ['A,x,2026-01-31,1.005,,Pen,1.00', /^total, from "\{Total\}": "1\.005" has more decimals than USD has/],
    ['A,x,2026-01-31,1.00,2026-02-01,Pen,1.00', /^writtenOff, from "\{Gone\}", is set, but lifecycle/],
    [
      `A,${'x'.repeat(201)},2026-01-31,1.00,,Pen,1.00`,
      /^number, from "\{Number\}", is "xxx.*: expected text/,
    ],
    ['A,x,2026-01-31,1.00,,Pen,1.001', /^total, from "\{Line\}": "1\.001" has more decimals than USD has/],
    ['A,x,2026-01-31,1.00,,,1.00', /^name, from "\{Item\}", is missing: expected text/],
    [
      'A,x,2026-01-31,one,,Pen,1.00',
      /^column "Total": "one" is not a number: expected one such as 1234\.50\.$/,
    ],
  ];
  for (const [row, sentence] of cases) {
    test(String(sentence), async () => {
      const entries = await map(`No,Number,Date,Total,Gone,Item,Line\n${row}\n`, {
        currency: 'USD',
        records: [{ ...rule, when: { Total: { not: { amount: 'zero' } } } }],
      });
      assert.match(refusalsOf(entries)[0]?.refused ?? 'nothing', sentence);
    });
  }
});

describe('several rows of one document', () => {
  const mapping = {
    currency: '{Cur}',
    records: [
      {
        kind: 'invoice',
        fields: { id: '{No}', issued: '{Date}', due: '{Due}', total: '{Total}' },
        lines: { fields: { name: '{Item}', quantity: '{Qty}', total: '{Line}' } },
      },
      {
        kind: 'payment',
        when: { Paid: { empty: false } },
        fields: { id: 'payment-{No}', invoiceId: '{No}', date: '{Date}', amount: '{Paid}' },
      },
    ],
  };
  const header = 'No,Date,Due,Total,Item,Qty,Line,Paid,Cur\n';

  test('lines are collected in their order, though the rows are not adjacent, and the payment is one', async () => {
    const entries = await map(
      `${header}A,2026-01-31,,30.00,Pen,1,10.00,30.00,EUR\nB,2026-02-01,,5.00,Ink,1,5.00,,EUR\nA,2026-01-31,,30.00,Pad,2,20.00,30.00,EUR\n`,
      mapping,
    );
    assert.deepEqual(
      entries.map(({ lines }) => lines),
      [[2, 4], [3]],
    );
    assert.deepEqual(recordsOf(entries).slice(0, 2), [
      {
        kind: 'invoice',
        id: 'A',
        currency: 'EUR',
        lifecycle: 'issued',
        issued: '2026-01-31',
        total: '30.00',
        lines: [
          { name: 'Pen', quantity: '1', total: '10.00' },
          { name: 'Pad', quantity: '2', total: '20.00' },
        ],
      },
      {
        kind: 'payment',
        id: 'payment-A',
        invoiceId: 'A',
        currency: 'EUR',
        date: '2026-01-31',
        amount: '30.00',
        method: 'other',
      },
    ]);
  });

  test('later rows may leave out what is the document’s, and rows without a line add none', async () => {
    const entries = await map(
      `${header}A,2026-01-31,2026-02-28,30.00,Pen,1,30.00,,EUR\nA,,,,Pad,1,0.00,,\nA,2026-01-31,,30.00,,,,,EUR\n`,
      mapping,
    );
    const [invoice] = recordsOf(entries) as { lines: unknown[]; due: string }[];
    assert.equal(invoice?.lines.length, 2);
    assert.equal(invoice?.due, '2026-02-28');
  });

  test('what was read before a quote that is never closed is loaded', async () => {
    const csv = 'No,Date,Item,Total\nA,2026-01-31,Pen,1.00\nA,,"Pad,2.00\n';
    const entries = await map(csv, {
      currency: 'USD',
      records: [
        {
          kind: 'invoice',
          fields: { id: '{No}', issued: '{Date}', total: { sumOfLines: ['total'] } },
          lines: { fields: { name: '{Item}', total: '{Total}' } },
        },
      ],
    });
    assert.deepEqual(
      entries.map((entry) => [entry.lines, 'records' in entry]),
      [
        [[3], false],
        [[2], true],
      ],
    );
  });

  test('a difference between the rows refuses the whole document, and says where', async () => {
    const entries = await map(
      `${header}A,2026-01-31,,30.00,Pen,1,10.00,30.00,EUR\nB,2026-02-01,,5.00,Ink,1,5.00,,EUR\nA,2026-01-31,,31.00,Pad,2,20.00,31.00,EUR\n`,
      mapping,
    );
    assert.deepEqual(refusalsOf(entries), [
      {
        lines: [2, 4],
        line: 4,
        refused:
          'total is "31.00" here and "30.00" on line 2: expected the same on every row of a document, or "keepFirst": true in its rule.',
      },
    ]);
    assert.deepEqual(
      recordsOf(entries).map((record) => (record as { id: string }).id),
      ['B'],
    );
  });

  test('a difference is none where the mapping says that the first row counts', async () => {
    const [rule] = mapping.records;
    const entries = await map(
      `${header}A,2026-01-31,,30.00,Pen,1,10.00,,EUR\nA,2026-02-01,,31.00,Pad,2,20.00,,EUR\n`,
      { ...mapping, records: [{ ...rule, keepFirst: true }] },
    );
    const [invoice] = recordsOf(entries) as { total: string; issued: string; lines: unknown[] }[];
    assert.deepEqual([invoice?.total, invoice?.issued, invoice?.lines.length], ['30.00', '2026-01-31', 2]);
  });

  test('a bad line refuses its whole document', async () => {
    const entries = await map(
      `${header}A,2026-01-31,,30.00,Pen,1,10.00,,EUR\nA,2026-01-31,,30.00,Pad,two,20.00,,EUR\n`,
      mapping,
    );
    const [refused] = refusalsOf(entries);
    assert.deepEqual([refused?.lines, refused?.line], [[2, 3], 3]);
    assert.match(refused?.refused ?? '', /^quantity, from "\{Qty\}": "two" is not a number/);
    assert.deepEqual(recordsOf(entries), []);
  });

  test('a total that its lines do not add up to is taken as it is', async () => {
    const entries = await map(`${header}A,2026-01-31,,71.43,Work,1,63.20,,CAD\n`, mapping);
    assert.equal((recordsOf(entries)[0] as { total: string }).total, '71.43');
  });
});

describe('lookups', () => {
  const mapping = {
    currency: 'EUR',
    lookups: {
      order: { file: 'orders.csv', key: 'id', from: '{order}' },
      customer: { file: 'people.csv', key: 'id', from: '{order.who}' },
      item: { file: 'items.csv', key: 'order', from: '{order}' },
    },
    records: [
      {
        kind: 'invoice',
        fields: { id: '{no}', customerId: '{customer.name}', issued: '{order.day}', total: '{total}' },
        lines: { each: 'item', fields: { name: '{item.name} for {customer.name}', total: '{item.price}' } },
      },
    ],
  };
  write('orders.csv', 'id,who,day\n1,7,2026-01-31\n2,,2026-02-01\n3,8,2026-02-02\n');
  write('people.csv', 'id,name\n7,Ann\n');
  write('items.csv', 'order,name,price\n1,Pen,1.00\n2,Ink,2.00\n1,Pad,3.00\n');

  test('columns of other files are found by a key, one after another', async () => {
    const [first, second] = recordsOf(await map('no,order,total\nA,1,4.00\nB,2,2.00\n', mapping)) as {
      customerId?: string;
      lines: { name: string }[];
    }[];
    assert.equal(first?.customerId, 'Ann');
    assert.deepEqual(first?.lines, [
      { name: 'Pen for Ann', total: '1.00' },
      { name: 'Pad for Ann', total: '3.00' },
    ]);
    assert.equal(second?.customerId, undefined);
  });

  test('an optional lookup leaves what is not found empty', async () => {
    const { order, customer, item } = mapping.lookups;
    const lookups = { order, customer: { ...customer, optional: true }, item };
    const [found, missing] = recordsOf(
      await map('no,order,total\nA,1,4.00\nB,3,4.00\n', { ...mapping, lookups }),
    ) as { customerId?: string }[];
    assert.equal(found?.customerId, 'Ann');
    assert.ok(missing);
    assert.equal(missing.customerId, undefined);
  });

  test('what is not found refuses the row', async () => {
    const entries = await map('no,order,total\nA,9,4.00\nB,3,4.00\n', mapping);
    assert.deepEqual(
      refusalsOf(entries).map(({ lines, refused }) => [lines, refused]),
      [
        [[2], 'customerId, from "{customer.name}": "orders.csv" has no row whose id is "9".'],
        [[3], 'customerId, from "{customer.name}": "people.csv" has no row whose id is "8".'],
      ],
    );
  });

  test('a condition on a column that is not found counts every row that was tried', async () => {
    const reading = new Reading();
    const rule = { ...mapping.records[0], when: { 'customer.name': { empty: false } } };
    const csv = 'no,order,total\nA,1,4.00\nB,3,4.00\nC,3,4.00\nD,3,4.00\n';
    await map(csv, { ...mapping, records: [rule] }, undefined, reading);
    assert.deepEqual(reading.doubts(), [
      { place: 'column "customer.name"', failed: 3, tried: 4, otherOrder: false },
    ]);
  });
});
