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

/** What is derived of one record: the row that lists show, kept under the record's id, and its index entries. */
export interface Derived {
  kind: string;
  id: string;
  row: string;
  entries: Entry[];
}

/** Derives from a record, those that it names, and what is filed with it because it settles it. */
export function derive(
  kind: AnyKind,
  record: AnyRecord,
  shown: Shown,
  settlements: readonly object[],
): Derived | undefined {
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
      for (const { key, data, at } of of(row, record))
        file(`${name}.${index}`, at === undefined ? [...key, id] : [...key, id, String(at)], data);
    }
    kind.changed?.of(row, record).forEach(({ date, data }, at) => {
      fileChange(name, date, data, at);
    });
  }
  return { kind: name, id, row: text, entries };
}

/** The records that a record names, by the name of the reference; `find` gives those that exist. */
export function shownBy(
  { shows = {} }: AnyKind,
  record: AnyRecord,
  find: (kind: string, id: string) => AnyRecord | undefined,
): Shown {
  const shown: Record<string, AnyRecord | undefined> = {};
  for (const [name, reference] of Object.entries(shows)) {
    const id = reference.id(record, shown);
    shown[name] = id === undefined ? undefined : find(reference.kind, id);
  }
  return shown;
}
