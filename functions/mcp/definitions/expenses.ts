import type { Topic } from './topic.ts';

export const expenses: Topic = {
  name: 'expenses',
  title: 'Expenses',
  summary: 'Which expenses are counted, and when; what they are attributed to.',
  text: `- Only recorded expenses are listed and counted, by the date they were incurred; drafts and void expenses are not. (In get_financial_summary, the cash basis uses the payment date.) A supplier's credit is negative; credits is the sum of these in total. Amounts include tax.
- paid is the payment date and reference the source's own number or text, where known.
- minAmount is compared with each amount as a number, in the amount's own currency.
- futureDated: dated after today. Such expenses are listed and included in the totals of the list. A financial summary counts them only from their date on.
- type: the type of record in the source system. supplier and supplierId; projectId and costGroupId: what the expense is attributed to, where known. vendor is a name as it was recorded, and supplier a record with an id: an expense can have either or both. The argument costGroupId finds the expenses of that very cost group, not those of cost groups below it; groupBy costGroup returns each cost group together with those below it, and own. billId: the bill that the expense is the payment of; in spend, such an expense is counted once (see finance://definitions/summary).
`,
};
