import type { Day } from '../../../shared/ledger/dates.ts';

/** What an answer for a day to come rests on; undefined for a day that has begun. */
export const futureAsOf = (asOf: Day, today: Day): string | undefined =>
  asOf > today
    ? `asOf is after today (${today}): this counts only what is recorded so far, as if nothing else happened until then.`
    : undefined;
