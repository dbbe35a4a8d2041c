import type { AnyRecord, Shown } from '../ledger/kind.ts';
import { settledIndex } from '../ledger/registry.ts';
import { chunks, inParallel } from '../parallel.ts';
import { type Bucket, bucketsOf } from './buckets.ts';
import { type Changes, changedIds } from './changes.ts';
import { type Derived, derive } from './derive.ts';
import { afterAll, compareKeys, prefixIn, type Store, sortKey, sortKeyParts, sortPrefix } from './keys.ts';
import { type Item, type Key, keyText, type Range } from './table.ts';

/*
 * Derives the rows and index entries again from the records that stand in the table, for whatever was changed. It can
 * be repeated at any time with the same result, and reads what it derives from consistently. Only who holds the write
 * lock of an organization may do so: see lock.ts.
 */

/** What has to be written so that rows and entries are right again. */
export interface Projection {
  /** The totals that have to be recomputed afterwards. */
  buckets: ReadonlySet<Bucket>;
  /** Those of them that a repetition would not find, since it reads other entries than this. */
  lost: ReadonlySet<Bucket>;
  apply(): Promise<void>;
}

/** Reads what the changes reach, and derives it. */
export async function project(store: Store, changes: Changes): Promise<Projection> {
  const derivation = new Derivation(store);
  const derived = await derivation.derive(changes);
  return projectionOf(store, derived, derivation.own);
}

type EntryName = [index: string, sk: string];

const entryText = ([index, sk]: EntryName): string => `${index}\n${sk}`;

/** What is derived of a record so far, and where its entries are. */
interface Own {
  item: Item;
  entries: readonly EntryName[];
}

/** One pass over what was changed, with everything that it has read. */
class Derivation {
  readonly own = new Map<string, Own>();
  readonly #store: Store;
  readonly #records = new Map<string, AnyRecord | undefined>();
  /** What is filed with records because it settles them, by index and the record's part of the key. */
  readonly #settled = new Map<string, Map<string, object>>();

  constructor(store: Store) {
    this.#store = store;
  }

  ownKey = (kind: string, id: string): Key => ({ pk: this.#store.partitions.derived(kind), sk: sortKey(id) });

  async derive(changes: Changes): Promise<Derived[]> {
    const derived: Derived[] = [];
    for (const [kind, ids] of await this.#reached(changes)) {
      const own = await this.#store.table.getMany(
        [...ids].map((id) => this.ownKey(kind, id)),
        true,
      );
      for (const item of own) {
        const entries = JSON.parse(item.entries ?? '[]') as EntryName[];
        this.own.set(keyText(item), { item, entries });
      }
      const shown = await this.#loadWithReferences(kind, ids);
      for (const id of ids) {
        this.#unfileSettlements(this.own.get(keyText(this.ownKey(kind, id)))?.entries ?? []);
        const one = this.#deriveOne(kind, id, shown.get(id) ?? {});
        if (!one) continue;
        derived.push(one);
        this.#fileSettlements(one);
      }
    }
    return derived;
  }

  /** The ids to derive again, by kind, those that settle others before these. */
  async #reached(changes: Changes): Promise<Map<string, Set<string>>> {
    const { kinds, referrers, isSettled } = this.#store.registry;
    const reached = new Map(
      [...kinds].flatMap(([name, { row }]) =>
        row
          ? [
              [
                name,
                new Set([...changedIds(changes, 'record', name), ...changedIds(changes, 'settled', name)]),
              ] as const,
            ]
          : [],
      ),
    );
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
      const items = await this.#entriesUnder(settledIndex(name), [...(reached.get(name) ?? []), ...shown]);
      const found = referrers(name).filter(({ settles }) => settles);
      for (const { sk, data } of items) {
        const [id = '', , settler = '', settlerId = ''] = sortKeyParts(sk);
        this.#filedWith(name, id).set(sk, JSON.parse(data) as object);
        if (shown.has(id) && found.some(({ kind }) => kind === settler)) reached.get(settler)?.add(settlerId);
      }
    }
    return reached;
  }

  #deriveOne(name: string, id: string, shown: Shown): Derived | undefined {
    const kind = this.#store.registry.kinds.get(name);
    const record = this.#record(name, id);
    if (!kind || !record) return undefined;
    const filed = [...this.#filedWith(name, id)].sort(([a], [b]) => compareKeys(a, b));
    return derive(
      kind,
      record,
      shown,
      filed.map(([, data]) => data),
    );
  }

  #record = (kind: string, id: string): AnyRecord | undefined => this.#records.get(`${kind}\n${id}`);

  /**
   * Reads records, and those that they name: a reference may lead over the one before it.
   * @returns what each shows, by its id
   */
  async #loadWithReferences(name: string, ids: Iterable<string>): Promise<Map<string, Shown>> {
    await this.#load(name, ids);
    const records = [...ids].flatMap((id) => this.#record(name, id) ?? []);
    const shown = new Map<string, Record<string, AnyRecord | undefined>>(records.map(({ id }) => [id, {}]));
    for (const [called, reference] of Object.entries(this.#store.registry.kinds.get(name)?.shows ?? {})) {
      const named = records.map((record) => reference.id(record, shown.get(record.id) as Shown));
      await this.#load(
        reference.kind,
        named.filter((id) => id !== undefined),
      );
      records.forEach((record, at) => {
        const id = named[at];
        if (id !== undefined) (shown.get(record.id) ?? {})[called] = this.#record(reference.kind, id);
      });
    }
    return shown;
  }

  async #load(kind: string, ids: Iterable<string>): Promise<void> {
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
  }

  #filedWith(kind: string, id: string): Map<string, object> {
    const key = `${kind}\n${id}`;
    const filed = this.#settled.get(key) ?? new Map<string, object>();
    this.#settled.set(key, filed);
    return filed;
  }

  /** What a record settled so far, it may no longer settle. */
  #unfileSettlements(entries: readonly EntryName[]): void {
    for (const [index, sk] of entries) {
      if (isSettledIndex(index)) this.#filedWith(kindOf(index), sortKeyParts(sk)[0] ?? '').delete(sk);
    }
  }

  #fileSettlements({ entries }: Derived): void {
    for (const { index, sk, data } of entries) {
      if (!isSettledIndex(index)) continue;
      this.#filedWith(kindOf(index), sortKeyParts(sk)[0] ?? '').set(sk, JSON.parse(data) as object);
    }
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

const isSettledIndex = (index: string): boolean => index === settledIndex(kindOf(index));
const kindOf = (index: string): string => index.slice(0, index.indexOf('.'));

/** What makes the indexes hold exactly what was derived. */
function projectionOf(
  { table, partitions, registry }: Store,
  derived: readonly Derived[],
  before: ReadonlyMap<string, Own>,
): Projection {
  const buckets = new Set<Bucket>();
  const lost = new Set<Bucket>();
  const announced: Item[] = [];
  const entered: Item[] = [];
  const settled: Item[] = [];
  const gone: Key[] = [];
  const locate = ([index, sk]: EntryName): Key => ({ pk: partitions.derived(index), sk });
  const reach = ([index, sk]: EntryName, stays: boolean, into: Set<Bucket>): void => {
    for (const bucket of bucketsOf(registry, index, sk, stays)) into.add(bucket);
  };
  const leave = (name: EntryName): void => {
    gone.push(locate(name));
    reach(name, false, lost);
  };

  const removed = new Map(before);
  for (const { kind, id, row, entries } of derived) {
    const key = { pk: partitions.derived(kind), sk: sortKey(id) };
    removed.delete(keyText(key));
    const earlier = before.get(keyText(key))?.entries ?? [];
    const known = new Set(earlier.map(entryText));
    const names = entries.map(({ index, sk }): EntryName => [index, sk]);
    const named = new Set(names.map(entryText));
    const left = earlier.filter((name) => !named.has(entryText(name)));
    const own: Item = { ...key, data: row, entries: JSON.stringify(names) };
    announced.push({ ...own, entries: JSON.stringify([...names, ...left]) });
    entered.push(...entries.map(({ index, sk, data }) => ({ ...locate([index, sk]), data })));
    if (left.length > 0) settled.push(own);
    for (const name of names) {
      reach(name, true, buckets);
      // A repetition after an interruption takes a new entry for one that stays: its count is noted as well.
      if (!known.has(entryText(name))) reach(name, false, lost);
    }
    left.forEach(leave);
  }
  for (const { entries } of removed.values()) entries.forEach(leave);
  for (const bucket of buckets) lost.delete(bucket);
  return {
    buckets: buckets.union(lost),
    lost,
    // The record's own item lists where its entries are: first it names old and new ones, then the new are put and the
    // old deleted, then it names the new. So an interruption at any point leaves nothing that a later pass would not find.
    async apply() {
      await table.write(announced);
      await table.write(entered);
      await table.write([], gone);
      await table.write(
        settled,
        [...removed.values()].map(({ item }) => item),
      );
    },
  };
}
