import type { Topic } from './topic.ts';

export const invoices: Topic = {
  name: 'invoices',
  title: 'Invoices',
  summary: 'Statuses, balance, days overdue and filters of invoices; credit notes; get_invoice.',
  text: `status is the first of these that applies:

| status | meaning |
|---|---|
| void | cancelled in the books |
| written_off | the unpaid rest was given up: writtenOffAmount. If the write-off date is known, the invoice was owed until then; otherwise it counts as never owed |
| draft | not issued yet |
| paid | issued, and nothing is left to pay |
| overdue | issued, something is left to pay, and the due date is before asOf. An invoice due on asOf is not overdue; one without a due date is never overdue |
| partial | issued, a part is settled and a part is left to pay |
| viewed | issued, nothing settled, opened by the customer |
| sent | issued, nothing settled |

- An invoice that is both overdue and partly paid has status "overdue" and partiallyPaid true.
- Status filters: every status, and open. open finds every issued invoice with something left to pay (shown as overdue, partial, viewed or sent). partial includes overdue invoices that are partly paid. sent and viewed exclude overdue invoices.
- balance: total minus payments, plus refunds, minus credits applied, up to asOf. It is zero for draft, void, written-off and overpaid invoices; overpaid is the amount received beyond the total. A payment in another currency than the invoice's does not change its balance.
- writtenOffAmount: the amount given up, which is the total of a written-off invoice minus its payments and credits; in totals, the sum over all matches. It is not part of any balance, paid or credited amount, because it is no longer expected. The total of a written-off invoice is therefore what was paid, what was credited and what was given up.
- daysOverdue: days from the due date to asOf; 1 on the day after the due date. minDaysOverdue 1, 31, 61 and 91 are the starts of the usual aging buckets: 1-30, 31-60, 61-90, and 91 or more days past due. groupBy age returns these buckets.
- dueFrom and dueTo: invoices with a due date in this range, whatever their status, including paid ones. Add status open for those still owed. Invoices without a due date are left out.
- paid: the date since which nothing is left to pay.
- futureDated: dated after asOf. Without the argument asOf, such invoices are listed, flagged and included in the totals of the list; with asOf, they are left out. They are not overdue.
- invoiceNumber is compared like a name, ignoring a leading #.
- Contradictory filters are refused: minDaysOverdue with a status that is never overdue, a startDate after the argument asOf, and a dueFrom too late for any invoice to be overdue as asked.
- sourceStatus, sourceMethod: the status and payment method exactly as the source system words them.

In get_invoice, paidTotal is payments minus refunds and creditedTotal is the credits applied, up to asOf. Failed charges are shown with failed: true and counted nowhere. Payments dated after asOf are shown with futureDated: true and not counted in paidTotal; credits applied after asOf are not shown; each credit names its credit note (creditNoteId). A payment in another currency shows its currency. lineCount is the number of lines and linesReturned the number shown; paymentCount and creditCount appear when not all payments or credits fit. attachments: the files of the invoice, see finance://definitions/records. Other fields, where known: reference, sent, viewed, writtenOff, subtotal, discount, tax, tip, notes.

With documents credit_notes, list_invoices returns issued credit notes dated on or before asOf, under creditNotes. These arguments apply to them: customerId, startDate and endDate (issue date), currency, asOf, and sort by issue date. unapplied is total minus what was applied to invoices on or before asOf. status open finds credit notes with an unapplied amount. A credit note that is applied to an invoice has already reduced its balance.

If several documents share a number, get_invoice returns them under sameNumber (at most 20); choose one by invoiceId.
`,
};
