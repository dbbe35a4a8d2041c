import { randomUUID } from 'node:crypto';
import { Refusal } from '../ledger/errors.ts';
import type { LedgerRecord } from '../ledger/records.ts';
import { headKey, replaceClaim } from './head.ts';
import { canonicalJson } from './json.ts';
import { afterAll, type Partitions, partitionsOf, sortKey } from './keys.ts';
import { projectEntries, projectTotals } from './projections.ts';
import type { Claim, Item, Key, Table } from './table.ts';
import { nothingTouched, readTouched, type Touched, touch, writeTouched } from './touched.ts';

/** How many records were new, replaced, or as they were already. */
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
}

const recordsPerBatch = 500;

/**
 * Writes records into the books of an organization and derives indexes and totals from them: the one way in which
 * anything gets into the table. A record replaces the one of the same kind and id; records that are there already
 * change nothing.
 *
 * It may be interrupted anywhere. What a batch is about to change is written down before; the next writer derives
 * it again. Until then totals are withheld from readers, never wrong.
 *
 * @throws {Refusal} when another writer is at work on the same organization.
 */
export async function writeRecords({
  table,
  organization,
  records,
  onProgress,
}: WriteOptions): Promise<WriteReport> {
  const writer = new Writer(table, partitionsOf(organization));
  try {
    await writer.finishEarlier();
    for await (const batch of batches(records)) {
      await writer.write(batch);
      onProgress?.({ ...writer.report });
    }
    await writer.finish();
    return writer.report;
  } finally {
    writer.stop();
  }
}

/** Takes up what an interrupted writer left undone. Returns whether there was anything. */
export async function finishInterruptedWrite(table: Table, organization: string): Promise<boolean> {
  const writer = new Writer(table, partitionsOf(organization));
  try {
    const found = await writer.finishEarlier();
    await writer.finish();
    return found;
  } finally {
    writer.stop();
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

/** The claim keeps others away. */
const alone = { exclusive: true };

const claimMs = 15_000;
const renewalMs = 4_000;

class Writer {
  readonly report: WriteReport = { added: 0, changed: 0, unchanged: 0 };
  readonly #table: Table;
  readonly #partitions: Partitions;
  readonly #id = randomUUID();
  readonly #since = Date.now();
  readonly #leaves = new Set<string>();
  readonly #pending: Key[] = [];
  #renewal: NodeJS.Timeout | undefined;
  #claimLost: Error | undefined;

  constructor(table: Table, partitions: Partitions) {
    this.#table = table;
    this.#partitions = partitions;
  }

  #ownClaim(): Claim {
    return { by: this.#id, since: this.#since, until: Date.now() + claimMs };
  }

  #head(): Promise<Item | undefined> {
    return this.#table.get(headKey(this.#partitions), true);
  }

  #replaceClaim(head: Item | undefined, claim: Claim | undefined): Promise<boolean> {
    return replaceClaim(this.#table, this.#partitions, head, claim);
  }

  /** Derives again what an interrupted writer had begun to change. */
  async finishEarlier(): Promise<boolean> {
    const pk = this.#partitions.derived('pending');
    const head = await this.#head();
    const left = await this.#table.all({ pk, from: '0', to: afterAll }, { consistent: true });
    if (!head?.claim && left.length === 0) return false;
    await this.#claim();
    for (const { sk, data } of left) {
      const touched = readTouched(data);
      this.#pending.push({ pk, sk });
      await this.#derive(touched);
    }
    return true;
  }

  async write(batch: readonly LedgerRecord[]): Promise<void> {
    const items = batch.map((record): Item => ({ ...this.#keyOf(record), data: canonicalJson(record) }));
    const found = await this.#table.getMany(items, true);
    const before = new Map(found.map((item) => [`${item.pk}\n${item.sk}`, item.data]));
    const touched = nothingTouched();
    const puts = items.filter((item, at) => {
      const earlier = before.get(`${item.pk}\n${item.sk}`);
      if (earlier === item.data) {
        this.report.unchanged++;
        return false;
      }
      if (earlier === undefined) this.report.added++;
      else this.report.changed++;
      touch(touched, earlier === undefined ? undefined : (JSON.parse(earlier) as LedgerRecord), batch[at]);
      return true;
    });
    if (puts.length === 0) return;

    await this.#claim();
    await this.#note(touched);
    await this.#table.write(puts);
    await this.#derive(touched);
  }

  async #derive(touched: Touched): Promise<void> {
    for (const leaf of await projectEntries(this.#table, this.#partitions, touched, alone))
      this.#leaves.add(leaf);
  }

  /** Recomputes the totals of everything written, and gives them back to the readers. */
  async finish(): Promise<void> {
    if (!this.#renewal) return;
    await projectTotals(this.#table, this.#partitions, this.#leaves, alone);
    await this.#table.write([], this.#pending);
    this.stop();
    await this.#release();
  }

  stop(): void {
    clearInterval(this.#renewal);
    this.#renewal = undefined;
  }

  #keyOf(record: LedgerRecord): Key {
    return { pk: this.#partitions.records(record.kind), sk: sortKey(record.id) };
  }

  /** Writes down what is about to be changed. */
  async #note(touched: Touched): Promise<void> {
    const pk = this.#partitions.derived('pending');
    for (const data of writeTouched(touched)) {
      const sequence = String(this.#pending.length).padStart(8, '0');
      const key = { pk, sk: `${String(this.#since).padStart(15, '0')}#${this.#id}#${sequence}` };
      await this.#table.write([{ ...key, data }]);
      this.#pending.push(key);
    }
  }

  /** Withholds the totals from readers and keeps other writers away, until released or `claimMs` without renewal. */
  async #claim(): Promise<void> {
    if (this.#claimLost) throw this.#claimLost;
    if (this.#renewal) return;
    let waitedFor: Claim | undefined;
    for (;;) {
      const head = await this.#head();
      const other = head?.claim;
      if (other && other.until > Date.now()) {
        // It may have been killed: then its claim runs out. A live one has renewed it by then.
        if (waitedFor) throw busy();
        waitedFor = other;
        await new Promise((resolve) => setTimeout(resolve, other.until - Date.now() + 1));
        continue;
      }
      if (await this.#replaceClaim(head, this.#ownClaim())) break;
    }
    this.#renewal = setInterval(() => void this.#renew(), renewalMs);
    this.#renewal.unref();
  }

  async #renew(): Promise<void> {
    try {
      const head = await this.#head();
      if (head?.claim?.by !== this.#id) {
        this.#claimLost = busy();
        return;
      }
      await this.#replaceClaim(head, this.#ownClaim());
    } catch {
      // The next renewal tries again; a claim that ran out meanwhile is noticed there.
    }
  }

  async #release(): Promise<void> {
    for (;;) {
      const head = await this.#head();
      if (!head || head.claim?.by !== this.#id) return;
      if (await this.#replaceClaim(head, undefined)) return;
    }
  }
}

const busy = (): Refusal =>
  new Refusal(
    'Another import into this organization is at work. Wait until it has finished, then try again.',
  );
