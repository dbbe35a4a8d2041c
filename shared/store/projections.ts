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
import { afterAll, compareKeys, type IndexName, type Partitions, sortKey, sortPrefix } from './keys.ts';
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

/** Whether nobody else can be deriving for the same organization: then items are written without conditions. */
export interface Exclusively {
  exclusive: boolean;
}

/**
 * Derives the rows and index entries of what was touched.
 * @returns the totals that have to be recomputed when all entries are in place.
 */
export async function projectEntries(
  table: Table,
  partitions: Partitions,
  touched: Touched,
  { exclusive }: Exclusively,
): Promise<Set<string>> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await new Projection(table, partitions, exclusive).entriesOf(touched);
    } catch (error) {
      if (!(error instanceof Overtaken) || attempt === attempts) throw error;
    }
  }
}

/** One pass over what was touched, with the records that it has read. */
class Projection {
  readonly #table: Table;
  readonly #partitions: Partitions;
  readonly #exclusive: boolean;

  constructor(table: Table, partitions: Partitions, exclusive: boolean) {
    this.#table = table;
    this.#partitions = partitions;
    this.#exclusive = exclusive;
  }

  async entriesOf(touched: Touched): Promise<Set<string>> {
    const renamed = await this.#documentsOf(touched.renamed);
    const customers = await this.#records<Customer>('customer', touched.customers);
    const expenses = await this.#records<Expense>('expense', touched.expenses);
    const credits = await this.#records<CreditNote>('credit_note', touched.credits);
    await this.#apply([
      ...[...customers.values()].map(deriveCustomer),
      ...[...expenses.values()].map((expense) =>
        deriveExpense(expense, formatMoney(expense.amount, expense.currency)),
      ),
      ...[...credits.values()].map(deriveCreditNote),
    ]);

    // Payments before invoices: an invoice's row is derived from the settlements that are filed with it.
    const paymentIds = new Set([...touched.payments, ...renamed.payments]);
    await this.#applyPayments(paymentIds);
    const invoiceIds = new Set([...touched.invoices, ...touched.settled, ...renamed.invoices]);
    const invoices = [...(await this.#records<Invoice>('invoice', invoiceIds)).values()];
    const nameOf = await this.#namesOf(invoices);
    const settlements = await inParallel(invoices, ({ id }) => this.#settlementsOf(id));
    await this.#apply(
      invoices.map((invoice, at) => {
        const settled = settlementsIn(invoice.currency, settlements[at] ?? []);
        return deriveInvoice(toInvoiceRow(invoice, settled, nameOf(invoice.customerId)));
      }),
    );

    // The other payments of an invoice show its number and customer, which may have changed.
    const others = invoices.flatMap(({ id }, at) =>
      (touched.invoices.has(id) ? (settlements[at] ?? []) : []).flatMap((settlement) =>
        settlement.kind === 'payment' && !paymentIds.has(settlement.payment.id)
          ? [settlement.payment.id]
          : [],
      ),
    );
    await this.#applyPayments(new Set(others));

    const reached = nothingTouched();
    for (const invoice of invoices) addLeaves(reached, invoiceLeaves(invoice));
    return new Set([...touched.leaves, ...reached.leaves]);
  }

  /** The documents that show the name of these customers. */
  async #documentsOf(customers: Iterable<string>): Promise<{ invoices: string[]; payments: string[] }> {
    const documents = await inParallel([...customers], async (id) => ({
      invoices: await this.#idsUnder('invoice.customer', id),
      payments: await this.#idsUnder('payment.customer', id),
    }));
    return {
      invoices: documents.flatMap(({ invoices }) => invoices),
      payments: documents.flatMap(({ payments }) => payments),
    };
  }

  async #applyPayments(ids: ReadonlySet<string>): Promise<void> {
    const payments = [...(await this.#records<Payment>('payment', ids)).values()];
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
    const before = byKey(await this.#table.getMany(all.map(ownKey), true));
    const announced: Replacement[] = [];
    const settled: Replacement[] = [];
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
      const both: Item = { ...own, entries: JSON.stringify([...entries, ...left]) };
      if (earlier?.data !== both.data || earlier.entries !== both.entries) {
        announced.push({ item: both, versionRead: earlier?.version });
      }
      if (left.length > 0) {
        gone.push(...left.map(([index, sk]) => ({ pk: this.#partitions.derived(index), sk })));
        const changed = earlier?.data !== both.data || earlier.entries !== both.entries;
        settled.push({ item: own, versionRead: changed ? (earlier?.version ?? 0) + 1 : earlier?.version });
      }
    }
    await this.#replace(announced);
    await this.#table.write(
      all.flatMap(({ entries }) =>
        entries.map(({ index, sk, data }) => ({ pk: this.#partitions.derived(index), sk, data })),
      ),
    );
    await this.#table.write([], gone);
    await this.#replace(settled);
  }

  async #replace(replacements: readonly Replacement[]): Promise<void> {
    if (this.#exclusive) {
      await this.#table.write(
        replacements.map(({ item, versionRead = 0 }) => ({ ...item, version: versionRead + 1 })),
      );
      return;
    }
    await inParallel(replacements, async ({ item, versionRead }) => {
      if (!(await this.#table.replace(item, versionRead))) throw new Overtaken();
    });
  }
}

interface Replacement {
  item: Item;
  versionRead: number | undefined;
}

const keyText = ({ pk, sk }: Key): string => `${pk}\n${sk}`;

const byKey = (items: readonly Item[]): Map<string, Item> =>
  new Map(items.map((item) => [keyText(item), item]));

type EntryName = [index: IndexName, sk: string];

const entryText = ([index, sk]: EntryName): string => `${index}\n${sk}`;

const idsOf = (ids: readonly (string | undefined)[]): string[] => ids.filter((id) => id !== undefined);

const prefixRange = (partitions: Partitions, index: IndexName, ...parts: string[]): Range => {
  const prefix = sortPrefix(...parts);
  return { pk: partitions.derived(index), from: prefix, to: prefix + afterAll };
};

type TallyOf = (row: never) => Tally;

/** The indexes whose rows make up the totals by day. */
export const daySources = {
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
export const valueSources = {
  'total.customer': ['invoice.customer', tallyInvoice as TallyOf],
  'total.vendor': ['expense.vendor', tallyExpense as TallyOf],
  'total.category': ['expense.category', tallyExpense as TallyOf],
} as const satisfies Record<string, readonly [IndexName, TallyOf]>;

/** Recomputes these totals from the index entries, the levels above them, and the head. */
export async function projectTotals(
  table: Table,
  partitions: Partitions,
  leafTexts: Iterable<string>,
  { exclusive }: Exclusively,
): Promise<void> {
  const leaves = [...leafTexts].map(leafOf);
  const replace = exclusive ? replaceTotalsAtOnce : replaceTotals;
  await replace(table, await leafTotals(table, partitions, leaves, exclusive));
  for (const index of ['total.due', 'total.books'] as const) {
    const pk = partitions.derived(index);
    const months = leaves.filter((leaf) => leaf.index === index).map(({ of: [month] }) => month);
    const years = new Set(months.map((month) => month.slice(0, 4)));
    await replace(
      table,
      [...years].map((year) => ({
        key: { pk, sk: yearKey(year) },
        compute: () => yearTotal(table, pk, year),
      })),
    );
  }
  // The head carries the claim, which its holder renews at any time: never without a condition.
  await replaceTotals(table, [{ key: headKey(partitions), compute: () => computeHead(table, partitions) }]);
}

/** A total to be replaced by what `compute` reads at that moment. */
interface Total {
  key: Key;
  compute: () => Promise<string>;
}

/** From this many totals of one index on, reading the index once is less than reading it for each. */
const manyLeaves = 24;

async function leafTotals(
  table: Table,
  partitions: Partitions,
  leaves: readonly Leaf[],
  exclusive: boolean,
): Promise<Total[]> {
  const totals: Total[] = [];
  for (const [index, ofIndex] of Map.groupBy(leaves, (leaf) => leaf.index)) {
    if (index === 'total.due' || index === 'total.books') {
      totals.push(...ofIndex.map(({ of: [month] }) => monthLeaf(table, partitions, index, month)));
    } else {
      const keys = ofIndex.map(({ of: [value, year = ''] }) => sortKey(value, year));
      const sums =
        exclusive && keys.length >= manyLeaves ? await sumMany(table, partitions, index, keys) : undefined;
      totals.push(
        ...keys.map((sk) => valueLeaf(table, partitions, index, sk, sums?.get(sk) ?? (sums && {}))),
      );
    }
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

type ValueIndex = keyof typeof valueSources;

function valueLeaf(
  table: Table,
  partitions: Partitions,
  index: ValueIndex,
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
  index: ValueIndex,
  keys: readonly string[],
): Promise<Map<string, Tally>> {
  const [source, tally] = valueSources[index];
  const ordered = [...keys].sort(compareKeys);
  const range = {
    pk: partitions.derived(source),
    from: ordered[0] ?? '',
    to: `${ordered.at(-1)}-${afterAll}`,
  };
  const sums = new Map<string, Tally>();
  for await (const { sk, data } of table.query(range, { consistent: true })) {
    const [value = '', day = ''] = sk.split('#');
    const key = `${value}#${day.slice(0, 4)}`;
    sums.set(key, addTally(sums.get(key) ?? {}, tally(JSON.parse(data) as never)));
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
  const [profile, books, due] = await Promise.all([
    table.get({ pk: partitions.records('business'), sk: 'business' }, true),
    readYears(table, partitions, 'total.books'),
    readYears(table, partitions, 'total.due'),
  ]);
  return writeHead(profile && (JSON.parse(profile.data) as BusinessProfile), { books, due });
}

/** What an empty total is written as. It need not exist. */
export const emptyTotal = canonicalJson({ cells: {} } satisfies TotalItem);

/**
 * Replaces each total by what its `compute` reads now, unless it says so already. A total that somebody else
 * replaced in between is computed again: their reads may be older than ours, or ours older than theirs.
 */
async function replaceTotals(table: Table, totals: readonly Total[]): Promise<void> {
  await inParallel(totals, async ({ key, compute }) => {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const before = await table.get(key, true);
      const data = await compute();
      if (isAsBefore(before, data)) return;
      const item: Item = { ...key, data, ...(before?.claim && { claim: before.claim }) };
      if (await table.replace(item, before?.version)) return;
    }
    throw new Error(`A total changed during ${attempts} attempts to compute it.`);
  });
}

/** The same in fewer requests, for who is alone at work. */
async function replaceTotalsAtOnce(table: Table, totals: readonly Total[]): Promise<void> {
  const before = byKey(
    await table.getMany(
      totals.map(({ key }) => key),
      true,
    ),
  );
  const items = await inParallel(totals, async ({ key, compute }): Promise<Item[]> => {
    const earlier = before.get(keyText(key));
    const data = await compute();
    return isAsBefore(earlier, data) ? [] : [{ ...key, data, version: (earlier?.version ?? 0) + 1 }];
  });
  await table.write(items.flat());
}

const isAsBefore = (before: Item | undefined, data: string): boolean => (before?.data ?? emptyTotal) === data;
