import type { Day } from '../ledger/dates.ts';
import { Refusal } from '../ledger/errors.ts';
import type { AnyKind, AnyRow, Called } from '../ledger/kind.ts';
import type { Period } from '../ledger/periods.ts';
import { beingChanged, type LedgerReader } from '../ledger/reader.ts';
import { registry as everything, type Registry } from '../ledger/registry.ts';
import {
  type Collection,
  type CollectionQuery,
  collectionOf,
  type OwedName,
} from '../ledger/reports/collection.ts';
import { type PeriodFigures, periodFigures } from '../ledger/reports/income.ts';
import { patterns } from '../ledger/reports/patterns.ts';
import { type ReceivableFigures, receivables } from '../ledger/reports/receivables.ts';
import { type UnappliedMoney, unappliedMoney } from '../ledger/reports/unapplied.ts';
import { queryWords } from '../ledger/search-words.ts';
import { inParallel } from '../parallel.ts';
import { StoredBooks } from './books.ts';
import { findRecords } from './find.ts';
import { listPage } from './list.ts';
import type { AnyQuery } from './plan.ts';
import { findByWords } from './search.ts';
import type { Table } from './table.ts';

/**
 * A reader of one organization's books in an open table. It serves one call. It knows kinds by their declarations
 * alone, so types end here: `LedgerReader` has them.
 */
export function openReader(
  table: Table,
  organization: string,
  registry: Registry = everything,
): LedgerReader {
  const books = new StoredBooks(table, organization, registry);
  const refuseWhileChanging = async (): Promise<void> => {
    if (await books.isBeingChanged()) {
      throw new Refusal(`No figures at the moment: ${beingChanged}. Lists are available meanwhile.`);
    }
  };
  const reader = {
    organization,
    get unitsRead() {
      return table.unitsRead;
    },
    kinds: () => books.kinds(),
    single: (kind: string) => books.single(kind),
    list: (kind: string, query: AnyQuery) => listPage(books, books.kind(kind), query),
    find: (kind: string, by: Readonly<Record<string, string>>, asOf: Day) =>
      findRecords(books, books.kind(kind), by, asOf),
    search: (kind: string, query: string, limit: number, asOf: Day) =>
      searchPage(books, books.kind(kind), query, limit, asOf),
    async periodFigures(period: Period, asOf: Day): Promise<PeriodFigures[]> {
      await refuseWhileChanging();
      return periodFigures(books, period, asOf);
    },
    async receivables(asOf: Day): Promise<ReceivableFigures[]> {
      await refuseWhileChanging();
      return receivables(books, asOf);
    },
    patterns: (until: Day) => patterns(books, until),
    async unapplied(kind: OwedName, parties: readonly string[], asOf: Day): Promise<UnappliedMoney> {
      await refuseWhileChanging();
      return unappliedMoney(books, kind, parties, asOf);
    },
    async collection(kind: OwedName, query: CollectionQuery): Promise<Collection[] | undefined> {
      await refuseWhileChanging();
      return collectionOf(books, kind, query);
    },
  };
  return reader as unknown as LedgerReader;
}

/** The records that a search found, by name. */
async function searchPage(
  books: StoredBooks,
  kind: AnyKind,
  query: string,
  limit: number,
  asOf: Day,
): Promise<unknown> {
  const found = await findByWords(books, kind, queryWords(query));
  const changing = await books.isBeingChanged();
  const called = (row: AnyRow): Called => kind.search?.called(row) ?? { ...row, name: '' };
  const rows = found.rows.sort((a, b) => compareNames(called(a), called(b))).slice(0, limit);
  return {
    rows: await inParallel(rows, async (row) => kind.list?.present?.(row, asOf, books) ?? row),
    ...(found.tooMany === undefined ? { totalCount: found.rows.length } : { totalsAbsent: found.tooMany }),
    ...(changing && { totalsAbsent: beingChanged }),
    approximate: found.approximate,
  };
}

const compareNames = (a: Called, b: Called): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1;
