import { filed } from './folding.ts';
import type { AnyRecord, Kind, TypesWith } from './kind.ts';
import { misspellableWords, type Searchable, searchWords } from './search-words.ts';

/*
 * Records that people call by a name: they are listed in the order of their names, found by id, and searched by words.
 */

/** A record with a name. */
export interface NamedRecord extends AnyRecord {
  name: string;
}

/** What lists show of a named record, and a search looks at: all of it. */
export type NamedRow<Own extends NamedRecord> = Omit<Own, 'kind'> & { id: string; name: string };

export type NamedTypes<Own extends NamedRecord> = TypesWith<{
  record: Own;
  row: NamedRow<Own>;
  shown: NamedRow<Own>;
  order: 'name';
  detail: Own;
}>;

/** Keys have an end; records whose names begin with the same so many letters are in the order of their ids. */
const longestPlace = 50;

/** The place of a name in a list by name. */
export const placeOf = ({ name }: { name: string }): string[] => [
  filed(name).slice(0, longestPlace).toWellFormed(),
];

/** The ways in which a record can be meant by name, as names are filed. */
export const namesOf = ({ id, name, organization = '' }: Searchable & { id: string }): string[] =>
  [...new Set([id, name, organization].map(filed))].filter((called) => called !== '');

/**
 * What kinds of named records declare alike.
 * @param words how a record is called, one and several; the series that counts them is named like several. `typed` says
 *   that names are often typed from memory: they are found despite typing errors, which takes many more entries
 * @param searchable the texts by which one is found, beside its id; the name alone unless told
 */
export function named<Own extends NamedRecord>(
  { one, several, typed }: { one: string; several: string; typed?: true },
  searchable: (row: NamedRow<Own>) => Searchable = ({ name }) => ({ name }),
  advice = `find_records lists all ${several}.`,
) {
  const series = several.replace(' ', '_');
  return {
    row: ({ kind: _kind, ...row }) => row as unknown as NamedRow<Own>,
    indexes: {
      list: { of: (row) => [{ key: placeOf(row) }], totals: { per: 'count', series } },
    },
    list: {
      noun: several,
      narrow: 'search for a name',
      base: { index: 'list', order: 'name', series, measures: [] },
      filters: {},
      orders: { name: placeOf },
    },
    find: {
      noun: one,
      keys: [{ name: 'id', argument: 'id', of: ({ id }) => id, advice }],
      detail: ({ record }) => record,
    },
    search: {
      words: (row) => searchWords(searchable(row)),
      misspellable: (row) => (typed ? misspellableWords(searchable(row)) : []),
      names: (row) => namesOf({ ...searchable(row), id: row.id }),
      called: ({ id, name }) => ({ id, name }),
      advice,
    },
  } satisfies Partial<Kind<NamedTypes<Own>>>;
}
