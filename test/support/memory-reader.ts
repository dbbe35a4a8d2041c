import type { Day } from '../../shared/ledger/dates.ts';
import { NotFound } from '../../shared/ledger/errors.ts';
import { filed } from '../../shared/ledger/folding.ts';
import type { AnyKind, AnyRecord, AnyRow, BalanceChange, Query } from '../../shared/ledger/kind.ts';
import { countIn, slice, sumTallies, type Tally } from '../../shared/ledger/measures.ts';
import type { Books, LaterChange, LedgerReader, Sum, ValueTotals } from '../../shared/ledger/reader.ts';
import { changedIndex, indexesOf, type Registry, settledIndex } from '../../shared/ledger/registry.ts';
import { type CollectionQuery, collectionOf, type OwedName } from '../../shared/ledger/reports/collection.ts';
import { periodFigures } from '../../shared/ledger/reports/income.ts';
import { patterns } from '../../shared/ledger/reports/patterns.ts';
import { receivables } from '../../shared/ledger/reports/receivables.ts';
import { unappliedMoney } from '../../shared/ledger/reports/unapplied.ts';
import { isFoundBy, queryWords } from '../../shared/ledger/search-words.ts';
import { compareKeys, sortKey } from '../../shared/store/keys.ts';

/*
 * Books in memory, from the same declarations as the store and nothing of its: no index is kept and no total, every
 * answer is made from all records. It shows that another provider could stand behind the reader, and what the store
 * must answer.
 */

interface Entry {
  sk: string;
  key: readonly string[];
  data: object;
}

interface RowOf {
  record: AnyRecord;
  row: AnyRow;
}

// biome-ignore lint/suspicious/noExplicitAny: only the kind knows the types of its rows and filters
type AnyQuery = Query<any>;

/** A reader of these records. */
export const memoryReader = (records: readonly AnyRecord[], registry: Registry): LedgerReader =>
  new MemoryReader(new MemoryBooks(records, registry)) as unknown as LedgerReader;

class MemoryBooks implements Books {
  readonly registry: Registry;
  readonly #records = new Map<string, AnyRecord>();
  readonly #rows = new Map<string, RowOf[]>();
  readonly #entries = new Map<string, Entry[]>();

  constructor(records: readonly AnyRecord[], registry: Registry) {
    this.registry = registry;
    for (const record of records) this.#records.set(`${record.kind} ${record.id}`, record);
    for (const kind of registry.kinds.values()) {
      const own = [...this.#records.values()].filter((record) => record.kind === kind.name);
      this.#rows.set(kind.name, kind.row ? own.map((record) => this.#derive(kind, record)) : []);
    }
    for (const list of this.#entries.values()) list.sort((a, b) => compareKeys(a.sk, b.sk));
  }

  #derive(kind: AnyKind, record: AnyRecord): RowOf {
    const shown: Record<string, AnyRecord | undefined> = {};
    for (const [name, reference] of Object.entries(kind.shows ?? {})) {
      shown[name] = this.#records.get(`${reference.kind} ${reference.id(record, shown)}`);
    }
    const settlements = this.entries(settledIndex(kind.name)).filter(({ key }) => key[0] === record.id);
    settlements.sort((a, b) => compareKeys(a.sk, b.sk));
    const settledBy = settlements.map(({ data }) => data);
    const row = kind.row?.(record, shown, settledBy) as AnyRow;
    for (const [target, settling] of Object.entries(kind.settles ?? {})) {
      settling.of(record).forEach(({ date, data, ...change }, at) => {
        this.#file(settledIndex(target), [change.id, date, kind.name, record.id, String(at)], data);
        if (!settling.by) this.#file(changedIndex(target), [date, kind.name, record.id], change);
      });
    }
    if (kind.listed?.(record) ?? true) {
      for (const [index, { of }] of Object.entries(indexesOf(kind))) {
        for (const { key, data = row } of of(row, record, settledBy))
          this.#file(`${kind.name}.${index}`, [...key, record.id], data);
      }
      for (const { date, data } of kind.changed?.of(row, record) ?? [])
        this.#file(changedIndex(kind.name), [date], data);
    }
    return { record, row };
  }

  #file(index: string, key: readonly string[], data: object): void {
    const list = this.#entries.get(index) ?? [];
    this.#entries.set(index, list);
    list.push({ sk: sortKey(...key), key, data });
  }

  entries(index: string): readonly Entry[] & { sort: Entry[]['sort'] } {
    return this.#entries.get(index) ?? [];
  }

  rows(kind: string): readonly RowOf[] {
    return this.#rows.get(kind) ?? [];
  }

  async isBeingChanged(): Promise<boolean> {
    return false;
  }

  async single(kind: string): Promise<AnyRecord | undefined> {
    return this.#records.get(`${kind} ${kind}`);
  }

  async sums(sums: readonly Sum[]): Promise<Tally[]> {
    return sums.map((sum) => {
      const { per, sources } = this.registry.series.get(sum.series) ?? { per: 'count', sources: [] };
      const tallies = sources.flatMap(({ index, of }) =>
        this.entries(index)
          .filter(({ key: [first = ''] }) =>
            per === 'value'
              ? first === sum.value
              : per === 'count' || (first >= (sum.from ?? '') && (sum.to === undefined || first <= sum.to)),
          )
          .map(({ data }) => (per === 'count' ? { count: [1] } : of(data))),
      );
      return slice(sumTallies(tallies), sum);
    });
  }

  async values(name: string, which: { from: string } | { value: string }): Promise<ValueTotals[]> {
    const { sources = [] } = this.registry.series.get(name) ?? {};
    const entries = sources.flatMap(({ index, of, label }) =>
      this.entries(index).map(({ key: [value = '', month = ''], data }) => ({
        value,
        month: month.slice(0, 7),
        tally: of(data),
        label: label?.(data),
      })),
    );
    const asked = entries.filter(({ value }) =>
      'from' in which ? compareKeys(value, which.from) >= 0 : value === which.value,
    );
    return [...Map.groupBy(asked, ({ value }) => value)].map(([value, own]) => {
      const label = own.findLast(({ label }) => label !== undefined)?.label;
      const months = [...Map.groupBy(own, ({ month }) => month)];
      return {
        value,
        ...(label !== undefined && { label }),
        cells: Object.fromEntries(
          months.map(([month, some]) => [month, sumTallies(some.map(({ tally }) => tally))]),
        ),
      };
    });
  }

  async later<Row extends AnyRow>(name: string, asOf: Day): Promise<Map<string, LaterChange<Row>>> {
    const kind = this.registry.kinds.get(name);
    if (!kind?.list || !kind.asOf) return new Map();
    const changes: BalanceChange[] = [];
    for (const { index, changeIn } of this.registry.changes(name)) {
      for (const { data } of await this.after(index, asOf)) {
        const change = changeIn(data as never);
        if (change) changes.push(change);
      }
    }
    const dated = (await this.after<AnyRow>(`${name}.${kind.list.base.index}`, asOf)).map(
      ({ data }) => data.id,
    );
    const base = this.entries(`${name}.${kind.list.base.index}`);
    const listed = new Set(base.map(({ data }) => (data as AnyRow).id));
    const ids = new Set([...dated, ...changes.map(({ id }) => id)]);
    return new Map(
      this.rows(name).flatMap(({ record, row }) => {
        if (!ids.has(row.id) || !listed.has(row.id)) return [];
        const own = changes.filter(({ id, currency }) => id === row.id && currency === record.currency);
        const [now, then] = [row as Row, kind.asOf?.(row, asOf, own) as Row];
        return [[row.id, { now, then }]];
      }),
    );
  }

  async after<Data>(index: string, day: Day): Promise<{ date: Day; data: Data }[]> {
    return this.entries(index)
      .filter(({ key: [date = ''] }) => date > day)
      .map(({ key: [date = ''], data }) => ({ date, data: data as Data }));
  }

  async newest<Data>(index: string, { from, to }: { from: Day; to: Day }, most: number) {
    const entries = this.entries(index)
      .map(({ key: [date = ''], data }) => ({ date, data: data as Data }))
      .filter(({ date }) => date >= from && date <= to);
    return { entries: entries.slice(-most), more: entries.length > most };
  }

  async settlementsOf(kind: string, id: string): Promise<object[]> {
    return this.entries(settledIndex(kind))
      .filter(({ key }) => key[0] === id)
      .map(({ data }) => data);
  }
}

class MemoryReader {
  readonly organization = 'memory';
  readonly unitsRead = 0;
  readonly #books: MemoryBooks;

  constructor(books: MemoryBooks) {
    this.#books = books;
  }

  kinds = async () =>
    [...this.#books.registry.kinds.values()]
      .filter(({ name, list }) => list && this.#books.entries(`${name}.${list.base.index}`).length > 0)
      .map(({ name }) => name)
      .sort();
  single = (kind: string) => this.#books.single(kind);
  periodFigures = (...args: [never, Day]) => periodFigures(this.#books, ...args);
  receivables = (asOf: Day) => receivables(this.#books, asOf);
  patterns = (until: Day) => patterns(this.#books, until);
  collection = (kind: OwedName, query: CollectionQuery) => collectionOf(this.#books, kind, query);
  unapplied = (kind: OwedName, parties: readonly string[], asOf: Day) =>
    unappliedMoney(this.#books, kind, parties, asOf);

  async list(name: string, query: AnyQuery): Promise<unknown> {
    const { list } = this.#kind(name);
    const rows = await this.#rowsOf(name, query);
    const keyOf = (row: AnyRow): string => sortKey(...(list?.orders[query.order]?.(row) ?? []), row.id);
    const sign = query.reverse ? -1 : 1;
    const ordered = rows.toSorted((a, b) => compareKeys(keyOf(a), keyOf(b)) * sign);
    const left = ordered.filter(
      (row) => query.after === undefined || compareKeys(keyOf(row), query.after) * sign > 0,
    );
    const page = left.slice(0, query.limit);
    const last = page.at(-1);
    const tallyOf = (some: readonly AnyRow[]) => sumTallies(some.map((row) => list?.tally?.(row) ?? {}));
    return {
      rows: await Promise.all(page.map(async (row) => list?.present?.(row, query.asOf, this.#books) ?? row)),
      ...(last && left.length > page.length && { next: keyOf(last) }),
      totalCount: list?.tally ? countIn(tallyOf(rows)) : rows.length,
      ...(list?.totals?.(tallyOf(rows)) as object),
      ...(query.groupBy !== undefined && { groups: this.#groups(name, query, rows, tallyOf) }),
    };
  }

  async search(name: string, query: string, limit: number, asOf: Day): Promise<unknown> {
    const { search, list } = this.#kind(name);
    const words = queryWords(query);
    const found = this.#books
      .rows(name)
      .map(({ row }) => row)
      .filter((row) => words.every((word) => isFoundBy(search?.words(row) ?? [], word)));
    return {
      rows: await Promise.all(
        found.slice(0, limit).map(async (row) => list?.present?.(row, asOf, this.#books) ?? row),
      ),
      totalCount: found.length,
      approximate: false,
    };
  }

  #kind(name: string): AnyKind {
    return this.#books.registry.kinds.get(name) as AnyKind;
  }

  async #rowsOf(name: string, query: AnyQuery): Promise<AnyRow[]> {
    const { list, asOf } = this.#kind(name);
    if (!list) return [];
    const filters = Object.entries(query.filters).filter(([, value]) => value !== undefined) as [
      string,
      string,
    ][];
    let index = list.base.index;
    for (const [filter, asked] of filters) {
      const declared = list.filters[filter];
      if (declared?.by === 'apart' && !declared.also) index = declared.of(asked).index;
    }
    const later = asOf ? await this.#books.later(name, query.asOf) : new Map();
    const rows = this.#books
      .entries(`${name}.${index}`)
      .map(({ data }) => data as AnyRow)
      .map((row): AnyRow => later.get(row.id)?.then ?? row);
    return rows.filter((row) => {
      const [day = ''] = list.base.day ? (list.orders[list.base.order]?.(row) ?? []) : [];
      if (query.hideLater && day > query.asOf) return false;
      return filters.every(([filter, asked]) => {
        if (filter === 'start') return day >= asked;
        if (filter === 'end') return day <= asked;
        return this.#passes(name, filter, row, asked, query);
      });
    });
  }

  #passes(name: string, filter: string, row: AnyRow, asked: string, query: AnyQuery): boolean {
    const declared = this.#kind(name).list?.filters[filter];
    switch (declared?.by) {
      case 'exact':
      case 'reference':
        return declared.value(row) === asked;
      case 'name': {
        const names = this.#books.rows(name).flatMap((each) => declared.value(each.row) ?? []);
        const wanted = filed(asked);
        if (names.includes(wanted)) return declared.value(row) === wanted;
        if (!names.some((one) => one.startsWith(wanted))) throw new NotFound(`No ${filter} ${asked}.`);
        return declared.value(row)?.startsWith(wanted) ?? false;
      }
      case 'least':
        return declared.value(row) >= declared.of(asked);
      case 'apart':
        return declared.test?.(row) ?? true;
      case 'code':
        return declared.test(row, query as never);
      default:
        throw new Error(`${name} has no filter ${filter}.`);
    }
  }

  #groups(
    name: string,
    { groupBy, asOf }: AnyQuery,
    rows: readonly AnyRow[],
    tallyOf: (rows: readonly AnyRow[]) => Tally,
  ): object[] {
    const { list } = this.#kind(name);
    const by = groupBy as string;
    const { entries } = list?.groups?.[by] ?? {};
    if (entries) {
      const ids = new Set(rows.map(({ id }) => id));
      const own = this.#books
        .entries(`${name}.${entries.index}`)
        .filter(({ data }) => ids.has((data as AnyRow).id));
      return [...Map.groupBy(own, ({ key: [value] }) => value)].flatMap(([key, of]) =>
        (list?.group?.(sumTallies(of.map(({ data }) => entries.of(data as never))), by, key) ?? []).map(
          (total) => ({ key, ...total }),
        ),
      );
    }
    const groups = Map.groupBy(rows, (row) => list?.groups?.[by]?.key(row, asOf));
    return [...groups]
      .sort(([a = ''], [b = '']) => (a < b ? -1 : 1))
      .flatMap(([key, members]) =>
        (list?.group?.(tallyOf(members), by, key) ?? []).map((total) => ({
          ...(key !== undefined && { key }),
          ...total,
        })),
      );
  }
}
