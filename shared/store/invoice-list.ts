import { addDays, type Day, noDay } from '../ledger/dates.ts';
import { Refusal } from '../ledger/errors.ts';
import {
  classOf,
  type InvoiceClass,
  type InvoiceRow,
  isOpen,
  openClasses,
  paidSince,
  remainderOf,
  standing,
} from '../ledger/invoice-row.ts';
import { addMinor } from '../ledger/money.ts';
import { addTally, measuresOf, type Tally, tallyInvoice } from '../ledger/tally.ts';
import { type Books, beingChanged, type LaterChange, type TotalRange } from './books.ts';
import { settlementsIn } from './entries.ts';
import { sortKey } from './keys.ts';
import {
  type DraftTotal,
  type InvoicePage,
  type InvoiceQuery,
  type InvoiceSort,
  type InvoiceSummary,
  type InvoiceTotal,
  lookThroughLimit,
} from './ledger-reader.ts';
import { type ListRequest, list, type Path } from './listing.ts';

/** Lists invoices; see `InvoiceQuery` for the filters and docs/benchmarks.md for what each costs. */
export async function listInvoices(books: Books, query: InvoiceQuery): Promise<InvoicePage> {
  const [later, changing] = await Promise.all([books.laterChanges(query.asOf), books.isBeingChanged()]);
  const counted = await countedTotals(books, query);
  const sort = query.sort ?? defaultSort(query);
  const [order, direction] = sort.split('_') as [Order, 'asc' | 'desc'];
  const orderKeyOf = orderKeys[order];
  const seen = [...later.values()].filter(({ then }) => isSeen(then, query));
  const request: ListRequest<InvoiceRow> = {
    paths: pathsOf(books, query),
    filters: filtersOf(query),
    order,
    reverse: direction === 'desc',
    orderKeyOf,
    keep: (row) => matches(row, query),
    overlay: {
      hidden: new Set(later.keys()),
      shown: seen.map(({ then }) => then).filter((row) => matches(row, query)),
    },
    limit: query.limit,
    after: query.after,
    totalsKnown: counted !== undefined,
  };
  const listed = await list(books.table, books.partitions, request);
  if (listed.unordered) throw new Refusal(tooManyToSort(sort));

  const tally = counted
    ? asOfTally(counted, later, query)
    : listed.everything && tallyRows(listed.everything);
  return {
    rows: await Promise.all(listed.rows.map((row) => summarize(books, row, query.asOf))),
    ...(listed.next !== undefined && { next: listed.next }),
    ...(tally && !changing ? totalsOf(tally) : { totalsAbsent: changing ? beingChanged : tooManyToCount }),
  };
}

const tooManyToCount = `more than ${lookThroughLimit} invoices match the most selective of these filters; use a single filter or narrower filters`;

const tooManyToSort = (sort: InvoiceSort): string =>
  `sort "${sort}" would have to read more than ${lookThroughLimit} invoices: expected narrower filters or another sort. ` +
  'Open invoices can be sorted by due date (due_asc, due_desc), others by issue date (issued_desc, issued_asc).';

type Order = 'issued' | 'due' | 'balance' | 'total';

/** A sort key for amounts, whatever the currency; the sign in front sorts negative ones first. */
const amountKey = (amount: number): string =>
  amount < 0
    ? `-${String(Number.MAX_SAFE_INTEGER + amount).padStart(16, '0')}`
    : `=${String(amount).padStart(16, '0')}`;

const orderKeys: Record<Order, (row: InvoiceRow) => string> = {
  issued: (row) => sortKey(row.issued, row.id),
  due: (row) => sortKey(row.due ?? noDay, row.id),
  balance: (row) => sortKey(amountKey(isOpen(row) ? remainderOf(row) : 0), row.id),
  total: (row) => sortKey(amountKey(row.total), row.id),
};

/** Invoices that are owed or filtered by due date start with the earliest due date, all others with the newest. */
const defaultSort = (query: InvoiceQuery): InvoiceSort => {
  const { status, minDaysOverdue } = query;
  const owed =
    status === 'open' || status === 'overdue' || (status === undefined && minDaysOverdue !== undefined);
  return owed || dueRange(query) ? 'due_asc' : 'issued_desc';
};

const filterNames = [
  'status',
  'customerId',
  'start',
  'end',
  'dueFrom',
  'dueTo',
  'minDaysOverdue',
  'currency',
] as const;
type FilterName = (typeof filterNames)[number];

const filtersOf = (query: InvoiceQuery): Set<FilterName> =>
  new Set(filterNames.filter((name) => query[name] !== undefined));

const isSeen = (row: InvoiceRow, { asOf, hideLater }: InvoiceQuery): boolean =>
  !hideLater || row.issued <= asOf;

/** Whether the row, as it stands on the as-of day, passes every filter. */
function matches(row: InvoiceRow, query: InvoiceQuery): boolean {
  return isSeen(row, query) && passes(row, query, standing(row, query.asOf).daysOverdue);
}

function passes(row: InvoiceRow, query: InvoiceQuery, daysOverdue: number): boolean {
  const { customerId, start, end, currency, minDaysOverdue, status } = query;
  const { from, to } = dueRange(query) ?? {};
  const due = row.due ?? noDay;
  return (
    (customerId === undefined || row.customerId === customerId) &&
    (start === undefined || row.issued >= start) &&
    (end === undefined || row.issued <= end) &&
    (from === undefined || due >= from) &&
    (to === undefined || due <= to) &&
    (currency === undefined || row.currency === currency) &&
    (minDaysOverdue === undefined || daysOverdue >= minDaysOverdue) &&
    (status === undefined || hasStatus(row, status, daysOverdue))
  );
}

function hasStatus(
  row: InvoiceRow,
  status: NonNullable<InvoiceQuery['status']>,
  daysOverdue: number,
): boolean {
  switch (status) {
    case 'open':
      return isOpen(row);
    case 'overdue':
      return daysOverdue > 0;
    case 'partial':
      return classOf(row) === 'partial';
    case 'sent':
    case 'viewed':
      return classOf(row) === status && daysOverdue === 0;
    default:
      return classOf(row) === status;
  }
}

interface DueDays {
  from?: Day | undefined;
  to?: Day | undefined;
}

/** The due days asked for, which leave out what has none; undefined where none were. */
const dueRange = ({ dueFrom, dueTo }: InvoiceQuery): DueDays | undefined =>
  dueFrom === undefined && dueTo === undefined
    ? undefined
    : { from: dueFrom, to: dueTo ?? addDays(noDay, -1) };

/** The due days of open invoices that all filters together ask for; undefined where they do not ask for open ones. */
function openDueDays(query: InvoiceQuery): DueDays | undefined {
  const [owed, asked] = [owedDays(query), dueRange(query)];
  if (!owed || !asked) return owed;
  const from = [owed.from, asked.from].filter((day) => day !== undefined).sort();
  const to = [owed.to, asked.to].filter((day) => day !== undefined).sort();
  return { from: from.at(-1), to: to[0] };
}

/** The due days of open invoices that the status and days overdue ask for; undefined where they ask for none. */
function owedDays({ status, minDaysOverdue, asOf }: InvoiceQuery): DueDays | undefined {
  const overdue = { to: addDays(asOf, -Math.max(1, minDaysOverdue ?? 1)) };
  switch (status) {
    case undefined:
      return minDaysOverdue === undefined ? undefined : overdue;
    case 'overdue':
      return overdue;
    case 'open':
    case 'partial':
      return minDaysOverdue === undefined ? {} : overdue;
    case 'sent':
    case 'viewed':
      return { from: asOf };
    default:
      return undefined;
  }
}

const isOpenClass = (status: string | undefined): status is (typeof openClasses)[number] =>
  (openClasses as readonly string[]).includes(status ?? '');

/** The ways in the indexes to the rows asked for, each with how many rows it leads to. */
function pathsOf(books: Books, query: InvoiceQuery): Path[] {
  const { status, customerId, start, currency, asOf, hideLater } = query;
  const end = hideLater && (query.end === undefined || query.end > asOf) ? asOf : query.end;
  const due = openDueDays(query);
  const asked = dueRange(query);
  const days = { ...(start && { from: start }), ...(end && { to: end }) };
  const dates = ['start', 'end'] as const;
  const size =
    (range: TotalRange, which: Slice = {}) =>
    async () =>
      countIn((await books.sums([range]))[0] ?? {}, which);
  const dated: TotalRange = { index: 'total.books', from: start, to: end };
  const owed: TotalRange = { index: 'total.due', ...due };

  const paths: Path[] = [];
  const byIssued = (index: Path['index'], prefix: string[], covers: FilterName, size: Path['size']) =>
    paths.push({
      index,
      prefix,
      ...days,
      order: 'issued',
      covers: new Set([covers, ...dates]),
      ...(size && { size }),
    });
  const byDue = (
    index: Path['index'],
    prefix: string[],
    { from, to }: DueDays,
    size: Path['size'],
    ...also: FilterName[]
  ) => {
    const covers = new Set<FilterName>(['dueFrom', 'dueTo', ...also]);
    const bounds = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
    paths.push({ index, prefix, ...bounds, order: 'due', covers, ...(size && { size }) });
  };
  const ofOpen = ['status', 'minDaysOverdue'] as const;
  if (customerId !== undefined) {
    const ofCustomer = async () => countIn(await books.sumOf('total.customer', customerId));
    byIssued('invoice.customer', [customerId], 'customerId', ofCustomer);
  }
  if (due && (status === undefined || status === 'open' || status === 'overdue')) {
    byDue('invoice.open', [], due, size(owed), ...ofOpen);
  } else if (status !== undefined) {
    const invoiceClass = status as InvoiceClass;
    if (due) byDue('invoice.class', [status], due, size(owed, { invoiceClass }), ...ofOpen);
    else byIssued('invoice.class', [status], 'status', size(dated, { invoiceClass }));
  }
  if (asked && !due) byDue('invoice.due', [], asked, size({ index: 'total.alldue', ...asked }));
  if (currency !== undefined) byIssued('invoice.currency', [currency], 'currency', size(dated, { currency }));
  byIssued('invoice.date', [], 'start', size(dated));
  return paths;
}

/** The invoices of one class or currency, where told. */
interface Slice {
  invoiceClass?: InvoiceClass | undefined;
  currency?: string | undefined;
}

/** The part of a tally that counts these invoices. */
const slice = (tally: Tally, { invoiceClass, currency }: Slice): Tally =>
  Object.fromEntries(
    Object.entries(tally).filter(([key]) => {
      const [counted, measure = ''] = key.split(' ');
      const [name, part] = measure.split('.');
      return name === 'invoice' && part === (invoiceClass ?? part) && counted === (currency ?? counted);
    }),
  );

const countIn = (tally: Tally, which: Slice = {}): number =>
  Object.values(slice(tally, which)).reduce((count, [counted = 0]) => count + counted, 0);

/** What is counted of the filtered set without reading rows: from totals, by everything that ever happened. */
interface Counted {
  tally: Tally;
  /** Whether an invoice as it stands now is in the tally. */
  has(row: InvoiceRow): boolean;
}

/** The totals that answer these filters, if there are such: one filter, or one with a currency or a closed status. */
async function countedTotals(books: Books, query: InvoiceQuery): Promise<Counted | undefined> {
  const { customerId, start, end, status, minDaysOverdue, currency, asOf } = query;
  const dated = start !== undefined || end !== undefined;
  const due = openDueDays(query);
  const asked = dueRange(query);
  const has = (row: InvoiceRow) => passes(row, query, daysPast(row, asOf));
  if (status && minDaysOverdue !== undefined && !['open', 'overdue', 'partial'].includes(status))
    return undefined;
  if (customerId !== undefined) {
    if (dated || asked || status !== undefined || minDaysOverdue !== undefined) return undefined;
    const tally = await books.sumOf('total.customer', customerId);
    return { tally: slice(tally, { currency }), has };
  }
  if ((due || asked) && dated) return undefined;
  const range: TotalRange = due
    ? { index: 'total.due', ...due }
    : asked
      ? { index: 'total.alldue', ...asked }
      : { index: 'total.books', from: start, to: end };
  const [tally = {}] = await books.sums([range]);
  const ofClass =
    status === undefined || (due && !isOpenClass(status)) ? undefined : (status as InvoiceClass);
  return { tally: slice(tally, { invoiceClass: ofClass, currency }), has };
}

/** Days past due as the totals by due day see it: they do not know when a document is dated. */
const daysPast = (row: InvoiceRow, asOf: Day): number =>
  standing(row.issued > asOf ? { ...row, issued: asOf } : row, asOf).daysOverdue;

/** The totals as of the day: with every invoice that changed later taken out as it is now and put in as it was. */
function asOfTally(counted: Counted, later: ReadonlyMap<string, LaterChange>, query: InvoiceQuery): Tally {
  const tally: Tally = { ...counted.tally };
  for (const { now, then } of later.values()) {
    if (counted.has(now)) addTally(tally, tallyInvoice(now), -1);
    if (matches(then, query)) addTally(tally, tallyInvoice(then));
  }
  return tally;
}

function tallyRows(rows: readonly InvoiceRow[]): Tally {
  const tally: Tally = {};
  for (const row of rows) addTally(tally, tallyInvoice(row));
  return tally;
}

/** Drafts and void documents are counted, and in no total; drafts have totals of their own. */
function totalsOf(tally: Tally): Pick<InvoicePage, 'totalCount' | 'totals' | 'notInTotals' | 'draftTotals'> {
  const totals = new Map<string, InvoiceTotal>();
  const draftTotals: DraftTotal[] = [];
  let notInTotals = 0;
  for (const { currency, part, values } of measuresOf(tally)) {
    const [count = 0, total = 0, balance = 0, , , writtenOffAmount = 0] = values;
    if (part === 'draft' || part === 'void') {
      notInTotals += count;
      if (part === 'draft') draftTotals.push({ currency, count, total });
      continue;
    }
    const sum = totals.get(currency) ?? { currency, count: 0, total: 0, balance: 0, writtenOffAmount: 0 };
    totals.set(currency, {
      currency,
      count: sum.count + count,
      total: addMinor(sum.total, total),
      balance: addMinor(sum.balance, balance),
      writtenOffAmount: addMinor(sum.writtenOffAmount, writtenOffAmount),
    });
  }
  const list = [...totals.values()];
  return {
    totalCount: list.reduce((sum, { count }) => sum + count, notInTotals),
    totals: list,
    ...(notInTotals > 0 && { notInTotals }),
    ...(draftTotals.length > 0 && { draftTotals }),
  };
}

/**
 * A row as it is shown: with its status, balance and days overdue on the as-of day. Where payments after that day
 * leave open since when it was paid then, its settlements tell.
 */
async function summarize(books: Books, row: InvoiceRow, asOf: Day): Promise<InvoiceSummary> {
  if (classOf(row) !== 'paid' || row.paid !== undefined) return toSummary(row, asOf);
  const settlements = settlementsIn(row.currency, await books.settlementsOf(row.id));
  const paid = paidSince(
    row,
    settlements.filter(({ date }) => date <= asOf),
  );
  return toSummary({ ...row, ...(paid !== undefined && { paid }) }, asOf);
}

export function toSummary(row: InvoiceRow, asOf: Day): InvoiceSummary {
  const { id, number, customerId, customer, currency, total, issued, due, paid } = row;
  const stands = standing(row, asOf);
  return {
    id,
    ...(number !== undefined && { number }),
    ...(customerId !== undefined && { customerId }),
    ...(customer !== undefined && { customer }),
    currency,
    total,
    ...stands,
    issued,
    ...(due !== undefined && { due }),
    ...(stands.status === 'paid' && paid !== undefined && { paid }),
    futureDated: issued > asOf,
  };
}
