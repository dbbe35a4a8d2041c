import type { Day } from '../ledger/dates.ts';
import { Refusal } from '../ledger/errors.ts';
import type { AnyRow, Called } from '../ledger/kind.ts';
import type { Period } from '../ledger/periods.ts';
import { beingChanged, type LedgerReader } from '../ledger/reader.ts';
import { registry as everything, type Registry } from '../ledger/registry.ts';
import { type PeriodFigures, periodFigures } from '../ledger/reports/income.ts';
import { type ReceivableFigures, receivables } from '../ledger/reports/receivables.ts';
import { queryWords } from '../ledger/search-words.ts';
import { inParallel } from '../parallel.ts';
import { StoredBooks } from './books.ts';
import { findRecords } from './find.ts';
import { listPage } from './list.ts';
import type { AnyQuery } from './plan.ts';
import { findByWords } from './search.ts';
import type { Table } from './table.ts';

/** A reader of one organization's books in an open table. It serves one call. */
export const openReader = (
  table: Table,
  organization: string,
  registry: Registry = everything,
): LedgerReader =>
  new StoreReader(table, new StoredBooks(table, organization, registry)) as unknown as LedgerReader;

/**
 * Reads the books from the table. It knows kinds by their declarations alone, so types end here: `LedgerReader` has
 * them.
 */
class StoreReader {
  readonly organization: string;
  readonly #table: Table;
  readonly #books: StoredBooks;

  constructor(table: Table, books: StoredBooks) {
    this.organization = books.partitions.organization;
    this.#table = table;
    this.#books = books;
  }

  get unitsRead(): number {
    return this.#table.unitsRead;
  }

  single(kind: string): Promise<unknown> {
    return this.#books.single(kind);
  }

  list(kind: string, query: AnyQuery): Promise<unknown> {
    return listPage(this.#books, this.#books.kind(kind), query);
  }

  find(kind: string, by: Readonly<Record<string, string>>, asOf: Day): Promise<unknown> {
    return findRecords(this.#books, this.#books.kind(kind), by, asOf);
  }

  async search(name: string, query: string, limit: number, asOf: Day): Promise<unknown> {
    const kind = this.#books.kind(name);
    const found = await findByWords(this.#books, kind, queryWords(query));
    const changing = await this.#books.isBeingChanged();
    const called = (row: AnyRow): Called => kind.search?.called(row) ?? { ...row, name: '' };
    const rows = found.rows.sort((a, b) => compareNames(called(a), called(b))).slice(0, limit);
    return {
      rows: await inParallel(rows, async (row) => kind.list?.present?.(row, asOf, this.#books) ?? row),
      ...(found.tooMany === undefined ? { totalCount: found.rows.length } : { totalsAbsent: found.tooMany }),
      ...(changing && { totalsAbsent: beingChanged }),
      approximate: found.approximate,
    };
  }

  async periodFigures(period: Period, asOf: Day): Promise<PeriodFigures[]> {
    await this.#refuseWhileChanging();
    return periodFigures(this.#books, period, asOf);
  }

  async receivables(asOf: Day): Promise<ReceivableFigures[]> {
    await this.#refuseWhileChanging();
    return receivables(this.#books, asOf);
  }

  async #refuseWhileChanging(): Promise<void> {
    if (await this.#books.isBeingChanged()) {
      throw new Refusal(`No figures at the moment: ${beingChanged}. Lists are available meanwhile.`);
    }
  }
}

const compareNames = (a: Called, b: Called): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1;
