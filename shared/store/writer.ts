import { canonicalJson } from '../json.ts';
import { Refusal } from '../ledger/errors.ts';
import type { LedgerRecord } from '../ledger/records.ts';
import { Busy, Keeper } from './keeper.ts';
import { partitionsOf, sortKey } from './keys.ts';
import type { Item, Table } from './table.ts';
import { nothingTouched, touch } from './touched.ts';

/** How many records were new, replaced or unchanged. */
export interface WriteReport {
  added: number;
  changed: number;
  unchanged: number;
}

interface WriteOptions {
  table: Table;
  organization: string;
  records: Iterable<LedgerRecord> | AsyncIterable<LedgerRecord>;
  /** Called after every batch. */
  onProgress?: (report: WriteReport) => void;
  /** Called before waiting, for some seconds at most, to see whether the holder of another claim is alive. */
  onWait?: () => void;
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
export async function writeRecords(options: WriteOptions): Promise<WriteReport> {
  const { table, organization, records, onProgress, onWait } = options;
  const report: WriteReport = { added: 0, changed: 0, unchanged: 0 };
  await keeping(new Keeper(table, organization, onWait), async (keeper) => {
    for await (const batch of batches(records)) {
      await writeBatch(table, organization, keeper, batch, report);
      onProgress?.({ ...report });
    }
  });
  return report;
}

/** Finishes the work of an interrupted writer, if there is any. */
export const finishInterruptedWrite = (table: Table, organization: string): Promise<void> =>
  keeping(new Keeper(table, organization), async () => {});

async function keeping(keeper: Keeper, work: (keeper: Keeper) => Promise<void>): Promise<void> {
  try {
    if (await keeper.isUnfinished()) {
      await keeper.claim({ patience: true });
      await keeper.deriveNoted();
    }
    await work(keeper);
    await keeper.finish();
  } catch (error) {
    if (!(error instanceof Busy)) throw error;
    throw new Refusal(
      'Another import into this organization is running. Wait until it has finished, then try again.',
    );
  } finally {
    keeper.stop();
  }
}

/** Batches without two records of the same identity, so that each sees the one before it. */
async function* batches(records: WriteOptions['records']): AsyncGenerator<LedgerRecord[]> {
  let batch = new Map<string, LedgerRecord>();
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

async function writeBatch(
  table: Table,
  organization: string,
  keeper: Keeper,
  batch: readonly LedgerRecord[],
  report: WriteReport,
): Promise<void> {
  const partitions = partitionsOf(organization);
  const items = batch.map(
    (record): Item => ({
      pk: partitions.records(record.kind),
      sk: sortKey(record.id),
      data: canonicalJson(record),
      kept: true,
    }),
  );
  const found = await table.getMany(items, true);
  const before = new Map(found.map((item) => [`${item.pk}\n${item.sk}`, item.data]));
  const touched = nothingTouched();
  const puts = items.filter((item, at) => {
    const earlier = before.get(`${item.pk}\n${item.sk}`);
    if (earlier === item.data) {
      report.unchanged++;
      return false;
    }
    if (earlier === undefined) report.added++;
    else report.changed++;
    touch(touched, earlier === undefined ? undefined : (JSON.parse(earlier) as LedgerRecord), batch[at]);
    return true;
  });
  if (puts.length === 0) return;
  await keeper.change(touched, () => table.write(puts));
}
