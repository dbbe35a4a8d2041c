import type { Topic } from './topic.ts';

export const moneyAndDates: Topic = {
  name: 'money-and-dates',
  title: 'Money and dates',
  summary: 'Amounts, currencies, days, ranges, asOf and named periods.',
  text: `## Money

- An amount is a decimal string such as "1234.50", with all decimals of its currency (ISO 4217: USD 2, JPY 0, BHD 3). Calculations use whole minor units, never floating point.
- Currencies are never added together or converted. Totals, groups and summaries have one entry per currency.
- The total of a document is used as recorded; it is not recomputed from the lines. Unit prices may have more decimals than the currency.
- A tip (gratuity) is neither tax nor income.

## Dates

- A date is written YYYY-MM-DD, in the time zone of the business profile (see finance://definitions/business). "Today" is the current date in that time zone. Without a profile, these are assumed: UTC, a fiscal year that starts in January, accrual basis, input tax as a cost.
- Ranges include both ends.
- asOf: the date for which balances and statuses are computed. Payments, refunds, credits and write-offs with a later date have not happened yet.
- An asOf after today counts only what is recorded so far, as if nothing else happened until then; futureAsOf says so. It is allowed because it shows what will be overdue on that date if nobody pays.
- Named periods: weeks run from Monday to Sunday (ISO 8601). Quarters start in January, April, July and October. fiscal_year starts in the month set in the profile. last_30_days, last_90_days and last_12_months end today. In get_financial_summary, named periods are relative to asOf instead of today.
`,
};
