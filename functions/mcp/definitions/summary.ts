import type { Topic } from './topic.ts';

export const summary: Topic = {
  name: 'summary',
  title: 'Financial summary',
  summary: 'Income, expenses, net, tax, bills and spend of a period; what customers owe.',
  text: `Everything is counted up to countedThrough: the end of the period, or asOf if that is earlier. Drafts and void documents are in no figure.

| figure | definition |
|---|---|
| income, accrual basis | totals of invoices dated in the period minus credit notes dated in it, without tax and tips |
| income, cash basis | payments received in the period minus refunds, whatever they were for; includes the tax and tips in them |
| expenses, accrual basis | expenses dated in the period, including tax, minus suppliers' credits |
| expenses, cash basis | the same, but each on the date it was paid. If the payment date is not known, its own date is used, because most sources give none for expenses paid immediately |
| inputTax | tax on expenses dated in the period minus tax on suppliers' credits dated in it; like taxCollected, by document date on either basis |
| bills, accrual basis | totals of bills dated in the period minus suppliers' credits (of bills) dated in it, including tax |
| bills, cash basis | payments of bills in the period minus refunds from suppliers, including those that name no bill |
| spend | bills plus expenses. Expenses that name the bill that they pay (billId) are in bills already, and are counted once: on the cash basis by payment date, if it is known |
| net | income minus expenses, without bills. With netExcludesInputTax: income minus expenses plus inputTax |
| taxCollected | tax on invoices dated in the period minus tax on credit notes dated in it; by document date on either basis (taxBasis "document_date") |
| invoiced, credited, tips | totals of those invoices and credit notes, including tax and tips; and the tips in the invoices |
| received, refunded | payments and refunds dated in the period |
| outstanding | on asOf: what is left to pay on issued invoices dated on or before asOf |
| overdue | the part of outstanding with a due date before asOf |
| unapplied | on asOf: payments minus refunds that name no invoice, plus the amounts of issued credit notes that are applied to no invoice; negative if refunds exceed the rest |
| noDueDate | the part of outstanding without a due date |
| futureDated | what is left to pay on invoices dated after asOf; not in outstanding |

- bills and spend are present for a currency with any bill, supplier's credit or payment of a bill in the period. They change neither expenses nor net: books that record each purchase both as an expense and as a bill without billId would count it twice in spend.
- amount and count: the sum, and the number of documents or payments in it.
- unapplied is not subtracted from any figure, because only the business can say which invoice it is for; it is shown beside outstanding. Payments and credits that name an invoice are not in it, even if that invoice is overpaid, in another currency or not in the books. To list what is in it, call payments_report with only unapplied, and list_invoices with documents credit_notes and status open.
- netExcludesInputTax: true on the accrual basis if the business profile says that input tax is recovered. Income is then without tax, and tax that is claimed back is not a cost. If input tax is a cost of the business (the default), net is after it. On the cash basis, both income and expenses include tax, as the money moved.
- basis: the basis requested, or else the one in the business profile.
- Written-off invoices stay in invoiced and in accrual income, on their own date. They are not in outstanding.
- There is one entry for each currency with any figure. If there are none at all, the answer has one entry of zeros in the base currency, provided that the profile has one.
- compareTo: comparedWith and changes are defined in finance://definitions/comparisons.
`,
};
