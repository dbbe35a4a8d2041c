import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Entry } from '../../cli/import/source.ts';
import { mapFile, recordsOf, refusalsOf, temporaryFiles } from '../support/import-files.ts';

const write = temporaryFiles();

const map = (csv: string, mapping: unknown): Promise<Entry[]> => mapFile(write('file.csv', csv), mapping);

const expenses = (id: string, more: object = {}) => ({
  currency: 'USD',
  ...more,
  records: [{ kind: 'expense', fields: { id, date: '{Date}', vendor: '{Vendor}', amount: '{Amount}' } }],
});
const idsOf = (entries: readonly Entry[]) =>
  recordsOf(entries).map((record) => (record as { id: string }).id);

describe('ids of rows that have none', () => {
  const header = 'Date,Vendor,Amount\n';

  test('are the place of the row in the file, whatever becomes of the others', async () => {
    const entries = await map(
      `${header}2026-01-31,Ink,5.00\n\nTotal,,5.00\n2026-02-01,Pen,x\n2026-02-01,Pen,6.00\n`,
      expenses('row-{#}', { leaveOut: [{ when: { Date: 'Total' }, reason: 'total' }] }),
    );
    assert.deepEqual(idsOf(entries), ['row-1', 'row-4']);
    assert.equal(refusalsOf(entries).length, 1);
  });

  test('count rows that are equal in what the template names', async () => {
    const entries = await map(
      `${header}2026-01-31,Ink,5.00\n2026-01-31,Pen,5.00\n2026-01-31,Ink,5.00\n2026-01-31,Ink,5.00\n`,
      expenses('{Date} {Vendor} {Amount} {#equal}'),
    );
    assert.deepEqual(idsOf(entries), [
      '2026-01-31 Ink 5.00 1',
      '2026-01-31 Pen 5.00 1',
      '2026-01-31 Ink 5.00 2',
      '2026-01-31 Ink 5.00 3',
    ]);
  });

  test('make up for a column that is empty, but not for all of them', async () => {
    const entries = await map(
      `${header}2026-01-31,,5.00\n2026-01-31,,5.00\n`,
      expenses('{Date}/{Vendor}/{#equal}'),
    );
    assert.deepEqual(idsOf(entries), ['2026-01-31//1', '2026-01-31//2']);
    const empty = await map(`${header}2026-01-31,,5.00\n`, expenses('{Vendor}{#equal}'));
    assert.match(refusalsOf(empty)[0]?.refused ?? '', /^id, from "\{Vendor\}\{#equal\}", is missing/);
  });

  test('are the same in every rule and field that uses the same template', async () => {
    const mapping = {
      currency: 'USD',
      records: [
        { kind: 'invoice', fields: { id: '{Vendor}-{#equal}', issued: '{Date}', total: '{Amount}' } },
        {
          kind: 'payment',
          when: { Paid: 'yes' },
          fields: {
            id: 'p-{Vendor}-{#equal}',
            invoiceId: '{Vendor}-{#equal}',
            date: '{Date}',
            amount: '{Amount}',
          },
        },
      ],
    };
    const entries = await map(
      'Date,Vendor,Amount,Paid\n2026-01-31,Ink,5.00,\n2026-01-31,Ink,5.00,yes\n',
      mapping,
    );
    const payment = recordsOf(entries).at(-1) as { id: string; invoiceId: string };
    assert.deepEqual([payment.id, payment.invoiceId], ['p-Ink-1', 'Ink-2']);
  });

  test('a column that is called so comes first', async () => {
    const entries = await map('#,Date,Vendor,Amount\nX9,2026-01-31,Ink,5.00\n', expenses('{#}'));
    assert.deepEqual(idsOf(entries), ['X9']);
  });

  test('are unique, and do not change with the order of the rows', async () => {
    const row = fc.record({ vendor: fc.constantFrom('Ink', 'Pen'), cents: fc.integer({ min: 1, max: 3 }) });
    await fc.assert(
      fc.asyncProperty(
        fc
          .array(row, { minLength: 1, maxLength: 12 })
          .chain((rows) =>
            fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })),
          ),
        async ([rows, shuffled]) => {
          const recordsFrom = async (some: typeof rows) => {
            const csv = some.map(({ vendor, cents }) => `2026-01-31,${vendor},0.0${cents}\n`).join('');
            return recordsOf(await map(`${header}${csv}`, expenses('{Date}/{Vendor}/{Amount}/{#equal}')));
          };
          const [first, second] = [await recordsFrom(rows), await recordsFrom(shuffled)];
          const sorted = (records: unknown[]) => records.map((record) => JSON.stringify(record)).sort();
          assert.deepEqual(sorted(second), sorted(first));
          assert.equal(new Set(first.map((record) => (record as { id: string }).id)).size, rows.length);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('whole numbers that were written with a point', () => {
  test('lose it in the columns that are named, in conditions and as the key of a lookup', async () => {
    write('vendors.csv', 'key,name\n7290.0,Ink & Co\n');
    const mapping = {
      ...expenses('{No}-{Line}', {
        wholeNumbers: ['No', 'Vendor', 'vendor.key'],
        lookups: { vendor: { file: 'vendors.csv', key: 'key', from: '{Vendor}' } },
      }),
      leaveOut: [{ when: { No: '13' }, reason: 'thirteen' }],
    };
    const [rule] = mapping.records;
    const entries = await map(
      'No,Line,Date,Vendor,Amount\n12.0,1.0,2026-01-31,7290,5.00\n13.00,1,2026-01-31,7290,5.00\nA1.0,1,2026-01-31,7290.0,5.00\n1.50,1,2026-01-31,7290,5.00\n',
      { ...mapping, records: [{ ...rule, fields: { ...rule?.fields, vendor: '{vendor.name}' } }] },
    );
    assert.deepEqual(idsOf(entries), ['12-1.0', 'A1.0-1', '1.50-1']);
    assert.ok(recordsOf(entries).every((record) => (record as { vendor: string }).vendor === 'Ink & Co'));
  });

  test('also in a lookup whose rows are the lines of a document', async () => {
    write('items.csv', 'order,price\n7.0,1.10\n7.0,2.20\n');
    const entries = await map('No,Date\n7,2026-01-31\n', {
      currency: 'USD',
      wholeNumbers: ['item.order'],
      lookups: { item: { file: 'items.csv', key: 'order', from: '{No}' } },
      records: [
        {
          kind: 'invoice',
          fields: { id: '{No}', issued: '{Date}', total: { sumOfLines: ['total'] } },
          lines: { each: 'item', fields: { name: 'Pen', total: '{item.price}' } },
        },
      ],
    });
    assert.deepEqual(
      recordsOf(entries).map((record) => (record as { total: string }).total),
      ['3.30'],
    );
  });
});
