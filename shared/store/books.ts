import { addDays, type Day } from '../ledger/dates.ts';
import { type InvoiceRow, rowAsOf, type Settlement } from '../ledger/invoice-row.ts';
import { addMinor } from '../ledger/money.ts';
import type { Tally } from '../ledger/tally.ts';
import type { BalanceEvent, RestChange, SettlementEntry, Unapplied } from './entries.ts';
import { type Head, headKey, lastDay, readHead } from './head.ts';
import {
  afterAll,
  type DayTotals,
  type IndexName,
  type Partitions,
  partitionsOf,
  sortKey,
  sortPrefix,
  type ValueTotals,
} from './keys.ts';
import type { CreditNoteSummary, PaymentSummary } from './ledger-reader.ts';
import type { Item, Table } from './table.ts';
import { allTime, coverDays, itemsOf, sumByValue, sumPieces, type TotalItem } from './totals.ts';

/** Why there are no totals while an import is running, or after one was interrupted. */
export const beingChanged = 'an import into these books is not finished; totals are available when it is';

/** An invoice whose state on the as-of day differs from the indexes, which contain everything ever recorded. */
export interface LaterChange {
  now: InvoiceRow;
  then: InvoiceRow;
}

/** A credit note as it stands, and with what of it was applied to no invoice by an earlier day. */
export interface LaterCredit {
  now: CreditNoteSummary;
  then: CreditNoteSummary;
}

/** The totals of one range of days, of one kind. */
export interface TotalRange {
  index: DayTotals;
  from?: Day | undefined;
  to?: Day | undefined;
}

/** What the lists and figures of one organization share: the head, totals over days, and later changes. */
export class Books {
  readonly table: Table;
  readonly partitions: Partitions;
  #head: Promise<Item | undefined> | undefined;
  readonly #totals = new Map<string, Promise<Item | undefined>>();
  readonly #later = new Map<Day, Promise<Map<string, LaterChange>>>();
  readonly #tails = new Map<string, Promise<Item[]>>();

  constructor(table: Table, organization: string) {
    this.table = table;
    this.partitions = partitionsOf(organization);
  }

  #headItem(): Promise<Item | undefined> {
    this.#head ??= this.table.get(headKey(this.partitions));
    return this.#head;
  }

  async head(): Promise<Head> {
    return readHead(await this.#headItem());
  }

  /** Whether totals must be withheld because records and totals may not agree yet. */
  async isBeingChanged(): Promise<boolean> {
    return (await this.#headItem())?.claim !== undefined;
  }

  /** Tallies over ranges of days, read together. */
  async sums(ranges: readonly TotalRange[]): Promise<Tally[]> {
    const head = await this.head();
    const covers = ranges.map(({ index, from, to }) => ({ index, pieces: coverDays(from, to) }));
    const items = await Promise.all(
      covers.map(({ index, pieces }) =>
        this.#totalItems(this.partitions.derived(index), itemsOf(pieces, index)),
      ),
    );
    return covers.map(({ index, pieces }, at) => {
      const uppermost = index === 'total.books' ? head.books : index === 'total.due' ? head.due : undefined;
      return sumPieces(
        pieces,
        new Map([...(uppermost ? [[allTime, uppermost] as const] : []), ...(items[at] ?? [])]),
      );
    });
  }

  /** The items of one kind that exist; each is read once. */
  async #totalItems(pk: string, sks: readonly string[]): Promise<Map<string, TotalItem>> {
    const unread = sks.filter((sk) => !this.#totals.has(pk + sk));
    if (unread.length > 0) {
      const items = this.table.getMany(unread.map((sk) => ({ pk, sk })));
      for (const sk of unread)
        this.#totals.set(
          pk + sk,
          items.then((found) => found.find((item) => item.sk === sk)),
        );
    }
    const found = await Promise.all(sks.map((sk) => this.#totals.get(pk + sk)));
    return new Map(found.flatMap((item) => (item ? [[item.sk, JSON.parse(item.data) as TotalItem]] : [])));
  }

  /** The totals of all years of one value: a customer, a vendor, a category. */
  async sumOf(index: ValueTotals, value: string): Promise<Tally> {
    const from = sortPrefix(value);
    const range = { pk: this.partitions.derived(index), from, to: from + afterAll };
    return sumByValue(await this.table.all(range)).get(value) ?? {};
  }

  /** How many customers there are. */
  async customerCount(): Promise<number> {
    const items = await this.#totalItems(this.partitions.derived('total.customers'), [allTime]);
    return items.get(allTime)?.cells[allTime]?.customer?.[0] ?? 0;
  }

  /** Invoices that payments, credits or write-offs after the day have changed, and those dated after it, by id. */
  laterChanges(asOf: Day): Promise<Map<string, LaterChange>> {
    let changes = this.#later.get(asOf);
    if (!changes) {
      changes = this.#findLaterChanges(asOf);
      this.#later.set(asOf, changes);
    }
    return changes;
  }

  async #findLaterChanges(asOf: Day): Promise<Map<string, LaterChange>> {
    if (lastDay(await this.head()) <= asOf) return new Map();
    const [payments, events, issued] = await Promise.all([
      this.#after<PaymentSummary>('payment.date', asOf),
      this.#after<BalanceEvent>('settlement.date', asOf),
      this.#after<InvoiceRow>('invoice.date', asOf),
    ]);
    const settlements = new Map<string, { settlement: Settlement; currency: string }[]>();
    const note = (invoiceId: string | undefined, currency: string, settlement: Settlement) => {
      if (invoiceId === undefined) return;
      const list = settlements.get(invoiceId);
      if (list) list.push({ settlement, currency });
      else settlements.set(invoiceId, [{ settlement, currency }]);
    };
    for (const { row } of payments) note(row.invoiceId, row.currency, { date: row.date, amount: row.amount });
    for (const { row, date } of events) note(row.invoiceId, row.currency, { date, amount: row.amount });

    const rows = new Map(issued.map(({ row }) => [row.id, row]));
    const settled = [...settlements.keys()].filter((id) => !rows.has(id));
    for (const row of await this.#rows<InvoiceRow>('invoice', settled)) {
      rows.set(row.id, row);
    }
    return new Map(
      [...rows].map(([id, now]) => {
        const later = (settlements.get(id) ?? []).filter(({ currency }) => currency === now.currency);
        const then = rowAsOf(
          now,
          asOf,
          later.map(({ settlement }) => settlement),
        );
        return [id, { now, then }];
      }),
    );
  }

  /** Credit notes that were issued, or applied to invoices, after the day, by id. */
  async laterCredits(asOf: Day): Promise<Map<string, LaterCredit>> {
    if (lastDay(await this.head()) <= asOf) return new Map();
    const changes = Map.groupBy(await this.#after<RestChange>('credit.rest', asOf), ({ row }) => row.id);
    const rows = await this.#rows<CreditNoteSummary>('credit', [...changes.keys()]);
    return new Map(
      rows.map((now) => {
        const later = (changes.get(now.id) ?? []).reduce((sum, { row }) => addMinor(sum, row.amount), 0);
        const then: CreditNoteSummary = { ...now, unapplied: addMinor(now.unapplied, -later) };
        return [now.id, { now, then }];
      }),
    );
  }

  /** What of payments and credit notes begins or ceases after the day to be applied to no invoice. */
  async laterUnapplied(asOf: Day): Promise<(Unapplied & { customerId?: string })[]> {
    if (lastDay(await this.head()) <= asOf) return [];
    const [payments, changes] = await Promise.all([
      this.#after<PaymentSummary>('payment.date', asOf),
      this.#after<RestChange>('credit.rest', asOf),
    ]);
    const unapplied = payments.filter(({ row }) => row.invoiceId === undefined);
    return [...unapplied.map(({ row }) => ({ ...row, count: 1 })), ...changes.map(({ row }) => row)];
  }

  /** Everything in an index that is dated after the day; read once. */
  async #after<Row>(index: IndexName, day: Day): Promise<{ date: Day; row: Row }[]> {
    const range = { pk: this.partitions.derived(index), from: addDays(day, 1), to: afterAll };
    const tail = `${index} ${day}`;
    const read = this.#tails.get(tail) ?? this.table.all(range);
    this.#tails.set(tail, read);
    const items = await read;
    return items.map(({ sk, data }) => ({ date: sk.slice(0, 10), row: JSON.parse(data) as Row }));
  }

  /** What settles an invoice, as filed with it. */
  async settlementsOf(invoiceId: string): Promise<SettlementEntry[]> {
    const prefix = sortPrefix(invoiceId);
    const range = { pk: this.partitions.derived('invoice.settlement'), from: prefix, to: prefix + afterAll };
    const items = await this.table.all(range);
    return items.map(({ data }) => JSON.parse(data) as SettlementEntry);
  }

  async #rows<Row>(index: 'invoice' | 'credit', ids: readonly string[]): Promise<Row[]> {
    const pk = this.partitions.derived(index);
    const items = await this.table.getMany(ids.map((id) => ({ pk, sk: sortKey(id) })));
    return items.map(({ data }) => JSON.parse(data) as Row);
  }
}
