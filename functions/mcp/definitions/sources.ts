import type { Topic } from './topic.ts';

export const sources: Topic = {
  name: 'sources',
  title: 'Sources',
  summary: 'Standards and practice that the definitions follow.',
  text: `- Currencies and their decimals: ISO 4217. Dates and weeks: ISO 8601.
- Document totals, paid amount and amount due: EN 16931 (BT-112, BT-113, BT-115).
- Status derived from balance and due date, not stored: as in Xero, Stripe and Odoo.
- A credit note reduces what is owed and is not a cash refund: EN 16931 (credit note, type code 381), Xero, QuickBooks.
- Cash and accrual basis: as in the profit and loss reports of QuickBooks and Xero, which also name their basis.
- Booked and available balances, booking and value dates: ISO 20022 (camt.053), with the sign of the amount as on the statement.
- Kinds of tax treatment: the VAT categories of EN 16931.
`,
};
