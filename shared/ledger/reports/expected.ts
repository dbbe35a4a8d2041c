import { type Day, daysBetween } from '../dates.ts';
import { addMinor, type Minor } from '../money.ts';
import type { OwedDocument } from './ageing.ts';

/** How many weeks ahead are told apart. A week is seven days; the first begins on the as-of day. */
export const weeksAhead = 13;

/** When open documents in one currency are expected to be paid. Every document is in exactly one of these. */
export interface Schedule {
  overdue: Minor;
  noDueDate: Minor;
  /** One for each week, also those in which nothing is expected. */
  weeks: Minor[];
  /** After the last week. */
  later: Minor;
}

/**
 * Puts what is neither overdue nor without a due day into the week of a day: its due day, or the one on which it is
 * expected. A day that is over counts as the as-of day.
 */
export function scheduleOf(
  open: readonly OwedDocument[],
  asOf: Day,
  dayOf: (row: OwedDocument, due: Day) => Day = (_row, due) => due,
): Schedule {
  const schedule: Schedule = { overdue: 0, noDueDate: 0, weeks: Array(weeksAhead).fill(0), later: 0 };
  for (const row of open) {
    const { balance, due, daysOverdue } = row;
    if (daysOverdue > 0) schedule.overdue = addMinor(schedule.overdue, balance);
    else if (due === undefined) schedule.noDueDate = addMinor(schedule.noDueDate, balance);
    else {
      const week = Math.floor(Math.max(0, daysBetween(asOf, dayOf(row, due))) / 7);
      if (week < weeksAhead) schedule.weeks[week] = addMinor(schedule.weeks[week] ?? 0, balance);
      else schedule.later = addMinor(schedule.later, balance);
    }
  }
  return schedule;
}
