import { defined } from '../json.ts';
import { type Day, daysBetween } from './dates.ts';
import { measure, type Tally } from './measures.ts';
import { addMinor, type Minor } from './money.ts';
import { sumOf } from './settlements.ts';
import type { OwedRow, Settlement } from './standing.ts';

/*
 * What happens to a document that is owed: it is issued, what is left of it changes, it is settled. Totals keep it by
 * party and month, so that the habits of a party are known without its documents.
 */

/** What happened to a document in a month. */
export interface Happened {
  currency: string;
  /** The other party's name. */
  party?: string;
  /** What was invoiced. */
  issued?: Minor;
  /** How much more, or less, is owed at its end than before it. */
  owing?: Minor;
  /** In this month is the day since which nothing is left to pay. */
  settled?: { total: Minor; days: string };
}

/** Days from issue until nothing is left to pay; and from the due day, negative when it was paid before that. */
export interface SettlementDays {
  toPay: number;
  late?: number;
}

export const issuedMeasure = measure('issued', 'count', 'total');
export const owingMeasure = measure('owing', 'amount');
/** The parts are days, as `daysText` writes them: how many documents took so many, and their total. */
export const settledMeasure = measure('settled', 'count', 'total');

const daysText = ({ toPay, late }: SettlementDays): string =>
  late === undefined ? String(toPay) : `${toPay}/${late}`;

export function readDays(text: string): SettlementDays {
  const [toPay, late] = text.split('/').map(Number);
  return defined({ toPay, late }) as unknown as SettlementDays;
}

/** Whether it was invoiced, whatever became of it. */
export const wasIssued = ({ lifecycle }: Pick<OwedRow, 'lifecycle'>): boolean =>
  lifecycle !== 'draft' && lifecycle !== 'void';

/** When and in how many days a document was settled; undefined for one that is not, or was over nothing. */
export function settlementOf({ lifecycle, issued, due, total, paid }: OwedRow) {
  if (lifecycle !== 'issued' || paid === undefined || total === 0) return undefined;
  const toPay = daysBetween(issued, paid);
  const days = daysText(due === undefined ? { toPay } : { toPay, late: daysBetween(due, paid) });
  return { date: paid, total, days };
}

/**
 * Everything that happened to a document, month by month ("2026-11"), so that there is little of it however often it
 * is paid.
 * @param givenUp the day from which on nothing is owed any more, although it was not settled
 */
export function historyOf(
  row: OwedRow,
  settlements: readonly Settlement[],
  givenUp: Day | undefined,
): { month: string; data: Omit<Happened, 'party'> }[] {
  if (!wasIssued(row)) return [];
  const { currency, issued, total } = row;
  const settled = settlementOf(row);
  const dated = [...settlements, ...[issued, givenUp ?? issued].map((date) => ({ date, amount: 0 }))];
  const byDay = Map.groupBy(dated, ({ date }) => date);
  const months = new Map<string, number>();
  let rest = total;
  let owed = 0;
  for (const [date, ofDay] of [...byDay].sort(([a], [b]) => (a < b ? -1 : 1))) {
    rest = addMinor(rest, -sumOf(ofDay));
    const isOwed = date >= issued && (givenUp === undefined || date < givenUp);
    const owing = (isOwed ? Math.max(0, rest) : 0) - owed;
    owed += owing;
    months.set(monthOf(date), (months.get(monthOf(date)) ?? 0) + owing);
  }
  if (settled && !months.has(monthOf(settled.date))) months.set(monthOf(settled.date), 0);
  return [...months].flatMap(([month, owing]) => {
    const happened = defined({
      issued: month === monthOf(issued) ? total : undefined,
      owing: owing || undefined,
      settled:
        settled && month === monthOf(settled.date) ? defined({ total, days: settled.days }) : undefined,
    });
    return Object.keys(happened).length > 0 ? [{ month, data: { currency, ...happened } }] : [];
  });
}

export const monthOf = (day: Day): string => day.slice(0, 7);

/** What it adds to totals. */
export const tallyHappened = ({ currency, issued, owing, settled }: Happened): Tally => ({
  ...(issued !== undefined && issuedMeasure.of(currency, { count: 1, total: issued })),
  ...(owing !== undefined && owingMeasure.of(currency, { amount: owing })),
  ...(settled && settledMeasure.of(currency, { count: 1, total: settled.total }, settled.days)),
});

/** The value under which a party's totals of a year are kept: the years one after the other. */
export const historyValue = (year: string, partyId: string | undefined): string => `${year} ${partyId ?? ''}`;
