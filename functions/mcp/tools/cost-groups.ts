import type { Day } from '../../../shared/ledger/dates.ts';
import type { CostGroup } from '../../../shared/ledger/kinds/cost-group.ts';
import { type Measured, sumsIn } from '../../../shared/ledger/measures.ts';
import type { LedgerReader } from '../../../shared/ledger/reader.ts';
import type { Fields } from './fields.ts';
import type { GroupEntry } from './groups.ts';

/*
 * Cost groups are a tree: what is attributed to one belongs to every one above it, too.
 */

/** The cost groups of the books, by id. */
export type CostGroups = ReadonlyMap<string, Omit<CostGroup, 'kind'>>;

/** More cost groups than this are not read; groups are then shown without those above them. */
const mostCostGroups = 1000;

export async function costGroupsOf(reader: LedgerReader, asOf: Day): Promise<CostGroups> {
  const page = await reader.list('cost_group', {
    filters: {},
    order: 'name',
    reverse: false,
    limit: mostCostGroups,
    asOf,
  });
  return new Map(page.rows.map((group) => [group.id, group]));
}

/** Cost groups from one up to the root. One that is its own ancestor, or whose parent is unknown, is a root. */
function pathOf(id: string, all: CostGroups): string[] {
  const path = [id];
  for (let parent = all.get(id)?.parentId; parent !== undefined; parent = all.get(parent)?.parentId) {
    if (!all.has(parent) || path.includes(parent)) break;
    path.push(parent);
  }
  return path;
}

/** A group, and of a cost group with everything below it, what belongs to that very cost group. */
export type WithOwn<Total> = Total & { own?: Total };

type RolledUp<Figure extends string> = GroupEntry & WithOwn<Measured<Figure>>;

/**
 * Each cost group with everything below it, one entry per currency.
 * @param figures what is added up
 */
export function rolledUp<Figure extends string>(
  groups: readonly (GroupEntry & Measured<Figure>)[],
  all: CostGroups,
  figures: readonly Figure[],
): RolledUp<Figure>[] {
  const sums = new Map<string, RolledUp<Figure>>();
  for (const group of groups) {
    const { key, name, currency } = group;
    for (const id of key === undefined ? [undefined] : pathOf(key, all)) {
      const place = JSON.stringify([id, currency]);
      const none = sumsIn(currency, [], ...figures);
      const sum: RolledUp<Figure> = sums.get(place) ?? { ...none, currency, own: { ...none, currency } };
      const named = id === key ? name : undefined;
      sums.set(place, {
        ...sum,
        ...sumsIn<Figure>(currency, [sum, group], ...figures),
        ...(id !== undefined && { key: id, name: named ?? sum.name ?? all.get(id)?.name ?? id }),
        ...(id === key && { own: { ...sumsIn<Figure>(currency, [group], ...figures), currency } }),
      });
    }
  }
  return [...sums.values()];
}

/** The fields of a group, and of a cost group those of what is its own, where that is less. */
export const withOwnFields =
  <Total extends { count: number }>(fields: (total: Total) => Fields) =>
  ({ own, ...total }: WithOwn<Total>): Fields => ({
    ...fields(total as unknown as Total),
    ...(own && own.count !== total.count && { own: fields(own) }),
  });
