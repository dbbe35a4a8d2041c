import type { Topic } from './topic.ts';

export const bills: Topic = {
  name: 'bills',
  title: 'Bills',
  summary: 'Purchase invoices: statuses, balance, cost groups, suppliers.',
  text: `A bill is a purchase invoice: what a supplier is owed until it is paid. An expense is money that is already spent; the two lists have nothing in common.

status is the first of these that applies:

| status | meaning |
|---|---|
| void | cancelled in the books |
| draft | not approved yet; nothing is owed |
| paid | issued, and nothing is left to pay |
| overdue | issued, something is left to pay, and the due date is before asOf. A bill due on asOf is not overdue; one without a due date is never overdue |
| partial | issued, a part is settled and a part is left to pay |
| unpaid | issued, nothing settled |

- A bill that is both overdue and partly paid has status "overdue" and partiallyPaid true.
- Status filters: every status, and open. open finds every issued bill with something left to pay (shown as overdue, partial or unpaid). partial includes overdue bills that are partly paid. unpaid excludes overdue bills.
- balance: what we still owe, which is total minus payments to the supplier, plus the supplier's refunds, minus the supplier's credits applied, up to asOf. It is zero for draft, void and overpaid bills; overpaid is the amount paid beyond the total. A payment in another currency than the bill's does not change its balance.
- issued: the date on the bill; startDate and endDate are about it. number is the supplier's number, and reference what to quote when paying.
- daysOverdue: days from the due date to asOf; 1 on the day after the due date. groupBy age returns 1-30, 31-60, 61-90 and 91+ days past due, not_due and no_due_date.
- dueFrom and dueTo: bills with a due date in this range, whatever their status, including paid ones. Add status open for those still owed. Bills without a due date are left out.
- paid: the date since which nothing is left to pay.
- futureDated: dated after asOf. Without the argument asOf, such bills are listed, flagged and included in the totals of the list; with asOf, they are left out.
- supplier and supplierId; projectId, costGroupId and contractId: what the bill is attributed to, where known. The argument costGroupId finds the bills of that very cost group, not those of cost groups below it; groupBy costGroup returns each cost group together with those below it, and own.
- A credit of a supplier that is applied to no bill is in no balance.
`,
};
