import type { AnyRow, Called, Grouping, GroupSums, ValueSlice } from '../ledger/kind.ts';
import { addTally, addUnder, slice, sumTallies, type Tally } from '../ledger/measures.ts';
import type { Sum } from '../ledger/reader.ts';
import { totalsIndex } from '../ledger/registry.ts';
import { sortKeyParts } from './keys.ts';
import { type Asked, type Counted, matches, tallyIn } from './plan.ts';
import { sumByValue } from './totals.ts';

/** Groups by their keys: what each adds up to, and a name to show with the key. */
export type Groups = Map<string | undefined, { tally: Tally; label?: string | undefined }>;

const groupingOf = ({ list, query }: Asked): Grouping<AnyRow> => {
  const grouping = list.groups?.[query.groupBy as string];
  if (!grouping) throw new Error(`${list.noun} are not grouped by ${query.groupBy}.`);
  return grouping;
};

/** The groups of these rows; undefined where too much would have to be looked through. */
export async function groupsFromRows(asked: Asked, rows: readonly AnyRow[]): Promise<Groups | undefined> {
  const { books, kind, list, query } = asked;
  const { key, label, entries } = groupingOf(asked);
  if (!entries) {
    const groups = Map.groupBy(rows, (row) => key(row, query.asOf));
    return new Map(
      [...groups].map(([value, members]) => {
        const tally = sumTallies(members.map((row) => list.tally?.(row) ?? {}));
        return [
          value,
          { tally, label: members.map((row) => label?.(row)).find((name) => name !== undefined) },
        ];
      }),
    );
  }
  const ids = new Set(rows.map(({ id }) => id));
  const items = await books.whole(`${kind.name}.${entries.index}`);
  if (!items) return undefined;
  const tallies = new Map<string, Tally>();
  for (const { sk, data } of items) {
    const entry = JSON.parse(data) as AnyRow;
    if (ids.has(entry.id)) addUnder(tallies, sortKeyParts(sk)[0] ?? '', entries.of(entry as never));
  }
  return new Map([...tallies].map(([value, tally]) => [value, { tally }]));
}

/** The groups as totals tell them, as of the day; undefined where they do not. */
export async function groupsFromTotals(asked: Asked, counted: Counted): Promise<Groups | undefined> {
  const { list, query, later } = asked;
  const grouping = groupingOf(asked);
  // Of what is in several groups, rows do not tell what changed later.
  if (grouping.entries && later.size > 0) return undefined;
  const found = await readGroups(asked, grouping, counted);
  if (!found) return undefined;
  const { groups, partsOf } = found;
  const add = (key: string | undefined, tally: Tally, sign?: -1) => {
    const group = groups.get(key) ?? { tally: {} };
    groups.set(key, group);
    addTally(group.tally, tally, sign);
  };
  for (const { now, then } of later.values()) {
    for (const [key, tally] of partsOf(now)) add(key, tally, -1);
    if (matches(asked, then)) add(grouping.key(then, query.asOf), list.tally?.(then) ?? {});
  }
  return groups;
}

/** Groups by everything ever recorded, and what they have of a row as it stands now. */
async function readGroups(asked: Asked, grouping: Grouping<AnyRow>, { tally, sum }: Counted) {
  const { books, list, query } = asked;
  const { from, key } = grouping;
  const partsOf = (row: AnyRow) => [[key(row, query.asOf), sum ? tallyIn(asked, row, sum) : {}] as const];
  if (from === undefined) return undefined;
  if (from === 'months' || from === 'parts') {
    // Only the totals of all rows have every month and part.
    if (sum?.series !== list.base.series || sum.measures !== list.base.measures) return undefined;
    const tallies = from === 'months' ? await books.months(sum) : partsIn(tally);
    return tallies && { groups: groupsOf(tallies), partsOf };
  }
  if ('series' in from) {
    const part: ValueSlice | undefined = from.slice(query as never);
    const items = part && (await books.whole(totalsIndex(from.series)));
    if (!items) return undefined;
    const groups: Groups = new Map();
    for (const [value, { tally: whole, label }] of sumByValue(items, part)) {
      groups.set(value, { tally: slice(whole, { measures: list.base.measures, ...part }), label });
    }
    if (!grouping.entries) {
      // The rest has no value.
      const known = sumTallies([...groups.values()].map((group) => group.tally));
      groups.set(undefined, { tally: addTally({ ...tally }, known, -1) });
    }
    return { groups, partsOf };
  }
  const groupSums = from.sums(query as never);
  return groupSums && readSums(asked, groupSums);
}

/** The parts of a tally, each as one. */
const partsIn = (tally: Tally): Map<string, Tally> => {
  const parts = new Set(Object.keys(tally).map((entry) => entry.split('.')[1] ?? ''));
  return new Map([...parts].map((part) => [part, slice(tally, { parts: [part] })]));
};

const groupsOf = (tallies: ReadonlyMap<string, Tally>): Groups =>
  new Map([...tallies].map(([key, tally]) => [key, { tally }]));

async function readSums(asked: Asked, groupSums: readonly GroupSums[]) {
  const { books, list, query } = asked;
  const { currency } = query.filters as { currency?: string };
  const { measures } = list.base;
  const signed = groupSums.flatMap(({ key, add, less = [] }) => [
    ...add.map((sum) => ({ key, sign: 1 as const, sum: { ...sum, measures, currency } satisfies Sum })),
    ...less.map((sum) => ({ key, sign: -1 as const, sum: { ...sum, measures, currency } satisfies Sum })),
  ]);
  const found = await books.sums(signed.map(({ sum }) => sum));
  const tallies = new Map<string, Tally>();
  signed.forEach(({ key, sign }, at) => {
    addUnder(tallies, key, addTally({}, found[at] ?? {}, sign));
  });
  return {
    groups: groupsOf(tallies),
    partsOf: (row: AnyRow) =>
      signed.map(({ key, sign, sum }) => [key, addTally({}, tallyIn(asked, row, sum), sign)] as const),
  };
}

/** One entry per group and currency, by key; groups of which nothing is left are none. */
export async function groupEntries(asked: Asked, groups: Groups): Promise<object[]> {
  const { books, list, query } = asked;
  const { named } = groupingOf(asked);
  // Names that rows of another kind have, as far as these can be looked through.
  const rows = named === undefined ? [] : ((await books.whole(named)) ?? []);
  const names = new Map(rows.map(({ data }) => JSON.parse(data) as Called).map(({ id, name }) => [id, name]));
  return [...groups]
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1))
    .flatMap(([key, { tally, label = names.get(key ?? '') }]) =>
      (list.group?.(tally, query.groupBy, key) ?? []).map((total) => ({
        ...(key !== undefined && { key }),
        ...(label !== undefined && { name: label }),
        ...total,
      })),
    );
}
