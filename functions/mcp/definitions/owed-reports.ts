import { lookThroughLimit } from '../../../shared/ledger/reader.ts';
import { longestGap, sameWithinDays } from '../../../shared/ledger/reports/candidates.ts';
import { weeksAhead } from '../../../shared/ledger/reports/expected.ts';
import type { Topic } from './topic.ts';

export const owedReports: Topic = {
  name: 'owed-reports',
  title: 'Receivables report',
  summary: 'Ageing, expected cash, what to look at.',
  text: `receivables_report describes what customers owe on asOf (default: today): issued invoices dated on or before asOf, less what was settled by then. Drafts, void and written-off invoices owe nothing, and invoices dated after asOf are left out. Everything is per currency. include chooses the sections; without it, the answer has ageing and expected. customerId limits all sections to one customer.

window: startDate is the first day of the month that lies \`months\` months (default 12) before the month of asOf; endDate is asOf.

## ageing

- balance and count: what is left to pay, and of how many invoices. ages: the same by days past due on asOf: not_due (due on asOf or later), 1-30, 31-60, 61-90, 91+, and no_due_date. Ages without anything are left out.
- customers: the customers with the largest balances, each with its ages; at most \`limit\` (default 10) in each currency, fewer if the answer would become too large. customerCount is the number of customers with a balance, others what those that are not shown add up to. An entry without customerId has what names no customer.
- unapplied: payments minus refunds that name no invoice, and the amounts of credit notes that are applied to none; in all, and of each customer shown that has any. It is not subtracted from any balance.

## expected

Open invoices by the week in which they are expected to be paid. It is a schedule, not a forecast.

- overdue: what is due before asOf. noDueDate: what has no due date. Neither is in any week.
- weeks: ${weeksAhead} weeks of seven days; startDate is the first day of each, and asOf that of the first week. Weeks without anything are left out. later: what is expected after them.
- byDueDay: by due date.

## to_look_at (toLookAt)

Candidates with a reason, never a verdict. Each check has count and shown, the first 10 of them. lookedAt: the checks duplicates, numberGaps and overpaid look at invoices issued in the window, the newest 1000; totalCount is their number where there are more.

- duplicates: several invoices that are neither drafts nor void, with reason same_number, or same_party_total_day: one customer, currency and total (above zero), each issued within ${sameWithinDays} days of the next. count in an entry is the number of invoices, of which at most 5 are named in documents.
- numberGaps: missing is how many numbers are missing between the numbers after and before. Numbers are compared by the digits at their end, among those with the same text before them; every status counts. A jump by more than ${longestGap} missing numbers begins a new sequence. A number of an invoice issued before the window is reported as missing, too. Absent for one customer.
- overpaid: invoices on which more was paid than their total; overpaid is the excess.
- noDueDate: open invoices without a due date.
- oldDrafts: drafts dated more than 30 days before asOf.

If more than ${lookThroughLimit} invoices are open, customers and expected are absent, with the reason in partiesAbsent; the figures of ageing remain exact.
`,
};
