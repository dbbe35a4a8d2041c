import type { Day } from '../../../shared/ledger/dates.ts';

/** The note on an answer for a future day; undefined for today and earlier. */
export const futureAsOf = (asOf: Day, today: Day): string | undefined =>
  asOf > today
    ? `asOf is after today (${today}): this counts only what is recorded so far, as if nothing else happened until then.`
    : undefined;
