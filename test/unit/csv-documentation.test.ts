import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as z from 'zod';
import { writeRecord } from '../../shared/ledger/format.ts';
import { kinds, recordKinds } from '../../shared/ledger/kinds/index.ts';
import { shapeOf } from '../../shared/ledger/shapes.ts';
import { generated } from '../generate.ts';
import { mapFile, recordsOf, temporaryFiles } from '../support/import-files.ts';

const documentation = readFileSync(join(import.meta.dirname, '../../docs/import.md'), 'utf8');
const write = temporaryFiles();

const block = (language: string): string =>
  new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(documentation)?.[1] ?? '';

test('each kind of record is documented with exactly the fields that it has, and which are required', () => {
  for (const kind of recordKinds) {
    const section = new RegExp(`\n### ${kind}\n([\\s\\S]*?)\n##`).exec(documentation)?.[1] ?? '';
    const names = section
      .split('\n')
      .filter((line) => line.startsWith('| ') && !line.startsWith('| field'))
      .map((line) => line.split('|')[1] ?? '');
    const told = [...names.join().matchAll(/(\*\*)?`(\w+)`/g)].map(
      ([, bold, field]) => `${field}${bold ? '!' : ''}`,
    );
    const known = Object.entries(shapeOf(kinds[kind]).shape)
      .filter(([field]) => field !== 'kind')
      .map(
        ([field, schema]) =>
          `${field}${schema instanceof z.ZodExactOptional || schema instanceof z.ZodDefault ? '' : '!'}`,
      );
    assert.deepEqual(told.toSorted(), known.toSorted(), kind);
  }
});

for (const [file, text] of Object.entries(generated)) {
  test(`${file} is up to date with the declarations: if not, run npm run generate`, () => {
    assert.equal(readFileSync(join(import.meta.dirname, '../..', file), 'utf8'), text());
  });
}

test('the payment that is split does what is said of it', async () => {
  const [, mapping = ''] = [...documentation.matchAll(/```json\n([\s\S]*?)```/g)].map(
    ([, json = '']) => json,
  );
  const csv = 'No,Date,Customer,Amount,Invoices,Applied\n7,2026-01-31,Ann,151.00,1001;1002,100.00;50.00\n';
  const entries = await mapFile(write('payments.csv', csv), JSON.parse(mapping));
  assert.deepEqual(
    (recordsOf(entries) as { id: string; invoiceId?: string; amount: string }[]).map(
      ({ id, invoiceId, amount }) => [id, invoiceId, amount],
    ),
    [
      ['7-1001', '1001', '100.00'],
      ['7-1002', '1002', '50.00'],
      ['7-rest', undefined, '1.00'],
    ],
  );
});

test('the worked example does what is said of it', async () => {
  const entries = await mapFile(write('invoices.csv', block('csv')), JSON.parse(block('json')));
  const records = entries.flatMap((entry) => ('records' in entry ? entry.records : []));
  assert.deepEqual(
    records.map(({ record: { kind, id } }) => `${kind} ${id}`),
    ['invoice 1001', 'customer Acme Ltd', 'payment payment-1001', 'invoice 1002', 'customer Köhler GmbH'],
  );
  assert.deepEqual(records[0] && writeRecord(records[0].record), {
    kind: 'invoice',
    id: '1001',
    number: '1001',
    customerId: 'Acme Ltd',
    currency: 'EUR',
    lifecycle: 'issued',
    issued: '2026-01-31',
    due: '2026-03-02',
    sourceStatus: 'Paid',
    total: '1620.00',
    lines: [
      { name: 'Design', quantity: '3', total: '1500.00' },
      { name: 'Hosting', quantity: '1', total: '120.00' },
    ],
  });
  assert.deepEqual(
    entries.flatMap((entry) =>
      'leftOut' in entry ? [entry.leftOut] : 'refused' in entry ? [entry.refused] : [],
    ),
    ['total row'],
  );
});
