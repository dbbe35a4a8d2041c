import { canonicalJson } from '../json.ts';
import { Refusal } from '../ledger/errors.ts';
import type { AnyRecord } from '../ledger/kind.ts';
import type { LedgerRecord } from '../ledger/kinds/index.ts';
import { registry as everything, type Registry } from '../ledger/registry.ts';
import { addChange, type Changes } from './changes.ts';
import { partitionsOf, sortKey, wholePartition } from './keys.ts';
import { Locked, type LockOptions, WriteLock } from './lock.ts';
import { type Item, keyText, type Table } from './table.ts';

/** How many records were new, replaced or unchanged. */
export interface WriteReport {
  added: number;
  changed: number;
  unchanged: number;
}

interface WriteOptions extends LockOptions {
  records: Iterable<LedgerRecord | AnyRecord> | AsyncIterable<LedgerRecord | AnyRecord>;
  /** Called after every batch. */
  onProgress?: (report: WriteReport) => void;
}

const recordsPerBatch = 500;

/**
 * Writes records into the books of an organization and derives indexes and totals from them. A record replaces the
 * one of the same kind and id; records that are already there change nothing.
 *
 * It may be interrupted at any point: the next writer finishes the work. Until then, readers get no totals, never wrong
 * ones.
 *
 * @throws {Refusal} when another writer is running for the same organization.
 */
export async function writeRecords({ records, onProgress, ...books }: WriteOptions): Promise<WriteReport> {
  const report: WriteReport = { added: 0, changed: 0, unchanged: 0 };
  await locked(new WriteLock(books), async (lock) => {
    for await (const batch of batches(records)) {
      await writeBatch(lock, batch, report);
      onProgress?.({ ...report });
    }
  });
  return report;
}

/** Finishes the work of an interrupted writer, if there is any. */
export const finishInterruptedWrite = (
  table: Table,
  organization: string,
  registry?: Registry,
): Promise<void> =>
  locked(new WriteLock({ table, organization, ...(registry && { registry }) }), async () => {});

async function locked(lock: WriteLock, work: (lock: WriteLock) => Promise<void>): Promise<void> {
  try {
    if (await lock.isUnfinished()) {
      await lock.acquire({ wait: true });
      await lock.derivePending();
    }
    await work(lock);
    await lock.finish();
  } catch (error) {
    if (!(error instanceof Locked)) throw error;
    throw new Refusal(
      'Another import into this organization is running. Wait until it has finished, then try again.',
    );
  } finally {
    lock.stop();
  }
}

/** Batches without two records of the same identity, so that each sees the one before it. */
async function* batches(records: WriteOptions['records']): AsyncGenerator<AnyRecord[]> {
  let batch = new Map<string, AnyRecord>();
  for await (const record of records) {
    const identity = `${record.kind}\n${record.id}`;
    if (batch.size === recordsPerBatch || batch.has(identity)) {
      yield [...batch.values()];
      batch = new Map();
    }
    batch.set(identity, record);
  }
  if (batch.size > 0) yield [...batch.values()];
}

async function writeBatch(lock: WriteLock, batch: readonly AnyRecord[], report: WriteReport): Promise<void> {
  const { table, partitions, registry } = lock.store;
  const items = batch.map(
    (record): Item => ({
      pk: partitions.records(record.kind),
      sk: sortKey(record.id),
      data: canonicalJson(record),
      kept: true,
    }),
  );
  const found = await table.getMany(items, true);
  const before = new Map(found.map((item) => [keyText(item), item.data]));
  const changes: Changes = new Map();
  const puts = items.filter((item, at) => {
    const earlier = before.get(keyText(item));
    const replaced = earlier === undefined ? undefined : (JSON.parse(earlier) as AnyRecord);
    if (earlier === item.data || (replaced && isOutranked(registry, replaced, batch[at]))) {
      report.unchanged++;
      return false;
    }
    if (replaced) report.changed++;
    else report.added++;
    addChange(changes, registry, replaced, batch[at]);
    return true;
  });
  if (puts.length === 0) return;
  await lock.change(changes, () => table.write(puts));
}

/** Whether the record that the books have counts more than the one that was to replace it. */
function isOutranked({ kinds }: Registry, replaced: AnyRecord, by: AnyRecord | undefined): boolean {
  const rank = kinds.get(replaced.kind)?.rank;
  if (!rank || !by) return false;
  const [before, after] = [rank(replaced), rank(by)];
  return before !== undefined && after !== undefined && after < before;
}

/** Every record of an organization, kind by kind, as it stands now. */
export async function* allRecords(
  table: Table,
  organization: string,
  { names }: Pick<Registry, 'names'> = everything,
): AsyncGenerator<AnyRecord> {
  const partitions = partitionsOf(organization);
  for (const kind of names) {
    const items = table.query(wholePartition(partitions.records(kind)), { consistent: true });
    for await (const { data } of items) yield JSON.parse(data) as AnyRecord;
  }
}
