import { lookThroughLimit } from '../../../shared/ledger/reader.ts';
import type { Topic } from './topic.ts';

export const groups: Topic = {
  name: 'groups',
  title: 'Groups',
  summary: 'What groupBy returns: what each group holds, order, and when groups are absent.',
  text: `With groupBy, list_invoices, list_expenses, payments_report, list_bills, list_bank_transactions and list_commitments also return groups.

- A group has one entry per currency, with the same fields as totals (except for groupBy product and costGroup), exact and over everything that matches. groupCount is the number of entries. If they are too many for the answer (more than 30 KB), the first ones are shown.
- Order: by currency, and within it by amount, the largest first. The amount is total for invoices, bills and expenses, and net for payments; of invoices and bills with a status that is owed (open, overdue, partial, sent, viewed, unpaid), it is balance. For bank transactions it is the larger of in and out, without their signs, and for commitments incoming plus outgoing. Months are in their order instead.
- customer: with customer (the name) and customerId; supplier, project, account and contract likewise (supplierId, projectId, accountId, contractId). vendor, category, counterparty: names that count as the same name (see finance://definitions/names-and-ids) are one group. An entry without name and id holds what has none.
- month: the month of the issue date, of the date of the expense, payment or bank transaction, or of the due date of a line under a contract, such as "2026-11".
- status: the status that each invoice or bill shows, so the group partial contains no overdue ones, unlike the filter. Drafts and void documents are groups only here. They remain outside totals.
- age: what is owed, by days past due on asOf: 1-30, 31-60, 61-90 and 91+; not_due; no_due_date. If no status is given, status is open. Statuses with nothing to pay (draft, paid, void, written_off) are refused.
- costGroup: with costGroup (the name) and costGroupId; each entry also contains the cost groups below it, so entries overlap and are never added up. own is what belongs to that very cost group, where that is less. An unknown parent, or one that leads in a circle, is ignored.
- direction: "client" (they pay us) or "supplier" (we pay them).
- product: what was sold of each product that lines of invoices name, with product (the name, if the product is in the books) and productId. total is the sum of these lines' own totals, quantity the sum of their quantities, and count the number of invoices. Drafts and void documents sold nothing. Lines without a product are in no group, so these groups need not add up to totals.
- If more than ${lookThroughLimit} rows would have to be read, groups and totals are absent, with the reason in totalsAbsent. These groups need no rows to be read, however many match:
  - status without filters, and age with no filter but status open or overdue
  - month, over at most 240 months, with no filters but startDate, endDate, a status with nothing to pay or a payment method
  - method with no filters but startDate, endDate and method
  - customer (of invoices), supplier, project and costGroup (of bills and expenses), product, vendor, category, counterparty and account with no filters, or with a startDate on January 1 and an endDate on December 31. There may be at most ${lookThroughLimit} of them, counted once for each year; for product, nothing may be dated after asOf.
  - all of these also with the filter currency
`,
};
