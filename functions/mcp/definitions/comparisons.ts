import { mostChanges } from '../tools/comparison.ts';
import type { Topic } from './topic.ts';

export const comparisons: Topic = {
  name: 'comparisons',
  title: 'Comparisons',
  summary: 'compareTo: the days compared, changes, percentages.',
  text: `get_financial_summary, list_invoices, list_expenses and list_bills take compareTo. The lists also need startDate, endDate and groupBy.

- groupBy with compareTo: customer or product (invoices); vendor, category, supplier, project or costGroup (expenses); supplier, project or costGroup (bills). Others are refused: months have no counterpart in another period, and statuses and ages are those of one day.
- previous_period: if the period consists of whole months (also quarters and years), the same number of whole months before it; otherwise the same number of days, ending the day before startDate.
- previous_year: the same dates one year earlier; for whole months, the same months.
- comparedWith: the days of the earlier period as startDate and endDate. With previous_year, leapDays names each 29 February in either period: the other year has no such day.
- countedThrough: the last day that is counted, which is endDate, or asOf if that is earlier. Nothing dated after it is in the rows, totals and groups of a list with compareTo. While the period is not over on asOf, only as much of the earlier period is counted (partial: true): with previous_period as many days as have passed, with previous_year the same dates. An earlier period that has no more days than that is counted whole, without partial.
- changes, in every group and in every entry of totals: for each figure, previous is that of the earlier period and change the difference (this period minus the earlier one). percent is the change as a percentage of the absolute value of previous, rounded to one decimal, half away from zero. It is absent if previous is zero, and for count and quantity. Figures that are zero in both periods are left out. Currencies are compared each on its own.
- A group or currency that only one of the two periods has is included: its figures are zero in the other one.
- largestChanges: the groups that changed the most, up or down, the largest change first; at most ${mostChanges} for each currency, and at most 10 KB. amount is the group's amount in this period, by which groups are ordered (see finance://definitions/groups): total, or balance for a status that is owed. previous, change and percent are of that amount.
- Balances and statuses of both periods are those on asOf. They do not show what was owed at the end of the earlier period.
- If totals of the earlier period are not available, comparedWith has the reason as totalsAbsent, and there are no changes.
- get_financial_summary: changes has every figure of the period: income, expenses, net, taxCollected and inputTax; bills, spend, tips, and amount and count of invoiced, credited, received and refunded, where one of the periods has any. outstanding, overdue, noDueDate, futureDated and unapplied are figures of a day and not of the period, so they are not compared: for those of another day, call it again with that asOf.
`,
};
