import { randomUUID } from 'node:crypto';
import { headKey, replaceClaim } from './head.ts';
import { afterAll, type Partitions, partitionsOf } from './keys.ts';
import { projectEntries, projectTotals } from './projections.ts';
import type { Claim, Item, Key, Table } from './table.ts';
import { readTouched, type Touched, writeTouched } from './touched.ts';

/** How long a claim is valid without renewal, and how often it is renewed. */
const claimMs = 15_000;
const renewalMs = 4_000;

/** Somebody else holds the claim. */
export class Busy extends Error {
  override name = 'Busy';
}

/**
 * Every change of an organization's books goes through this. It notes what is about to change, updates indexes and
 * totals, and holds the claim meanwhile: a write lock that excludes other writers and makes readers withhold totals.
 * It may die at any point: its notes remain, and the next keeper finishes what they name.
 */
export class Keeper {
  readonly #table: Table;
  readonly #partitions: Partitions;
  readonly #id = randomUUID();
  readonly #since = Date.now();
  /** Totals to recompute, and the notes that are done afterwards. */
  readonly #leaves = new Set<string>();
  readonly #derived: Key[] = [];
  readonly #onWait: () => void;
  #noted = 0;
  #until = 0;
  #renewal: NodeJS.Timeout | undefined;

  /** @param onWait called before waiting for another claim, at most as long as it is valid. */
  constructor(table: Table, organization: string, onWait: () => void = () => {}) {
    this.#table = table;
    this.#partitions = partitionsOf(organization);
    this.#onWait = onWait;
  }

  /** Whether an earlier keeper left unfinished work. */
  async isUnfinished(): Promise<boolean> {
    return (await this.#head())?.claim !== undefined || (await this.#notes()).length > 0;
  }

  /**
   * Takes the claim unless this keeper already holds it. If its holder has died, a claim expires soon; with patience,
   * this waits for that.
   * @throws {Busy} when another keeper is alive.
   */
  async claim({ patience }: { patience: boolean }): Promise<void> {
    if (this.#renewal) {
      if (Date.now() > this.#until) throw new Busy();
      return;
    }
    let waited = false;
    for (;;) {
      const head = await this.#head();
      const other = head?.claim;
      if (other && other.until > Date.now()) {
        if (waited || !patience) throw new Busy();
        waited = true;
        this.#onWait();
        await new Promise((resolve) => setTimeout(resolve, other.until - Date.now() + 1));
      } else if (await this.#replaceClaim(head, this.#ownClaim())) break;
    }
    this.#renewal = setInterval(() => void this.#renew(), renewalMs);
    this.#renewal.unref();
  }

  /** Notes what a change of records affects, makes it and derives from it. `finish` recomputes the totals. */
  async change(touched: Touched, write: () => Promise<void>): Promise<void> {
    await this.claim({ patience: true });
    const notes = await this.note(touched);
    await write();
    await this.#derive(touched, notes);
  }

  /** Writes down what is about to change, or has changed. Needs no claim. */
  async note(touched: Touched): Promise<Key[]> {
    const pk = this.#partitions.derived('pending');
    const items = writeTouched(touched).map((data): Item => {
      const sequence = String(this.#noted++).padStart(8, '0');
      return { pk, sk: `${String(this.#since).padStart(15, '0')}#${this.#id}#${sequence}`, data };
    });
    await this.#table.write(items);
    return items;
  }

  /** Derives from everything that others have noted; requires the claim. */
  async deriveNoted(): Promise<void> {
    const done = new Set(this.#derived.map(({ sk }) => sk));
    for (const note of await this.#notes()) {
      if (!done.has(note.sk)) await this.#derive(readTouched(note.data), [note]);
    }
  }

  async #derive(touched: Touched, notes: readonly Key[]): Promise<void> {
    await this.claim({ patience: false });
    for (const leaf of await projectEntries(this.#table, this.#partitions, touched)) this.#leaves.add(leaf);
    this.#derived.push(...notes);
  }

  /** Recomputes the totals of everything derived, and releases the claim. */
  async finish(): Promise<void> {
    while (this.#renewal) {
      await this.deriveNoted();
      await projectTotals(this.#table, this.#partitions, this.#leaves);
      await this.#table.write([], this.#derived.splice(0));
      this.#leaves.clear();
      this.stop();
      await this.#release();
      // A keeper that found the books claimed has left a note, and relies on it being seen.
      if ((await this.#notes()).length === 0) return;
      try {
        await this.claim({ patience: false });
      } catch (error) {
        if (!(error instanceof Busy)) throw error;
      }
    }
  }

  /** Ends the renewal; the claim then expires by itself. */
  stop(): void {
    clearInterval(this.#renewal);
    this.#renewal = undefined;
  }

  #head(): Promise<Item | undefined> {
    return this.#table.get(headKey(this.#partitions), true);
  }

  #notes(): Promise<Item[]> {
    const pk = this.#partitions.derived('pending');
    return this.#table.all({ pk, from: '0', to: afterAll }, { consistent: true });
  }

  #ownClaim(): Claim {
    this.#until = Date.now() + claimMs;
    return { by: this.#id, since: this.#since, until: this.#until };
  }

  #replaceClaim(head: Item | undefined, claim: Claim | undefined): Promise<boolean> {
    return replaceClaim(this.#table, this.#partitions, head, claim);
  }

  async #renew(): Promise<void> {
    try {
      const head = await this.#head();
      if (head?.claim?.by === this.#id) await this.#replaceClaim(head, this.#ownClaim());
    } catch {
      // The next renewal tries again. If none succeeds, the claim expires and the next step notices.
    }
  }

  async #release(): Promise<void> {
    for (;;) {
      const head = await this.#head();
      if (head?.claim?.by !== this.#id) return;
      if (await this.#replaceClaim(head, undefined)) return;
    }
  }
}
