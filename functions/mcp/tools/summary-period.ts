import type { Day } from '../../../shared/ledger/dates.ts';
import { Refusal } from '../../../shared/ledger/errors.ts';
import { type NamedPeriod, type Period, resolvePeriod } from '../../../shared/ledger/periods.ts';
import { assertBegun, assertInOrder } from './arguments.ts';

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
    const beside = Object.entries({ startDate, endDate }).filter(([, given]) => given !== undefined);
    throw new Refusal(
      `period is given with ${beside.map(([name]) => name).join(' and ')}: expected either period, or startDate and endDate.`,
    );
  }
  if (startDate === undefined && endDate !== undefined) {
    throw new Refusal('endDate is given without startDate: expected both, or a period such as this_month.');
  }
  assertInOrder(startDate, endDate);
  const days =
    startDate === undefined
      ? resolvePeriod(period ?? 'this_month', asOf, fiscalYearStartMonth)
      : { start: startDate, end: endDate ?? asOf };
  assertBegun(days.start, asOf);
  return days;
}
