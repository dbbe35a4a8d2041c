import type { Day } from '../../../shared/ledger/dates.ts';

/** The earlier one of two days. */
export function earlier(a: Day, b: Day): Day {
  if (a < b) return a;
  return b;
}
