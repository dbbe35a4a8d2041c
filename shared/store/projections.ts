import { canonicalJson } from '../json.ts';
import { toInvoiceRow } from '../ledger/invoice-row.ts';
import { formatMoney } from '../ledger/money.ts';
import type {
  BusinessProfile,
  CreditNote,
  Customer,
  Expense,
  Invoice,
  LedgerRecord,
  Payment,
  RecordKind,
} from '../ledger/records.ts';
import {
  addTally,
  type Tally,
  tallyBalanceEvent,
  tallyCreditNote,
  tallyExpense,
  tallyFailed,
  tallyInvoice,
  tallyMoved,
  tallyPayment,
  tallyUnapplied,
  tallyUnappliedCredit,
  tallyUnappliedPayment,
} from '../ledger/tally.ts';
import { chunks, inParallel } from '../parallel.ts';
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
import { readYears, replaceHead, writeHead } from './head.ts';
import {
  afterAll,
  compareKeys,
  type DayTotals,
  type IndexName,
  type Partitions,
  sortKey,
  sortPrefix,
  type ValueTotals,
  wholePartition,
} from './keys.ts';
import type { Item, Key, Range, Table } from './table.ts';
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
import { addLeaves, invoiceLeaves, type Leaf, leafOf, nothingTouched, type Touched } from './touched.ts';

/*
 * Derives the indexes and totals again from the records that stand in the table, for whatever was touched. Every
 * step can be repeated at any time with the same result, and reads what it derives from consistently. Only who holds
 * the claim on an organization's books may do so: see keeper.ts.
 */

/**
 * Derives the rows and index entries of what was touched.
 * @returns the totals that have to be recomputed when all entries are in place.
 */
export const projectEntries = (
  table: Table,
  partitions: Partitions,
  touched: Touched,
): Promise<Set<string>> => new Projection(table, partitions).entriesOf(touched);

/** One pass over what was touched, with the records that it has read. */
class Projection {
  readonly #table: Table;
  readonly #partitions: Partitions;

  constructor(table: Table, partitions: Partitions) {
    this.#table = table;
    this.#partitions = partitions;
  }

  async entriesOf(touched: Touched): Promise<Set<string>> {
    const renamed = await this.#documentsOf(touched.renamed);
    const customers = await this.#records<Customer>('customer', touched.customers);
    const expenses = await this.#records<Expense>('expense', touched.expenses);
    const credits = await this.#records<CreditNote>(
      'credit_note',
      new Set([...touched.credits, ...renamed.credits]),
    );
    const issuedTo = await this.#namesOf([...credits.values()]);
    await this.#clear('customer', touched.customers, customers);
    await this.#clear('expense', touched.expenses, expenses);
    await this.#clear('credit', touched.credits, credits);
    await this.#apply([
      ...[...customers.values()].map(deriveCustomer),
      ...[...expenses.values()].map((expense) =>
        deriveExpense(expense, formatMoney(expense.amount, expense.currency)),
      ),
      ...[...credits.values()].map((note) => deriveCreditNote(note, issuedTo(note.customerId))),
    ]);

    // Payments before invoices: an invoice's row is derived from the settlements that are filed with it.
    const paymentIds = new Set([...touched.payments, ...renamed.payments]);
    await this.#applyPayments(paymentIds);
    const invoiceIds = new Set([...touched.invoices, ...touched.settled, ...renamed.invoices]);
    const found = await this.#records<Invoice>('invoice', invoiceIds);
    await this.#clear('invoice', touched.invoices, found);
    const invoices = [...found.values()];
    const nameOf = await this.#namesOf(invoices);
    const gone = [...touched.invoices].filter((id) => !found.has(id));
    const settlements = await this.#entriesUnder<SettlementEntry>('invoice.settlement', [
      ...found.keys(),
      ...gone,
    ]);
    await this.#apply(
      invoices.map((invoice) => {
        const settled = settlementsIn(invoice.currency, settlements.get(invoice.id) ?? []);
        return deriveInvoice(toInvoiceRow(invoice, settled, nameOf(invoice.customerId)));
      }),
    );

    // The other payments of an invoice show its number and customer, which may have changed.
    const shown = [...touched.invoices].flatMap((id) => settlements.get(id) ?? []);
    const others = shown.flatMap((settlement) =>
      settlement.kind === 'payment' ? [settlement.payment.id] : [],
    );
    await this.#applyPayments(new Set(others).difference(paymentIds));

    const reached = nothingTouched();
    for (const invoice of invoices) addLeaves(reached, invoiceLeaves(invoice));
    return new Set([...touched.leaves, ...reached.leaves]);
  }

  /** The documents that show the name of these customers. */
  async #documentsOf(
    customers: Iterable<string>,
  ): Promise<{ invoices: string[]; credits: string[]; payments: string[] }> {
    const ids = [...customers];
    const idsUnder = async (index: IndexName) =>
      [...(await this.#entriesUnder<{ id: string }>(index, ids)).values()].flat().map(({ id }) => id);
    return {
      invoices: await idsUnder('invoice.customer'),
      credits: await idsUnder('credit.customer'),
      payments: [...(await idsUnder('payment.customer')), ...(await idsUnder('failed.customer'))],
    };
  }

  async #applyPayments(ids: ReadonlySet<string>): Promise<void> {
    const found = await this.#records<Payment>('payment', ids);
    await this.#clear('payment', ids, found);
    const payments = [...found.values()];
    const invoices = await this.#records<Invoice>(
      'invoice',
      idsOf(payments.map(({ invoiceId }) => invoiceId)),
    );
    const nameOf = await this.#namesOf([...payments, ...invoices.values()]);
    await this.#apply(
      payments.map((payment) => {
        const invoice = payment.invoiceId === undefined ? undefined : invoices.get(payment.invoiceId);
        const customer = nameOf(invoice?.customerId ?? payment.customerId);
        return derivePayment(payment, toPaymentRow(payment, invoice, customer));
      }),
    );
  }

  async #namesOf(
    records: readonly { customerId?: string }[],
  ): Promise<(id: string | undefined) => string | undefined> {
    const customers = await this.#records<Customer>(
      'customer',
      idsOf(records.map(({ customerId }) => customerId)),
    );
    return (id) => (id === undefined ? undefined : customers.get(id)?.name);
  }

  /** What an index holds under each of these values, for those under which it holds anything. */
  async #entriesUnder<Entry>(index: IndexName, values: readonly string[]): Promise<Map<string, Entry[]>> {
    const prefixes = new Map(values.map((value) => [sortPrefix(value), value]));
    const ordered = [...prefixes.keys()].sort(compareKeys);
    const near = await inParallel(chunks(ordered, neighbours), (some) => this.#itemsAmong(index, some));
    const alone = await inParallel(
      near.flatMap(({ left }) => left),
      (prefix) => this.#table.all(this.#rangeOf(index, prefix), { consistent: true }),
    );
    const entries = new Map<string, Entry[]>();
    for (const { sk, data } of [...near.flatMap(({ items }) => items), ...alone.flat()]) {
      const value = prefixes.get(sk.slice(0, sk.indexOf('#') + 1));
      if (value === undefined) continue;
      const known = entries.get(value);
      if (known) known.push(JSON.parse(data) as Entry);
      else entries.set(value, [JSON.parse(data) as Entry]);
    }
    return entries;
  }

  /**
   * The items from the first of these prefixes to the last, in one request, and the prefixes that it did not come to
   * the end of. What changes together, as new invoices do, mostly lies together; others in between only cost a part
   * of the request.
   */
  async #itemsAmong(
    index: IndexName,
    ordered: readonly string[],
  ): Promise<{ items: Item[]; left: readonly string[] }> {
    const range = this.#rangeOf(index, ordered[0], ordered.at(-1));
    const limit = ordered.length * itemsPerNeighbour;
    const items = await this.#table.all(range, { consistent: true, limit });
    if (items.length < limit) return { items, left: [] };
    const end = items.at(-1)?.sk ?? '';
    const left = ordered.filter((prefix) => compareKeys(prefix + afterAll, end) > 0);
    return { items: items.filter(({ sk }) => compareKeys(sk, left[0] ?? afterAll) < 0), left };
  }

  #rangeOf(index: IndexName, first = '', last = first): Range {
    return { pk: this.#partitions.derived(index), from: first, to: last + afterAll };
  }

  async #records<Kind extends LedgerRecord>(
    kind: RecordKind,
    ids: Iterable<string>,
  ): Promise<Map<string, Kind>> {
    const pk = this.#partitions.records(kind);
    const items = await this.#table.getMany(
      [...ids].map((id) => ({ pk, sk: sortKey(id) })),
      true,
    );
    const records = items.map(({ data }) => JSON.parse(data) as Kind);
    return new Map(records.map((record) => [record.id, record]));
  }

  /** Takes away what was derived of records that are no longer there. */
  async #clear(
    index: Derived['index'],
    ids: ReadonlySet<string>,
    found: ReadonlyMap<string, unknown>,
  ): Promise<void> {
    const pk = this.#partitions.derived(index);
    const missing = [...ids].filter((id) => !found.has(id));
    const own = await this.#table.getMany(
      missing.map((id) => ({ pk, sk: sortKey(id) })),
      true,
    );
    const entries = own.flatMap((item) => JSON.parse(item.entries ?? '[]') as EntryName[]);
    await this.#table.write(
      [],
      entries.map(([index, sk]) => ({ pk: this.#partitions.derived(index), sk })),
    );
    await this.#table.write([], own);
  }

  /**
   * Makes the indexes hold exactly these entries for these records. The record's own item lists where its entries
   * are: first it names old and new ones, then the new are put and the old deleted, then it names the new. So an
   * interruption at any point leaves nothing that a later pass would not find.
   */
  async #apply(all: readonly Derived[]): Promise<void> {
    const ownKey = ({ index, id }: Derived): Key => ({
      pk: this.#partitions.derived(index),
      sk: sortKey(id),
    });
    const before = byKey(await this.#table.getMany(all.map(ownKey), true));
    const announced: Item[] = [];
    const settled: Item[] = [];
    const gone: Key[] = [];
    for (const derived of all) {
      const key = ownKey(derived);
      const earlier = before.get(keyText(key));
      const entries = derived.entries.map(({ index, sk }): EntryName => [index, sk]);
      const named = new Set(entries.map(entryText));
      const left = (JSON.parse(earlier?.entries ?? '[]') as EntryName[]).filter(
        (name) => !named.has(entryText(name)),
      );
      const own: Item = { ...key, data: canonicalJson(derived.row), entries: JSON.stringify(entries) };
      announced.push({ ...own, entries: JSON.stringify([...entries, ...left]) });
      if (left.length > 0) {
        gone.push(...left.map(([index, sk]) => ({ pk: this.#partitions.derived(index), sk })));
        settled.push(own);
      }
    }
    await this.#table.write(announced);
    await this.#table.write(
      all.flatMap(({ entries }) =>
        entries.map(({ index, sk, data }) => ({ pk: this.#partitions.derived(index), sk, data })),
      ),
    );
    await this.#table.write([], gone);
    await this.#table.write(settled);
  }
}

const keyText = ({ pk, sk }: Key): string => `${pk}\n${sk}`;

const byKey = (items: readonly Item[]): Map<string, Item> =>
  new Map(items.map((item) => [keyText(item), item]));

/** How many values are asked for in one request, and how many items of each are expected at most. */
const neighbours = 50;
const itemsPerNeighbour = 4;

type EntryName = [index: IndexName, sk: string];

const entryText = ([index, sk]: EntryName): string => `${index}\n${sk}`;

const idsOf = (ids: readonly (string | undefined)[]): string[] => ids.filter((id) => id !== undefined);

type TallyOf = (row: never) => Tally;

/** The indexes whose rows make up the totals by day. */
export const daySources = {
  'total.due': [['invoice.open', tallyInvoice as TallyOf]],
  'total.alldue': [['invoice.due', tallyInvoice as TallyOf]],
  'total.payments': [['payment.date', tallyPayment as TallyOf]],
  'total.books': [
    ['invoice.date', tallyInvoice as TallyOf],
    ['credit.date', tallyCreditNote as TallyOf],
    ['credit.rest', tallyUnappliedCredit as TallyOf],
    ['payment.unapplied', tallyUnappliedPayment as TallyOf],
    ['payment.failed', tallyFailed as TallyOf],
    ['expense.date', tallyExpense as TallyOf],
    ['expense.moved', tallyMoved as TallyOf],
    ['settlement.date', tallyBalanceEvent as TallyOf],
  ],
} as const satisfies Record<DayTotals, readonly (readonly [IndexName, TallyOf])[]>;

export const dayTotals = Object.keys(daySources) as DayTotals[];

const isByDay = (leaf: Leaf): leaf is Extract<Leaf, { index: DayTotals }> => leaf.index in daySources;

/** The indexes whose rows make up the totals of a value by year. */
export const valueSources = {
  'total.customer': [
    ['invoice.customer', tallyInvoice as TallyOf],
    ['customer.unapplied', tallyUnapplied as TallyOf],
  ],
  'total.vendor': [['expense.vendor', tallyExpense as TallyOf]],
  'total.category': [['expense.category', tallyExpense as TallyOf]],
} as const satisfies Record<ValueTotals, readonly (readonly [IndexName, TallyOf])[]>;

/** Recomputes these totals from the index entries, the levels above them, and the head. */
export async function projectTotals(
  table: Table,
  partitions: Partitions,
  leafTexts: Iterable<string>,
): Promise<void> {
  const leaves = [...leafTexts].map(leafOf);
  await replaceTotals(table, await leafTotals(table, partitions, leaves));
  for (const index of dayTotals) {
    const pk = partitions.derived(index);
    const months = leaves.filter(isByDay).flatMap((leaf) => (leaf.index === index ? leaf.of : []));
    const years = new Set(months.map((month) => month.slice(0, 4)));
    await replaceTotals(
      table,
      [...years].map((year) => ({
        key: { pk, sk: yearKey(year) },
        compute: () => yearTotal(table, pk, year),
      })),
    );
  }
  await replaceTotals(
    table,
    besideHead.map((index) => ({
      key: { pk: partitions.derived(index), sk: allTime },
      compute: async () => canonicalJson(sumUp(await readYears(table, partitions, index))),
    })),
  );
  await replaceHead(table, partitions, await computeHead(table, partitions));
}

/** A total to be replaced by what `compute` reads. */
interface Total {
  key: Key;
  compute: () => Promise<string>;
}

/** From this many totals of one index on, reading the index once is less than reading it for each. */
const manyLeaves = 24;

async function leafTotals(table: Table, partitions: Partitions, leaves: readonly Leaf[]): Promise<Total[]> {
  const totals: Total[] = [];
  for (const { index, of } of leaves.filter(isByDay)) {
    totals.push(monthLeaf(table, partitions, index, of[0]));
  }
  if (leaves.some(({ index }) => index === 'total.customers')) totals.push(customerCount(table, partitions));
  const ofValues = leaves.filter((leaf) => leaf.index in valueSources) as Extract<
    Leaf,
    { index: ValueTotals }
  >[];
  for (const [index, ofIndex] of Map.groupBy(ofValues, (leaf) => leaf.index)) {
    const keys = ofIndex.map(({ of: [value, year] }) => sortKey(value, year));
    const sums = keys.length >= manyLeaves ? await sumMany(table, partitions, index, keys) : undefined;
    totals.push(...keys.map((sk) => valueLeaf(table, partitions, index, sk, sums && (sums.get(sk) ?? {}))));
  }
  return totals;
}

function monthLeaf(
  table: Table,
  partitions: Partitions,
  index: keyof typeof daySources,
  month: string,
): Total {
  const compute = async () => {
    const days = new Map<string, Tally>();
    for (const [source, tally] of daySources[index]) {
      const range = { pk: partitions.derived(source), from: month, to: `${month}-${afterAll}` };
      for await (const { sk, data } of table.query(range, { consistent: true })) {
        const day = sk.slice(0, 10);
        days.set(day, addTally(days.get(day) ?? {}, tally(JSON.parse(data) as never)));
      }
    }
    return canonicalJson(monthTotal(month, days));
  };
  return { key: { pk: partitions.derived(index), sk: monthKey(month) }, compute };
}

const customerCount = (table: Table, partitions: Partitions): Total => ({
  key: { pk: partitions.derived('total.customers'), sk: allTime },
  compute: async () => {
    const customers = wholePartition(partitions.derived('customer.list'));
    const all = await Array.fromAsync(table.query(customers, { consistent: true }), ({ sk }) => sk);
    return canonicalJson(countTotal('customer', all.length));
  },
});

function valueLeaf(
  table: Table,
  partitions: Partitions,
  index: ValueTotals,
  sk: string,
  known?: Tally,
): Total {
  const compute = async () => {
    const sum = known ?? (await sumMany(table, partitions, index, [sk])).get(sk) ?? {};
    return canonicalJson(valueTotal(sk.slice(-4), sum));
  };
  return { key: { pk: partitions.derived(index), sk }, compute };
}

/** What the rows from the first of these keys to the last add up to, by key. */
async function sumMany(
  table: Table,
  partitions: Partitions,
  index: ValueTotals,
  keys: readonly string[],
): Promise<Map<string, Tally>> {
  const ordered = [...keys].sort(compareKeys);
  const sums = new Map<string, Tally>();
  for (const [source, tally] of valueSources[index]) {
    const range = {
      pk: partitions.derived(source),
      from: ordered[0] ?? '',
      to: `${ordered.at(-1)}-${afterAll}`,
    };
    for await (const { sk, data } of table.query(range, { consistent: true })) {
      const [value = '', day = ''] = sk.split('#');
      const key = `${value}#${day.slice(0, 4)}`;
      sums.set(key, addTally(sums.get(key) ?? {}, tally(JSON.parse(data) as never)));
    }
  }
  return sums;
}

async function yearTotal(table: Table, pk: string, year: string): Promise<string> {
  const from = `${monthKey(year)}-`;
  const items = await table.all({ pk, from, to: from + afterAll }, { consistent: true });
  const months = new Map(items.map(({ sk, data }) => [sk.slice(from.length), JSON.parse(data) as TotalItem]));
  return canonicalJson(sumUp(months));
}

async function computeHead(table: Table, partitions: Partitions): Promise<string> {
  const [profile, books, payments, due] = await Promise.all([
    table.get({ pk: partitions.records('business'), sk: 'business' }, true),
    readYears(table, partitions, 'total.books'),
    readYears(table, partitions, 'total.payments'),
    readYears(table, partitions, 'total.due'),
  ]);
  return writeHead(profile && (JSON.parse(profile.data) as BusinessProfile), { books, payments, due });
}

/** What an empty total is written as. It need not exist. */
export const emptyTotal = canonicalJson({ cells: {} } satisfies TotalItem);

/** Replaces each total by what it computes to now, unless it says so already. */
async function replaceTotals(table: Table, totals: readonly Total[]): Promise<void> {
  const before = byKey(
    await table.getMany(
      totals.map(({ key }) => key),
      true,
    ),
  );
  const items = await inParallel(totals, async ({ key, compute }): Promise<Item[]> => {
    const data = await compute();
    return (before.get(keyText(key))?.data ?? emptyTotal) === data ? [] : [{ ...key, data }];
  });
  await table.write(items.flat());
}
