import type { AnyKind, AnyRecord } from '../ledger/kind.ts';
import { settledIndex } from '../ledger/registry.ts';
import { chunks, inParallel } from '../parallel.ts';
import { type Bucket, bucketsOf } from './buckets.ts';
import { type Changes, changedIds } from './changes.ts';
import { type Derived, derive, shownBy } from './derive.ts';
import { afterAll, compareKeys, prefixIn, type Store, sortKey, sortKeyParts, sortPrefix } from './keys.ts';
import type { Item, Key, Range } from './table.ts';

/*
 * Derives the rows and index entries again from the records that stand in the table, for whatever was changed. It can
 * be repeated at any time with the same result, and reads what it derives from consistently. Only who holds the write
 * lock of an organization may do so: see lock.ts.
 */

/** Reads what the changes reach, and derives it. */
export const project = async (store: Store, changes: Changes) =>
  projectionOf(store, await new Derivation(store).derive(changes));

type EntryName = [index: string, sk: string];

const entryText = ([index, sk]: EntryName): string => `${index}\n${sk}`;

/** A record that the changes reach: the key of what is derived of it, and its entries before and now, if any. */
interface Reached {
  key: Key;
  before: readonly EntryName[] | undefined;
  derived: Derived | undefined;
}

/** One pass over what was changed, with everything that it has read. */
class Derivation {
  readonly #store: Store;
  readonly #records = new Map<string, AnyRecord | undefined>();
  /** What is filed with records because it settles them, by index and the record's part of the key. */
  readonly #settled = new Map<string, Map<string, object>>();

  constructor(store: Store) {
    this.#store = store;
  }

  async derive(changes: Changes): Promise<Reached[]> {
    const { table, partitions, registry } = this.#store;
    const reached: Reached[] = [];
    for (const [name, ids] of await this.#reached(changes)) {
      const kind = registry.kinds.get(name) as AnyKind;
      const keyOf = (id: string): Key => ({ pk: partitions.derived(name), sk: sortKey(id) });
      const items = await table.getMany([...ids].map(keyOf), true);
      const before = new Map(items.map(({ sk, entries = '[]' }) => [sk, JSON.parse(entries) as EntryName[]]));
      const records = await this.#load(name, [...ids]);
      const shown = await shownBy(kind, records, (other, named) => this.#load(other, named));
      for (const id of ids) {
        const key = keyOf(id);
        const entries = before.get(key.sk);
        // What a record settled so far, it may no longer settle.
        for (const [index, sk] of entries ?? []) this.#filedBy(index, sk)?.delete(sk);
        const record = this.#records.get(`${name}\n${id}`);
        const derived = record && derive(kind, record, shown.get(id) ?? {}, this.#settlementsOf(name, id));
        for (const { index, sk, data } of derived?.entries ?? []) {
          this.#filedBy(index, sk)?.set(sk, JSON.parse(data) as object);
        }
        reached.push({ key, before: entries, derived });
      }
    }
    return reached;
  }

  /** The ids to derive again, by kind, those that settle others before these. */
  async #reached(changes: Changes): Promise<Map<string, Set<string>>> {
    const { kinds, referrers, isSettled } = this.#store.registry;
    const reached = new Map<string, Set<string>>();
    for (const [name, { row }] of kinds) {
      if (!row) continue;
      reached.set(name, changedIds(changes, 'record', name).union(changedIds(changes, 'settled', name)));
    }
    for (const name of kinds.keys()) {
      const shown = [...changedIds(changes, 'shown', name)];
      for (const { kind, reference } of shown.length > 0 ? referrers(name) : []) {
        for (const index of reference.through) {
          const rows = await this.#entriesUnder(`${kind}.${index}`, shown);
          for (const { data } of rows) reached.get(kind)?.add((JSON.parse(data) as { id: string }).id);
        }
      }
    }
    // Backwards: what settles a record may itself be settled, and must be known by then.
    for (const name of [...kinds.keys()].reverse().filter(isSettled)) {
      const shown = changedIds(changes, 'shown', name);
      const index = settledIndex(name);
      const items = await this.#entriesUnder(index, [...(reached.get(name) ?? []), ...shown]);
      const found = referrers(name).filter(({ settles }) => settles);
      for (const { sk, data } of items) {
        const [id = '', , settler = '', settlerId = ''] = sortKeyParts(sk);
        this.#filedBy(index, sk)?.set(sk, JSON.parse(data) as object);
        if (shown.has(id) && found.some(({ kind }) => kind === settler)) reached.get(settler)?.add(settlerId);
      }
    }
    return reached;
  }

  /** Those of the records that exist; each is read once. */
  async #load(kind: string, ids: readonly string[]): Promise<AnyRecord[]> {
    const pk = this.#store.partitions.records(kind);
    const unread = [...new Set(ids)].filter((id) => !this.#records.has(`${kind}\n${id}`));
    for (const id of unread) this.#records.set(`${kind}\n${id}`, undefined);
    const items = await this.#store.table.getMany(
      unread.map((id) => ({ pk, sk: sortKey(id) })),
      true,
    );
    for (const { data } of items) {
      const record = JSON.parse(data) as AnyRecord;
      this.#records.set(`${kind}\n${record.id}`, record);
    }
    return ids.flatMap((id) => this.#records.get(`${kind}\n${id}`) ?? []);
  }

  /** What is filed with the same record as this entry, where the entry is a settlement. */
  #filedBy(index: string, sk: string): Map<string, object> | undefined {
    if (index !== settledIndex(index.slice(0, index.indexOf('.')))) return undefined;
    const record = index + prefixIn(sk);
    const filed = this.#settled.get(record) ?? new Map<string, object>();
    this.#settled.set(record, filed);
    return filed;
  }

  #settlementsOf(kind: string, id: string): object[] {
    const filed = this.#settled.get(settledIndex(kind) + sortPrefix(id)) ?? new Map<string, object>();
    return [...filed].sort(([a], [b]) => compareKeys(a, b)).map(([, data]) => data);
  }

  /** What an index holds under any of these values. */
  async #entriesUnder(index: string, values: readonly string[]): Promise<Item[]> {
    const prefixes = new Set(values.map((value) => sortPrefix(value)));
    const ordered = [...prefixes].sort(compareKeys);
    const near = await inParallel(chunks(ordered, neighbours), (some) => this.#itemsAmong(index, some));
    const alone = await inParallel(
      near.flatMap(({ left }) => left),
      (prefix) => this.#store.table.all(this.#rangeOf(index, prefix), { consistent: true }),
    );
    const items = [...near.flatMap(({ items }) => items), ...alone.flat()];
    return items.filter(({ sk }) => prefixes.has(prefixIn(sk)));
  }

  /**
   * The items from the first of these prefixes to the last, in one request, and the prefixes that it did not come to
   * the end of. What changes together, as new documents do, mostly lies together; others in between only cost a part
   * of the request.
   */
  async #itemsAmong(
    index: string,
    ordered: readonly string[],
  ): Promise<{ items: Item[]; left: readonly string[] }> {
    const range = this.#rangeOf(index, ordered[0], ordered.at(-1));
    const limit = ordered.length * itemsPerNeighbour;
    const items = await this.#store.table.all(range, { consistent: true, limit });
    if (items.length < limit) return { items, left: [] };
    const end = items.at(-1)?.sk ?? '';
    const left = ordered.filter((prefix) => compareKeys(prefix + afterAll, end) > 0);
    return { items: items.filter(({ sk }) => compareKeys(sk, left[0] ?? afterAll) < 0), left };
  }

  #rangeOf(index: string, first = '', last = first): Range {
    return { pk: this.#store.partitions.derived(index), from: first, to: last + afterAll };
  }
}

/** How many values are asked for in one request, and how many items of each are expected at most. */
const neighbours = 50;
const itemsPerNeighbour = 4;

/** What makes the indexes hold exactly what was derived. */
function projectionOf({ table, partitions, registry }: Store, reached: readonly Reached[]) {
  const buckets = new Set<Bucket>();
  const lost = new Set<Bucket>();
  const announced: Item[] = [];
  const entered: Item[] = [];
  const settled: Item[] = [];
  const gone: Key[] = [];
  const removed: Key[] = [];
  const locate = ([index, sk]: EntryName): Key => ({ pk: partitions.derived(index), sk });
  const reach = ([index, sk]: EntryName, stays: boolean, into: Set<Bucket>): void => {
    for (const bucket of bucketsOf(registry, index, sk, stays)) into.add(bucket);
  };

  for (const { key, before, derived } of reached) {
    const names = (derived?.entries ?? []).map(({ index, sk }): EntryName => [index, sk]);
    const known = new Set(before?.map(entryText));
    const named = new Set(names.map(entryText));
    const left = (before ?? []).filter((name) => !named.has(entryText(name)));
    for (const name of names) {
      reach(name, true, buckets);
      // A repetition after an interruption takes a new entry for one that stays: its count is noted as well.
      if (!known.has(entryText(name))) reach(name, false, lost);
    }
    for (const name of left) {
      gone.push(locate(name));
      reach(name, false, lost);
    }
    if (derived) {
      const own: Item = { ...key, data: derived.row, entries: JSON.stringify(names) };
      announced.push({ ...own, entries: JSON.stringify([...names, ...left]) });
      entered.push(...derived.entries.map(({ index, sk, data }) => ({ ...locate([index, sk]), data })));
      if (left.length > 0) settled.push(own);
    } else if (before) removed.push(key);
  }
  for (const bucket of buckets) lost.delete(bucket);
  return {
    /** The totals that have to be recomputed afterwards. */
    buckets: buckets.union(lost),
    /** Those of them that a repetition would not find, since it reads other entries than this. */
    lost,
    // The record's own item lists where its entries are: first it names old and new ones, then the new are put and the
    // old deleted, then it names the new. So an interruption at any point leaves nothing that a later pass would not find.
    async apply(): Promise<void> {
      await table.write(announced);
      await table.write(entered);
      await table.write([], gone);
      await table.write(settled, removed);
    },
  };
}
