import { addDays, addMonths, type Day, earlierOf, endOfMonth, startOfMonth } from '../ledger/dates.ts';
import type { AnyKind, AnyRecord, AnyRow, BalanceChange } from '../ledger/kind.ts';
import { slice, type Tally } from '../ledger/measures.ts';
import {
  type Books,
  type LaterChange,
  lookThroughLimit,
  type Sum,
  type ValueTotals,
} from '../ledger/reader.ts';
import { type Registry, type Series, settledIndex, totalsIndex } from '../ledger/registry.ts';
import {
  afterAll,
  dayIn,
  type Partitions,
  partitionsOf,
  type Store,
  sortKey,
  sortKeyParts,
  sortPrefix,
  wholePartition,
} from './keys.ts';
import { readSummary, type Summary, summaryKey } from './summary.ts';
import type { Item, Range, Table } from './table.ts';
import { allTime, coverDays, itemsOf, sumByValue, sumPieces, type TotalItem } from './totals.ts';

/** More months than this are not told apart: their years would be too many items to read. */
const mostMonths = 240;

/**
 * The books of one organization in the table, for one call: items that several parts of an answer need are read once,
 * so books that are kept longer stay as they were.
 */
export class StoredBooks implements Books, Store {
  readonly table: Table;
  readonly partitions: Partitions;
  readonly registry: Registry;
  #summary: Promise<Item | undefined> | undefined;
  readonly #totals = new Map<string, Promise<Item | undefined>>();
  readonly #later = new Map<string, Promise<Map<string, LaterChange>>>();
  readonly #tails = new Map<string, Promise<readonly { date: Day; data: never }[]>>();

  constructor(table: Table, organization: string, registry: Registry) {
    this.table = table;
    this.partitions = partitionsOf(organization);
    this.registry = registry;
  }

  kind(name: string): AnyKind {
    const kind = this.registry.kinds.get(name);
    if (!kind) throw new Error(`There is no kind ${name}.`);
    return kind;
  }

  #summaryItem(): Promise<Item | undefined> {
    this.#summary ??= this.table.get(summaryKey(this.partitions));
    return this.#summary;
  }

  async #read(): Promise<Summary> {
    return readSummary(await this.#summaryItem());
  }

  async isBeingChanged(): Promise<boolean> {
    return (await this.#summaryItem())?.lock !== undefined;
  }

  /** The kinds of which there are listed records. */
  async kinds(): Promise<readonly string[]> {
    return (await this.#read()).kinds;
  }

  async single(kind: string): Promise<AnyRecord | undefined> {
    return (await this.#read()).singles[kind];
  }

  async sums(sums: readonly Sum[]): Promise<Tally[]> {
    return Promise.all(sums.map(async (sum) => slice(await this.#sum(sum), sum)));
  }

  async #sum({ series: name, value, from, to }: Sum): Promise<Tally> {
    const series = this.#series(name);
    if (series.per === 'count')
      return (await this.#totalItems(name, [allTime])).get(allTime)?.cells[allTime] ?? {};
    if (series.per === 'value') {
      const items = await this.table.all(this.#begun(totalsIndex(name), sortPrefix(value ?? '')));
      const months = { from: from?.slice(0, 7), to: to?.slice(0, 7) };
      return sumByValue(items, series.monthly ? months : {}).get(value ?? '')?.tally ?? {};
    }
    const pieces = coverDays(from, to);
    return sumPieces(pieces, await this.#dayItems(series, itemsOf(pieces)));
  }

  #series(name: string): Series {
    const series = this.registry.series.get(name);
    if (!series) throw new Error(`There is no series ${name}.`);
    return series;
  }

  /** The items of a series by day that exist; the uppermost of some is in the summary. */
  async #dayItems({ name, summarized }: Series, sks: readonly string[]): Promise<Map<string, TotalItem>> {
    const own = await this.#totalItems(
      name,
      sks.filter((sk) => sk !== allTime || !summarized),
    );
    const uppermost = summarized ? (await this.#read()).totals[name] : undefined;
    return uppermost ? own.set(allTime, uppermost) : own;
  }

  /** The items of a series that exist; each is read once. */
  async #totalItems(series: string, sks: readonly string[]): Promise<Map<string, TotalItem>> {
    const pk = this.partitions.derived(totalsIndex(series));
    const unread = sks.filter((sk) => !this.#totals.has(pk + sk));
    if (unread.length > 0) {
      const items = this.table.getMany(unread.map((sk) => ({ pk, sk })));
      for (const sk of unread)
        this.#totals.set(
          pk + sk,
          items.then((found) => found.find((item) => item.sk === sk)),
        );
    }
    const found = await Promise.all(sks.map((sk) => this.#totals.get(pk + sk)));
    return new Map(found.flatMap((item) => (item ? [[item.sk, JSON.parse(item.data) as TotalItem]] : [])));
  }

  /** The totals of a range of days by month ("2026-11"), of those that have any; undefined for too long a time. */
  async months(sum: Sum): Promise<Map<string, Tally> | undefined> {
    const { from, to } = sum;
    // Without both ends, the years that there are tell where the range begins and ends.
    const open = from === undefined || to === undefined;
    const all = open ? (await this.#dayItems(this.#series(sum.series), [allTime])).get(allTime) : undefined;
    const years = Object.keys(all?.cells ?? {});
    if (open && years.length === 0) return new Map();
    const first = from ?? `${years[0] ?? to}-01-01`;
    const last = to ?? `${years.at(-1) ?? from}-12-31`;
    const months: string[] = [];
    for (let day = startOfMonth(first); day <= last; day = addMonths(day, 1)) {
      if (months.push(day.slice(0, 7)) > mostMonths) return undefined;
    }
    const tallies = await this.sums(
      months.map((month) => {
        const [start, end] = [`${month}-01`, endOfMonth(`${month}-01`)];
        return { ...sum, from: start < first ? first : start, to: earlierOf(end, last) };
      }),
    );
    const found = months.map((month, at) => [month, tallies[at] ?? {}] as const);
    return new Map(found.filter(([, tally]) => Object.keys(tally).length > 0));
  }

  async values(
    series: string,
    which: { from: string } | { value: string },
  ): Promise<ValueTotals[] | undefined> {
    const index = totalsIndex(series);
    const range =
      'from' in which
        ? { ...this.#rangeIn(index), from: sortKey(which.from) }
        : this.#begun(index, sortPrefix(which.value));
    const items = await this.table.all(range, { limit: lookThroughLimit + 1 });
    if (items.length > lookThroughLimit) return undefined;
    return items.map(({ sk, data }) => ({
      ...(JSON.parse(data) as TotalItem),
      value: sortKeyParts(sk)[0] ?? '',
    }));
  }

  /** All that an index has, or what begins so; undefined for more than may be looked through. */
  async whole(index: string, beginning = ''): Promise<Item[] | undefined> {
    const items = await this.table.all(this.#begun(index, beginning), { limit: lookThroughLimit + 1 });
    return items.length > lookThroughLimit ? undefined : items;
  }

  later<Row extends AnyRow>(kind: string, asOf: Day): Promise<Map<string, LaterChange<Row>>> {
    const key = `${kind} ${asOf}`;
    const known = this.#later.get(key) ?? this.#findLater(this.kind(kind), asOf);
    this.#later.set(key, known);
    return known as Promise<Map<string, LaterChange<Row>>>;
  }

  async #findLater({ name, list, asOf: rowAsOf }: AnyKind, asOf: Day): Promise<Map<string, LaterChange>> {
    if (!list?.base.day || !rowAsOf) return new Map();
    const sources = this.registry.changes(name);
    const [dated, ...changed] = await Promise.all([
      this.after<AnyRow>(`${name}.${list.base.index}`, asOf),
      ...sources.map(({ index }) => this.after<never>(index, asOf)),
    ]);
    const changes = new Map<string, BalanceChange[]>();
    sources.forEach(({ changeIn }, at) => {
      for (const { data } of changed[at] ?? []) {
        const change = changeIn(data);
        if (change) changes.set(change.id, [...(changes.get(change.id) ?? []), change]);
      }
    });
    const rows = new Map(dated.map(({ data }) => [data.id, data]));
    const others = [...changes.keys()].filter((id) => !rows.has(id));
    const base = JSON.stringify(`${name}.${list.base.index}`);
    for (const { data, entries } of await this.#ownItems(name, others)) {
      const row = JSON.parse(data) as AnyRow;
      // What is in another index alone is in no list of what was.
      if (entries?.includes(base)) rows.set(row.id, row);
    }
    return new Map(
      [...rows].map(([id, now]) => {
        const { currency } = now as AnyRecord;
        const later = (changes.get(id) ?? []).filter((change) => change.currency === currency);
        const then: AnyRow = rowAsOf(now, asOf, later);
        return [id, { now, then }];
      }),
    );
  }

  after<Data>(index: string, day: Day): Promise<readonly { date: Day; data: Data }[]> {
    const tail = `${index} ${day}`;
    const known = this.#tails.get(tail) ?? this.#readAfter(index, day);
    this.#tails.set(tail, known);
    return known as Promise<readonly { date: Day; data: Data }[]>;
  }

  async #readAfter(index: string, day: Day): Promise<{ date: Day; data: never }[]> {
    const { last } = await this.#read();
    if (!this.registry.seriesOf(index).some(({ name }) => (last[name] ?? '') > day)) return [];
    const items = await this.table.all({ ...this.#rangeIn(index), from: addDays(day, 1) });
    return items.map(({ sk, data }) => ({ date: dayIn(sk), data: JSON.parse(data) as never }));
  }

  async newest<Data>(
    index: string,
    { from, to }: { from: Day; to: Day },
    most: number,
  ): Promise<{ entries: { date: Day; data: Data }[]; more: boolean }> {
    const range = { ...this.#rangeIn(index), from, to: to + afterAll };
    const items = await this.table.all(range, { reverse: true, limit: most + 1 });
    const entries = items
      .slice(0, most)
      .map(({ sk, data }) => ({ date: dayIn(sk), data: JSON.parse(data) as Data }));
    return { entries, more: items.length > most };
  }

  async settlementsOf(kind: string, id: string): Promise<object[]> {
    return this.under(settledIndex(kind), id);
  }

  /** What an index has under the leading part of its keys. */
  async under<Data extends object>(index: string, value: string, limit?: number): Promise<Data[]> {
    const range = this.#begun(index, sortPrefix(value));
    const items = await this.table.all(range, limit === undefined ? {} : { limit });
    return items.map(({ data }) => JSON.parse(data) as Data);
  }

  /** The entries nearest to a place in an index, at most so many on either side. */
  async around(index: string, place: string, most: number): Promise<Item[]> {
    const range = this.#rangeIn(index);
    const sides = await Promise.all([
      this.table.all({ ...range, to: place }, { limit: most, reverse: true }),
      this.table.all({ ...range, from: place }, { limit: most }),
    ]);
    return sides.flat();
  }

  async row<Row extends AnyRow>(kind: string, id: string): Promise<Row | undefined> {
    const item = await this.table.get({ pk: this.partitions.derived(kind), sk: sortKey(id) });
    return item && (JSON.parse(item.data) as Row);
  }

  /** The rows of a kind that exist among these. */
  async rows<Row extends AnyRow>(kind: string, ids: readonly string[]): Promise<Row[]> {
    return (await this.#ownItems(kind, ids)).map(({ data }) => JSON.parse(data) as Row);
  }

  #ownItems(kind: string, ids: readonly string[]): Promise<Item[]> {
    const pk = this.partitions.derived(kind);
    return this.table.getMany(ids.map((id) => ({ pk, sk: sortKey(id) })));
  }

  /** What begins so in an index. */
  #begun(index: string, beginning: string): Range {
    const whole = this.#rangeIn(index);
    return beginning === '' ? whole : { ...whole, from: beginning, to: beginning + afterAll };
  }

  #rangeIn(index: string): Range {
    return wholePartition(this.partitions.derived(index));
  }
}
