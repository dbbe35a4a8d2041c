import { lookThroughLimit } from '../../shared/store/ledger-reader.ts';

/** How every figure and field that the tools answer is defined. Served as the resource finance://definitions. */
export const definitions = `# Definitions

How every figure of this server is defined. All answers come from the books as they were imported; nothing is estimated or forecast.

## Money

- An amount is a decimal text such as "1234.50", with all decimals of its currency (ISO 4217: USD 2, JPY 0, BHD 3). Computation is in whole minor units, never in floating point.
- Currencies are never added to each other and never converted. Totals, groups and summaries have one entry per currency.
- The total on a document is taken as it stands; it is not recomputed from its lines. Unit prices may have more decimals than the currency.
- A tip (gratuity) is neither tax nor income.

## Days

- A day is written YYYY-MM-DD and is a day of the business, in the time zone of its profile. "Today" is today there. Without a profile: UTC, a fiscal year from January, accrual basis, input tax a cost.
- Ranges include both ends.
- asOf: the day for which balances and statuses are told. What is dated later has not happened yet: payments, refunds, credits, write-offs.
- An asOf after today counts only what is recorded so far, as if nothing else happened until then; futureAsOf says so. It is answered and not refused, because it tells what will be overdue on a day if nobody pays.
- Named periods: weeks run from Monday to Sunday (ISO 8601); quarters begin in January, April, July and October; fiscal_year begins in the month that the profile names; last_30_days, last_90_days and last_12_months end on the day of asking. In get_financial_summary they lie around asOf.

## Names and ids

- Names are compared as they are shown: capitals, accents, runs of blanks, characters that cannot be seen, and the kinds of apostrophes, quotation marks and dashes make no difference. Every name in an answer can be given back as a filter.
- A customerId, vendor, category, invoiceId or invoiceNumber that the books do not know is refused, with the nearest that they do. An empty list means that nothing matches, never that a name was misspelt. While an import is at work, vendors, categories and customers are not refused.
- customerId: an id. Where no customer has that very id, the same id in other capitals, or the name or organization of only one customer, is taken for it, and customerId beside the rows says whose they are. Ids of invoices may be in other capitals, too.
- vendor and category: a whole name. Where no expense has it, all names that begin so are taken together; vendors or categories lists them, at most 20, and vendorCount or categoryCount says how many they are.

## Invoices

status is the first of these that holds:

| status | meaning |
|---|---|
| void | cancelled in the books |
| written_off | the rest was given up: writtenOffAmount. Where the day of the write-off is known, the invoice was owed until then; otherwise it counts as never owed |
| draft | not issued yet |
| paid | issued, and nothing is left to pay |
| overdue | issued, something is left to pay, and the due day is before asOf. Due on asOf is not overdue; without a due day an invoice is never overdue |
| partial | issued, a part is settled and a part is left |
| viewed | issued, nothing settled, opened by the customer |
| sent | issued, nothing settled |

- overdue and partly paid can both hold: status is "overdue" then, and partiallyPaid is true.
- Filters: each status; open is every issued invoice with something left to pay, whichever of overdue, partial, viewed and sent it shows; partial includes the overdue ones that are partly paid; sent and viewed do not include overdue ones.
- balance: total less payments, plus refunds, less credits applied, up to asOf. It is zero for draft, void and written-off invoices, and for overpaid ones; what was received beyond the total stands in overpaid. A payment in another currency than the invoice's does not change its balance.
- writtenOffAmount: the amount given up, which is what payments and credits have left of the total of a written-off invoice; in totals, that of all that match. It is apart from balance because nobody expects it any more, and in no balance, paid or credited amount, so that the total of a written-off invoice is what was paid, what was credited and what was given up.
- daysOverdue: days from the due day to asOf; the day after the due day is 1. minDaysOverdue 1, 31, 61 and 91 begin the usual ages 1-30, 31-60, 61-90 and 91 or more days past due.
- dueFrom and dueTo: invoices whose due day lies between them, whatever their status, since one that is paid was due all the same; add status open for what is still owed. Invoices without a due day are left out.
- paid: the day since which nothing is left to pay.
- futureDated: dated after asOf. Without the argument asOf such invoices are listed, flagged and in the totals of the list; with asOf they are left out. A document dated later is not overdue.
- invoiceNumber is compared as names are, and without a leading #.
- minDaysOverdue with a status that is never overdue, a startDate after asOf, and a dueFrom by which nothing is overdue yet, contradict each other and are refused.
- sourceStatus, sourceMethod: the words of the system that the books come from, as they are.

In get_invoice, paidTotal is payments less refunds and creditedTotal the credits applied, up to asOf. Failed charges are shown with failed: true and count nowhere; payments dated after asOf are shown with futureDated: true and are not in that total; credits applied later are not shown. A payment in another currency names it. lineCount is how many lines the invoice has and linesReturned how many are shown; paymentCount and creditCount appear where not all fit. Other fields where known: reference, sent, viewed, writtenOff, subtotal, discount, tax, tip, notes.

With documents credit_notes, list_invoices answers issued credit notes under creditNotes, dated on or before asOf; customerId, startDate and endDate (day of issue), currency, asOf and sort by day of issue apply to them. unapplied is what is left of total after what was applied to invoices on or before asOf. status open finds those with something unapplied. A credit note applied to an invoice has lowered its balance.

If several documents share a number, get_invoice answers them under sameNumber (20 at most), to be chosen by invoiceId.

## Lists

- totals, totalCount and groups are over everything that matches, not only over the rows returned. They are exact, or absent with the reason in totalsAbsent: more than ${lookThroughLimit} rows would have to be looked through, or an import is at work. With no filter, or one, they are there, except that expenses by minAmount, and payments of or by customer, can be too many.
- returned: rows in this answer. complete is true when nothing that matches is missing after these rows: on the only page, and on the last of several. nextCursor, while there is more: repeat the call with the same arguments and cursor set to it. A page can have fewer rows than limit, because an answer stays below 60 KB.
- A cursor belongs to its organization, tool and arguments; limit may change between pages. Later pages keep the day on which the first was asked for.
- limit: 25 unless told, at most 100.
- Order: invoices asked for by status overdue or open, by minDaysOverdue or by due day, run from the earliest due day, others from the newest, unless sort says otherwise. Expenses and payments run from the newest, expenses with minAmount from the largest. An order by amount compares plain numbers whatever the currency; over more than ${lookThroughLimit} invoices it is refused.
- Invoice totals: total and balance of the invoices that match, without drafts and void documents; count is how many are in the total, notInTotals how many are not. With status draft, draftTotals is what the drafts come to; it stands apart because nothing of it was invoiced, and the number may still change.
- Dates given in the arguments are answered as startDate and endDate.
- Fields that have nothing to say are left out. Names are shown whole; descriptions are cut at 200 characters, notes at 2000: "…" marks a cut. Characters that hide or reorder text are removed.

## Payments

- amount is negative for a refund; type is "payment" or "refund". A credit note is not a payment.
- Failed charges are in no list and no total, because no money came, except with only failed, which lists nothing else: failed: true on each, and the sum of what was attempted under failed. They also stand with their invoices in get_invoice.
- only unapplied lists payments and refunds that name no invoice.
- received and count are payments, refunded and refundCount refunds (negative, left out when there is none); net is both together.
- countedThrough: the last day counted. A payment dated after today has not happened yet, so a range that ends later is counted to today.
- method is one of cash, check, card, bank_transfer, ach, direct_debit, paypal, credit, other.
- customerId is the customer of the invoice, or of the payment where it names no invoice. A group without customer holds payments that name none; in such groups customer and customerId are left out.
- groupCount is how many groups there are; of very many, the largest by net amount are shown.

## Expenses

- Only recorded expenses are listed and counted, on the day they were incurred (the cash basis of get_financial_summary goes by the day of payment); drafts and void ones are not. A supplier's credit is negative; credits is that part of total. Amounts include tax.
- paid is the day of payment and reference the source's own number or text, where known.
- minAmount is compared with the number of each amount in its own currency.
- futureDated: dated after today. Such expenses are listed and in the totals of the list, and not in a financial summary before their day.

## Financial summary

Everything is counted up to countedThrough: the end of the period, or asOf where that is earlier. Drafts and void documents are in no figure.

| figure | definition |
|---|---|
| income, accrual basis | totals of invoices dated in the period less credit notes dated in it, without tax and tips |
| income, cash basis | payments received in the period less refunds, whatever they were for: tax and tips in them are included |
| expenses, accrual basis | expenses dated in the period, tax included, less suppliers' credits |
| expenses, cash basis | the same, but each on the day on which it was paid, because that is when the money went; on its own date where the day of payment is not known, because most sources give none for what was paid at once |
| inputTax | tax on expenses dated in the period less tax on suppliers' credits dated in it, by their dates on either basis, as taxCollected is |
| net | income less expenses. With netExcludesInputTax, income less expenses plus inputTax |
| taxCollected | tax on invoices dated in the period less tax on credit notes dated in it, by the document's date on either basis (taxBasis "document_date") |
| invoiced, credited, tips | totals of those invoices and credit notes with tax and tips, and the tips in them |
| received, refunded | payments and refunds dated in the period |
| outstanding | on asOf: what is left to pay of issued invoices dated on or before asOf |
| overdue | the part of outstanding whose due day is before asOf |
| unapplied | on asOf: payments less refunds that name no invoice, and what of issued credit notes is applied to none; negative when refunds prevail |
| noDueDate | the part of outstanding that has no due day |
| futureDated | what is left to pay of invoices dated after asOf; not in outstanding |

- amount and count: the sum, and how many documents or payments are in it.
- unapplied lowers nothing: which invoice it is for, only the business can say, so it is shown beside outstanding and never taken off it. What names an invoice is not in it, even where that invoice is overpaid, in another currency or not in the books. payments_report with only unapplied, and list_invoices with documents credit_notes and status open, list what is in it.
- netExcludesInputTax: true when the business profile says that input tax is recovered, on the accrual basis: income is without tax there, and tax that is claimed back is no cost. Where it is a cost of the business (the assumption), net is after it. On the cash basis both sides keep their tax, as the money moved.
- basis: the one asked for, or else that of the business profile.
- Written-off invoices stay in invoiced and in accrual income, on their own date; they are not outstanding.
- There is an entry for every currency in which anything was found. With nothing at all, there is one of zeros in the base currency, where the profile names one.
- compareTo previous_period: as many whole months before, where the period is made of whole months, otherwise as many days before. previous_year: the same days a year earlier. While the period is not over on asOf, the other one is counted for as many days from its start as have passed (partial: true).
- changes: previous is the figure of the other period, change the difference, percent the difference in percent of the absolute value of previous, with one decimal, rounded half away from zero; absent where previous is zero.

## Customers

- search_customers without query lists all customers by name. With query it finds customers in whom every word of the query begins a word of the name or organization, or a part of the e-mail address, or is found among the digits of the phone number.
- approximate: true means that nothing was found as typed, and the nearest spellings are shown.
- A search looks through at most ${lookThroughLimit} entries. Where that is not enough, totalsAbsent says so, and customers may be missing.
- open: what each customer owes on asOf (today), per currency, with the number of invoices; unapplied, where there is any, is money of the customer that is applied to no invoice, and not taken off balance (see Financial summary). Left out when there is neither, and for all where totalsAbsent gives the reason.

## Business profile

- taxRate and gratuityRate are percentages: "8.1" means 8.1%.
- minimumLeadDays and maximumLeadDays: how many days ahead work can be booked, at least and at most.
- fiscalYear has startMonth (1 to 12), and startDate and endDate of the current one.
- inputTax: what becomes of the tax on expenses: "recovered" (claimed back from the tax authority) or "cost".
- configured: false means that no profile was imported; assumed names the fields that stand in for it.
- name, contact, email, phone, website, taxName, and address with street, city, region, postalCode and country: as far as known.

## Sources

- Currencies and their decimals: ISO 4217. Days and weeks: ISO 8601.
- Document totals, paid amount and amount due: EN 16931 (BT-112, BT-113, BT-115).
- Status from balance and due day, instead of a stored word: as Xero, Stripe and Odoo do.
- A credit note lowers what is owed and is not a cash refund: EN 16931 (credit note, type code 381), Xero, QuickBooks.
- Cash and accrual basis: as in the profit and loss reports of QuickBooks and Xero, which name their basis too.
`;
