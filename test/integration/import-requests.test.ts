import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import type { LedgerRecord } from '../../shared/ledger/kinds/index.ts';
import type { Invoice } from '../../shared/ledger/kinds/invoice.ts';
import type { Payment } from '../../shared/ledger/kinds/payment.ts';
import { Table } from '../../shared/store/table.ts';
import { verifyBooks } from '../../shared/store/verify.ts';
import { writeRecords } from '../../shared/store/writer.ts';
import { memoryTable } from '../support/memory-table.ts';

const memory = await memoryTable();
const runs = Number(process.env.RUNS ?? 15);

/** The table through a client that counts its requests by their names. */
function countingTable(): { table: Table; requests: Map<string, number> } {
  const requests = new Map<string, number>();
  const client = new DynamoDBClient({
    endpoint: memory.endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        requests.set(commandName, (requests.get(commandName) ?? 0) + 1);
        return next(args);
      },
    { step: 'initialize' },
  );
  return { table: new Table(client, memory.tableName), requests };
}

const idOf = (n: number): string => String(n).padStart(5, '0');

const invoice = (n: number): Invoice => ({
  kind: 'invoice',
  id: idOf(n),
  currency: 'EUR',
  lifecycle: 'issued',
  issued: '2026-01-31',
  total: 10_000,
  lines: [],
});

const payment = (of: number, part: number): Payment => ({
  kind: 'payment',
  id: `${idOf(of)}-${part}`,
  invoiceId: idOf(of),
  currency: 'EUR',
  date: `2026-02-${String((part % 28) + 1).padStart(2, '0')}`,
  amount: 100,
  method: 'card',
});

test('the settlements of a batch are asked for together: queries do not grow with its invoices', async () => {
  const { table, requests } = countingTable();
  const numbers = Array.from({ length: 800 }, (_, n) => n);
  const records = numbers.flatMap((n): LedgerRecord[] => [invoice(n), payment(n, 0)]);
  await writeRecords({ table, organization: 'together', records });
  const queries = requests.get('QueryCommand') ?? 0;
  assert.ok(queries < numbers.length / 10, `${queries} queries for ${numbers.length} invoices`);
  assert.deepEqual((await verifyBooks(memory.table, 'together')).differences, []);
});

test('however many settlements lie under and between the invoices of a batch, each gets its own', async () => {
  let organizations = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 40 }),
      fc.array(fc.nat({ max: 39 }), { maxLength: 12 }),
      async (paymentsOf, changed) => {
        const organization = `between-${++organizations}`;
        const records = paymentsOf.flatMap((count, n): LedgerRecord[] => [
          invoice(n),
          ...Array.from({ length: count }, (_, part) => payment(n, part)),
        ]);
        await writeRecords({ table: memory.table, organization, records });
        // Only some, so that others lie between them; a new number is shown by all of their payments.
        const renumbered = new Set(changed.filter((n) => n < paymentsOf.length));
        await writeRecords({
          table: memory.table,
          organization,
          records: [...renumbered].map((n) => ({ ...invoice(n), number: `N${n}` })),
        });
        assert.deepEqual((await verifyBooks(memory.table, organization)).differences, []);
      },
    ),
    { numRuns: runs },
  );
});
