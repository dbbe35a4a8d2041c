import { lookThroughLimit } from '../../shared/ledger/reader.ts';

/** The definition of every figure and field in the tools' answers. Served as the resource finance://definitions. */
export const definitions = `# Definitions

How this server defines every figure. All answers come from the books as they were imported. Nothing is estimated or forecast.

## Money

- An amount is a decimal string such as "1234.50", with all decimals of its currency (ISO 4217: USD 2, JPY 0, BHD 3). Calculations use whole minor units, never floating point.
- Currencies are never added together or converted. Totals, groups and summaries have one entry per currency.
- The total of a document is used as recorded; it is not recomputed from the lines. Unit prices may have more decimals than the currency.
- A tip (gratuity) is neither tax nor income.

## Dates

- A date is written YYYY-MM-DD, in the time zone of the business profile. "Today" is the current date in that time zone. Without a profile, these are assumed: UTC, a fiscal year that starts in January, accrual basis, input tax as a cost.
- Ranges include both ends.
- asOf: the date for which balances and statuses are computed. Payments, refunds, credits and write-offs with a later date have not happened yet.
- An asOf after today counts only what is recorded so far, as if nothing else happened until then; futureAsOf says so. It is allowed because it shows what will be overdue on that date if nobody pays.
- Named periods: weeks run from Monday to Sunday (ISO 8601). Quarters start in January, April, July and October. fiscal_year starts in the month set in the profile. last_30_days, last_90_days and last_12_months end today. In get_financial_summary, named periods are relative to asOf instead of today.

## Names and ids

- Names are compared without regard to case, accents, repeated whitespace, invisible characters, or the kind of apostrophe, quotation mark or dash. Every name in an answer can be used as a filter.
- A customerId, vendor, category, invoiceId or invoiceNumber that is not in the books is refused, and the refusal lists the nearest ones. An empty list means that nothing matches, never that a name was misspelled. During an import, unknown vendors, categories and customers are not refused.
- customerId: an id. If no customer has exactly that id, it also matches the same id in different case, or the name or organization of a single customer; customerId beside the rows then shows which customer was used. Invoice ids also match in different case.
- vendor and category: a whole name. If no expense has that name, all names that begin with it match. vendors or categories then lists up to 20 of them, and vendorCount or categoryCount is their number.

## Invoices

status is the first of these that applies:

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

In get_invoice, paidTotal is payments minus refunds and creditedTotal is the credits applied, up to asOf. Failed charges are shown with failed: true and counted nowhere. Payments dated after asOf are shown with futureDated: true and not counted in paidTotal; credits applied after asOf are not shown. A payment in another currency shows its currency. lineCount is the number of lines and linesReturned the number shown; paymentCount and creditCount appear when not all payments or credits fit. Other fields, where known: reference, sent, viewed, writtenOff, subtotal, discount, tax, tip, notes.

With documents credit_notes, list_invoices returns issued credit notes dated on or before asOf, under creditNotes. These arguments apply to them: customerId, startDate and endDate (issue date), currency, asOf, and sort by issue date. unapplied is total minus what was applied to invoices on or before asOf. status open finds credit notes with an unapplied amount. A credit note that is applied to an invoice has already reduced its balance.

If several documents share a number, get_invoice returns them under sameNumber (at most 20); choose one by invoiceId.

## Lists

- totals, totalCount and groups cover everything that matches, not only the rows returned. They are exact, or absent with the reason in totalsAbsent: more than ${lookThroughLimit} rows would have to be read, or an import is not finished. Without groupBy and with at most one filter they are present, with two exceptions that can match too many rows: expenses by minAmount, and payments by customerId. For groupBy, see Groups.
- returned: the number of rows in this answer. complete: true when no matching rows are missing after these, which is on the only page or the last one. nextCursor is present while there is more: repeat the call with the same arguments and cursor set to it. A page can have fewer rows than limit, because an answer stays below 60 KB.
- A cursor is valid for its organization, tool and arguments only; limit may change between pages. All pages use the "today" of the first page.
- limit: 25 by default, at most 100. limit 0 asks for totals and groups alone: no rows are returned, and complete is true only if nothing matches. To read the rows, repeat the call with another limit.
- Order: invoices filtered by status overdue or open, by minDaysOverdue or by due date start with the earliest due date; all others start with the newest. sort overrides this. Expenses and payments start with the newest; expenses with minAmount start with the largest. Sorting by amount compares plain numbers, whatever the currency; it is refused for more than ${lookThroughLimit} invoices.
- Invoice totals: total and balance of the matching invoices, without drafts and void documents. count is the number of invoices in the total, notInTotals the number left out. With status draft, draftTotals is the sum of the drafts; it is separate because drafts are not invoiced yet and their amounts may change.
- The date arguments are repeated in the answer as startDate and endDate.
- Fields without a value are omitted. Names are shown in full; descriptions are cut at 200 characters and notes at 2000, marked with "…". Characters that hide or reorder text are removed.

## Groups

With groupBy, list_invoices, list_expenses and payments_report also return groups.

- A group has one entry per currency, with the same fields as totals (except for groupBy product), exact and over everything that matches. groupCount is the number of entries. If they are too many for the answer (more than 30 KB), the first ones are shown.
- Order: by currency, and within it by amount, the largest first. The amount is total for invoices and expenses, and net for payments; of invoices with a status that is owed (open, overdue, partial, sent, viewed), it is balance. Months are in their order instead.
- customer: with customer (the name) and customerId. vendor, category: names that count as the same name (see Names and ids) are one group. An entry without name and id holds what has none.
- month: the month of the issue date, or of the date of the expense or payment, such as "2026-11".
- status: the status that each invoice shows, so the group partial contains no overdue invoices, unlike the filter. Drafts and void documents are groups only here. They remain outside totals.
- age: what is owed, by days past due on asOf: 1-30, 31-60, 61-90 and 91+; not_due; no_due_date. If no status is given, status is open. Statuses with nothing to pay (draft, paid, void, written_off) are refused.
- product: what was sold of each product that lines of invoices name, with product (the name, if the product is in the books) and productId. total is the sum of these lines' own totals, quantity the sum of their quantities, and count the number of invoices. Drafts and void documents sold nothing. Lines without a product are in no group, so these groups need not add up to totals.
- If more than ${lookThroughLimit} rows would have to be read, groups and totals are absent, with the reason in totalsAbsent. These groups need no rows to be read, however many match:
  - status without filters, and age with no filter but status open or overdue
  - month, over at most 240 months, with no filters but startDate, endDate, a status with nothing to pay or a payment method
  - method with no filters but startDate, endDate and method
  - customer (of invoices), product, vendor and category with no filters, or with a startDate on January 1 and an endDate on December 31. There may be at most ${lookThroughLimit} of them, counted once for each year; for product, nothing may be dated after asOf.
  - all of these also with the filter currency

## Payments

- amount is negative for a refund; type is "payment" or "refund". A credit note is not a payment.
- Failed charges are in no list and no total, because no money was received. The exception is only failed, which lists nothing else: each row has failed: true, and failed in totals is the amount attempted. get_invoice also shows the failed charges of its invoice.
- only unapplied lists payments and refunds that name no invoice.
- received and count are for payments; refunded and refundCount are for refunds (refunded is negative; both are omitted when there are none). net is received plus refunded.
- countedThrough: the last day counted. Payments dated after today have not happened yet, so a range that ends later is counted up to today.
- method is one of cash, check, card, bank_transfer, ach, direct_debit, paypal, credit, other.
- customerId is the customer of the invoice, or of the payment if it names no invoice.

## Expenses

- Only recorded expenses are listed and counted, by the date they were incurred; drafts and void expenses are not. (In get_financial_summary, the cash basis uses the payment date.) A supplier's credit is negative; credits is the sum of these in total. Amounts include tax.
- paid is the payment date and reference the source's own number or text, where known.
- minAmount is compared with each amount as a number, in the amount's own currency.
- futureDated: dated after today. Such expenses are listed and included in the totals of the list. A financial summary counts them only from their date on.

## Financial summary

Everything is counted up to countedThrough: the end of the period, or asOf if that is earlier. Drafts and void documents are in no figure.

| figure | definition |
|---|---|
| income, accrual basis | totals of invoices dated in the period minus credit notes dated in it, without tax and tips |
| income, cash basis | payments received in the period minus refunds, whatever they were for; includes the tax and tips in them |
| expenses, accrual basis | expenses dated in the period, including tax, minus suppliers' credits |
| expenses, cash basis | the same, but each on the date it was paid. If the payment date is not known, its own date is used, because most sources give none for expenses paid immediately |
| inputTax | tax on expenses dated in the period minus tax on suppliers' credits dated in it; like taxCollected, by document date on either basis |
| net | income minus expenses. With netExcludesInputTax: income minus expenses plus inputTax |
| taxCollected | tax on invoices dated in the period minus tax on credit notes dated in it; by document date on either basis (taxBasis "document_date") |
| invoiced, credited, tips | totals of those invoices and credit notes, including tax and tips; and the tips in the invoices |
| received, refunded | payments and refunds dated in the period |
| outstanding | on asOf: what is left to pay on issued invoices dated on or before asOf |
| overdue | the part of outstanding with a due date before asOf |
| unapplied | on asOf: payments minus refunds that name no invoice, plus the amounts of issued credit notes that are applied to no invoice; negative if refunds exceed the rest |
| noDueDate | the part of outstanding without a due date |
| futureDated | what is left to pay on invoices dated after asOf; not in outstanding |

- amount and count: the sum, and the number of documents or payments in it.
- unapplied is not subtracted from any figure, because only the business can say which invoice it is for; it is shown beside outstanding. Payments and credits that name an invoice are not in it, even if that invoice is overpaid, in another currency or not in the books. To list what is in it, call payments_report with only unapplied, and list_invoices with documents credit_notes and status open.
- netExcludesInputTax: true on the accrual basis if the business profile says that input tax is recovered. Income is then without tax, and tax that is claimed back is not a cost. If input tax is a cost of the business (the default), net is after it. On the cash basis, both income and expenses include tax, as the money moved.
- basis: the basis requested, or else the one in the business profile.
- Written-off invoices stay in invoiced and in accrual income, on their own date. They are not in outstanding.
- There is one entry for each currency with any figure. If there are none at all, the answer has one entry of zeros in the base currency, provided that the profile has one.
- compareTo previous_period: if the period consists of whole months, the same number of whole months before it; otherwise the same number of days before it. previous_year: the same dates one year earlier. While the period is not over on asOf, the other period is counted from its start for as many days as have passed (partial: true).
- changes: previous is the figure of the other period, change the difference, and percent the difference as a percentage of the absolute value of previous, with one decimal, rounded half away from zero. percent is absent if previous is zero.

## Customers

- Without query, search_customers lists all customers by name. With query, it finds customers for whom every word of the query begins a word of the name or organization, begins a part of the e-mail address, or occurs in the digits of the phone number.
- approximate: true means that nothing was found as typed, and the nearest spellings are shown.
- A search reads at most ${lookThroughLimit} entries. If that is not enough, totalsAbsent says so, and customers may be missing.
- open: what each customer owes on asOf (today), per currency, with the number of invoices. unapplied, if any, is the customer's money that is applied to no invoice; it is not subtracted from balance (see Financial summary). open is omitted if there is neither, and for all customers while an import is not finished.

## Business profile

- taxRate and gratuityRate are percentages: "8.1" means 8.1%.
- minimumLeadDays and maximumLeadDays: the least and the most days ahead that work can be booked.
- fiscalYear has startMonth (1 to 12), and the startDate and endDate of the current fiscal year.
- inputTax: how tax on expenses is treated: "recovered" (claimed back from the tax authority) or "cost".
- configured: false means that no profile was imported; assumed lists the fields with assumed values.
- Where known: name, contact, email, phone, website, taxName, and address with street, city, region, postalCode and country.

## Sources

- Currencies and their decimals: ISO 4217. Dates and weeks: ISO 8601.
- Document totals, paid amount and amount due: EN 16931 (BT-112, BT-113, BT-115).
- Status derived from balance and due date, not stored: as in Xero, Stripe and Odoo.
- A credit note reduces what is owed and is not a cash refund: EN 16931 (credit note, type code 381), Xero, QuickBooks.
- Cash and accrual basis: as in the profit and loss reports of QuickBooks and Xero, which also name their basis.
`;
