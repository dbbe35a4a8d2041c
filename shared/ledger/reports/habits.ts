import { addMonths, type Day, endOfMonth, startOfMonth } from '../dates.ts';
import { monthOf } from '../history.ts';
import { addMinor, type Minor } from '../money.ts';
import { compareRatios, type Ratio } from '../ratio.ts';
import type { Collection, PartyHabits, Settled } from './collection.ts';

/*
 * What follows from how documents were paid in a window. Everything is an exact fraction; `undefined` is what no
 * fraction tells.
 */

/** On fewer documents than this, nothing is said of a party. */
export const fewestForHabit = 5;

/** Average days of documents, each counting the same or as much as its total. */
export interface AverageDays {
  count: number;
  total: Minor;
  unweighted: Ratio;
  weighted: Ratio;
}

function averageOf(settled: readonly Settled[], daysOf: (one: Settled) => number): AverageDays | undefined {
  const sum = (of: (one: Settled) => bigint) => settled.reduce((all, one) => all + of(one), 0n);
  const [count, total] = [sum((one) => BigInt(one.count)), sum((one) => BigInt(one.total))];
  if (count === 0n || total === 0n) return undefined;
  return {
    count: Number(count),
    total: Number(total),
    unweighted: { numerator: sum((one) => BigInt(daysOf(one)) * BigInt(one.count)), denominator: count },
    weighted: { numerator: sum((one) => BigInt(daysOf(one)) * BigInt(one.total)), denominator: total },
  };
}

/** How long it took from issue until nothing was left to pay. */
export const averageDaysToPay = (settled: readonly Settled[]): AverageDays | undefined =>
  averageOf(settled, ({ toPay }) => toPay);

/** Those that have a due day. */
const withDueDay = (settled: readonly Settled[]) => settled.filter(({ late }) => late !== undefined);

/** How long after the due day nothing was left to pay; what was paid before it counts with negative days. */
export const averageDaysLate = (settled: readonly Settled[]): AverageDays | undefined =>
  averageOf(withDueDay(settled), ({ late = 0 }) => late);

/** The middle one of the days late, the lower of two; undefined for fewer documents than tell a habit. */
export function medianDaysLate(settled: readonly Settled[]): number | undefined {
  const byDays = withDueDay(settled).toSorted((a, b) => (a.late ?? 0) - (b.late ?? 0));
  const count = byDays.reduce((sum, one) => sum + one.count, 0);
  if (count < fewestForHabit) return undefined;
  let seen = 0;
  return byDays.find((one) => {
    seen += one.count;
    return seen * 2 >= count;
  })?.late;
}

/** A party that pays late. */
export interface LatePayer extends PartyHabits {
  average: AverageDays;
  /** The documents that were paid after their due day. */
  lateCount: number;
  median: number;
}

/** Parties by how late they pay. */
export interface Lateness {
  /** Those whose average, weighted by amount, is above zero; the latest first. */
  late: LatePayer[];
  onTimeCount: number;
  /** Those with too few documents for a verdict. */
  tooFewCount: number;
}

export function latenessOf(parties: readonly PartyHabits[]): Lateness {
  const lateness: Lateness = { late: [], onTimeCount: 0, tooFewCount: 0 };
  for (const party of parties) {
    const average = averageDaysLate(party.settled);
    const median = medianDaysLate(party.settled);
    if (!average) continue;
    if (median === undefined) lateness.tooFewCount++;
    else if (average.weighted.numerator <= 0n) lateness.onTimeCount++;
    else {
      const lateOnes = party.settled.filter(({ late = 0 }) => late > 0);
      const lateCount = lateOnes.reduce((sum, { count }) => sum + count, 0);
      lateness.late.push({ ...party, average, lateCount, median });
    }
  }
  lateness.late.sort((a, b) => compareRatios(b.average.weighted, a.average.weighted));
  return lateness;
}

/** What was issued in the window. */
export const issuedIn = ({ issued }: Pick<Collection, 'issued'>): Minor =>
  [...issued.values()].reduce((sum, total) => addMinor(sum, total), 0);

/** How many days of invoicing are owed, counted back from the as-of day. */
export interface CountBack {
  /** Days of which everything that was issued is owed. */
  wholeDays: number;
  /** The month of which a part is owed: what is left for it, what was issued in it, and its days until the as-of day. */
  part?: { month: string; left: Minor; issued: Minor; days: number };
  ratio: Ratio;
}

/** Undefined where more is owed than was issued since the window began. */
export function countBack(
  owed: Minor,
  { issued }: Pick<Collection, 'issued'>,
  start: Day,
  asOf: Day,
): CountBack | undefined {
  let left = owed;
  let wholeDays = 0;
  if (owed === 0) return { wholeDays, ratio: { numerator: 0n, denominator: 1n } };
  for (let day = startOfMonth(asOf); day >= start; day = addMonths(day, -1)) {
    const month = monthOf(day);
    const days = Number((month === monthOf(asOf) ? asOf : endOfMonth(day)).slice(8));
    const total = issued.get(month) ?? 0;
    if (left <= total) {
      const [whole, denominator] = [BigInt(wholeDays), BigInt(total)];
      const numerator = whole * denominator + BigInt(left) * BigInt(days);
      return { wholeDays, part: { month, left, issued: total, days }, ratio: { numerator, denominator } };
    }
    left = addMinor(left, -total);
    wholeDays += days;
  }
  return undefined;
}

/** What of everything that could be collected in the window was; undefined where nothing could. */
export function collectionEffectiveness(
  opening: Minor,
  issued: Minor,
  ending: Minor,
  endingCurrent: Minor,
): Ratio | undefined {
  const collectable = BigInt(opening) + BigInt(issued) - BigInt(endingCurrent);
  if (collectable <= 0n) return undefined;
  return { numerator: BigInt(opening) + BigInt(issued) - BigInt(ending), denominator: collectable };
}
