import { addDays, type Day, noDay } from './dates.ts';
import type { GroupSums } from './kind.ts';
import { daysOverdueOf, isOpen, type OwedRow } from './standing.ts';

/** Due days, both ends included. */
export interface DueDays {
  from?: Day | undefined;
  to?: Day | undefined;
}

/** The last day that something can be due. */
export const lastDueDay = addDays(noDay, -1);

/** The due days of what is overdue for at least so many days. */
export const overdueFor = (days: number, asOf: Day): DueDays => ({ to: addDays(asOf, -Math.max(1, days)) });

/** The due days that are among both. */
export function dueInBoth(one: DueDays, other: DueDays): DueDays {
  const from = [one.from, other.from].filter((day) => day !== undefined).sort();
  const to = [one.to, other.to].filter((day) => day !== undefined).sort();
  return { from: from.at(-1), to: to[0] };
}

export const notDueYet = 'not_due';

/** What is not due, or has been due for at most so many days, or for more. */
const ages = [
  { key: notDueYet, most: 0 },
  { key: '1-30', most: 30 },
  { key: '31-60', most: 60 },
  { key: '61-90', most: 90 },
  { key: '91+', most: Number.POSITIVE_INFINITY },
];
/** What has no due day has this instead of an age. */
export const noDueDay = 'no_due_date';

/** In their order, the youngest first. */
export const ageNames: readonly string[] = [...ages.map(({ key }) => key), noDueDay];

/** The age of what is owed; undefined for a document of which nothing is left to pay. */
export function ageOf(row: OwedRow, asOf: Day): string | undefined {
  if (!isOpen(row)) return undefined;
  if (row.due === undefined) return noDueDay;
  const daysOverdue = daysOverdueOf(row, asOf);
  return ages.find(({ most }) => daysOverdue <= most)?.key;
}

/** The totals of each age, from the series of open documents by due day. */
export function ageSums(series: string, asOf: Day, overdueOnly: boolean): GroupSums[] {
  const due = ages.map(({ key, most }, at) => {
    const younger = ages[at - 1]?.most;
    const from = Number.isFinite(most) ? addDays(asOf, -most) : undefined;
    const to = younger === undefined ? lastDueDay : addDays(asOf, -younger - 1);
    return { key, add: [{ series, from, to }] };
  });
  return overdueOnly ? due.slice(1) : [...due, { key: noDueDay, add: [{ series, from: noDay }] }];
}
