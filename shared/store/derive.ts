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
  const changed = (
    target: string,
    date: string,
    { id: changedId, currency, amount, ...rest }: BalanceChange,
    at: number,
  ) => ({
    index: changedIndex(target),
    sk: sortKey(date, name, id, String(at)),
    data: JSON.stringify({ id: changedId, currency, amount, ...rest }),
  });
  const filed = Object.entries(kind.settles ?? {}).flatMap(([target, settling]) =>
    settling.of(record).flatMap(({ date, data, ...change }, at): Entry[] => [
      {
        index: settledIndex(target),
        sk: sortKey(change.id, date, name, id, String(at)),
        data: JSON.stringify(data),
      },
      ...(settling.by ? [] : [changed(target, date, change, at)]),
    ]),
  );
  const entries = Object.entries(listed ? indexesOf(kind) : {}).flatMap(([index, { of }]) =>
    of(row, record).map(
      ({ key, data = row, at }): Entry => ({
        index: `${name}.${index}`,
        sk: sortKey(...key, id, ...(at === undefined ? [] : [String(at)])),
        data: JSON.stringify(data),
      }),
    ),
  );
  const own = listed ? (kind.changed?.of(row, record) ?? []) : [];
  const changes = own.map(({ date, data }, at) => changed(name, date, data, at));
  return { kind: name, id, row: canonicalJson(row), entries: [...filed, ...entries, ...changes] };
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
