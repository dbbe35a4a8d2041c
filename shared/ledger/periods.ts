import { addDays, addMonths, type Day, daysBetween, endOfMonth, startOfMonth, startOfWeek } from './dates.ts';

/** Days from `start` to `end`, both included. */
export interface Period {
  start: Day;
  end: Day;
}

export const namedPeriods = [
  'today',
  'yesterday',
  'this_week',
  'last_week',
  'this_month',
  'last_month',
  'this_quarter',
  'last_quarter',
  'this_year',
  'last_year',
  'fiscal_year',
  'last_fiscal_year',
  'last_30_days',
  'last_90_days',
  'last_12_months',
] as const;
export type NamedPeriod = (typeof namedPeriods)[number];

/**
 * The days of a named period around `today`. Weeks start on Monday, quarters with the calendar year; the fiscal
 * year starts in the month (1 to 12) that the business profile names. "Last n days" end today.
 */
export function resolvePeriod(name: NamedPeriod, today: Day, fiscalYearStartMonth: number): Period {
  switch (name) {
    case 'today':
      return { start: today, end: today };
    case 'yesterday':
      return { start: addDays(today, -1), end: addDays(today, -1) };
    case 'this_week':
      return span(startOfWeek(today), 7);
    case 'last_week':
      return span(addDays(startOfWeek(today), -7), 7);
    case 'this_month':
      return months(startOfMonth(today), 1);
    case 'last_month':
      return months(addMonths(startOfMonth(today), -1), 1);
    case 'this_quarter':
      return months(startOfYear(today, quarterStart(today)), 3);
    case 'last_quarter':
      return months(addMonths(startOfYear(today, quarterStart(today)), -3), 3);
    case 'this_year':
      return months(startOfYear(today, 1), 12);
    case 'last_year':
      return months(addMonths(startOfYear(today, 1), -12), 12);
    case 'fiscal_year':
      return months(startOfYear(today, fiscalYearStartMonth), 12);
    case 'last_fiscal_year':
      return months(addMonths(startOfYear(today, fiscalYearStartMonth), -12), 12);
    case 'last_30_days':
      return { start: addDays(today, -29), end: today };
    case 'last_90_days':
      return { start: addDays(today, -89), end: today };
    case 'last_12_months':
      return { start: addDays(addMonths(today, -12), 1), end: today };
  }
}

/**
 * The period to compare with: the one before it, or the same days a year earlier. A period made of whole months is
 * preceded by as many whole months, any other by as many days.
 */
export function comparedPeriod({ start, end }: Period, to: 'previous_period' | 'previous_year'): Period {
  const wholeMonths = start === startOfMonth(start) && end === endOfMonth(end) ? monthsIn(start, end) : 0;
  if (wholeMonths > 0)
    return months(addMonths(start, to === 'previous_year' ? -12 : -wholeMonths), wholeMonths);
  if (to === 'previous_year') return { start: addMonths(start, -12), end: addMonths(end, -12) };
  const length = daysBetween(start, end) + 1;
  return span(addDays(start, -length), length);
}

const span = (start: Day, days: number): Period => ({ start, end: addDays(start, days - 1) });

const months = (start: Day, count: number): Period => ({ start, end: addDays(addMonths(start, count), -1) });

const monthOf = (day: Day): number => Number(day.slice(5, 7));

const monthsIn = (start: Day, end: Day): number =>
  (Number(end.slice(0, 4)) - Number(start.slice(0, 4))) * 12 + monthOf(end) - monthOf(start) + 1;

const quarterStart = (day: Day): number => Math.floor((monthOf(day) - 1) / 3) * 3 + 1;

/** The first day of the latest year that starts in the given month and is not after the day. */
function startOfYear(day: Day, startMonth: number): Day {
  return addMonths(startOfMonth(day), -((monthOf(day) - startMonth + 12) % 12));
}
