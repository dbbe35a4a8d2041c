import { defined } from '../json.ts';
import { ageOf, ageSums, type DueDays, dueInBoth, lastDueDay, overdueFor } from './ages.ts';
import { type Day, noDay } from './dates.ts';
import { filedUnder, party as partyOf, wholeYears } from './declaring.ts';
import { FieldRefusal } from './errors.ts';
import { filed } from './folding.ts';
import { type Happened, historyOf, historyValue, tallyHappened } from './history.ts';
import type { Changed, Filter, Grouping, GroupSums, Index, Plan, Way } from './kind.ts';
import { type Measure, type Measured, measure, perCurrency, type Tally } from './measures.ts';
import { formatMoney, type Minor, sortableMinor } from './money.ts';
import { type Books, lookThroughLimit, type Sum } from './reader.ts';
import { settlementsIn, sumOf } from './settlements.ts';
import {
  balanceOf,
  daysOverdueOf,
  isOpen,
  type OwedRow,
  paidSince,
  remainderOf,
  type Settlement,
  type Standing,
} from './standing.ts';

/*
 * What kinds of documents that are owed declare alike: statuses, due days and ages; the indexes, totals and lists by them.
 */

/** What a kind of documents says of itself. */
export interface OwedWords<
  Row extends OwedRow,
  Status extends string,
  Field extends string,
  Figure extends Field | 'count' | 'total',
> {
  /** "invoice", and "invoices" */
  kind: string;
  noun: string;
  /** The kind that reduces what is owed: "credit_note" */
  credit: string;
  /** The kind of the other party: see `party`. */
  party: string;
  /** The lifecycles beside `issued`, each a status of its own. */
  closed: readonly Status[];
  /** The statuses of documents of which nothing is settled yet, and that of a row. */
  unpaid: readonly Status[];
  unpaidStatus(row: Row): Status;
  /** What is measured of documents, by stored status; which of its figures totals show; what a row adds. */
  measure: Measure<Field | 'count' | 'total'>;
  figures: readonly Figure[];
  tally(row: Row): Tally;
  /** Of a lifecycle beside `issued` in which nothing is owed any more: since when. */
  givenUp?(row: Row): Day | undefined;
  /** The series: all by day of issue, the open ones and all by due day, those of a party, what happened to them. */
  series: Record<'all' | 'open' | 'due' | 'party' | 'history', string>;
}

export interface OwedFilters {
  /** A status, or `open`: every issued document with a balance. `partial` includes the overdue ones that are partly paid. */
  status?: string;
  /** Due day, both ends included; documents without one are left out. */
  dueFrom?: Day;
  dueTo?: Day;
  minDaysOverdue?: number;
  currency?: string;
}

/** As much of a query as is about what is owed. */
interface OwedQuery {
  filters: OwedFilters & { start?: Day; end?: Day };
  order: string;
  reverse: boolean;
  asOf: Day;
}

/** The totals of a page. Drafts and void documents are in none; `count` is of the documents that are in this one. */
export interface OwedTotals<Figure extends string> {
  totals: Measured<Figure>[];
  /** How many of `totalCount` are drafts or void, and so in no total. */
  notInTotals?: number;
  /** What the drafts among them add up to: nothing that was invoiced. Present where there are any. */
  draftTotals?: Measured<'count' | 'total'>[];
}

export const owedSorts = [
  'issued_desc',
  'issued_asc',
  'due_asc',
  'due_desc',
  'balance_desc',
  'total_desc',
] as const;
export type OwedSort = (typeof owedSorts)[number];
export type OwedOrder = 'issued' | 'due' | 'balance' | 'total';

/** The order of a list. What is owed or filtered by due date starts with the earliest due date, all else with the newest. */
export function owedOrder(filters: OwedFilters, sort?: OwedSort): { order: OwedOrder; reverse: boolean } {
  const { status, minDaysOverdue, dueFrom, dueTo } = filters;
  const owed =
    status === 'open' || status === 'overdue' || (status === undefined && minDaysOverdue !== undefined);
  const byDue = owed || dueFrom !== undefined || dueTo !== undefined;
  const [order, direction] = (sort ?? (byDue ? 'due_asc' : 'issued_desc')).split('_');
  return { order: order as OwedOrder, reverse: direction === 'desc' };
}

/** Whether a stored status is of documents that count. */
export const isCounted = ({ part }: { part?: string }): boolean => part !== 'draft' && part !== 'void';

/** How numbers of documents are filed: as names are, and without a leading "#". */
export const filedNumber = (number: string): string => filed(number).replace(/^#\s*/, '');

/** The fields of a row that every document has, from its record and everything that settles it. */
export const owedRow = (
  { id, number, currency, lifecycle, issued, due, total, tax }: Omit<OwedRow, 'settled' | 'paid'>,
  settlements: readonly Settlement[],
) => ({
  id,
  number,
  currency,
  lifecycle,
  issued,
  due,
  total,
  tax: tax || undefined,
  settled: sumOf(settlements),
  paid: paidSince({ lifecycle, issued, total }, settlements),
});

/** Something that changes a balance and is in no other measure: it marks its day as one with changes. */
const event = measure('event', 'count');

/** What a kind of documents that are owed declares, in its own words. */
export function owedDocuments<
  Row extends OwedRow,
  Status extends string,
  Field extends string,
  Figure extends Field | 'count' | 'total',
>(words: OwedWords<Row, Status, Field, Figure>) {
  const { kind, noun, closed, unpaid, measure, tally, series } = words;
  const party = partyOf(words.party);
  const openStatuses = ['partial', ...unpaid] as const;
  /** The status that does not depend on the day, which `overdue` hides. */
  type StoredStatus = Status | 'paid' | 'partial';
  const isOneOf = (statuses: readonly string[], status = '') => statuses.includes(status);

  /** The part of the status that does not depend on the day. The first that applies. */
  function storedStatus(row: Row): StoredStatus {
    if (row.lifecycle !== 'issued') return row.lifecycle as Status;
    const remainder = remainderOf(row);
    if (remainder <= 0) return 'paid';
    return remainder < row.total ? 'partial' : words.unpaidStatus(row);
  }

  /** The row with its state on a day, given one that already leaves out what happened after that day. */
  function standing(row: Row, asOf: Day): Row & Standing<StoredStatus | 'overdue'> {
    const stored = storedStatus(row);
    const daysOverdue = daysOverdueOf(row, asOf);
    const remainder = remainderOf(row);
    const { paid, ...others } = row;
    return {
      ...(others as Row),
      status: daysOverdue > 0 ? 'overdue' : stored,
      balance: balanceOf(row),
      overpaid: stored === 'paid' && remainder < 0 ? -remainder : 0,
      partiallyPaid: isOpen(row) && remainder < row.total,
      daysOverdue,
      ...(stored === 'paid' && paid !== undefined && { paid }),
      futureDated: row.issued > asOf,
    };
  }

  function hasStatus(row: Row, status: string, asOf: Day): boolean {
    const late = daysOverdueOf(row, asOf) > 0;
    if (status === 'open') return isOpen(row);
    if (status === 'overdue') return late;
    return storedStatus(row) === status && !(late && isOneOf(unpaid, status));
  }

  /** The due days asked for, which leave out what has none; undefined where none were. */
  const dueRange = ({ filters: { dueFrom, dueTo } }: OwedQuery): DueDays | undefined =>
    dueFrom === undefined && dueTo === undefined ? undefined : { from: dueFrom, to: dueTo ?? lastDueDay };

  /** The due days of open documents that status and days overdue ask for; undefined where they ask for no open ones. */
  function openDueDays({ filters: { status, minDaysOverdue }, asOf }: OwedQuery): DueDays | undefined {
    if (isOneOf(unpaid, status)) return { from: asOf };
    if (status === 'overdue') return overdueFor(minDaysOverdue ?? 1, asOf);
    if (status !== undefined && status !== 'open' && status !== 'partial') return undefined;
    if (minDaysOverdue !== undefined) return overdueFor(minDaysOverdue, asOf);
    return status === undefined ? undefined : {};
  }

  /** The ways to open ones by their due day, to others by day of issue, and to all by due day; and what counts them. */
  function plan(query: OwedQuery): Plan {
    const { status, minDaysOverdue, start, end } = query.filters;
    // No such document can be overdue; the tool refuses to look for one.
    if (minDaysOverdue !== undefined && isOneOf(unpaid, status)) return { ways: [], answers: [] };
    const [open, asked] = [openDueDays(query), dueRange(query)];
    const dueDays = ['dueFrom', 'dueTo'];
    const parts = status === undefined ? {} : { parts: [status] };
    if (open) {
      const days = dueInBoth(open, asked ?? {});
      const stored = isOneOf(openStatuses, status);
      const sum: Sum = { series: series.open, ...days, ...(stored && parts) };
      const covers = ['status', 'minDaysOverdue', ...dueDays];
      const from = stored ? { index: 'status', prefix: [status as string] } : { index: 'open' };
      return {
        ways: [{ ...from, ...days, order: 'due', covers, size: sum }],
        answers: [{ sum, filters: covers }],
      };
    }
    const dated = ['status', 'start', 'end'];
    const size: Sum = { series: series.all, ...parts };
    const ways: Way[] =
      status === undefined
        ? []
        : [{ index: 'status', prefix: [status], dated: true, order: 'issued', covers: dated, size }];
    if (!asked) return { ways, answers: [{ sum: { ...size, from: start, to: end }, filters: dated }] };
    const all: Sum = { series: series.due, ...asked };
    return {
      ways: [...ways, { index: 'due', ...asked, order: 'due', covers: dueDays, size: all }],
      answers: [{ sum: { ...all, ...parts }, filters: ['status', ...dueDays] }],
    };
  }

  /** Whether nothing is asked for but these, and the currency, by which every total can be taken. */
  const asksOnlyFor = ({ filters }: OwedQuery, ...names: string[]): boolean =>
    Object.entries(filters).every(
      ([name, value]) => value === undefined || name === 'currency' || names.includes(name),
    );

  /** The ages of everything that is owed. */
  function agesOwed(query: OwedQuery): GroupSums[] | undefined {
    const { status } = query.filters;
    return (status === 'open' || status === 'overdue') && asksOnlyFor(query, 'status')
      ? ageSums(series.open, query.asOf, status === 'overdue')
      : undefined;
  }

  /** The statuses of all documents: what is overdue comes out of its stored status. */
  function statusSums(query: OwedQuery): GroupSums[] | undefined {
    if (!asksOnlyFor(query)) return undefined;
    const late = { series: series.open, ...overdueFor(1, query.asOf) };
    return [
      { key: 'overdue', add: [late] },
      ...[...closed, 'paid', ...openStatuses].map((part) => ({
        key: part,
        add: [{ series: series.all, parts: [part] }],
        ...(isOneOf(openStatuses, part) && { less: [{ ...late, parts: [part] }] }),
      })),
    ];
  }

  const figuresOf = (sums: readonly Measured<Field | 'count' | 'total'>[]): Measured<Figure>[] =>
    perCurrency<Figure>(sums, ...words.figures);

  function totals(tally: Tally): OwedTotals<Figure> {
    const sums = measure.in(tally);
    const uncounted = sums.filter((sum) => !isCounted(sum));
    const notInTotals = uncounted.reduce((sum, { count }) => sum + count, 0);
    const drafts = uncounted.filter(({ part }) => part === 'draft');
    return {
      totals: figuresOf(sums.filter(isCounted)),
      ...(notInTotals > 0 && { notInTotals }),
      ...(drafts.length > 0 && { draftTotals: perCurrency(drafts, 'count', 'total') }),
    };
  }

  const dueDay = ({ due }: Row): Day => due ?? noDay;

  return {
    kind,
    series,
    /** The other party of a row. */
    party: { id: party.id, name: party.group.label },
    /** In the order in which they are tried: the first that applies is shown. */
    statuses: [...closed, 'paid', 'overdue', ...openStatuses] as readonly string[],
    storedStatus,
    standing,
    /** @throws {Refusal} when the total is negative. */
    checkTotal({ total, currency }: { total: Minor; currency: string }): void {
      if (total >= 0) return;
      throw new FieldRefusal(
        'total',
        ` is ${formatMoney(total, currency)}: expected zero or more; to reduce what is owed, use a ${words.credit}.`,
      );
    },
    /** The row with the day since which it was paid then, which its settlements tell where payments after the day leave it open. */
    async paidThen(row: Row, asOf: Day, books: Books): Promise<Row> {
      if (storedStatus(row) !== 'paid' || row.paid !== undefined) return row;
      const settlements = settlementsIn(row.currency, await books.settlementsOf(kind, row.id));
      const byThen = settlements.filter(({ date }) => date <= asOf);
      return defined({ ...row, paid: paidSince(row, byThen) }) as Row;
    },
    indexes: {
      date: {
        of: ({ issued }) => [{ key: [issued] }],
        totals: { per: 'day', series: series.all, of: tally },
      },
      /** Open ones by due day, others by day of issue. */
      status: { of: (row) => [{ key: [storedStatus(row), isOpen(row) ? dueDay(row) : row.issued] }] },
      currency: { of: ({ currency, issued }) => [{ key: [currency, issued] }] },
      /** Only while something is owed. */
      open: {
        of: (row) => (isOpen(row) ? [{ key: [dueDay(row)] }] : []),
        totals: { per: 'day', series: series.open, of: tally },
      },
      due: { of: ({ due }) => filedUnder(due), totals: { per: 'day', series: series.due, of: tally } },
      [words.party]: {
        of: (row) => filedUnder(party.id(row), [row.issued]),
        totals: { per: 'value', series: series.party, of: tally, label: party.group.label },
      },
      number: { of: ({ number }) => filedUnder(number && filedNumber(number)) },
      /** What happened to them, by year and party: see history.ts. */
      history: {
        of: (row, _record, settlements) =>
          historyOf(row, settlementsIn(row.currency, settlements), words.givenUp?.(row)).map(
            ({ month, data }) => ({
              key: [historyValue(month.slice(0, 4), party.id(row)), month],
              data: defined({ ...data, party: party.group.label(row) }),
            }),
          ),
        totals: {
          per: 'value',
          series: series.history,
          of: tallyHappened,
          label: ({ party }: Happened) => party,
          monthly: true,
        },
      },
    } satisfies Record<string, Index<Row, object>>,
    /** Credits that are applied later change a balance on a day that nothing else may have. */
    changed: {
      of: () => [],
      totals: {
        per: 'day',
        series: series.all,
        of: ({ currency }: { currency: string }) => event.of(currency, { count: 1 }),
      },
    } satisfies Changed<Row, object>,
    /** What a list of them has. */
    list: {
      noun,
      narrow: 'use a single filter or narrower filters',
      base: { index: 'date', order: 'issued', day: true, series: series.all, measures: [measure.name] },
      tally,
      filters: {
        [`${words.party}Id`]: { ...party.filter, series: series.party },
        currency: { by: 'exact', value: ({ currency }) => currency, index: 'currency' },
        status: {
          by: 'code',
          test: (row, { filters: { status = '' }, asOf }: OwedQuery) => hasStatus(row, status, asOf),
        },
        minDaysOverdue: {
          by: 'code',
          test: (row, { filters: { minDaysOverdue = 0 }, asOf }: OwedQuery) =>
            daysOverdueOf(row, asOf) >= minDaysOverdue,
        },
        dueFrom: {
          by: 'code',
          test: ({ due }, { filters: { dueFrom = '' } }: OwedQuery) => due !== undefined && due >= dueFrom,
        },
        dueTo: {
          by: 'code',
          test: ({ due }, { filters: { dueTo = noDay } }: OwedQuery) => due !== undefined && due <= dueTo,
        },
      } satisfies Record<string, Filter<Row>>,
      plan,
      orders: {
        issued: ({ issued }: Row) => [issued],
        due: (row: Row) => [dueDay(row)],
        balance: (row: Row) => [sortableMinor(balanceOf(row))],
        total: ({ total }: Row) => [sortableMinor(total)],
      },
      unsortable: ({ order, reverse }: OwedQuery) =>
        `sort "${order}_${reverse ? 'desc' : 'asc'}" would have to read more than ${lookThroughLimit} ${noun}: expected narrower filters or another sort. ` +
        `Open ${noun} can be sorted by due date (due_asc, due_desc), others by issue date (issued_desc, issued_asc).`,
      totals,
    } as const,
    partyGroup: { ...party.group, from: { series: series.party, slice: wholeYears } },
    groups: {
      month: { key: ({ issued }) => issued.slice(0, 7), from: 'months' },
      status: { key: (row, asOf) => standing(row, asOf).status, from: { sums: statusSums } },
      age: { key: ageOf, from: { sums: agesOwed } },
    } satisfies Record<string, Grouping<Row>>,
    /** The totals of a group. Where drafts and void documents are groups of their own, these have sums. */
    group: (tally: Tally, by: string): Measured<Figure>[] =>
      figuresOf(measure.in(tally).filter((sum) => by === 'status' || isCounted(sum))),
    /** What people call one by. */
    keys: [
      { name: 'id', argument: `${kind}Id`, of: ({ id }: Row) => id, advice: `list_${noun} returns ids.` },
      {
        name: 'number',
        argument: `${kind}Number`,
        index: { name: 'number', filed: filedNumber },
        of: ({ number }: Row) => number,
        advice: `Case and a leading # are ignored; list_${noun} shows numbers.`,
      },
    ],
  };
}
