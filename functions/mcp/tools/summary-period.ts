import { addDays, type Day, daysBetween } from '../../../shared/ledger/dates.ts';
import { Refusal } from '../../../shared/ledger/errors.ts';
import {
  comparedPeriod,
  type NamedPeriod,
  type Period,
  resolvePeriod,
} from '../../../shared/ledger/periods.ts';
import { assertInOrder } from './arguments.ts';

export const comparisons = ['previous_period', 'previous_year'] as const;
export type Comparison = (typeof comparisons)[number];

interface Asked {
  startDate?: Day;
  endDate?: Day;
  period?: NamedPeriod;
}

/**
 * The days that a summary covers. Named periods are relative to the as-of day; the default is the month of that day.
 * A start without an end runs to the as-of day.
 * @throws {Refusal} when the arguments contradict each other, or the period has not begun on the as-of day.
 */
export function summaryPeriod(asked: Asked, asOf: Day, fiscalYearStartMonth: number): Period {
  const { startDate, endDate, period } = asked;
  if (period !== undefined && (startDate !== undefined || endDate !== undefined)) {
    throw new Refusal('Expected either period, or startDate and endDate, but not both.');
  }
  if (startDate === undefined && endDate !== undefined) {
    throw new Refusal('endDate is given without startDate: expected both, or a period such as this_month.');
  }
  assertInOrder(startDate, endDate);
  const days =
    startDate === undefined
      ? resolvePeriod(period ?? 'this_month', asOf, fiscalYearStartMonth)
      : { start: startDate, end: endDate ?? asOf };
  if (days.start > asOf) {
    throw new Refusal(
      `The period starts on ${days.start}, after asOf ${asOf}: expected a period that starts on or before asOf.`,
    );
  }
  return days;
}

export interface ComparedDays extends Period {
  /** Cut to as many days as have passed of the period itself. */
  partial: boolean;
}

/** The days to compare with. While the period is not over, as many days of the other one as have passed. */
export function comparedDays(period: Period, comparison: Comparison, asOf: Day): ComparedDays {
  const whole = comparedPeriod(period, comparison);
  if (asOf >= period.end) return { ...whole, partial: false };
  const end = addDays(whole.start, daysBetween(period.start, asOf));
  return end < whole.end ? { start: whole.start, end, partial: true } : { ...whole, partial: false };
}
