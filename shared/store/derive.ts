import { canonicalJson } from '../json.ts';
import type { AnyKind, AnyRecord, BalanceChange, Shown } from '../ledger/kind.ts';
import { changedIndex, indexesOf, settledIndex } from '../ledger/registry.ts';
import { sortKey } from './keys.ts';

/*
 * What a record contributes to the indexes: a pure function of its kind's declaration, so that the import, the stream
 * and the verification all derive the same.
 */

/** One item of an index, yet without its organization. */
export interface Entry {
  index: string;
  sk: string;
  data: string;
}

/**
 * Derives from a record, those that it names, and what is filed with it because it settles it.
 * @returns the row that lists show, kept under the record's id, and its index entries
 */
export function derive(kind: AnyKind, record: AnyRecord, shown: Shown, settlements: readonly object[]) {
  if (!kind.row) return undefined;
  const { name } = kind;
  const { id } = record;
  const listed = kind.listed?.(record) ?? true;
  // Only rows in indexes are found again when what they show changes.
  const row = kind.row(record, listed ? shown : {}, settlements);
  const text = canonicalJson(row);
  const entries: Entry[] = [];
  const file = (index: string, key: readonly string[], data: object | undefined) =>
    entries.push({ index, sk: sortKey(...key), data: data === undefined ? text : JSON.stringify(data) });
  const fileChange = (target: string, date: string, change: BalanceChange, at: number) =>
    file(changedIndex(target), [date, name, id, String(at)], change);

  for (const [target, { of, by }] of Object.entries(kind.settles ?? {})) {
    of(record).forEach(({ date, data, ...change }, at) => {
      file(settledIndex(target), [change.id, date, name, id, String(at)], data);
      if (!by) fileChange(target, date, change, at);
    });
  }
  if (listed) {
    for (const [index, { of }] of Object.entries(indexesOf(kind))) {
      for (const { key, data, at } of of(row, record, settlements))
        file(`${name}.${index}`, at === undefined ? [...key, id] : [...key, id, String(at)], data);
    }
    kind.changed?.of(row, record).forEach(({ date, data }, at) => {
      fileChange(name, date, data, at);
    });
  }
  return { row: text, entries };
}

export type Derived = NonNullable<ReturnType<typeof derive>>;

/**
 * What records show of those that they name, by their ids. A reference may lead over the one before it.
 * @param find gives the records that exist
 */
export async function shownBy(
  { shows = {} }: AnyKind,
  records: readonly AnyRecord[],
  find: (kind: string, ids: readonly string[]) => Promise<readonly AnyRecord[]>,
): Promise<Map<string, Shown>> {
  const shown = new Map<string, Record<string, AnyRecord | undefined>>(records.map(({ id }) => [id, {}]));
  for (const [name, reference] of Object.entries(shows)) {
    const named = records.map((record) => reference.id(record, shown.get(record.id) as Shown));
    const found = await find(
      reference.kind,
      named.filter((id) => id !== undefined),
    );
    const byId = new Map<string | undefined, AnyRecord>(found.map((record) => [record.id, record]));
    records.forEach(({ id }, at) => {
      (shown.get(id) ?? {})[name] = byId.get(named[at]);
    });
  }
  return shown;
}
