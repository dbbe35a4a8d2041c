import { defined } from '../../json.ts';
import { addDays, type Day, noDay } from '../dates.ts';
import { byCustomer, filedUnder, shownCustomer, wholeYears } from '../declaring.ts';
import { FieldRefusal } from '../errors.ts';
import type { Fields, RecordOf } from '../fields.ts';
import { filed } from '../folding.ts';
import type { Filing, GroupSums, Kind, Plan, Query, Way } from '../kind.ts';
import { type Measured, measure, perCurrency, sumTallies, type Tally } from '../measures.ts';
import { addMinor, formatMoney, type Minor, sortableMinor } from '../money.ts';
import type { Sum } from '../reader.ts';
import { lookThroughLimit } from '../reader.ts';
import { checkSize } from '../record-size.ts';
import {
  type InvoiceRow,
  type InvoiceStatus,
  isOpen,
  openStatuses,
  paidSince,
  remainderOf,
  rowAsOf,
  type Settlement,
  standing,
  storedStatus,
} from '../standing.ts';
import type { FiledCredit } from './credit-note.ts';
import type { Customer } from './customer.ts';
import type { FiledPayment, Payment } from './payment.ts';

export const lifecycles = ['draft', 'issued', 'void', 'written_off'] as const;
export type Lifecycle = (typeof lifecycles)[number];

const shape = (is: Fields) => ({
  number: is.label.describe('as printed; several invoices may share one').exactOptional(),
  customerId: is.id.exactOptional(),
  currency: is.currency,
  lifecycle: is
    .oneOf(lifecycles)
    .describe('there is no value for paid, partly paid or overdue: these are derived from payments and dates')
    .default('issued'),
  issued: is.day.describe('the invoice date'),
  due: is.day.exactOptional(),
  sent: is.day.exactOptional(),
  viewed: is.day.exactOptional(),
  writtenOff: is.day.describe('the day of the write-off; only with that lifecycle').exactOptional(),
  sourceStatus: is.label.describe('the status in the source system').exactOptional(),
  subtotal: is.money.exactOptional(),
  discount: is.money.exactOptional(),
  tax: is.money.exactOptional(),
  tip: is.money.exactOptional(),
  total: is.money.describe('not negative: to reduce it, use a credit note. Never recomputed from the lines'),
  lines: is.items({
    productId: is.id.describe('the product, if it is one').exactOptional(),
    name: is.name,
    description: is.prose.exactOptional(),
    quantity: is.decimal.exactOptional(),
    /** Unit prices may have more decimals than the currency. */
    rate: is.price.describe('the price of one unit').exactOptional(),
    tax: is.money.exactOptional(),
    total: is.money,
  }),
  reference: is.label.exactOptional(),
  notes: is.prose.exactOptional(),
});

export type Invoice = RecordOf<'invoice', typeof shape>;
export type Line = Invoice['lines'][number];

/** A settlement as it is filed with its invoice. */
export type FiledSettlement = FiledPayment | FiledCredit;

/** `open` is every issued invoice with a balance; `partial` includes the overdue ones that are partly paid. */
export const statusFilters = [
  'draft',
  'sent',
  'viewed',
  'partial',
  'paid',
  'overdue',
  'open',
  'void',
  'written_off',
] as const;
export type StatusFilter = (typeof statusFilters)[number];

export const invoiceSorts = [
  'issued_desc',
  'issued_asc',
  'due_asc',
  'due_desc',
  'balance_desc',
  'total_desc',
] as const;
export type InvoiceSort = (typeof invoiceSorts)[number];

/** The order of a list. Invoices that are owed or filtered by due date start with the earliest due date, all others with the newest. */
export function invoiceOrder(
  filters: InvoiceFilters,
  sort?: InvoiceSort,
): Pick<InvoiceQuery, 'order' | 'reverse'> {
  const { status, minDaysOverdue, dueFrom, dueTo } = filters;
  const owed =
    status === 'open' || status === 'overdue' || (status === undefined && minDaysOverdue !== undefined);
  const byDue = owed || dueFrom !== undefined || dueTo !== undefined;
  const [order, direction] = (sort ?? (byDue ? 'due_asc' : 'issued_desc')).split('_');
  return { order: order as InvoiceQuery['order'], reverse: direction === 'desc' };
}

export interface InvoiceFilters {
  status?: StatusFilter;
  customerId?: string;
  /** Due day, both ends included; invoices without one are left out. */
  dueFrom?: Day;
  dueTo?: Day;
  minDaysOverdue?: number;
  currency?: string;
}

export interface InvoiceSummary {
  id: string;
  number?: string;
  customerId?: string;
  customer?: string;
  currency: string;
  total: Minor;
  balance: Minor;
  overpaid: Minor;
  /** What was given up of a written-off invoice. */
  writtenOffAmount: Minor;
  status: InvoiceStatus;
  partiallyPaid: boolean;
  daysOverdue: number;
  issued: Day;
  due?: Day;
  paid?: Day;
  /** Dated after the as-of day. */
  futureDated: boolean;
}

export interface InvoiceDetail extends InvoiceSummary {
  invoice: Invoice;
  /** Oldest first; failed ones and ones dated after the as-of day are there, and marked. */
  payments: (Payment & { futureDated: boolean })[];
  credits: { creditNoteId: string; number?: string; date: Day; amount: Minor }[];
  paidTotal: Minor;
  creditedTotal: Minor;
}

/** Drafts and void documents are in no total; `writtenOffAmount` is what was given up of the written-off ones. */
export type InvoiceTotal = Measured<'count' | 'total' | 'balance' | 'writtenOffAmount'>;
export type DraftTotal = Measured<'count' | 'total'>;

interface InvoiceTotals {
  totals: InvoiceTotal[];
  /** How many of `totalCount` are drafts or void, and so in no total. */
  notInTotals?: number;
  /** What the drafts among them add up to: nothing that was invoiced. Present where there are any. */
  draftTotals?: DraftTotal[];
}

/** Invoices, by their stored status. */
export const invoiced = measure('invoiced', 'count', 'total', 'balance', 'tax', 'tip', 'writtenOffAmount');
type Invoiced = Measured<'count' | 'total' | 'balance' | 'tax' | 'tip' | 'writtenOffAmount'>;

/** What was sold of a product: how many documents that count name it in lines, and what these lines add up to. */
export interface SoldTotal extends Measured<'count' | 'total'> {
  /** A decimal string: the sum of the quantities that lines have. */
  quantity: string;
}

/** Quantities have up to 12 decimals: whole units, millionths and what is below them add up exactly each for itself. */
const sold = measure('sold', 'count', 'total', 'units', 'millionths', 'trillionths');

interface SoldEntry {
  id: string;
  currency: string;
  total: Minor;
  quantities: string[];
}

/** What an invoice sold of each product. Drafts and void documents sold nothing. */
function soldIn({ id, currency, lifecycle, issued, lines }: Invoice): Filing[] {
  if (lifecycle === 'draft' || lifecycle === 'void') return [];
  const byProduct = Map.groupBy(lines, ({ productId }) => productId);
  return [...byProduct].flatMap(([productId, ofProduct]) => {
    if (productId === undefined) return [];
    const total = ofProduct.reduce((sum, line) => addMinor(sum, line.total), 0);
    const quantities = ofProduct.flatMap(({ quantity }) => quantity ?? []);
    return [{ key: [productId, issued], data: { id, currency, total, quantities } satisfies SoldEntry }];
  });
}

function tallySold({ currency, total, quantities }: SoldEntry): Tally {
  const tallies = quantities.map((quantity) => {
    const sign = quantity.startsWith('-') ? -1 : 1;
    const [whole = '0', fraction = ''] = quantity.replace('-', '').split('.');
    const digits = fraction.padEnd(12, '0');
    return sold.of(currency, {
      units: sign * Number(whole),
      millionths: sign * Number(digits.slice(0, 6)),
      trillionths: sign * Number(digits.slice(6)),
    });
  });
  return sumTallies([sold.of(currency, { count: 1, total }), ...tallies]);
}

function quantityOf({
  units,
  millionths,
  trillionths,
}: Record<'units' | 'millionths' | 'trillionths', number>): string {
  const scaled = BigInt(units) * 10n ** 12n + BigInt(millionths) * 10n ** 6n + BigInt(trillionths);
  const digits = String(scaled < 0n ? -scaled : scaled).padStart(13, '0');
  const fraction = digits.slice(-12).replace(/0+$/, '');
  return `${scaled < 0n ? '-' : ''}${digits.slice(0, -12)}${fraction === '' ? '' : `.${fraction}`}`;
}

const soldTotals = (tally: Tally): SoldTotal[] =>
  sold
    .in(tally)
    .map(({ currency, count, total, ...sums }) => ({ currency, count, total, quantity: quantityOf(sums) }));

/** Something that changes a balance and is in no other measure: it marks its day as one with changes. */
const event = measure('event', 'count');
const balanceEvent = ({ currency }: { currency: string }): Tally => event.of(currency, { count: 1 });

export function tallyInvoice(row: InvoiceRow): Tally {
  const { currency, total, tax = 0, tip = 0 } = row;
  const { balance, writtenOffAmount } = standing(row, row.issued);
  return invoiced.of(currency, { count: 1, total, balance, tax, tip, writtenOffAmount }, storedStatus(row));
}

/** Whether a stored status is of documents that count. */
export const isCounted = ({ part }: { part?: string }): boolean => part !== 'draft' && part !== 'void';

const totalsIn = (parts: readonly Invoiced[]): InvoiceTotal[] =>
  perCurrency(parts, 'count', 'total', 'balance', 'writtenOffAmount');

function totals(tally: Tally): InvoiceTotals {
  const uncounted = invoiced.in(tally).filter((sum) => !isCounted(sum));
  const notInTotals = uncounted.reduce((sum, { count }) => sum + count, 0);
  const drafts = uncounted.filter(({ part }) => part === 'draft');
  return {
    totals: totalsIn(invoiced.in(tally).filter(isCounted)),
    ...(notInTotals > 0 && { notInTotals }),
    ...(drafts.length > 0 && {
      draftTotals: perCurrency(drafts, 'count', 'total'),
    }),
  };
}

/**
 * What settles an invoice: everything filed with it but failed charges, and nothing in another currency, since
 * amounts are never converted.
 */
const settlementsIn = (currency: string, filed: readonly object[]): Settlement[] =>
  (filed as readonly FiledSettlement[]).flatMap((entry) => {
    const { date, amount, currency: paidIn } = entry.kind === 'payment' ? entry.payment : entry;
    const failed = entry.kind === 'payment' && entry.payment.failed;
    return failed || paidIn !== currency ? [] : [{ date, amount }];
  });

/** The row of an invoice from its record, everything that settles it, and its customer's name. */
export function toInvoiceRow(
  invoice: Invoice,
  settlements: readonly Settlement[],
  customer: string | undefined,
): InvoiceRow {
  const { id, number, customerId, currency, lifecycle, issued, due, viewed, writtenOff, total } = invoice;
  return defined({
    id,
    number,
    customerId,
    customer,
    currency,
    lifecycle,
    issued,
    due,
    viewed: viewed === undefined ? undefined : (true as const),
    writtenOff,
    total,
    tax: invoice.tax || undefined,
    tip: invoice.tip || undefined,
    settled: settlements.reduce((sum, { amount }) => addMinor(sum, amount), 0),
    paid: paidSince(invoice, settlements),
  });
}

function toSummary(row: InvoiceRow, asOf: Day): InvoiceSummary {
  const { id, number, customerId, customer, currency, total, issued, due, paid } = row;
  const stands = standing(row, asOf);
  return defined({
    id,
    number,
    customerId,
    customer,
    currency,
    total,
    ...stands,
    issued,
    due,
    paid: stands.status === 'paid' ? paid : undefined,
    futureDated: issued > asOf,
  });
}

function toDetail(
  invoice: Invoice,
  customer: string | undefined,
  filed: readonly FiledSettlement[],
  asOf: Day,
): InvoiceDetail {
  const byThen = filed.filter(
    (entry) => (entry.kind === 'payment' ? entry.payment.date : entry.date) <= asOf,
  );
  const counted = (kind: FiledSettlement['kind']): Minor =>
    settlementsIn(
      invoice.currency,
      byThen.filter((entry) => entry.kind === kind),
    ).reduce((sum, { amount }) => addMinor(sum, amount), 0);
  const notYetWrittenOff = invoice.lifecycle === 'written_off' && (invoice.writtenOff ?? '') > asOf;
  const asItWas: Invoice = notYetWrittenOff ? { ...invoice, lifecycle: 'issued' } : invoice;
  return {
    ...toSummary(toInvoiceRow(asItWas, settlementsIn(invoice.currency, byThen), customer), asOf),
    invoice,
    payments: filed.flatMap((entry) =>
      entry.kind === 'payment' ? [{ ...entry.payment, futureDated: entry.payment.date > asOf }] : [],
    ),
    credits: byThen.flatMap((entry) => {
      if (entry.kind !== 'credit') return [];
      const { kind: _kind, currency: _currency, ...credit } = entry;
      return [credit];
    }),
    paidTotal: counted('payment'),
    creditedTotal: counted('credit'),
  };
}

/** How numbers of documents are filed: as names are, and without a leading "#". */
const filedNumber = (number: string): string => filed(number).replace(/^#\s*/, '');

export type InvoiceQuery = Query<Types>;

const hasStatus = (row: InvoiceRow, status: StatusFilter, daysOverdue: number): boolean => {
  const stored = storedStatus(row);
  if (status === 'open') return isOpen(row);
  if (status === 'overdue') return daysOverdue > 0;
  if (status === 'sent' || status === 'viewed') return stored === status && daysOverdue === 0;
  return stored === status;
};

const daysOverdueIn = (row: InvoiceRow, { asOf }: InvoiceQuery): number => standing(row, asOf).daysOverdue;

interface DueDays {
  from?: Day | undefined;
  to?: Day | undefined;
}

/** The due days asked for, which leave out what has none; undefined where none were. */
const dueRange = ({ filters: { dueFrom, dueTo } }: InvoiceQuery): DueDays | undefined =>
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
function owedDays({ filters: { status, minDaysOverdue }, asOf }: InvoiceQuery): DueDays | undefined {
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

const isOpenStatus = (status: string | undefined): boolean =>
  (openStatuses as readonly string[]).includes(status ?? '');

/** The ways to open ones by their due day, to others by day of issue, and to all by due day; and what counts them. */
function plan(query: InvoiceQuery): Plan {
  const { status, minDaysOverdue, start, end } = query.filters;
  // No such invoice can be overdue; the tool refuses to look for one.
  if (minDaysOverdue !== undefined && (status === 'sent' || status === 'viewed'))
    return { ways: [], answers: [] };
  const [due, asked] = [openDueDays(query), dueRange(query)];
  const dueDays = ['dueFrom', 'dueTo'];
  if (due) {
    const covers = ['status', 'minDaysOverdue', ...dueDays];
    const stored = isOpenStatus(status);
    const sum: Sum = { series: 'due', ...due, ...(stored && { parts: [status as string] }) };
    const way: Way = {
      ...(stored ? { index: 'status', prefix: [status as string] } : { index: 'open' }),
      ...due,
      order: 'due',
      covers,
      size: sum,
    };
    return { ways: [way], answers: [{ sum, filters: covers }] };
  }
  const parts = status === undefined ? {} : { parts: [status as string] };
  const inSeries = (series: string, days: DueDays): Sum => ({ series, ...days, ...parts });
  const ofStatus: Way[] =
    status === undefined
      ? []
      : [
          {
            index: 'status',
            prefix: [status],
            dated: true,
            order: 'issued',
            covers: ['status', 'start', 'end'],
            size: inSeries('books', {}),
          },
        ];
  if (!asked) {
    const sum = inSeries('books', { from: start, to: end });
    return { ways: ofStatus, answers: [{ sum, filters: ['status', 'start', 'end'] }] };
  }
  const size: Sum = { series: 'alldue', ...asked };
  return {
    ways: [...ofStatus, { index: 'due', ...asked, order: 'due', covers: dueDays, size }],
    answers: [{ sum: inSeries('alldue', asked), filters: ['status', ...dueDays] }],
  };
}

/** The filters of a query beside the currency, by which every total can be taken. */
const filtersBut = (query: InvoiceQuery, ...names: string[]): string[] =>
  Object.entries(query.filters).flatMap(([name, value]) =>
    value === undefined || name === 'currency' || names.includes(name) ? [] : [name],
  );

/** What is not due, due for so many days, or never. The days are those past the due day. */
const ages = [
  { key: 'not_due', from: 0 },
  { key: '1-30', from: 1, to: 30 },
  { key: '31-60', from: 31, to: 60 },
  { key: '61-90', from: 61, to: 90 },
  { key: '91+', from: 91 },
] as const;
const noDueDay = 'no_due_date';

function ageOf(row: InvoiceRow, asOf: Day): string | undefined {
  if (!isOpen(row)) return undefined;
  if (row.due === undefined) return noDueDay;
  const { daysOverdue } = standing(row, asOf);
  return ages.findLast(({ from }) => daysOverdue >= from)?.key;
}

/** The ages of everything that is owed. */
function ageSums(query: InvoiceQuery): GroupSums[] | undefined {
  const { status } = query.filters;
  if ((status !== 'open' && status !== 'overdue') || filtersBut(query, 'status').length > 0) return undefined;
  const { asOf } = query;
  const due = (days: DueDays): Sum[] => [{ series: 'due', ...days }];
  return [
    ...ages
      .filter(({ from }) => status === 'open' || from > 0)
      .map(({ key, ...days }) => ({
        key,
        add: due({
          ...('to' in days && { from: addDays(asOf, -days.to) }),
          ...(key === 'not_due' ? { from: asOf, to: addDays(noDay, -1) } : { to: addDays(asOf, -days.from) }),
        }),
      })),
    ...(status === 'open' ? [{ key: noDueDay, add: due({ from: noDay }) }] : []),
  ];
}

/** The statuses of all invoices: what is overdue comes out of its stored status. */
function statusSums(query: InvoiceQuery): GroupSums[] | undefined {
  if (filtersBut(query).length > 0) return undefined;
  const late = { series: 'due', to: addDays(query.asOf, -1) };
  return [
    { key: 'overdue', add: [late] },
    ...(['draft', 'paid', 'void', 'written_off', ...openStatuses] as const).map((part) => ({
      key: part,
      add: [{ series: 'books', parts: [part] }],
      ...(isOpenStatus(part) && { less: [{ ...late, parts: [part] }] }),
    })),
  ];
}

export const invoiceGroupings = ['customer', 'month', 'status', 'age', 'product'] as const;
export type InvoiceGrouping = (typeof invoiceGroupings)[number];

interface Types {
  record: Invoice;
  row: InvoiceRow;
  shown: InvoiceSummary;
  filters: InvoiceFilters;
  order: 'issued' | 'due' | 'balance' | 'total';
  totals: InvoiceTotals;
  grouping: InvoiceGrouping;
  group: InvoiceTotal | SoldTotal;
  detail: InvoiceDetail;
}

export const invoice: Kind<Types> = {
  name: 'invoice',
  shape,
  check(invoice) {
    if (invoice.total < 0) {
      throw new FieldRefusal(
        'total',
        ` is ${formatMoney(invoice.total, invoice.currency)}: expected zero or more; to reduce what is owed, use a credit_note.`,
      );
    }
    if (invoice.writtenOff !== undefined && invoice.lifecycle !== 'written_off') {
      throw new FieldRefusal(
        'writtenOff',
        ` is set, but lifecycle is "${invoice.lifecycle}": expected lifecycle "written_off", or no writtenOff.`,
      );
    }
    checkSize(invoice, invoice.lines.length);
  },
  overview: ({ issued, total, lifecycle }) => ({
    day: issued,
    amount: total,
    ...(lifecycle !== 'issued' && { apart: lifecycle }),
  }),
  shows: {
    customer: shownCustomer,
  },
  row: (invoice, { customer }, settlements) =>
    toInvoiceRow(
      invoice,
      settlementsIn(invoice.currency, settlements),
      (customer as Customer | undefined)?.name,
    ),
  indexes: {
    date: {
      of: ({ issued }) => [{ key: [issued] }],
      totals: { per: 'day', series: 'books', of: tallyInvoice },
    },
    /** Open ones by due day, others by day of issue. */
    status: {
      of: (row) => [{ key: [storedStatus(row), isOpen(row) ? (row.due ?? noDay) : row.issued] }],
    },
    currency: { of: ({ currency, issued }) => [{ key: [currency, issued] }] },
    /** Only while something is owed. */
    open: {
      of: (row) => (isOpen(row) ? [{ key: [row.due ?? noDay] }] : []),
      totals: { per: 'day', series: 'due', of: tallyInvoice },
    },
    due: {
      of: ({ due }) => filedUnder(due),
      totals: { per: 'day', series: 'alldue', of: tallyInvoice },
    },
    customer: {
      of: ({ customerId, issued }) => filedUnder(customerId, [issued]),
      totals: {
        per: 'value',
        series: 'customer',
        of: tallyInvoice,
        label: ({ customer }: InvoiceRow) => customer,
      },
    },
    /** What was sold of a product, by the day of issue. */
    product: {
      of: (_row, invoice) => soldIn(invoice),
      totals: { per: 'value', series: 'product', of: tallySold },
    },
    number: { of: ({ number }) => filedUnder(number === undefined ? undefined : filedNumber(number)) },
  },
  asOf: rowAsOf,
  changed: {
    of: ({ id, currency, lifecycle, writtenOff }) =>
      lifecycle === 'written_off' && writtenOff !== undefined
        ? [{ date: writtenOff, data: { id, currency, amount: 0 } }]
        : [],
    totals: { per: 'day', series: 'books', of: balanceEvent },
  },
  list: {
    noun: 'invoices',
    narrow: 'use a single filter or narrower filters',
    base: { index: 'date', order: 'issued', day: true, series: 'books', measures: [invoiced.name] },
    tally: tallyInvoice,
    filters: {
      customerId: { ...byCustomer, series: 'customer' },
      currency: { by: 'exact', value: ({ currency }) => currency, index: 'currency' },
      status: {
        by: 'code',
        test: (row, query: InvoiceQuery) =>
          hasStatus(row, query.filters.status as StatusFilter, daysOverdueIn(row, query)),
      },
      minDaysOverdue: {
        by: 'code',
        test: (row, query: InvoiceQuery) =>
          daysOverdueIn(row, query) >= (query.filters.minDaysOverdue as number),
      },
      dueFrom: {
        by: 'code',
        test: ({ due }, { filters: { dueFrom } }: InvoiceQuery) =>
          due !== undefined && due >= (dueFrom as Day),
      },
      dueTo: {
        by: 'code',
        test: ({ due }, { filters: { dueTo } }: InvoiceQuery) => due !== undefined && due <= (dueTo as Day),
      },
    },
    plan,
    orders: {
      issued: ({ issued }) => [issued],
      due: ({ due }) => [due ?? noDay],
      balance: (row) => [sortableMinor(isOpen(row) ? remainderOf(row) : 0)],
      total: ({ total }) => [sortableMinor(total)],
    },
    unsortable: ({ order, reverse }) =>
      `sort "${order}_${reverse ? 'desc' : 'asc'}" would have to read more than ${lookThroughLimit} invoices: expected narrower filters or another sort. ` +
      'Open invoices can be sorted by due date (due_asc, due_desc), others by issue date (issued_desc, issued_asc).',
    /** Where payments after the day leave open since when an invoice was paid then, its settlements tell. */
    async present(row, asOf, books) {
      if (storedStatus(row) !== 'paid' || row.paid !== undefined) return toSummary(row, asOf);
      const settlements = settlementsIn(row.currency, await books.settlementsOf('invoice', row.id));
      const paid = paidSince(
        row,
        settlements.filter(({ date }) => date <= asOf),
      );
      return toSummary(defined({ ...row, paid }), asOf);
    },
    totals,
    groups: {
      customer: {
        key: ({ customerId }) => customerId,
        label: ({ customer }) => customer,
        from: {
          series: 'customer',
          slice: wholeYears,
        },
      },
      product: {
        key: () => undefined,
        named: 'product',
        entries: { index: 'product', of: tallySold },
        from: {
          series: 'product',
          slice: (query: InvoiceQuery) => {
            const years = wholeYears(query);
            return years && { ...years, measures: [sold.name] };
          },
        },
      },
      month: { key: ({ issued }) => issued.slice(0, 7), from: 'months' },
      status: { key: (row, asOf) => standing(row, asOf).status, from: { sums: statusSums } },
      age: { key: ageOf, from: { sums: ageSums } },
    },
    // Where drafts and void documents are groups of their own, these have sums.
    group: (tally, by) =>
      by === 'product'
        ? soldTotals(tally)
        : totalsIn(invoiced.in(tally).filter((part) => by === 'status' || isCounted(part))),
  },
  find: {
    noun: 'invoice',
    keys: [
      { name: 'id', argument: 'invoiceId', of: ({ id }) => id, advice: 'list_invoices returns ids.' },
      {
        name: 'number',
        argument: 'invoiceNumber',
        index: { name: 'number', filed: filedNumber },
        of: ({ number }) => number,
        advice: 'Case and a leading # are ignored; list_invoices shows numbers.',
      },
    ],
    detail: ({ row, record, settlements }, asOf) =>
      toDetail(record, row.customer, settlements as FiledSettlement[], asOf),
  },
};
