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
  tallyInvoice,
  tallyPayment,
} from '../ledger/tally.ts';
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
import { headKey, readYears, writeHead } from './head.ts';
import { canonicalJson } from './json.ts';
import { afterAll, type IndexName, type Partitions, sortKey, sortPrefix } from './keys.ts';
import { type Item, inParallel, type Key, type Range, type Table } from './table.ts';
import { monthKey, monthTotal, sumUp, type TotalItem, valueTotal, yearKey } from './totals.ts';
import { addLeaves, invoiceLeaves, type Leaf, leafOf, nothingTouched, type Touched } from './touched.ts';

/*
 * Derives the indexes and totals again from the records that stand in the table, for whatever was touched. Every
 * step can be repeated at any time with the same result, and reads what it derives from consistently.
 */

/** Somebody else changed the same item in between; deriving again settles it. */
class Overtaken extends Error {}

const attempts = 5;

/** Derives index entries and totals of everything touched. */
export async function project(table: Table, partitions: Partitions, touched: Touched): Promise<void> {
  const leaves = await projectEntries(table, partitions, touched);
  await projectTotals(table, partitions, leaves);
}

/**
 * Derives the rows and index entries of what was touched.
 * @returns the totals that have to be recomputed when all entries are in place.
 */
export async function projectEntries(
  table: Table,
  partitions: Partitions,
  touched: Touched,
): Promise<Set<string>> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await new Projection(table, partitions).entriesOf(touched);
    } catch (error) {
      if (!(error instanceof Overtaken) || attempt === attempts) throw error;
    }
  }
}

/** One pass over what was touched, with the records that it has read. */
class Projection {
  readonly #table: Table;
  readonly #partitions: Partitions;

  constructor(table: Table, partitions: Partitions) {
    this.#table = table;
    this.#partitions = partitions;
  }

  async entriesOf(touched: Touched): Promise<Set<string>> {
    const customers = await this.#records<Customer>('customer', touched.customers);
    const { invoiceIds, paymentIds } = await this.#documentsOf(touched);
    const payments = await this.#records<Payment>('payment', paymentIds);
    const credits = await this.#records<CreditNote>('credit_note', touched.credits);
    const expenses = await this.#records<Expense>('expense', touched.expenses);
    const invoices = await this.#records<Invoice>(
      'invoice',
      new Set([...invoiceIds, ...idsOf([...payments.values()].map((payment) => payment.invoiceId))]),
    );
    const names = await this.#records<Customer>(
      'customer',
      new Set(idsOf([...invoices.values(), ...payments.values()].map((record) => record.customerId))),
    );
    const nameOf = (id: string | undefined) => (id === undefined ? undefined : names.get(id)?.name);

    // Settlements first: an invoice's row is derived from those that are filed with it.
    await this.#apply([
      ...[...customers.values()].map(deriveCustomer),
      ...[...expenses.values()].map((expense) =>
        deriveExpense(expense, formatMoney(expense.amount, expense.currency)),
      ),
      ...[...credits.values()].map(deriveCreditNote),
      ...[...payments.values()].map((payment) => {
        const invoice = payment.invoiceId === undefined ? undefined : invoices.get(payment.invoiceId);
        const customerId = invoice?.customerId ?? payment.customerId;
        return derivePayment(payment, toPaymentRow(payment, invoice, nameOf(customerId)));
      }),
    ]);

    const changed = [...invoiceIds].flatMap((id) => invoices.get(id) ?? []);
    const rows = await inParallel(changed, async (invoice) => {
      const settlements = settlementsIn(invoice.currency, await this.#settlementsOf(invoice.id));
      return toInvoiceRow(invoice, settlements, nameOf(invoice.customerId));
    });
    await this.#apply(rows.map(deriveInvoice));

    const leaves = nothingTouched();
    for (const invoice of changed) addLeaves(leaves, invoiceLeaves(invoice));
    return new Set([...touched.leaves, ...leaves.leaves]);
  }

  /** The invoices and payments whose rows show something that was touched. */
  async #documentsOf(touched: Touched): Promise<{ invoiceIds: Set<string>; paymentIds: Set<string> }> {
    const renamed = await inParallel([...touched.renamed], async (id) => ({
      invoices: await this.#idsUnder('invoice.customer', id),
      payments: await this.#idsUnder('payment.customer', id),
    }));
    const invoiceIds = new Set([
      ...touched.invoices,
      ...touched.settled,
      ...renamed.flatMap(({ invoices }) => invoices),
    ]);
    const ofInvoices = await inParallel([...touched.invoices], (id) => this.#settlementsOf(id));
    const paymentIds = new Set([
      ...touched.payments,
      ...renamed.flatMap(({ payments }) => payments),
      ...ofInvoices
        .flat()
        .flatMap((settlement) => (settlement.kind === 'payment' ? [settlement.payment.id] : [])),
    ]);
    return { invoiceIds, paymentIds };
  }

  async #idsUnder(index: IndexName, value: string): Promise<string[]> {
    const items = await this.#table.all(prefixRange(this.#partitions, index, value), { consistent: true });
    return items.map(({ data }) => (JSON.parse(data) as { id: string }).id);
  }

  async #settlementsOf(invoiceId: string): Promise<SettlementEntry[]> {
    const range = prefixRange(this.#partitions, 'invoice.settlement', invoiceId);
    const items = await this.#table.all(range, { consistent: true });
    return items.map(({ data }) => JSON.parse(data) as SettlementEntry);
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
    const items = await this.#table.getMany(all.map(ownKey), true);
    const found = new Map(items.map((item) => [`${item.pk}\n${item.sk}`, item]));

    const puts: Item[] = [];
    const leftovers: { own: Item; version: number; gone: Key[] }[] = [];
    await inParallel(all, async (derived) => {
      const key = ownKey(derived);
      const before = found.get(`${key.pk}\n${key.sk}`);
      const data = canonicalJson(derived.row);
      const entries = derived.entries.map(({ index, sk }): EntryName => [index, sk]);
      const own: Item = { ...key, data, entries: JSON.stringify(entries) };
      const named = new Set(entries.map(entryText));
      const earlier = before?.entries ? (JSON.parse(before.entries) as EntryName[]) : [];
      const gone = earlier.filter((name) => !named.has(entryText(name)));
      puts.push(
        ...derived.entries.map(({ index, sk, data }) => ({ pk: this.#partitions.derived(index), sk, data })),
      );
      const announced = { ...own, entries: JSON.stringify([...entries, ...gone]) };
      if (before?.data === announced.data && before.entries === announced.entries && gone.length === 0)
        return;
      if (!(await this.#table.replace(announced, before?.version))) throw new Overtaken();
      if (gone.length > 0) {
        const keys = gone.map(([index, sk]) => ({ pk: this.#partitions.derived(index), sk }));
        leftovers.push({ own, version: (before?.version ?? 0) + 1, gone: keys });
      }
    });
    await this.#table.write(puts);
    await this.#table.write(
      [],
      leftovers.flatMap(({ gone }) => gone),
    );
    await inParallel(leftovers, async ({ own, version }) => {
      if (!(await this.#table.replace(own, version))) throw new Overtaken();
    });
  }
}

type EntryName = [index: IndexName, sk: string];

const entryText = ([index, sk]: EntryName): string => `${index}\n${sk}`;

const idsOf = (ids: readonly (string | undefined)[]): string[] => ids.filter((id) => id !== undefined);

const prefixRange = (partitions: Partitions, index: IndexName, ...parts: string[]): Range => {
  const prefix = sortPrefix(...parts);
  return { pk: partitions.derived(index), from: prefix, to: prefix + afterAll };
};

type TallyOf = (row: never) => Tally;

/** The indexes whose rows make up the totals by day. */
const daySources = {
  'total.due': [['invoice.open', tallyInvoice as TallyOf]],
  'total.books': [
    ['invoice.date', tallyInvoice as TallyOf],
    ['credit.date', tallyCreditNote as TallyOf],
    ['payment.date', tallyPayment as TallyOf],
    ['expense.date', tallyExpense as TallyOf],
    ['settlement.date', tallyBalanceEvent as TallyOf],
  ],
} as const satisfies Record<string, readonly (readonly [IndexName, TallyOf])[]>;

/** The index whose rows make up the totals of a value by year. */
const valueSources = {
  'total.customer': ['invoice.customer', tallyInvoice as TallyOf],
  'total.vendor': ['expense.vendor', tallyExpense as TallyOf],
  'total.category': ['expense.category', tallyExpense as TallyOf],
} as const satisfies Record<string, readonly [IndexName, TallyOf]>;

/** Recomputes these totals from the index entries, the levels above them, and the head. */
export async function projectTotals(
  table: Table,
  partitions: Partitions,
  leafTexts: Iterable<string>,
): Promise<void> {
  const leaves = [...leafTexts].map(leafOf);
  await inParallel(leaves, (leaf) => projectLeaf(table, partitions, leaf));
  for (const index of ['total.due', 'total.books'] as const) {
    const pk = partitions.derived(index);
    const months = leaves.filter((leaf) => leaf.index === index).map(({ of: [month] }) => month);
    const years = new Set(months.map((month) => month.slice(0, 4)));
    await inParallel([...years], (year) =>
      replaceTotal(table, { pk, sk: yearKey(year) }, () => yearTotal(table, pk, year)),
    );
  }
  await replaceTotal(table, headKey(partitions), () => computeHead(table, partitions));
}

async function yearTotal(table: Table, pk: string, year: string): Promise<string> {
  const from = `${monthKey(year)}-`;
  const items = await table.all({ pk, from, to: from + afterAll }, { consistent: true });
  const months = new Map(items.map(({ sk, data }) => [sk.slice(from.length), JSON.parse(data) as TotalItem]));
  return canonicalJson(sumUp(months));
}

async function computeHead(table: Table, partitions: Partitions): Promise<string> {
  const [profile, books, due] = await Promise.all([
    table.get({ pk: partitions.records('business'), sk: 'business' }, true),
    readYears(table, partitions, 'total.books'),
    readYears(table, partitions, 'total.due'),
  ]);
  return writeHead(profile && (JSON.parse(profile.data) as BusinessProfile), { books, due });
}

function projectLeaf(table: Table, partitions: Partitions, leaf: Leaf): Promise<void> {
  const pk = partitions.derived(leaf.index);
  if (leaf.index === 'total.due' || leaf.index === 'total.books') {
    const [month] = leaf.of as readonly [string];
    const sources = daySources[leaf.index];
    return replaceTotal(table, { pk, sk: monthKey(month) }, async () => {
      const days = new Map<string, Tally>();
      for (const [index, tally] of sources) {
        const range = { pk: partitions.derived(index), from: month, to: `${month}-${afterAll}` };
        for await (const { sk, data } of table.query(range, { consistent: true })) {
          const day = sk.slice(0, 10);
          days.set(day, addTally(days.get(day) ?? {}, tally(JSON.parse(data) as never)));
        }
      }
      return canonicalJson(monthTotal(month, days));
    });
  }
  const [value, year] = leaf.of as readonly [string, string];
  const [index, tally] = valueSources[leaf.index];
  return replaceTotal(table, { pk, sk: sortKey(value, year) }, async () => {
    const from = sortKey(value, year);
    const range = { pk: partitions.derived(index), from, to: `${from}-${afterAll}` };
    const sum: Tally = {};
    for await (const { data } of table.query(range, { consistent: true })) {
      addTally(sum, tally(JSON.parse(data) as never));
    }
    return canonicalJson(valueTotal(year, sum));
  });
}

/**
 * Replaces a total by what `compute` reads now, unless it says so already. A total that somebody else replaced in
 * between is computed again: their reads may be older than ours, or ours older than theirs.
 */
async function replaceTotal(table: Table, key: Key, compute: () => Promise<string>): Promise<void> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const before = await table.get(key, true);
    const data = await compute();
    if (before?.data === data) return;
    const item: Item = { ...key, data, ...(before?.claim && { claim: before.claim }) };
    if (await table.replace(item, before?.version)) return;
  }
  throw new Error(`A total changed during ${attempts} attempts to compute it.`);
}
