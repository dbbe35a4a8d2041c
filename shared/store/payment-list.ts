import { addMonths, type Day, earlierOf, endOfMonth, startOfMonth } from '../ledger/dates.ts';
import { addMinor } from '../ledger/money.ts';
import type { PaymentMethod } from '../ledger/records.ts';
import { type Measure, measuresOf, sumTallies, type Tally, tallyPayment } from '../ledger/tally.ts';
import { type Books, beingChanged } from './books.ts';
import { type DayTotals, sortKey } from './keys.ts';
import {
  lookThroughLimit,
  type PaymentExceptions,
  type PaymentGroup,
  type PaymentGrouping,
  type PaymentPage,
  type PaymentQuery,
  type PaymentSummary,
  type PaymentTotal,
} from './ledger-reader.ts';
import { list, type Path } from './listing.ts';

/** Lists payments and refunds of a range of days, newest first, with totals and groups over all of them. */
export async function listPayments(books: Books, query: PaymentQuery): Promise<PaymentPage> {
  const { customerId, method, groupBy, only } = query;
  const counted = await countedTotals(books, query);
  const listed = await list<PaymentSummary>(books.table, books.partitions, {
    paths: pathsOf(books, query),
    filters: new Set([
      'dates',
      ...(customerId !== undefined ? ['customerId'] : []),
      ...(method !== undefined ? ['method'] : []),
      ...(only !== undefined ? ['only'] : []),
    ]),
    order: 'date',
    reverse: true,
    orderKeyOf: (row) => sortKey(row.date, row.id),
    keep: (row) => matches(row, query),
    limit: query.limit,
    after: query.after,
    totalsKnown: counted !== undefined,
  });
  const changing = await books.isBeingChanged();
  const page = { rows: listed.rows, ...(listed.next !== undefined && { next: listed.next }) };
  if (changing) return { ...page, totalsAbsent: beingChanged };
  if (counted) {
    const groups = await groupsFromTotals(books, query, counted);
    return { ...page, ...totalsOf(measuresOf(counted)), ...(groups && { groups }) };
  }
  if (!listed.everything) return { ...page, totalsAbsent: tooManyToCount };
  const measures = measuresOf(sumTallies(listed.everything.map(tallyPayment)));
  return {
    ...page,
    ...totalsOf(measures),
    ...(groupBy && { groups: groupsFromRows(listed.everything, groupBy) }),
  };
}

/** The totals that answer these filters, if there are such: of a range of days, all payments or those of a method. */
async function countedTotals(books: Books, query: PaymentQuery): Promise<Tally | undefined> {
  const { customerId, method, groupBy, only } = query;
  if (customerId !== undefined || groupBy === 'customer') return undefined;
  if (only !== undefined) {
    return method === undefined && groupBy === undefined ? exceptions(books, query, only) : undefined;
  }
  if (groupBy === 'month' && monthsOf(query).length > mostMonths) return undefined;
  return ofMethod((await books.sums([rangeOf('total.payments', query)]))[0] ?? {}, method);
}

const rangeOf = <Index extends DayTotals>(index: Index, { start, end }: PaymentQuery) => ({
  index,
  from: start,
  to: end,
});

/** The payments of a range of days that name no invoice, or that failed, as far as totals tell. */
async function exceptions(books: Books, query: PaymentQuery, only: PaymentExceptions): Promise<Tally> {
  const [tally = {}] = await books.sums([rangeOf('total.books', query)]);
  return Object.fromEntries(
    measuresOf(tally).flatMap(({ currency, name, part, values }) =>
      name === only && part !== 'credit' ? [[`${currency} ${part}`, [...values]]] : [],
    ),
  );
}

const tooManyToCount = `more than ${lookThroughLimit} payments match the most selective of these filters; ask for a shorter period or a customer`;

/** More months than this are not grouped from totals; their years would be too many items to read. */
const mostMonths = 240;

/** The months that the range touches, "2026-11" each. */
function monthsOf({ start, end }: PaymentQuery): string[] {
  const months: string[] = [];
  for (let day = startOfMonth(start); day <= end && months.length <= mostMonths; day = addMonths(day, 1)) {
    months.push(day.slice(0, 7));
  }
  return months;
}

function matches(row: PaymentSummary, { start, end, customerId, method }: PaymentQuery): boolean {
  return (
    row.date >= start &&
    row.date <= end &&
    (customerId === undefined || row.customerId === customerId) &&
    (method === undefined || row.method === method)
  );
}

function pathsOf(books: Books, query: PaymentQuery): Path[] {
  const { start, end, customerId, method, only } = query;
  const days = { from: start, to: end, order: 'date' };
  const countIn = (tally: Tally) =>
    measuresOf(tally).reduce((count, { values }) => count + (values[0] ?? 0), 0);
  if (only !== undefined) {
    const covers = new Set(['dates', 'only']);
    const size = async () => countIn(await exceptions(books, query, only));
    return [{ index: `payment.${only}`, prefix: [], ...days, covers, size }];
  }
  const size = (method?: PaymentMethod) => async () =>
    countIn(ofMethod((await books.sums([rangeOf('total.payments', query)]))[0] ?? {}, method));
  return [
    ...(customerId !== undefined
      ? [
          {
            index: 'payment.customer',
            prefix: [customerId],
            ...days,
            covers: new Set(['dates', 'customerId']),
          } as const,
        ]
      : []),
    ...(method !== undefined
      ? [
          {
            index: 'payment.method',
            prefix: [method],
            ...days,
            covers: new Set(['dates', 'method']),
            size: size(method),
          } as const,
        ]
      : []),
    { index: 'payment.date', prefix: [], ...days, covers: new Set(['dates']), size: size() },
  ];
}

/** The payments in a tally, of one method if told. */
const ofMethod = (tally: Tally, method: PaymentMethod | undefined): Tally =>
  Object.fromEntries(
    Object.entries(tally).filter(([key]) => {
      const [, measure = ''] = key.split(' ');
      const [name, part] = measure.split('.');
      return (name === 'received' || name === 'refunded') && (method === undefined || part === method);
    }),
  );

function totalsOf(measures: readonly Measure[]): { totalCount: number; totals: PaymentTotal[] } {
  const totals = [...sumByCurrency(measures).values()];
  return { totalCount: totals.reduce((sum, { count, refundCount }) => sum + count + refundCount, 0), totals };
}

function sumByCurrency(measures: readonly Measure[]): Map<string, PaymentTotal> {
  const totals = new Map<string, PaymentTotal>();
  for (const { currency, name, values } of measures) {
    const [count = 0, amount = 0] = values;
    const sum = totals.get(currency) ?? {
      currency,
      count: 0,
      received: 0,
      refundCount: 0,
      refunded: 0,
      net: 0,
    };
    const refund = name === 'refunded';
    totals.set(currency, {
      currency,
      count: sum.count + (refund ? 0 : count),
      received: addMinor(sum.received, refund ? 0 : amount),
      refundCount: sum.refundCount + (refund ? count : 0),
      refunded: addMinor(sum.refunded, refund ? amount : 0),
      net: addMinor(sum.net, amount),
    });
  }
  return new Map([...totals].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Groups by method are in the totals of the range; those by month are in the totals of its months. */
async function groupsFromTotals(
  books: Books,
  query: PaymentQuery,
  counted: Tally,
): Promise<PaymentGroup[] | undefined> {
  const { start, end, method, groupBy } = query;
  if (groupBy === 'method') {
    const measures = measuresOf(counted);
    const methods = [...new Set(measures.flatMap(({ part }) => part ?? []))].sort();
    return methods.flatMap((key) =>
      groupsOf(
        measures.filter(({ part }) => part === key),
        { key },
      ),
    );
  }
  if (groupBy !== 'month') return undefined;
  const months = monthsOf(query);
  const tallies = await books.sums(
    months.map((month) => {
      const [first, last] = [`${month}-01`, endOfMonth(`${month}-01`)];
      return { index: 'total.payments', from: laterOf(start, first), to: earlierOf(end, last) };
    }),
  );
  return months.flatMap((key, at) => groupsOf(measuresOf(ofMethod(tallies[at] ?? {}, method)), { key }));
}

const laterOf = (a: Day, b: Day): Day => [a, b].sort()[1] as Day;

/** One group per currency. */
const groupsOf = (measures: readonly Measure[], of: Pick<PaymentGroup, 'key' | 'name'>): PaymentGroup[] =>
  [...sumByCurrency(measures).values()].map((total) => ({ ...of, ...total }));

function groupsFromRows(rows: readonly PaymentSummary[], groupBy: PaymentGrouping): PaymentGroup[] {
  const keyOf: Record<PaymentGrouping, (row: PaymentSummary) => string | undefined> = {
    month: ({ date }) => date.slice(0, 7),
    method: ({ method }) => method,
    customer: ({ customerId }) => customerId,
  };
  const groups = Map.groupBy(rows, keyOf[groupBy]);
  return [...groups]
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1))
    .flatMap(([key, members]) => {
      const name = groupBy === 'customer' ? members[0]?.customer : undefined;
      const of = { ...(key !== undefined && { key }), ...(name !== undefined && { name }) };
      return groupsOf(measuresOf(sumTallies(members.map(tallyPayment))), of);
    });
}
