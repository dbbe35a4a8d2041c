import type * as z from 'zod';
import type { Day } from './dates.ts';
import type { Fields } from './fields.ts';
import type { Slice, Tally } from './measures.ts';
import type { Minor } from './money.ts';
import type { Books, Page, Sum } from './reader.ts';

/*
 * What a kind of record says of itself, in the words of the ledger, and all that the rest knows of it. A row derives
 * from records and never from rows: from its own record, the records that it names, and the settlements filed with it.
 */

/** Any record of the books. */
export interface AnyRecord {
  kind: string;
  id: string;
  currency?: string;
}

/** Any row of a list. */
export interface AnyRow {
  id: string;
}

/** The types of a kind. */
export interface KindTypes {
  record: AnyRecord;
  /** What lists read, and indexes hold. Nothing in it depends on the current day. */
  row: AnyRow;
  /** The row as readers give it. */
  shown: unknown;
  /** What can be filtered, by name. `start` and `end` (days, both included) need not be among them. */
  filters: object;
  order: string;
  /** What a page has beside its rows: totals over all of them. */
  totals: object;
  grouping: string;
  /** The sums of a group. */
  group: object;
  /** One record with everything about it. */
  detail: unknown;
}

/** The types of a kind that has these; the others say that it has no list, no groups and no details. */
export type TypesWith<Own extends Partial<KindTypes>> = Omit<NoList, keyof Own> & Own;

interface NoList extends KindTypes {
  order: never;
  grouping: never;
  group: never;
  detail: never;
}

/** Another record of which a row shows something, such as its customer's name. */
export interface Reference<Record> {
  kind: string;
  /** The fields that are shown: only when one of them changes, rows are derived again. */
  fields: readonly string[];
  /** The id of the record; `shown` has the references declared before this one. */
  id(record: Record, shown: Shown): string | undefined;
  /** The indexes in which the rows are found by the id. None where settlements are filed with the other record. */
  through: readonly string[];
}

/** The records that a row names, by the name of the reference. */
export type Shown = Readonly<globalThis.Record<string, AnyRecord | undefined>>;

/** What changes the balance of a row. */
export interface BalanceChange {
  /** The id of the row whose balance changes. */
  id: string;
  currency: string;
  amount: Minor;
}

/** What settles a record of another kind, on a day. It is filed with that record, as its row needs it. */
export interface Settlement extends BalanceChange {
  date: Day;
  data: object;
}

/** How records of a kind settle those of another. */
export interface Settling<Record> {
  of(record: Record): readonly Settlement[];
  /**
   * The index of this kind that has, by day, what changes a balance, so that rows can be shown as of an earlier day.
   * Without one, the changes are filed with those of the other kind's own.
   */
  by?: { index: string; changeIn(data: never): BalanceChange | undefined };
}

/** Changes of the balances of a kind's rows, beside those that an index of another kind has. */
export interface Changed<Row, Record> {
  /** Those that the record itself tells. */
  of(row: Row, record: Record): readonly { date: Day; data: BalanceChange }[];
  /** The series by day to which changes add, so that its last day tells whether there are any. */
  totals: Extract<IndexTotals, { per: 'day' }>;
}

/** One entry of an index: its key, without the record's id that ends it, and what it holds if not the row. */
export interface Filing {
  key: readonly string[];
  data?: object;
  /** Ends the key where a record has several entries under the same. */
  at?: number;
}

/** An index of rows, or of what happens to them. */
export interface Index<Row, Record> {
  /** `settlements` is everything that is filed with the record because it settles it. */
  of(row: Row, record: Record, settlements: readonly object[]): readonly Filing[];
  /** The totals that the index's entries add up to. */
  totals?: IndexTotals;
}

/**
 * Totals over the entries of an index: `day` for keys that begin with a day, `value` for keys that begin with a value
 * and a day, `count` for how many there are. Several indexes may add to one series.
 */
export type IndexTotals =
  | { per: 'day'; series: string; of(data: never): Tally }
  /** The label of a value is that of its last entry: as it is written in the books. */
  | {
      per: 'value';
      series: string;
      of(data: never): Tally;
      label?(data: never): string | undefined;
      /** Kept by month instead of by year: for few values with many entries. */
      monthly?: true;
    }
  | { per: 'count'; series: string };

/** A part of an index, in its order. */
export interface Way {
  index: string;
  /** The leading parts of the key that are fixed: a customer's id, a status, … */
  prefix?: readonly string[];
  /** Bounds on the rest of the key, both included. */
  from?: string | undefined;
  to?: string | undefined;
  /** Whether the days of the query bound the rest of the key, and the size. */
  dated?: true;
  /** What the rest of the key orders by. */
  order: string;
  /** The filters that this way implements all by itself. */
  covers: readonly string[];
  /** What counts the rows on it, if anything does. */
  size?: Sum;
}

/** A total that answers some filters without reading rows. Any total can be taken of one currency. */
export interface Answer {
  sum: Sum;
  filters: readonly string[];
}

/** How a query can be answered from indexes and totals. */
export interface Plan {
  ways: Way[];
  answers: Answer[];
}

/** A question to a list. `asOf` decides what of the books has happened. */
export interface Query<Types extends KindTypes> {
  filters: Types['filters'] & { start?: Day; end?: Day };
  order: Types['order'];
  reverse: boolean;
  limit: number;
  /** Where the page before ended, as that page's `next` gave it. */
  after?: string;
  asOf: Day;
  /** Leaves out rows dated after `asOf`, for "as it stood on that day". */
  hideLater?: boolean;
  groupBy?: Types['grouping'];
}

/** A filter of a list, with the index of the same order as the list's days that files rows by its value. */
export type Filter<Row> =
  /** Equal to a value. `part` says that totals have the value as a part; the series has totals by value. */
  | { by: 'exact'; value(row: Row): string | undefined; index?: string; part?: true }
  | { by: 'exact'; value(row: Row): string | undefined; index: string; series: string }
  /** The id of a record: where nothing is found, also in other capitals, or the name of only one. */
  | { by: 'reference'; value(row: Row): string | undefined; index: string; kind: string; series?: string }
  /** A name, compared as it is filed: a whole one, or the beginning of some. The series has its totals. */
  | { by: 'name'; value(row: Row): string | undefined; index: string; series: string; advice: string }
  /** At least so much, as texts that sort by value; the index and order of that name begin with it. */
  | { by: 'least'; value(row: Row): string; of(asked: string): string; index: string }
  /**
   * Rows that an index keeps apart, and their total, if any; `also` where other indexes have them, too. The test tells
   * them by their row: it is needed there, and where rows are shown as of a day.
   */
  | { by: 'apart'; of(asked: string): { index: string; sum?: Sum }; test?(row: Row): boolean; also?: true }
  /** Whatever code tells, given the whole query. Its ways are in `plan`. */
  | { by: 'code'; test(row: Row, query: never): boolean };

/** How the rows of a list are grouped. */
export interface Grouping<Row> {
  /** The group of a row as it stands on a day; undefined for the group of those that have none. */
  key(row: Row, asOf: Day): string | undefined;
  /** A name to show with the key; or the kind whose rows have it. */
  label?(row: Row): string | undefined;
  named?: string;
  /** Of rows that are in several groups: the index whose entries begin with the group, and are what it has of a row. */
  entries?: { index: string; of(data: never): Tally };
  /**
   * How totals tell the groups without rows: the months or the parts of the total that answers the query; the values
   * of a series, for the slice of it that answers the query; or sums for each group.
   */
  from?:
    | 'months'
    | 'parts'
    | { series: string; slice(query: never): ValueSlice | undefined }
    | { sums(query: never): GroupSums[] | undefined };
}

/** What to take of the totals of values: also of some years alone. */
export interface ValueSlice extends Slice {
  from?: string | undefined;
  to?: string | undefined;
}

/** What makes up a group, of everything ever recorded. */
export interface GroupSums {
  key: string;
  add: readonly Sum[];
  less?: readonly Sum[];
}

/** How the rows of a kind are listed. */
export interface Listing<Types extends KindTypes> {
  /** "expenses" */
  noun: string;
  /** What to do when too many match to be counted. */
  narrow: string;
  /**
   * The index of all rows, the order that it has, and the series and measures of their totals. The order begins with
   * the row's day; without a day, the series counts them.
   */
  base: { index: string; order: Types['order']; day?: true; series: string; measures: readonly string[] };
  tally?(row: Types['row']): Tally;
  filters: globalThis.Record<string, Filter<Types['row']>>;
  /** The key by which rows are in order, without their id; equal to the rest of the key on ways of that order. */
  orders: globalThis.Record<Types['order'], (row: Types['row']) => readonly string[]>;
  /** Ways and answers for the filters that code tests. */
  plan?(query: Query<Types>): Plan;
  /** Why rows cannot be sorted, when they are too many for an order that no index has. */
  unsortable?(query: Query<Types>): string;
  present?(row: Types['row'], asOf: Day, books: Books): Promise<Types['shown']> | Types['shown'];
  /** What the tally of the whole list says. */
  totals?(tally: Tally): Types['totals'];
  groups?: globalThis.Record<Types['grouping'], Grouping<Types['row']>>;
  /** What the tally of a group says, one entry per currency. */
  group?(tally: Tally, by: Types['grouping'], key: string | undefined): Types['group'][];
}

/** How one record is found by what people call it. */
export interface Finding<Types extends KindTypes> {
  /** "invoice" */
  noun: string;
  /** What each key is called as an argument, how it is filed, and what to do when nothing is found. */
  keys: {
    name: string;
    argument: string;
    /** The index of rows by the key; the id where there is none. */
    index?: { name: string; filed(text: string): string };
    of(row: Types['row']): string | undefined;
    advice: string;
  }[];
  detail(
    found: { row: Types['row']; record: Types['record']; settlements: readonly object[] },
    asOf: Day,
  ): Types['detail'];
}

/** What a record is called. */
export interface Called extends AnyRow {
  name: string;
}

/** How records are searched by words. */
export interface Searching<Row> {
  words(row: Row): string[];
  /** The words that are found despite typing errors. */
  misspellable(row: Row): string[];
  /** The names by which a record can be meant, as they are filed, and what tells it apart for whoever has to choose. */
  names(row: Row): readonly string[];
  called(row: Row): Called;
  /** What to do when no name is near. */
  advice: string;
}

/** A kind of record. */
export interface Kind<Types extends KindTypes> {
  name: Types['record']['kind'];
  /** Of kinds with a single record per organization: its id is the kind's name, and the summary holds it. */
  single?: true;
  /** The fields, in the interchange format. Made when it is first needed: readers of the books need none. */
  shape(is: Fields): z.ZodRawShape;
  /**
   * Checks rules that involve more than one field, and those that a shape cannot express.
   * @throws {Refusal} one sentence that says what was found and what was expected.
   */
  check?(record: Types['record']): void;
  /**
   * Which of two records with one id counts: one of a lower rank never replaces one of a higher rank, in whatever order
   * they are imported. Ranks are compared as texts. Without a rank, the later import counts.
   */
  rank?(record: Types['record']): string | undefined;
  /** What an import reports of a record: its day, its amount, and what sets it apart from others ("void"). */
  overview?(record: Types['record']): { day?: Day; amount?: number; apart?: string };
  shows?: globalThis.Record<string, Reference<Types['record']>>;
  settles?: globalThis.Record<string, Settling<Types['record']>>;
  row?(record: Types['record'], shown: Shown, settlements: readonly object[]): Types['row'];
  /** Whether the record is in any index; a record that is not is kept, and counted nowhere. */
  listed?(record: Types['record']): boolean;
  indexes?: globalThis.Record<string, Index<Types['row'], Types['record']>>;
  /** The row as it was on a day, from that of today and what changed its balance later. */
  asOf?(row: Types['row'], day: Day, later: readonly BalanceChange[]): Types['row'];
  changed?: Changed<Types['row'], Types['record']>;
  list?: Listing<Types>;
  find?: Finding<Types>;
  search?: Searching<Types['row']>;
}

// biome-ignore lint/suspicious/noExplicitAny: where kinds meet, only their declarations know the types of rows
export type AnyKind = Kind<any>;

export type TypesOf<K> = K extends Kind<infer Types> ? Types : never;
export type PageOf<K> = Page<TypesOf<K>>;
export type QueryOf<K> = Query<TypesOf<K>>;
