import { addDays, type Day, daysBetween, startOfWeek } from '../../shared/ledger/dates.ts';

/**
 * Moves days by whole weeks, so that weekdays and distances stay as they were.
 * @param days of which the newest is to fall into the week (Monday to Sunday) of `today`
 */
export function shiftInto(today: Day, days: readonly Day[]): (day: Day) => Day {
  const distance = daysBetween(startOfWeek(newestOf(days)), startOfWeek(today));
  return (day) => addDays(day, distance);
}

/** @throws {RangeError} when there are none */
export function newestOf(days: readonly Day[]): Day {
  const newest = days.toSorted().at(-1);
  if (newest === undefined) throw new RangeError('Expected at least one day.');
  return newest;
}
