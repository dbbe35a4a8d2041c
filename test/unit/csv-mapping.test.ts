import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parseMapping } from '../../cli/import/mapping.ts';
import { Refusal } from '../../shared/ledger/errors.ts';
import { mapFile, temporaryFiles } from '../support/import-files.ts';

const root = join(import.meta.dirname, '../..');
const write = temporaryFiles();

const payment = {
  kind: 'payment',
  fields: { id: '{No}', date: '{Date}', amount: '{Amount}' },
};
const minimal = { currency: 'USD', records: [payment] };
const withRule = (changes: object) => ({ ...minimal, records: [{ ...payment, ...changes }] });
const withField = (name: string, value: unknown) =>
  withRule({ fields: { ...payment.fields, [name]: value } });

function refusal(mapping: unknown): string {
  try {
    parseMapping(mapping);
  } catch (error) {
    assert(error instanceof Refusal);
    return error.message;
  }
  return 'nothing was refused';
}

/** Mappings whose shape is wrong, whatever the file. */
const misshapen: [behaviour: string, mapping: unknown, sentence: RegExp][] = [
  ['no object', [], /^The mapping is a list of 0: expected an object/],
  ['no rules', {}, /^records is missing: expected a list of rules/],
  ['an empty list of rules', { records: [] }, /^records is a list of 0: expected at least one rule/],
  [
    'an unknown part',
    { ...minimal, date: 'x' },
    /^The mapping has no field "date": expected \$schema, delimiter/,
  ],
  [
    'an unknown kind',
    withRule({ kind: 'quote' }),
    /^records\[0\]\.kind is "quote": expected one of customer, invoice/,
  ],
  ['the business as a kind', withRule({ kind: 'business' }), /^records\[0\]\.kind is "business"/],
  [
    'a condition that is a number',
    withRule({ when: { Type: 3 } }),
    /^records\[0\]\.when\.Type is the number 3/,
  ],
  [
    'an unknown condition',
    withRule({ when: { Type: { is: 'x' } } }),
    /expected a text, a list of texts, or an object with one of "not"/,
  ],
  [
    'two conditions in one',
    withRule({ when: { Type: { empty: true, amount: 'zero' } } }),
    /Type has no field "amount"/,
  ],
  [
    'a broken regular expression',
    withRule({ when: { Type: { matches: '(' } } }),
    /matches is "\(": expected a regular expression/,
  ],
  [
    'an unknown sign',
    withRule({ when: { Type: { amount: 'minus' } } }),
    /expected one of negative, zero, positive/,
  ],
  [
    'a value that is a number',
    withField('amount', 3),
    /^records\[0\]\.fields\.amount is the number 3: expected a template such as/,
  ],
  ['an empty template', withField('amount', ''), /expected a template such as/],
  [
    'a misspelt part of a value',
    withField('amount', { form: '{x}' }),
    /amount has no field "form": expected from, values/,
  ],
  [
    'lines without fields',
    withRule({ lines: {} }),
    /^records\[0\]\.lines\.fields is missing: expected an object of field names/,
  ],
  [
    'an impossible decimal sign',
    { ...minimal, numbers: { decimal: ';' } },
    /^numbers\.decimal is ";": expected a point or a comma/,
  ],
  [
    'a lookup without a key',
    { ...minimal, lookups: { a: { file: 'x', from: '{y}' } } },
    /^lookups\.a\.key is missing/,
  ],
  [
    'rows left out without a reason',
    { ...minimal, leaveOut: [{ when: { a: 'x' } }] },
    /^leaveOut\[0\]\.reason is missing/,
  ],
  [
    'a delimiter of two characters',
    { ...minimal, delimiter: '||' },
    /^delimiter is "\|\|": expected one character/,
  ],
  [
    'line 0 as the header',
    { ...minimal, headerLine: 0 },
    /^headerLine is the number 0: expected a whole number from 1 to 1000/,
  ],
  [
    'a sum of one amount',
    withField('amount', { sum: ['{Amount}'] }),
    /^records\[0\]\.fields\.amount\.sum is a list of 1: expected at least two amounts/,
  ],
  [
    'a product of a number',
    withField('amount', { product: ['{Amount}', 2] }),
    /^records\[0\]\.fields\.amount\.product\[1\] is the number 2: expected a template such as/,
  ],
  [
    'two computations in one',
    withField('amount', { sum: ['{a}', '{b}'], product: ['{a}', '{b}'] }),
    /amount has no field "product": expected sum/,
  ],
  [
    'a sum of lines within another',
    withField('amount', { sum: ['{a}', { sumOfLines: ['total'] }] }),
    /amount\.sum\[1\] has no field "sumOfLines": expected from/,
  ],
  [
    'a sum of no fields of lines',
    withField('amount', { sumOfLines: [] }),
    /amount\.sumOfLines is a list of 0: expected at least one field/,
  ],
  [
    'nothing instead of what is empty',
    withField('amount', { from: '{Amount}', ifEmpty: '' }),
    /ifEmpty is "": expected a text that is not empty/,
  ],
  [
    'a split without an amount',
    withRule({ split: { columns: ['No'], separator: ';' } }),
    /^records\[0\]\.split\.amount is missing/,
  ],
  [
    'a split without a separator',
    withRule({ split: { amount: '{Amount}', columns: ['No'] } }),
    /^records\[0\]\.split\.separator is missing/,
  ],
  [
    'a split in two ways',
    withRule({ split: { amount: '{Amount}', columns: ['No'], separator: ';', each: 'x' } }),
    /^records\[0\]\.split has no field "columns": expected amount, each, rest/,
  ],
  [
    'month names of no language',
    { ...minimal, dates: { format: 'd MMM yyyy', monthNames: 'x' } },
    /^dates\.monthNames is "x": expected a language such as "de"/,
  ],
  [
    'a time zone that is an offset',
    { ...minimal, dates: { format: 'unix', timeZone: '+01:00' } },
    /^dates\.timeZone is "\+01:00": expected an IANA time zone/,
  ],
  [
    'a sign that is none',
    { ...minimal, numbers: { signs: { CR: '-' } } },
    /^numbers\.signs\.CR is "-": expected one of positive, negative/,
  ],
  [
    'surplus cells that are to be anything',
    { ...minimal, surplusCells: 'keep' },
    /^surplusCells is "keep": expected "ignore"/,
  ],
  [
    'a column that could vanish as a key',
    withRule({ when: JSON.parse('{"__proto__": "x"}') }),
    /^records\[0\]\.when is an object/,
  ],
];

const ajv = new Ajv2020({ formats: { regex: true } });
const schema = JSON.parse(readFileSync(join(root, 'cli/import/mapping.schema.json'), 'utf8'));
const fitsSchema = ajv.compile(schema);

describe('the shape of a mapping', () => {
  for (const [behaviour, mapping, sentence] of misshapen) {
    test(`${behaviour} is refused with a sentence`, () => assert.match(refusal(mapping), sentence));
  }

  test('the published JSON Schema refuses the same mappings', () => {
    for (const [behaviour, mapping] of misshapen) {
      // A schema does not compile regular expressions.
      if (behaviour === 'a broken regular expression') continue;
      assert.equal(fitsSchema(mapping), false, behaviour);
    }
  });

  test('it also refuses what a kind of record does not have, and misses what it needs', () => {
    const withoutAmount = { id: '{No}', date: '{Date}' };
    const lines = { fields: { name: 'x', total: '{Amount}' } };
    assert(fitsSchema(minimal));
    for (const mapping of [
      withField('totl', '{Amount}'),
      withRule({ fields: withoutAmount }),
      withRule({ lines }),
      withRule({ kind: 'expense', fields: { ...payment.fields, invoiceId: '{No}' } }),
    ]) {
      assert.equal(refusal(mapping), 'nothing was refused');
      assert.equal(fitsSchema(mapping), false, JSON.stringify(mapping));
    }
  });

  test('mappings that are used, and that the documentation shows, fit both', () => {
    const documentation = readFileSync(join(root, 'docs/import.md'), 'utf8');
    const shown = [...documentation.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json = '']) =>
      JSON.parse(json),
    );
    const files = ['xero/mapping', 'gla/mapping', 'jaffle/customers.mapping', 'jaffle/payments.mapping'];
    const used = files.map((name) => JSON.parse(readFileSync(join(root, `test/data/${name}.json`), 'utf8')));
    const everything = {
      $schema: 'x',
      delimiter: ';',
      headerLine: 3,
      dates: { format: 'd. MMMM yyyy', monthNames: 'de', timeZone: 'Europe/Zurich' },
      numbers: {
        decimal: ',',
        thousands: ' ',
        symbols: ['$'],
        parentheses: true,
        trailingMinus: true,
        signs: { CR: 'negative', DR: 'positive' },
        minorUnits: false,
      },
      wholeNumbers: ['No', 'a.k'],
      surplusCells: 'ignore',
      currency: { from: '{Currency}', values: { $: 'USD' }, otherwise: 'EUR' },
      lookups: { a: { file: 'a.csv', key: 'k', from: '{No}', optional: true } },
      leaveOut: [{ when: { Type: { not: { not: ['a', 'b'] } } }, reason: 'r' }],
      records: [
        {
          kind: 'credit_note',
          when: { a: 'x', b: ['y'], c: { matches: '^z' }, d: { empty: false }, e: { amount: 'negative' } },
          keepFirst: true,
          fields: { id: '{No}', issued: '{Date}', total: { from: '{Amount}', negate: true } },
          allocations: { each: 'a', fields: { invoiceId: '{a.i}', amount: '{a.m}', date: '{a.d}' } },
        },
        {
          kind: 'invoice',
          fields: {
            id: '{No}-{#equal}',
            issued: '{Date}',
            tax: { difference: ['{Total}', { sum: ['{Net}', { from: '{Fee}', ifEmpty: '0' }] }] },
            total: { sumOfLines: ['total', 'tax'] },
          },
          lines: { fields: { name: '{Item}', total: { product: ['{Qty}', '{Price}', '0.5'] } } },
        },
        {
          kind: 'payment',
          split: { amount: '{Amount}', columns: ['Invoices', 'Parts'], separator: ';', rest: '{No}-rest' },
          fields: { id: '{No}-{Invoices}', date: '{Date}', amount: '{Parts}' },
        },
        {
          kind: 'payment',
          split: { amount: { sum: ['{Amount}', '{Fee}'] }, each: 'a' },
          fields: { id: '{No}-{a.i}', date: '{Date}', amount: '{a.m}' },
        },
      ],
    };
    assert(shown.length > 0);
    for (const mapping of [minimal, everything, ...used, ...shown]) {
      assert.equal(refusal(mapping), 'nothing was refused');
      assert(fitsSchema(mapping), JSON.stringify(fitsSchema.errors));
    }
  });
});

describe('a mapping that does not fit its file', () => {
  const file = write('payments.csv', 'No,Date,Amount,Twice,Twice\n1,2026-01-31,5.00,a,b\n');
  write('customers.csv', 'id,name\n1,Ann\n1,Anna\n');
  write('crooked.csv', 'id,name\n1\n');
  write('keys.csv', 'id,name,id\n1,Ann,2\n');

  const lookups = { customer: { file: 'customers.csv', key: 'id', from: '{No}' } };
  const cases: [behaviour: string, mapping: object, sentence: RegExp][] = [
    [
      'an unknown column is named, with those that there are',
      withField('amount', '{Total}'),
      /^The mapping's records\[0\]: There is no column "Total": the columns of the file are No, Date, Amount, Twice, Twice\.$/,
    ],
    [
      'an unknown column in a condition',
      withRule({ when: { Status: 'x' } }),
      /records\[0\]: There is no column "Status"/,
    ],
    [
      'an unknown column in what is left out',
      { ...minimal, leaveOut: [{ when: { Status: 'x' }, reason: 'r' }] },
      /leaveOut\[0\]: There is no column "Status"/,
    ],
    [
      'a column that is there twice',
      withField('notes', '{Twice}'),
      /The column "Twice" appears twice in the file/,
    ],
    [
      'an unknown field',
      withField('totl', '{Amount}'),
      /records\[0\]: payment has no field "totl": expected id, invoiceId, customerId, currency, date/,
    ],
    [
      'the currency of what has none',
      withRule({ kind: 'customer', fields: { id: '{No}', name: '{No}', currency: 'USD' } }),
      /records\[0\]: customer has no field "currency": expected id, name, /,
    ],
    [
      'a needed field that is not mapped',
      withRule({ fields: { id: '{No}', date: '{Date}' } }),
      /payment has no "amount": it is required/,
    ],
    [
      'lines of what has none',
      withRule({ lines: { fields: { name: 'x', total: '{Amount}' } } }),
      /payment has no lines/,
    ],
    [
      'nothing that says the currency',
      { records: [payment] },
      /The currency of payment is missing: .*--currency CODE/,
    ],
    [
      'a format that is no date format',
      { ...minimal, dates: 'yyyy' },
      /The mapping's dates: "yyyy" is not a date format/,
    ],
    ['a brace that is left open', withField('notes', '{No'), /The template "\{No" has a single \{/],
    [
      'an amount that is to be negated and is none',
      withField('notes', { from: '{No}', negate: true }),
      /"negate" is only for amounts: notes is not one/,
    ],
    [
      '"otherwise" without "values"',
      withField('notes', { from: '{No}', otherwise: 'x' }),
      /records\[0\]: "otherwise" of "\{No\}" needs "values"/,
    ],
    [
      'a sum that is to be a text',
      withField('notes', { sum: ['{No}', '{Amount}'] }),
      /"sum" is only for amounts: notes is not one/,
    ],
    [
      'a sum of lines without lines',
      withField('amount', { sumOfLines: ['total'] }),
      /"sumOfLines" of amount needs "lines": it adds up their amounts/,
    ],
    [
      'a sum of lines that is to be a text',
      withField('notes', { sumOfLines: ['total'] }),
      /"sumOfLines" is only for amounts of money: notes is not one/,
    ],
    [
      'a sum of what lines do not have',
      {
        ...minimal,
        records: [
          {
            kind: 'invoice',
            fields: { id: '{No}', issued: '{Date}', total: { sumOfLines: ['total', 'tax'] } },
            lines: { fields: { name: 'Work', total: '{Amount}' } },
          },
        ],
      },
      /"sumOfLines" of total names "tax": expected an amount of money that "lines" has/,
    ],
    [
      'a split of what is no payment',
      {
        ...minimal,
        records: [
          {
            kind: 'expense',
            split: { amount: '{Amount}', columns: ['No'], separator: ';' },
            fields: payment.fields,
          },
        ],
      },
      /"split" is only for payments: expense is not one/,
    ],
    [
      'a split by a column that is not there',
      withRule({ split: { amount: '{Amount}', columns: ['Invoices'], separator: ';' } }),
      /There is no column "Invoices"/,
    ],
    [
      'whole numbers in a column that is not there',
      { ...minimal, wholeNumbers: ['Number'] },
      /The mapping's wholeNumbers: There is no column "Number"/,
    ],
    [
      'a time zone for days that are written',
      { ...minimal, dates: { format: 'yyyy-MM-dd', timeZone: 'UTC' } },
      /The mapping's dates: "timeZone" applies only to the format "unix"/,
    ],
    ['an unknown lookup', withField('notes', '{customer.name}'), /There is no column "customer\.name"/],
    [
      'an unknown column of a lookup',
      { ...withField('notes', '{customer.city}'), lookups },
      /"customers\.csv" has no column "city": its columns are id, name/,
    ],
    [
      'a lookup with several rows where one is needed',
      { ...withField('notes', '{customer.name}'), lookups },
      /"customers\.csv" has the id "1" on lines 2 and 3: expected each key once/,
    ],
    [
      'a lookup file without its key',
      { ...minimal, lookups: { customer: { ...lookups.customer, key: 'number' } } },
      /"customers\.csv" has no column "number": its columns are id, name/,
    ],
    [
      'a lookup file with its key twice',
      { ...minimal, lookups: { customer: { ...lookups.customer, file: 'keys.csv' } } },
      /The column "id" appears twice in "keys\.csv": expected it once/,
    ],
    [
      'a lookup file that is not there',
      { ...minimal, lookups: { a: { ...lookups.customer, file: 'no.csv' } } },
      /There is no file ".*no\.csv"/,
    ],
    [
      'a lookup file with a short row',
      { ...minimal, lookups: { a: { ...lookups.customer, file: 'crooked.csv' } } },
      /"crooked\.csv", line 2: the row has 1 cell: expected 2/,
    ],
    [
      'a lookup that looks itself up',
      { ...minimal, lookups: { a: { ...lookups.customer, from: '{a.id}' } } },
      /lookups\.a: There is no column "a\.id"/,
    ],
    [
      'the wrong delimiter is guessed at',
      { ...minimal, delimiter: ';' },
      /There is no column "No": .*No,Date,Amount,Twice,Twice\.$/,
    ],
  ];
  for (const [behaviour, mapping, sentence] of cases) {
    test(behaviour, () =>
      assert.rejects(mapFile(file, mapping), (error) => {
        assert(error instanceof Refusal);
        assert.match(error.message, sentence);
        return true;
      }),
    );
  }

  test('a file with another delimiter gets a hint', async () => {
    const semicolons = write('semicolons.csv', 'No;Date;Amount\n1;2026-01-31;5.00\n');
    await assert.rejects(mapFile(semicolons, minimal), /Is the delimiter ";"\?/);
  });
});
