import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { streamHandler } from '../../functions/projections/stream.ts';
import { canonicalJson } from '../../shared/json.ts';
import type { LedgerRecord } from '../../shared/ledger/kinds/index.ts';
import { registry } from '../../shared/ledger/registry.ts';
import { partitionsOf, sortKey } from '../../shared/store/keys.ts';
import { WriteLock } from '../../shared/store/lock.ts';
import { verifyBooks } from '../../shared/store/verify.ts';
import { writeRecords } from '../../shared/store/writer.ts';
import { allRecords, someBooks } from '../support/books.ts';
import { memoryTable } from '../support/memory-table.ts';

const { table } = await memoryTable();
const handler = streamHandler(table);
const runs = Number(process.env.RUNS ?? 10);

let organizations = 0;
let sequence = 0;

const keyOf = (organization: string, { kind, id }: LedgerRecord) => ({
  pk: partitionsOf(organization).records(kind),
  sk: sortKey(id),
});

/** The stream's record of a change that somebody makes to a record by hand. */
function event(
  organization: string,
  before?: LedgerRecord,
  after?: LedgerRecord,
  kept = false,
): DynamoDBRecord {
  const record = (after ?? before) as LedgerRecord;
  const { pk, sk } = keyOf(organization, record);
  const image = (of: LedgerRecord) => ({
    data: { S: canonicalJson(of) },
    ...(kept && { kept: { BOOL: true } }),
  });
  return {
    eventName: before ? (after ? 'MODIFY' : 'REMOVE') : 'INSERT',
    dynamodb: {
      Keys: { pk: { S: pk }, sk: { S: sk } },
      SequenceNumber: String(++sequence),
      ...(before && { OldImage: image(before) }),
      ...(after && { NewImage: image(after) }),
    },
  };
}

/** Makes the changes in the table as a program would that knows nothing of derived items. */
async function byHand(
  organization: string,
  before: LedgerRecord[],
  after: LedgerRecord[],
): Promise<DynamoDBRecord[]> {
  const identity = ({ kind, id }: LedgerRecord) => `${kind} ${id}`;
  const old = new Map(before.map((record) => [identity(record), record]));
  const now = new Map(after.map((record) => [identity(record), record]));
  const removed = before.filter((record) => !now.has(identity(record)));
  await table.write(
    after.map((record) => ({ ...keyOf(organization, record), data: canonicalJson(record) })),
    removed.map((record) => keyOf(organization, record)),
  );
  return [
    ...after.map((record) => event(organization, old.get(identity(record)), record)),
    ...removed.map((record) => event(organization, record)),
  ];
}

const differencesOf = async (organization: string) => (await verifyBooks(table, organization)).differences;

describe('the stream', () => {
  it('brings indexes and totals in line with records that were added, changed and removed by hand', async () => {
    await fc.assert(
      fc.asyncProperty(
        someBooks,
        someBooks,
        fc.integer({ min: 1, max: 30 }),
        fc.func(fc.nat()),
        async (first, second, portion, order) => {
          const organization = `org-${++organizations}`;
          await writeRecords({ table, organization, records: allRecords(first) });
          const events = await byHand(organization, allRecords(first), allRecords(second));
          // Shards deliver the partitions in no particular order, and any batch may come twice.
          events.sort((a, b) => order(a.dynamodb?.SequenceNumber) - order(b.dynamodb?.SequenceNumber));
          for (let at = 0; at < events.length; at += portion) {
            const batch = events.slice(at, at + portion);
            assert.deepEqual(await handler({ Records: batch }), { batchItemFailures: [] });
            if (at % 2 === 0) await handler({ Records: batch });
          }
          assert.deepEqual(await differencesOf(organization), []);
        },
      ),
      { numRuns: runs },
    );
  });

  it('follows several organizations in one batch, and leaves kept records and derived items alone', async () => {
    const [books] = fc.sample(
      someBooks.filter(({ invoices }) => invoices.length > 2),
      1,
    );
    assert.ok(books);
    const records = allRecords(books);
    const events = [...(await byHand('first', [], records)), ...(await byHand('second', [], records))];
    const kept = records.map((record) => event('third', undefined, record, true));
    const derived: DynamoDBRecord = {
      eventName: 'INSERT',
      dynamodb: { Keys: { pk: { S: 'D#fourth#invoice' } } },
    };
    assert.deepEqual(await handler({ Records: [...events, ...kept, derived] }), { batchItemFailures: [] });
    assert.deepEqual(await differencesOf('first'), []);
    assert.deepEqual(await differencesOf('second'), []);
    assert.equal((await verifyBooks(table, 'third')).items, 0);
  });

  it('leaves changes to whoever is at work on the same books, who derives them before releasing the lock', async () => {
    const [books] = fc.sample(
      someBooks.filter(({ invoices, payments }) => invoices.length > 2 && payments.length > 2),
      1,
    );
    assert.ok(books);
    const organization = 'busy';
    const writer = new WriteLock({ table, organization, registry });
    await writer.acquire({ wait: false });
    const events = await byHand(organization, [], allRecords(books));
    assert.deepEqual(await handler({ Records: events }), { batchItemFailures: [] });
    assert.ok((await differencesOf(organization)).length > 0);
    await writer.finish();
    assert.deepEqual(
      await verifyBooks(table, organization).then(({ differences, unfinished }) => [differences, unfinished]),
      [[], false],
    );
  });

  it('has events that could not be followed delivered again', async () => {
    const invoice = {
      kind: 'invoice',
      id: 'x',
      currency: 'USD',
      lifecycle: 'issued',
      issued: '2026-01-01',
      total: 1,
      lines: [],
    } as const;
    const good = event('good', undefined, { ...invoice, lines: [] });
    const bad = event('bad', undefined, { ...invoice, lines: [] });
    Object.assign(bad.dynamodb?.NewImage ?? {}, { data: { S: '{' } });
    assert.deepEqual(await handler({ Records: [good, bad] }), {
      batchItemFailures: [{ itemIdentifier: bad.dynamodb?.SequenceNumber }],
    });
  });
});
