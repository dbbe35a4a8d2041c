import { randomUUID } from 'node:crypto';
import { registry as everything, type Registry } from '../ledger/registry.ts';
import { type Bucket, recomputeTotals } from './buckets.ts';
import { bucketChanges, type Changes, changedBuckets, readChanges, writeChanges } from './changes.ts';
import { afterAll, partitionsOf, type Store } from './keys.ts';
import { project } from './project.ts';
import { replaceLock, summaryKey } from './summary.ts';
import type { Item, Key, Lock, Table } from './table.ts';

/** How long a lock is valid without renewal, and how often it is renewed. */
const lockMs = 15_000;
const renewalMs = 4_000;

/** Somebody else holds the write lock. */
export class Locked extends Error {
  override name = 'Locked';
}

/** The books that are changed, and what happens while somebody else changes them. */
export interface LockOptions {
  table: Table;
  organization: string;
  registry?: Registry;
  /** Called before waiting for another lock, at most as long as it is valid. */
  onWait?: (() => void) | undefined;
}

/**
 * The write lock of an organization's books: every change goes through it. It notes what is about to change, updates
 * indexes and totals, and meanwhile excludes other writers and makes readers withhold totals. Its holder may die at
 * any point: the pending changes remain, and the next holder finishes what they name.
 */
export class WriteLock {
  readonly store: Store;
  readonly #id = randomUUID();
  readonly #since = Date.now();
  /** Totals to recompute, and the pending changes that are done afterwards. */
  readonly #buckets = new Set<Bucket>();
  readonly #derived: Key[] = [];
  readonly #onWait: () => void;
  #noted = 0;
  #until = 0;
  #renewal: NodeJS.Timeout | undefined;

  constructor({ table, organization, registry = everything, onWait = () => {} }: LockOptions) {
    this.store = { table, partitions: partitionsOf(organization), registry };
    this.#onWait = onWait;
  }

  /** Whether an earlier holder left unfinished work. */
  async isUnfinished(): Promise<boolean> {
    return (await this.#summary())?.lock !== undefined || (await this.#pending()).length > 0;
  }

  /**
   * Takes the lock unless this already holds it. If its holder has died, a lock expires soon; with `wait`, this waits
   * for that.
   * @throws {Locked} when another holder is alive.
   */
  async acquire({ wait }: { wait: boolean }): Promise<void> {
    if (this.#renewal) {
      if (Date.now() > this.#until) throw new Locked();
      return;
    }
    let waited = false;
    for (;;) {
      const summary = await this.#summary();
      const other = summary?.lock;
      if (other && other.until > Date.now()) {
        if (waited || !wait) throw new Locked();
        waited = true;
        this.#onWait();
        await new Promise((resolve) => setTimeout(resolve, other.until - Date.now() + 1));
      } else if (await this.#replace(summary, this.#ownLock())) break;
    }
    this.#renewal = setInterval(() => void this.#renew(), renewalMs);
    this.#renewal.unref();
  }

  /** Notes what a change of records affects, makes it and derives from it. `finish` recomputes the totals. */
  async change(changes: Changes, write: () => Promise<void>): Promise<void> {
    await this.acquire({ wait: true });
    const notes = await this.note(changes);
    await write();
    await this.#derive(changes, notes);
  }

  /** Writes down what is about to change, or has changed, as pending. Needs no lock. */
  async note(changes: Changes): Promise<Key[]> {
    const pk = this.store.partitions.derived('pending');
    const items = writeChanges(changes).map((data): Item => {
      const sequence = String(this.#noted++).padStart(8, '0');
      return { pk, sk: `${String(this.#since).padStart(15, '0')}#${this.#id}#${sequence}`, data };
    });
    await this.store.table.write(items);
    return items;
  }

  /** Derives from all pending changes, whoever noted them; requires the lock. */
  async derivePending(): Promise<void> {
    const done = new Set(this.#derived.map(({ sk }) => sk));
    for (const note of await this.#pending()) {
      if (!done.has(note.sk)) await this.#derive(readChanges(note.data, this.store.registry), [note]);
    }
  }

  async #derive(changes: Changes, notes: readonly Key[]): Promise<void> {
    await this.acquire({ wait: false });
    const projection = await project(this.store, changes);
    const lost = await this.note(bucketChanges(projection.lost));
    await projection.apply();
    for (const bucket of [...changedBuckets(changes), ...projection.buckets]) this.#buckets.add(bucket);
    this.#derived.push(...notes, ...lost);
  }

  /** Recomputes the totals of everything derived, and releases the lock. */
  async finish(): Promise<void> {
    while (this.#renewal) {
      await this.derivePending();
      await recomputeTotals(this.store, this.#buckets);
      await this.store.table.write([], this.#derived.splice(0));
      this.#buckets.clear();
      this.stop();
      await this.#release();
      // Who found the books locked has noted changes, and relies on them being seen.
      if ((await this.#pending()).length === 0) return;
      try {
        await this.acquire({ wait: false });
      } catch (error) {
        if (!(error instanceof Locked)) throw error;
      }
    }
  }

  /** Ends the renewal; the lock then expires by itself. */
  stop(): void {
    clearInterval(this.#renewal);
    this.#renewal = undefined;
  }

  #summary(): Promise<Item | undefined> {
    return this.store.table.get(summaryKey(this.store.partitions), true);
  }

  #pending(): Promise<Item[]> {
    const pk = this.store.partitions.derived('pending');
    return this.store.table.all({ pk, from: '0', to: afterAll }, { consistent: true });
  }

  #ownLock(): Lock {
    this.#until = Date.now() + lockMs;
    return { by: this.#id, since: this.#since, until: this.#until };
  }

  #replace(summary: Item | undefined, lock: Lock | undefined): Promise<boolean> {
    return replaceLock(this.store.table, this.store.partitions, summary, lock);
  }

  async #renew(): Promise<void> {
    try {
      const summary = await this.#summary();
      if (summary?.lock?.by === this.#id) await this.#replace(summary, this.#ownLock());
    } catch {
      // The next renewal tries again. If none succeeds, the lock expires and the next step notices.
    }
  }

  async #release(): Promise<void> {
    for (;;) {
      const summary = await this.#summary();
      if (summary?.lock?.by !== this.#id) return;
      if (await this.#replace(summary, undefined)) return;
    }
  }
}

/**
 * Derives from changes that were made to records without deriving from them. If somebody is already at work on the
 * same books, the changes are left to them: all pending changes are processed before the lock is released.
 */
export async function followChanges(options: LockOptions, changes: Changes): Promise<void> {
  const lock = new WriteLock(options);
  try {
    await lock.note(changes);
    await lock.acquire({ wait: false });
    await lock.finish();
  } catch (error) {
    if (!(error instanceof Locked)) throw error;
  } finally {
    lock.stop();
  }
}
