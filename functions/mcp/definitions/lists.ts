import { lookThroughLimit } from '../../../shared/ledger/reader.ts';
import type { Topic } from './topic.ts';

export const lists: Topic = {
  name: 'lists',
  title: 'Lists',
  summary: 'Rows and pages, totals over all matches, order, limits and when totals are absent.',
  text: `- totals, totalCount and groups cover everything that matches, not only the rows returned. They are exact, or absent with the reason in totalsAbsent: more than ${lookThroughLimit} rows would have to be read, or an import is not finished. Without groupBy and with at most one filter they are present, with exceptions that can match too many rows: expenses and bank transactions by minAmount; payments by customerId; bank transactions by text, only unmatched or only transfers; commitments by contractId, counterpartyId, projectId or direction; contracts by any filter. For groupBy, see finance://definitions/groups.
- returned: the number of rows in this answer. complete: true when no matching rows are missing after these, which is on the only page or the last one. nextCursor is present while there is more: repeat the call with the same arguments and cursor set to it. A page can have fewer rows than limit, because an answer stays below 60 KB.
- A cursor is valid for its organization, tool and arguments only; limit may change between pages. All pages use the "today" of the first page.
- limit: 25 by default, at most 100. limit 0 asks for totals and groups alone: no rows are returned, and complete is true only if nothing matches. To read the rows, repeat the call with another limit.
- Order: invoices filtered by status overdue or open, by minDaysOverdue or by due date start with the earliest due date; all others start with the newest. sort overrides this. Bills are ordered like invoices. Expenses, payments and bank transactions start with the newest; expenses and bank transactions with minAmount start with the largest. Lines due under contracts start with the earliest; contracts and other named records are in the order of their names. Sorting by amount compares plain numbers, whatever the currency; it is refused for more than ${lookThroughLimit} invoices.
- Totals of invoices and bills: total and balance of the matching documents, without drafts and void ones. count is the number of documents in the total, notInTotals the number left out. With status draft, draftTotals is the sum of the drafts; it is separate because their amounts may still change.
- The date arguments are repeated in the answer as startDate and endDate.
- Fields without a value are omitted. Names are shown in full; descriptions are cut at 200 characters and notes at 2000, marked with "…". Characters that hide or reorder text are removed.
`,
};
