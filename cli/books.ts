import { setTimeout as delay } from 'node:timers/promises';
import type { RecordKind } from '../shared/ledger/kinds/index.ts';
import { recordKinds } from '../shared/ledger/kinds/index.ts';
import { registry } from '../shared/ledger/registry.ts';
import { inParallel } from '../shared/parallel.ts';
import { derivedNames, type Partitions, partitionsOf, wholePartition } from '../shared/store/keys.ts';
import { Locked, WriteLock } from '../shared/store/lock.ts';
import { summaryKey } from '../shared/store/summary.ts';
import type { Key, Table } from '../shared/store/table.ts';
import { NotDone } from './command.ts';

const indexNames = derivedNames(registry);

/** How many records of each kind an organization's books hold. */
export async function countRecords(table: Table, organization: string): Promise<Record<RecordKind, number>> {
  const partitions = partitionsOf(organization);
  const counts = await Promise.all(
    recordKinds.map(
      async (kind) => [kind, await table.count(wholePartition(partitions.records(kind)))] as const,
    ),
  );
  return Object.fromEntries(counts) as Record<RecordKind, number>;
}

/** How many items are deleted between two checks of the lock. */
const itemsPerBatch = 500;

/** How many times the table is checked for items that the stream's function writes after the deletion. */
const mostLooks = 24;

export interface ErasureOptions {
  readonly table: Table;
  readonly organization: string;
  /** Deletes the files of its attachments. Called first, because the records tell which there are. */
  readonly eraseFiles: () => Promise<void>;
  /**
   * Milliseconds between two checks for items that the function behind the table's stream has written in the meantime
   * (it follows every change of a record); undefined where there is no such function.
   */
  readonly pauseMs: number | undefined;
  /** Called after every batch with the number of items deleted so far. */
  readonly onProgress: (items: number) => void;
  /** Called when the deletion waits for a lock that somebody else holds. */
  readonly onWait: () => void;
}

export interface Erasure {
  readonly items: number;
  /** False when the stream's function was still writing at the end. */
  readonly settled: boolean;
}

/**
 * Deletes every record and every derived item of an organization. It may be interrupted anywhere and repeated.
 * Meanwhile it holds the write lock of the books, so that no import begins and readers get no totals.
 * @throws {NotDone} when an import is running, or the lock has expired
 */
export async function eraseBooks(options: ErasureOptions): Promise<Erasure> {
  const { table, organization, eraseFiles, pauseMs, onProgress } = options;
  const partitions = partitionsOf(organization);
  let items = 0;
  const told = (deleted: number): void => {
    items += deleted;
    onProgress(items);
  };
  await locked(options, async (assertLocked) => {
    await eraseFiles();
    for (const pk of partitionKeys(partitions)) {
      // The summary holds the lock itself.
      if (pk !== summaryKey(partitions).pk) await erasePartition(table, pk, told, assertLocked);
    }
  });
  await erasePartition(table, summaryKey(partitions).pk, told);
  const settled = pauseMs === undefined || (await settle(table, partitions, pauseMs, told));
  return { items, settled };
}

async function locked(
  { table, organization, onWait }: ErasureOptions,
  work: (assertLocked: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const lock = new WriteLock({ table, organization, registry, onWait });
  const acquire = async (wait: boolean, otherwise: string): Promise<void> => {
    try {
      await lock.acquire({ wait });
    } catch (error) {
      if (!(error instanceof Locked)) throw error;
      throw new NotDone(otherwise);
    }
  };
  try {
    await acquire(
      true,
      `An import into "${organization}" is running. Wait until it has finished, then try again.`,
    );
    await work(() =>
      acquire(
        false,
        `The write lock on the books of "${organization}" has expired, for example because the computer slept, so the deletion stopped. Run the same command again: it continues from there.`,
      ),
    );
  } finally {
    lock.stop();
  }
}

const partitionKeys = (partitions: Partitions): string[] => [
  ...recordKinds.map((kind) => partitions.records(kind)),
  ...indexNames.map((index) => partitions.derived(index)),
];

async function erasePartition(
  table: Table,
  pk: string,
  told: (deleted: number) => void,
  assertLocked: () => Promise<void> = async () => {},
): Promise<void> {
  let batch: Key[] = [];
  const flush = async () => {
    if (batch.length === 0) return;
    await assertLocked();
    await table.write([], batch);
    told(batch.length);
    batch = [];
  };
  for await (const { sk } of table.query(wholePartition(pk), { consistent: true })) {
    batch.push({ pk, sk });
    if (batch.length === itemsPerBatch) await flush();
  }
  await flush();
}

/**
 * Deletes what comes back: the function that follows the deleted records writes pending changes and empty totals. Ends when two
 * checks in a row find nothing, or when somebody has begun to fill the books again.
 */
async function settle(
  table: Table,
  partitions: Partitions,
  pauseMs: number,
  told: (deleted: number) => void,
): Promise<boolean> {
  let quiet = 0;
  for (let look = 0; look < mostLooks && quiet < 2; look++) {
    await delay(pauseMs);
    const left = await inParallel(indexNames, (index) =>
      table.all(wholePartition(partitions.derived(index)), { consistent: true }),
    );
    // Asked after the look: who has written anything that it saw has written a record before, or holds the lock.
    if (await holdsRecords(table, partitions)) return true;
    const { lock } = (await table.get(summaryKey(partitions), true)) ?? {};
    if (lock && lock.until > Date.now()) {
      // Somebody is writing: the function behind the stream, or a new import before its first record.
      quiet = 0;
      continue;
    }
    const found = left.flat();
    await table.write([], found);
    if (found.length > 0) told(found.length);
    quiet = found.length === 0 ? quiet + 1 : 0;
  }
  return quiet === 2;
}

async function holdsRecords(table: Table, partitions: Partitions): Promise<boolean> {
  for (const kind of recordKinds) {
    const [first] = await table.all(wholePartition(partitions.records(kind)), { consistent: true, limit: 1 });
    if (first) return true;
  }
  return false;
}
