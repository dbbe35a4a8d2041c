import { lookThroughLimit } from '../../../shared/ledger/reader.ts';
import { longestGap, sameWithinDays } from '../../../shared/ledger/reports/candidates.ts';
import { weeksAhead } from '../../../shared/ledger/reports/expected.ts';
import { fewestForHabit } from '../../../shared/ledger/reports/habits.ts';
import type { Topic } from './topic.ts';

export const owedReports: Topic = {
  name: 'owed-reports',
  title: 'Receivables and payables reports',
  summary: 'Ageing, DSO and DPO, CEI, late payers, expected cash.',
  text: `receivables_report describes what customers owe on asOf (default: today): issued invoices dated on or before asOf, less what was settled by then. Drafts, void and written-off invoices owe nothing, and invoices dated after asOf are left out. Everything is per currency. include chooses the sections; without it, the answer has all but to_look_at. customerId limits all sections to one customer.

payables_report is the same report about what we owe suppliers: read bill for invoice, supplier for customer (supplierId, suppliers, supplierCount), supplier's credit for credit note, and dpo (days payables outstanding) for dso. It has no cei. It has no numberGaps either, because the numbers are the suppliers' own; same_number then means the same number of one supplier.

window: startDate is the first day of the month that lies \`months\` months (default 12) before the month of asOf; endDate is asOf, days the number of days with both. ratios and late_payers are about the window, as of asOf: an invoice that was settled by then counts, also if it was reopened later.

## ageing

- balance and count: what is left to pay, and of how many invoices. ages: the same by days past due on asOf: not_due (due on asOf or later), 1-30, 31-60, 61-90, 91+, and no_due_date. Ages without anything are left out.
- customers: the customers with the largest balances, each with its ages; at most \`limit\` (default 10) in each currency, fewer if the answer would become too large. customerCount is the number of customers with a balance, others what those that are not shown add up to. An entry without customerId has what names no customer.
- unapplied: payments minus refunds that name no invoice, and the amounts of credit notes that are applied to none; in all, and of each customer shown that has any. It is not subtracted from any balance.

## ratios

Each has the figures that it was computed from, or notComputable with the reason. Computed with exact integers; the result has one decimal, rounded half away from zero. issued: the totals of invoices dated in the window, including tax and written-off ones, without drafts and void ones; credit notes are not taken off.

- dso.simple (days sales outstanding): days = owed ÷ issued × windowDays. owed is the balance of ageing.
- dso.countBack: what is owed is counted back month by month from asOf, each month taking what was issued in it. wholeDays are the days of the months that are used up (the month of asOf has the days until asOf); of month, owed is what is left for it: days = wholeDays + owed ÷ issued × monthDays.
- cei (collection effectiveness index): percent = numerator ÷ denominator × 100; numerator = opening + issued − ending, denominator = opening + issued − endingCurrent. opening: what was owed on the day before the window; ending: the balance of ageing; endingCurrent: the part of it that is not_due. What has no due date is not current. Only for all customers together.
- daysToPay: days from issue until nothing was left to pay, of invoices settled in the window: those with status paid on asOf whose date paid is in the window, through payments or credit notes. An invoice that is paid before its date has negative days. Invoices with a total of zero are left out.
- daysLate: days from the due date until nothing was left to pay, negative if it was paid before; invoices without a due date are left out.
- Of both: count and total of these invoices; weighted = amountDays ÷ total, where amountDays is the sum of days × total; unweighted = sumOfDays ÷ count.

## late_payers (latePayers)

In payables_report: the suppliers whom we pay late.

- customers: those whose daysLate, weighted by amount, is above zero, the latest first, each with count and total of the invoices that this rests on, lateCount (how many of them were paid after the due date), weighted, unweighted and median days late. The median of an even number is the lower one of the two in the middle. customerCount is their number.
- onTimeCount: customers who are not late on average. tooFewCount: customers with fewer than ${fewestForHabit} such invoices, of whom nothing is said.

## expected

Open invoices by the week in which they are expected to be paid. It is a schedule, not a forecast.

- overdue: what is due before asOf. noDueDate: what has no due date. Neither is in any week.
- weeks: ${weeksAhead} weeks of seven days; startDate is the first day of each, and asOf that of the first week. Weeks without anything are left out. later: what is expected after them.
- byDueDay: by due date. byHabit: by due date plus the customer's median days late in the window; a day before asOf counts as asOf. They are two views of the same money and are never added. withoutHabit: how much of byHabit is by due date, because the customer has fewer than ${fewestForHabit} such invoices.

## to_look_at (toLookAt)

Candidates with a reason, never a verdict. Each check has count and shown, the first 10 of them. lookedAt: the checks duplicates, numberGaps and overpaid look at invoices issued in the window, the newest 1000; totalCount is their number where there are more.

- duplicates: several invoices that are neither drafts nor void, with reason same_number, or same_party_total_day: one customer, currency and total (above zero), each issued within ${sameWithinDays} days of the next. count in an entry is the number of invoices, of which at most 5 are named in documents.
- numberGaps: missing is how many numbers are missing between the numbers after and before. Numbers are compared by the digits at their end, among those with the same text before them; every status counts. A jump by more than ${longestGap} missing numbers begins a new sequence. A number of an invoice issued before the window is reported as missing, too. It is left out for one customer.
- overpaid: invoices on which more was paid than their total; overpaid is the excess.
- noDueDate: open invoices without a due date.
- oldDrafts: drafts dated more than 30 days before asOf.

If more than ${lookThroughLimit} invoices are open, customers and expected are absent, with the reason in partiesAbsent; the figures of ageing remain exact. The totals by customer and year that the window needs may be at most ${lookThroughLimit} as well: beyond, ratios, late_payers and byHabit are absent, with the reason in habitsAbsent.
`,
};
