import { type Day, endOfMonth } from '../dates.ts';
import {
  historyValue,
  issuedMeasure,
  monthOf,
  owingMeasure,
  readDays,
  type SettlementDays,
  settledMeasure,
  settlementOf,
  tallyHappened,
  wasIssued,
} from '../history.ts';
import { billed, bills } from '../kinds/bill.ts';
import { invoiced, invoices } from '../kinds/invoice.ts';
import { addTally, currenciesOf, sumTallies, type Tally } from '../measures.ts';
import { addMinor, type Minor } from '../money.ts';
import type { Books } from '../reader.ts';
import type { OwedRow } from '../standing.ts';

/*
 * How what is owed was paid in a window: from totals by party and month, however many documents there are.
 */

const kinds = {
  invoice: { documents: invoices, measure: invoiced },
  bill: { documents: bills, measure: billed },
};

/** The kinds of documents that are owed. */
export type OwedName = keyof typeof kinds;

/** A window from the first day of a month to the as-of day. */
export interface CollectionQuery {
  start: Day;
  asOf: Day;
  /** Only of this party. */
  partyId?: string | undefined;
}

/** Documents that were settled in the window in the same number of days. */
export interface Settled extends SettlementDays {
  count: number;
  total: Minor;
}

export interface PartyHabits {
  partyId?: string;
  party?: string;
  settled: Settled[];
}

/** How documents in one currency were paid. */
export interface Collection {
  currency: string;
  /** What was owed when the window began; not known of one party. */
  opening?: Minor;
  /** What was issued in each month of the window that has any ("2026-11"), up to the as-of day. */
  issued: ReadonlyMap<string, Minor>;
  /** Parties of which documents were settled in the window, by id. */
  parties: PartyHabits[];
}

/** Everything in the window that happened to the documents of one party. */
interface PartyWindow {
  party?: string;
  /** By month; of what was settled, only the parts matter. */
  months: Map<string, Tally>;
}

/**
 * How the documents of a kind were paid in a window, as of its last day: what was settled by then counts, whatever
 * happened later. Undefined where too many parties have any.
 */
export async function collectionOf(
  books: Books,
  kind: OwedName,
  query: CollectionQuery,
): Promise<Collection[] | undefined> {
  const { start, asOf, partyId } = query;
  const { documents, measure } = kinds[kind];
  const [found, later, [openNow = {}]] = await Promise.all([
    valuesOf(books, documents.series.history, query),
    books.later<OwedRow>(kind, asOf),
    books.sums([{ series: documents.series.open }]),
  ]);
  if (!found) return undefined;
  const parties = new Map<string, PartyWindow>();
  const add = (id: string, party: string | undefined, month: string, tally: Tally, sign?: -1) => {
    const known = parties.get(id) ?? { months: new Map<string, Tally>() };
    parties.set(id, known);
    if (party !== undefined) known.party = party;
    known.months.set(month, addTally(known.months.get(month) ?? {}, tally, sign));
  };
  /** What of the balances of today has come since the window began. */
  const moved: Tally = {};
  for (const { value, label, cells } of found) {
    for (const [month, tally] of Object.entries(cells)) {
      if (month < monthOf(start)) continue;
      for (const { currency, amount } of owingMeasure.in(tally))
        addTally(moved, owingMeasure.of(currency, { amount }));
      if (month <= monthOf(asOf)) add(value.slice(5), label, month, tally);
    }
  }
  const end = endOfMonth(asOf);
  for (const { now, then } of later.values()) {
    const id = documents.party.id(now);
    if (partyId !== undefined && id !== partyId) continue;
    const name = documents.party.name(now);
    for (const [day, tally] of dated(now, start, end)) add(id ?? '', name, monthOf(day), tally, -1);
    if (then.issued > asOf) continue;
    const paidThen = (await documents.paidThen(then as never, asOf, books)) as OwedRow;
    for (const [day, tally] of dated(paidThen, start, asOf)) add(id ?? '', name, monthOf(day), tally);
  }
  const all = sumTallies([...parties.values()].flatMap(({ months }) => [...months.values()]));
  const owedNow = measure
    .in(openNow)
    .map(({ currency, balance }) => owingMeasure.of(currency, { amount: balance }));
  // Of one party, what happens after the as-of day is not read.
  const opening = owingMeasure.in(partyId === undefined ? addTally(sumTallies(owedNow), moved, -1) : {});
  const entries = [issuedMeasure.in(all), settledMeasure.in(all), opening].flat();
  return currenciesOf(entries).map((currency) => ({
    currency,
    ...(partyId === undefined && {
      opening: opening.find((sum) => sum.currency === currency)?.amount ?? 0,
    }),
    issued: issuedBy(parties.values(), currency),
    parties: [...parties]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([id, { party, months }]) => {
        const settled = settledIn(months.values(), currency);
        if (settled.length === 0) return [];
        return [{ ...(id !== '' && { partyId: id }), ...(party !== undefined && { party }), settled }];
      }),
  }));
}

/** The totals that a window needs: of all parties from its first year on, or of one in each of its years. */
async function valuesOf(books: Books, series: string, { start, asOf, partyId }: CollectionQuery) {
  const [first, last] = [start, asOf].map((day) => day.slice(0, 4));
  if (partyId === undefined) return books.values(series, { from: first ?? '' });
  const years = Array.from({ length: Number(last) - Number(first) + 1 }, (_, at) =>
    String(Number(first) + at),
  );
  const found = await Promise.all(
    years.map((year) => books.values(series, { value: historyValue(year, partyId) })),
  );
  return found.every((values) => values !== undefined) ? found.flat() : undefined;
}

/** What a document adds to the totals of the days between these two, by day: that it was issued and settled. */
function dated(row: OwedRow, from: Day, to: Day): [Day, Tally][] {
  const { currency, issued, total } = row;
  const settled = settlementOf(row);
  const all: [Day, Tally][] = [];
  if (wasIssued(row)) all.push([issued, tallyHappened({ currency, issued: total })]);
  if (settled) all.push([settled.date, tallyHappened({ currency, settled })]);
  return all.filter(([day]) => day >= from && day <= to);
}

/** What was issued in one currency in each month. */
function issuedBy(parties: Iterable<PartyWindow>, currency: string): Map<string, Minor> {
  const issued = new Map<string, Minor>();
  for (const { months } of parties) {
    for (const [month, tally] of months) {
      for (const sum of issuedMeasure.in(tally)) {
        if (sum.currency === currency) issued.set(month, addMinor(issued.get(month) ?? 0, sum.total));
      }
    }
  }
  return issued;
}

/** What was settled in one currency, by its days. */
const settledIn = (months: Iterable<Tally>, currency: string): Settled[] =>
  settledMeasure
    .in(sumTallies(months))
    .filter((sum) => sum.currency === currency && sum.count > 0)
    .map(({ part = '', count, total }) => ({ ...readDays(part), count, total }));
