import { canonicalJson } from '../json.ts';
import { toInvoiceRow } from '../ledger/invoice-row.ts';
import { formatMoney } from '../ledger/money.ts';
import { recordKinds } from '../ledger/record-shapes.ts';
import type { LedgerRecord, RecordKind } from '../ledger/records.ts';
import { addTally, type Tally } from '../ledger/tally.ts';
import { allRecords } from './all-records.ts';
import {
  type Derived,
  deriveCreditNote,
  deriveCustomer,
  deriveExpense,
  deriveInvoice,
  derivePayment,
  type SettlementEntry,
  settlementsIn,
  toPaymentRow,
} from './entries.ts';
import { headKey, writeHead } from './head.ts';
import {
  type DayTotals,
  type IndexName,
  indexes,
  type Partitions,
  partitionsOf,
  sortKey,
  wholePartition,
} from './keys.ts';
import { daySources, dayTotals, emptyTotal, valueSources } from './projections.ts';
import type { Item, Table } from './table.ts';
import {
  allTime,
  besideHead,
  countTotal,
  monthKey,
  monthTotal,
  sumUp,
  type TotalItem,
  valueTotal,
  yearKey,
} from './totals.ts';

/** A derived item that is not what the records say it should be. */
export interface Difference {
  index: IndexName;
  sk: string;
  is: 'missing' | 'different' | 'unexpected';
}

export interface Recount {
  records: Record<RecordKind, number>;
  /** Derived items compared. */
  items: number;
  differences: Difference[];
  /** An import is at work, or was interrupted: differences are then to be expected. */
  unfinished: boolean;
}

/**
 * Derives every index entry and total of an organization anew, from all of its records at once, and compares with
 * what stands in the table. Unlike the projections it looks at nothing derived and at nothing that was touched.
 * With `repair`, what differs is put right.
 */
export async function recountBooks(table: Table, organization: string, repair = false): Promise<Recount> {
  const partitions = partitionsOf(organization);
  const records = await Array.fromAsync(allRecords(table, partitions));
  const expected = derive(partitions, records);
  const names = (Object.keys(indexes) as IndexName[]).filter((index) => index !== 'pending');
  const differences: Difference[] = [];
  let items = 0;
  let unfinished =
    (await table.all(wholePartition(partitions.derived('pending')), { consistent: true })).length > 0;
  for (const index of names) {
    const wanted = expected.get(partitions.derived(index)) ?? new Map<string, Item>();
    const fixes: Item[] = [];
    const extra: Item[] = [];
    for await (const item of table.query(wholePartition(partitions.derived(index)), { consistent: true })) {
      items++;
      if (item.claim) unfinished = true;
      const want = wanted.get(item.sk);
      wanted.delete(item.sk);
      if (!want && item.data === emptyTotal) continue;
      if (!want) {
        differences.push({ index, sk: item.sk, is: 'unexpected' });
        extra.push(item);
      } else if (want.data !== item.data || !sameEntries(want.entries, item.entries)) {
        differences.push({ index, sk: item.sk, is: 'different' });
        fixes.push({ ...want, ...(item.version !== undefined && { version: item.version + 1 }) });
      }
    }
    for (const [sk, want] of wanted) {
      differences.push({ index, sk, is: 'missing' });
      fixes.push({ ...want, ...(index === 'head' && { version: 1 }) });
    }
    if (repair) await table.write(fixes, extra);
  }
  return { records: countKinds(records), items, differences, unfinished };
}

const sameEntries = (a: string | undefined, b: string | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && sorted(a) === sorted(b));

const sorted = (entries: string): string =>
  (JSON.parse(entries) as string[][])
    .map((name) => name.join('\n'))
    .sort()
    .join('\n');

const countKinds = (records: readonly LedgerRecord[]): Record<RecordKind, number> =>
  Object.fromEntries(
    recordKinds.map((kind) => [kind, records.filter((record) => record.kind === kind).length]),
  ) as Record<RecordKind, number>;

type Expected = Map<string, Map<string, Item>>;

/** Every derived item of these records, by partition and sort key. */
function derive(partitions: Partitions, records: readonly LedgerRecord[]): Expected {
  const expected: Expected = new Map();
  const expect = (index: IndexName, sk: string, data: string, entries?: string) => {
    if (data === emptyTotal) return;
    const pk = partitions.derived(index);
    const items = expected.get(pk) ?? new Map<string, Item>();
    expected.set(pk, items);
    items.set(sk, { pk, sk, data, ...(entries !== undefined && { entries }) });
  };
  for (const { index, id, row, entries } of deriveRecords(records)) {
    expect(
      index,
      sortKey(id),
      canonicalJson(row),
      JSON.stringify(entries.map(({ index, sk }) => [index, sk])),
    );
    for (const entry of entries) expect(entry.index, entry.sk, entry.data);
  }
  const rowsOf = (index: IndexName) => expected.get(partitions.derived(index)) ?? new Map<string, Item>();

  const years = new Map<DayTotals, Map<string, TotalItem>>();
  const yearsOf = (index: DayTotals) => years.get(index) ?? new Map<string, TotalItem>();
  for (const index of dayTotals) {
    const days = new Map<string, Tally>();
    for (const [source, tally] of daySources[index]) {
      for (const [sk, { data }] of rowsOf(source))
        addTo(days, sk.slice(0, 10), tally(JSON.parse(data) as never));
    }
    const months = new Map(
      [...Map.groupBy(days, ([day]) => day.slice(0, 7))].map(([month, ofMonth]) => [
        month,
        monthTotal(month, new Map(ofMonth)),
      ]),
    );
    for (const [month, item] of months) expect(index, monthKey(month), canonicalJson(item));
    const sums = [...Map.groupBy(months, ([month]) => month.slice(0, 4))].map(
      ([year, ofYear]) =>
        [year, sumUp(new Map(ofYear.map(([month, total]) => [month.slice(5), total])))] as const,
    );
    for (const [year, item] of sums) expect(index, yearKey(year), canonicalJson(item));
    years.set(index, new Map(sums));
  }
  for (const [index, sources] of Object.entries(valueSources) as [
    keyof typeof valueSources,
    (typeof valueSources)[keyof typeof valueSources],
  ][]) {
    const values = new Map<string, Tally>();
    for (const [source, tally] of sources) {
      for (const [sk, { data }] of rowsOf(source)) {
        const [value = '', day = ''] = sk.split('#');
        addTo(values, `${value}#${day.slice(0, 4)}`, tally(JSON.parse(data) as never));
      }
    }
    for (const [sk, sum] of values) expect(index, sk, canonicalJson(valueTotal(sk.slice(-4), sum)));
  }
  for (const index of besideHead) expect(index, allTime, canonicalJson(sumUp(yearsOf(index))));
  const customers = [...rowsOf('customer.list')].length;
  expect('total.customers', allTime, canonicalJson(countTotal('customer', customers)));
  if (records.length > 0) {
    const profile = records.find((record) => record.kind === 'business');
    const { sk } = headKey(partitions);
    const books = yearsOf('total.books');
    const [payments, due] = [yearsOf('total.payments'), yearsOf('total.due')];
    expect('head', sk, writeHead(profile, { books, payments, due }));
  }
  return expected;
}

function addTo(sums: Map<string, Tally>, key: string, tally: Tally): void {
  sums.set(key, addTally(sums.get(key) ?? {}, tally));
}

/** The rows and entries of all records, each derived with the records that it shows something of. */
function deriveRecords(records: readonly LedgerRecord[]): Derived[] {
  const of = <Kind extends RecordKind>(kind: Kind) =>
    records.filter((record): record is Extract<LedgerRecord, { kind: Kind }> => record.kind === kind);
  const customers = new Map(of('customer').map((customer) => [customer.id, customer.name]));
  const invoices = new Map(of('invoice').map((invoice) => [invoice.id, invoice]));
  const nameOf = (id: string | undefined) => (id === undefined ? undefined : customers.get(id));

  const settling: Derived[] = [
    ...of('customer').map(deriveCustomer),
    ...of('expense').map((expense) => deriveExpense(expense, formatMoney(expense.amount, expense.currency))),
    ...of('credit_note').map((note) => deriveCreditNote(note, nameOf(note.customerId))),
    ...of('payment').map((payment) => {
      const invoice = payment.invoiceId === undefined ? undefined : invoices.get(payment.invoiceId);
      const customer = nameOf(invoice?.customerId ?? payment.customerId);
      return derivePayment(payment, toPaymentRow(payment, invoice, customer));
    }),
  ];
  const filed = Map.groupBy(
    settling.flatMap(({ entries }) => entries.filter(({ index }) => index === 'invoice.settlement')),
    ({ sk }) => sk.slice(0, sk.indexOf('#')),
  );
  const rows = [...invoices.values()].map((invoice) => {
    const entries = (filed.get(sortKey(invoice.id)) ?? []).map(
      ({ data }) => JSON.parse(data) as SettlementEntry,
    );
    return toInvoiceRow(invoice, settlementsIn(invoice.currency, entries), nameOf(invoice.customerId));
  });
  return [...settling, ...rows.map(deriveInvoice)];
}
