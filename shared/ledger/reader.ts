import type { Day } from './dates.ts';
import type { AnyRecord, AnyRow, KindTypes, QueryOf, TypesOf } from './kind.ts';
import type { FoundName, Kinds, ListedName, SearchedName, SingleName } from './kinds/index.ts';
import type { Slice, Tally } from './measures.ts';
import type { Period } from './periods.ts';
import type { Collection, CollectionQuery, OwedName } from './reports/collection.ts';
import type { PeriodFigures } from './reports/income.ts';
import type { Patterns } from './reports/patterns.ts';
import type { ReceivableFigures } from './reports/receivables.ts';
import type { UnappliedMoney } from './reports/unapplied.ts';

/** The most rows that a call may read for totals or an order that no index has. */
export const lookThroughLimit = 5000;

/** Why there are no totals while an import is running, or after one was interrupted. */
export const beingChanged = 'an import into these books is not finished; totals are available when it is';

/**
 * Reads the books of one organization. An implementation is created for one organization and cannot be
 * asked about another. All amounts are minor units; all days are the business's.
 */
export interface LedgerReader {
  readonly organization: string;

  /** The kinds of which the books have listed records. */
  kinds(): Promise<readonly string[]>;

  /** The only record of its kind, or undefined while none has been imported. */
  single<Name extends SingleName>(kind: Name): Promise<TypesOf<Kinds[Name]>['record'] | undefined>;

  /** @throws {NotFound} when a filter names what the books do not know, with the nearest names. */
  list<Name extends ListedName>(kind: Name, query: QueryOf<Kinds[Name]>): Promise<Page<TypesOf<Kinds[Name]>>>;

  /**
   * The record with that id, or every one with that number: several may share it.
   * @throws {NotFound} when there is none, naming the nearest.
   */
  find<Name extends FoundName>(
    kind: Name,
    by: Readonly<Record<string, string>>,
    asOf: Day,
  ): Promise<Found<TypesOf<Kinds[Name]>['detail']>>;

  /** Records in which every word of the query is found; see `search-words.ts`. */
  search<Name extends SearchedName>(
    kind: Name,
    query: string,
    limit: number,
    asOf: Day,
  ): Promise<Matches<TypesOf<Kinds[Name]>>>;

  /** What was invoiced, credited, received and spent in the period, up to `asOf`, one entry per currency. */
  periodFigures(period: Period, asOf: Day): Promise<PeriodFigures[]>;

  /** What customers owe on a day, one entry per currency. */
  receivables(asOf: Day): Promise<ReceivableFigures[]>;

  /** Payments from and to bank accounts that recur without being marked so, among the newest ones until a day. */
  patterns(until: Day): Promise<Patterns>;

  /** Money that is applied to no document of a kind on a day: in all, and of these parties; per currency. */
  unapplied(kind: OwedName, parties: readonly string[], asOf: Day): Promise<UnappliedMoney>;

  /**
   * How documents of a kind were paid in a window; undefined where more parties had any than may be looked through.
   */
  collection(kind: OwedName, query: CollectionQuery): Promise<Collection[] | undefined>;

  /** Read units (of 4 KB, eventually consistent reads cost half) that this reader has consumed so far. */
  readonly unitsRead: number;
}

/** One, or several to choose from. */
export type Found<Row> = readonly [Row, ...Row[]];

/**
 * One page of a list. Totals and count are over the whole filtered set and exact, or absent with the reason.
 * `next` is there while rows remain.
 */
export type Page<Types extends KindTypes> = {
  rows: Types['shown'][];
  totalCount?: number;
  totalsAbsent?: string;
  next?: string;
  /** Present when asked for and exact; absent together with the totals, for the same reason. */
  groups?: Group<Types>[];
  /** The id that was meant, by the name of the filter, where another spelling of it, or a name, was given. */
  meant?: Record<string, string>;
  /** The names that begin as a filter does, by the name of the filter, where none is that very name. */
  matched?: Record<string, MatchedNames>;
} & Partial<Types['totals']>;

/** One group in one currency. */
export type Group<Types extends KindTypes> = Types['group'] & {
  currency: string;
  /** None for the group of rows without a value. */
  key?: string;
  /** How the value is written in the books, where the key is not. */
  name?: string;
};

/** The names that begin as a filter does. */
export interface MatchedNames {
  /** As they are written in the books, in alphabetical order; of very many only the first. */
  names: string[];
  /** How many they are. */
  count: number;
}

export interface Matches<Types extends KindTypes> extends Pick<Page<Types>, 'rows'> {
  totalCount?: number;
  totalsAbsent?: string;
  /** The words of the query were not found as typed; these are the nearest spellings. */
  approximate: boolean;
}

/** A total that is kept: of a range of days, of a value, or of everything; with what to take of it. */
export interface Sum extends Slice {
  series: string;
  from?: Day | undefined;
  to?: Day | undefined;
  value?: string;
}

/** What is kept of a value, by month or year as its series says. */
export interface ValueTotals {
  value: string;
  /** How it is written in the books. */
  label?: string;
  cells: Readonly<Record<string, Tally>>;
}

/** A row of which something is dated after the as-of day, while indexes contain everything ever recorded. */
export interface LaterChange<Row = AnyRow> {
  now: Row;
  then: Row;
}

/** What reports and the rows of lists are made from, of one organization. */
export interface Books {
  /** Whether totals must be withheld because records and totals may not agree yet. */
  isBeingChanged(): Promise<boolean>;
  single(kind: string): Promise<AnyRecord | undefined>;
  /** Totals, read together; each is that of everything ever recorded. */
  sums(sums: readonly Sum[]): Promise<Tally[]>;
  /**
   * What is kept of the values of a series from one on, or of one alone: one or more for each value. Undefined for more
   * than may be looked through.
   */
  values(
    series: string,
    which: { from: string } | { value: string },
  ): Promise<readonly ValueTotals[] | undefined>;
  /** The rows of a kind that were dated or changed after the day, by id. */
  later<Row extends AnyRow>(kind: string, asOf: Day): Promise<ReadonlyMap<string, LaterChange<Row>>>;
  /** What an index by day ("payment.date") has after the day. */
  after<Data>(index: string, day: Day): Promise<readonly { date: Day; data: Data }[]>;
  /** The newest that an index by day has in a range of days, at most so many, and whether it has more. */
  newest<Data>(
    index: string,
    days: { from: Day; to: Day },
    most: number,
  ): Promise<{ entries: readonly { date: Day; data: Data }[]; more: boolean }>;
  /** What settles a record, as filed with it. */
  settlementsOf(kind: string, id: string): Promise<object[]>;
}
