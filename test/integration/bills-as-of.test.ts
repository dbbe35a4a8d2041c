import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LedgerRecord } from '../../shared/ledger/kinds/index.ts';
import { openReader } from '../../shared/store/reader.ts';
import { writeRecords } from '../../shared/store/writer.ts';
import { memoryTable } from '../support/memory-table.ts';

const { table, open } = await memoryTable();

test('a bill is open as of a day before its credit was applied, also if nothing else happened later', async () => {
  const organization = 'acme';
  const records: LedgerRecord[] = [
    {
      kind: 'bill',
      id: 'b',
      currency: 'USD',
      lifecycle: 'issued',
      issued: '2026-01-01',
      due: '2026-02-01',
      total: 100,
      lines: [],
    },
    {
      kind: 'supplier_credit',
      id: 'c',
      currency: 'USD',
      lifecycle: 'issued',
      issued: '2026-01-02',
      total: 100,
      allocations: [{ billId: 'b', amount: 100, date: '2026-03-01' }],
    },
  ];
  await writeRecords({ table, organization, records });
  for (const [asOf, status, balance] of [
    ['2026-02-10', 'overdue', 100],
    ['2026-02-28', 'overdue', 100],
    ['2026-03-01', 'paid', 0],
  ] as const) {
    const { rows, totals } = await openReader(open(), organization).list('bill', {
      filters: {},
      order: 'issued',
      reverse: false,
      limit: 5,
      asOf,
      hideLater: true,
    });
    assert.deepEqual(
      rows.map((row) => [row.status, row.balance]),
      [[status, balance]],
      asOf,
    );
    assert.deepEqual(totals, [{ currency: 'USD', count: 1, total: 100, balance }]);
  }
});
