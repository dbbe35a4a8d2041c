import { lookThroughLimit } from '../../../shared/ledger/reader.ts';
import type { Topic } from './topic.ts';

export const customers: Topic = {
  name: 'customers',
  title: 'Customers',
  summary: 'How customers are searched, and what open and unapplied mean beside them.',
  text: `- Without query, search_customers lists all customers by name. With query, it finds customers for whom every word of the query begins a word of the name or organization, begins a part of the e-mail address, or occurs in the digits of the phone number.
- approximate: true means that nothing was found as typed, and the nearest spellings are shown.
- A search reads at most ${lookThroughLimit} entries. If that is not enough, totalsAbsent says so, and customers may be missing.
- open: what each customer owes on asOf (today), per currency, with the number of invoices. unapplied, if any, is the customer's money that is applied to no invoice; it is not subtracted from balance (see finance://definitions/summary). open is omitted if there is neither, and for all customers while an import is not finished.
`,
};
