import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { countRecords, eraseBooks } from '../../cli/books.ts';
import { NotDone } from '../../cli/command.ts';
import type { LedgerRecord } from '../../shared/ledger/kinds/index.ts';
import { registry } from '../../shared/ledger/registry.ts';
import { addChange, type Changes } from '../../shared/store/changes.ts';
import { afterAll, derivedNames, partitionsOf } from '../../shared/store/keys.ts';
import { followChanges, WriteLock } from '../../shared/store/lock.ts';
import { replaceLock, summaryKey } from '../../shared/store/summary.ts';
import type { Item } from '../../shared/store/table.ts';
import { verifyBooks } from '../../shared/store/verify.ts';
import { writeRecords } from '../../shared/store/writer.ts';
import { allRecords, someBooks } from '../support/books.ts';
import { memoryTable } from '../support/memory-table.ts';

const { table } = await memoryTable();

async function itemsOf(organization: string): Promise<Item[]> {
  const partitions = partitionsOf(organization);
  const pks = [
    ...(['business', 'customer', 'invoice', 'credit_note', 'payment', 'expense'] as const).map(
      partitions.records,
    ),
    ...derivedNames(registry).map(partitions.derived),
  ];
  const found = await Promise.all(pks.map((pk) => table.all({ pk, from: '!', to: afterAll })));
  return found.flat();
}

const erase = (organization: string, changes: Partial<Parameters<typeof eraseBooks>[0]> = {}) =>
  eraseBooks({
    table,
    organization,
    eraseFiles: async () => {},
    pauseMs: undefined,
    onProgress: () => {},
    onWait: () => {},
    ...changes,
  });

const invoice = (id: string): LedgerRecord => ({
  kind: 'invoice',
  id,
  currency: 'USD',
  lifecycle: 'issued',
  issued: '2026-01-31',
  customerId: 'c',
  total: 100,
  lines: [],
});

const summaryOf = (organization: string) => table.get(summaryKey(partitionsOf(organization)), true);

/** Waits until books are erased: their summary is the last item to go. */
async function erased(organization: string): Promise<void> {
  while (await summaryOf(organization)) await delay(10);
}

/** Locks the books for somebody else, until a time (epoch ms). */
async function setLock(organization: string, until: number): Promise<void> {
  const lock = { by: 'somebody else', since: 0, until };
  assert.ok(await replaceLock(table, partitionsOf(organization), await summaryOf(organization), lock));
}

/** Releases the books for whoever has locked them. */
async function releaseLock(organization: string): Promise<void> {
  assert.ok(await replaceLock(table, partitionsOf(organization), await summaryOf(organization), undefined));
}

describe('erasing books', () => {
  test('leaves nothing of whatever they held, and everything of whose name begins alike', async () => {
    await writeRecords({ table, organization: 'acme-2', records: [invoice('kept')] });
    const kept = await itemsOf('acme-2');
    await fc.assert(
      fc.asyncProperty(someBooks, async (books) => {
        const records = allRecords(books);
        await writeRecords({ table, organization: 'acme', records });
        const counts = await countRecords(table, 'acme');
        assert.deepEqual(counts, (await verifyBooks(table, 'acme')).records);
        const before = (await itemsOf('acme')).length;
        let told = 0;
        const { items, settled } = await erase('acme', {
          onProgress: (count) => {
            told = count;
          },
        });
        assert.equal(settled, true);
        assert.equal(told, items);
        // With no records there is no summary before: the lock makes one.
        assert.equal(items, Math.max(before, 1));
        assert.deepEqual(await itemsOf('acme'), []);
      }),
      { numRuns: 3 },
    );
    assert.deepEqual(await itemsOf('acme-2'), kept);
  });

  test('also deletes what follows the deletion through the stream', async () => {
    const organization = 'streamed';
    const records = [invoice('a'), invoice('b')];
    await writeRecords({ table, organization, records });
    // What the function behind the stream does with the events of the deletion: while the lock is held, and after.
    const follow = () => {
      const changes: Changes = new Map();
      for (const record of records) addChange(changes, registry, record, undefined);
      return followChanges({ table, organization, registry }, changes);
    };
    const followed: Promise<void>[] = [];
    const { settled } = await erase(organization, {
      pauseMs: 250,
      onProgress: () => {
        if (followed.length < 3) followed.push(follow());
      },
    });
    await Promise.all(followed);
    assert.ok(followed.length === 3);
    assert.equal(settled, true);
    assert.deepEqual(await itemsOf(organization), []);
  });

  test('stops looking when somebody fills the books anew', async () => {
    const organization = 'again';
    await writeRecords({ table, organization, records: [invoice('old')] });
    const erasing = erase(organization, { pauseMs: 500 });
    await erased(organization);
    await writeRecords({ table, organization, records: [invoice('new')] });
    assert.equal((await erasing).settled, true);
    assert.deepEqual((await verifyBooks(table, organization)).differences, []);
    assert.equal((await countRecords(table, organization)).invoice, 1);
  });

  test('leaves alone an import that has begun and not yet written a record', async () => {
    const organization = 'begun';
    await writeRecords({ table, organization, records: [invoice('old')] });
    const erasing = erase(organization, { pauseMs: 100 });
    await erased(organization);
    const importer = new WriteLock({ table, organization, registry });
    const changes: Changes = new Map();
    addChange(changes, registry, undefined, invoice('new'));
    await importer.acquire({ wait: false });
    await importer.note(changes);
    // The summary holds the lock, which the importer renews.
    const withoutLock = (items: Item[]) => items.map(({ lock: _, version: __, ...item }) => item);
    const begun = withoutLock(await itemsOf(organization));
    // Long enough for several looks, each of which would have deleted the pending change and the lock.
    await delay(600);
    assert.deepEqual(withoutLock(await itemsOf(organization)), begun);
    importer.stop();
    await releaseLock(organization);
    await writeRecords({ table, organization, records: [invoice('new')] });
    assert.equal((await erasing).settled, true);
    assert.equal((await countRecords(table, organization)).invoice, 1);
    assert.deepEqual((await verifyBooks(table, organization)).differences, []);
  });

  test('is refused while an import is at work, and nothing is gone then', async () => {
    const organization = 'busy';
    await writeRecords({ table, organization, records: [invoice('a')] });
    await setLock(organization, Date.now() + 300);
    let waited = 0;
    await assert.rejects(
      erase(organization, {
        onWait: () => {
          waited++;
          // The importer lives: it renews its lock while it is waited for.
          void setLock(organization, Date.now() + 60_000);
        },
      }),
      { name: NotDone.name, message: /^An import into "busy" is running\. Wait until it has finished/ },
    );
    assert.equal(waited, 1);
    await releaseLock(organization);
    assert.equal((await countRecords(table, organization)).invoice, 1);
    assert.deepEqual((await verifyBooks(table, organization)).differences, []);
  });

  test('ends with what to do when its lock has expired, and goes on when it is run again', async (context) => {
    const organization = 'asleep';
    const records = ['a', 'b'].map(invoice);
    await writeRecords({ table, organization, records });
    const now = Date.now;
    let told = 0;
    const erasing = erase(organization, {
      onProgress: (items) => {
        told = items;
        // After the first items, the computer sleeps for a minute.
        context.mock.method(Date, 'now', () => now() + 60_000);
      },
    });
    await assert.rejects(erasing, {
      name: NotDone.name,
      message:
        /^The write lock on the books of "asleep" has expired, .* Run the same command again: it continues from there\.$/,
    });
    context.mock.restoreAll();
    const left = (await itemsOf(organization)).length;
    assert.ok(told > 0 && left > 0);
    await releaseLock(organization);
    await erase(organization);
    assert.deepEqual(await itemsOf(organization), []);
  });

  test('keeps imports away while it is at work', async () => {
    const organization = 'away';
    await writeRecords({ table, organization, records: [invoice('a')] });
    let other: Promise<unknown> | undefined;
    await erase(organization, {
      onProgress: () => {
        other ??= new WriteLock({ table, organization, registry })
          .acquire({ wait: false })
          .catch(({ name }) => name);
      },
    });
    assert.equal(await other, 'Locked');
  });
});
