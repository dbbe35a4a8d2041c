import type { Topic } from './topic.ts';

export const cashPosition: Topic = {
  name: 'cash-position',
  title: 'Cash position',
  summary: 'Balances as the bank states them, money moved, subscriptions, and what comes in.',
  text: `get_cash_position describes the bank accounts today (asOf), and one period: by default the current month. With only endDate, the period starts on the first day of that month; with only startDate, it ends on the last day of that month.

## Accounts and balances

- booked and available are the bank's own statements, each with its date and type. They are never computed from transactions, and never carried forward to today: date is the day that the balance is about.
- booked: the latest balance of type closing_booked (at the end of a day) or interim_booked (so far on a day); of one day, the one that the source counts later, or else interim_booked. available: the latest balance of type available, which is what can be drawn. It may include a credit limit: includesCreditLimit. An account without such a balance has no such field.
- What is owed is negative: cards, loans and overdrafts reduce the totals. creditLimit is what may be owed.
- totals: per currency, the sums of the balances shown. bookedCount and availableCount say of how many accounts; if they differ from the number of accounts, or from each other, the sums leave accounts out. The days of the balances may differ as well.
- Up to 100 accounts are shown by name, closed ones with the day on which they were closed; moreAccounts is the number of those that are not shown and in no total. number is the last four characters of the account number. type is one of checking, savings, card, loan, cash, other.
- dataAsOf: when the data of the account were last updated, by its connection or by an imported statement. Nothing is fetched from a bank when a question is asked: whatever happened after that is unknown here.
- connections: the sources that do not work at present, with status (needs_sign_in, error or disabled), reason, updated (the last update) and expires (when the consent ends). Those that work are not shown.
- statementFindings: what does not fit in the newest 60 statements, as finding. "gap": one statement does not continue the one before it, because a number is skipped or the opening balance differs from the closing balance before; from and to are the days between them (from is after to if there is none), and amount is what the balance changed by in between. "difference": opening balance plus entries is not the closing balance of a statement; amount is the difference. Nothing is repaired.

## Movements

- moved: in, out and net of the booked transactions dated in the period, as in finance://definitions/banking. If they cannot be counted, totalsAbsent says why.
- subscriptions: charged is the sum of money out, in the period, of booked transactions that the source marks as recurring; it is positive. Nothing is guessed: a subscription that the source does not mark is not in it.
- expected (of subscriptions and of incoming): the next payment of each recurring series, if its day is today or later and within the period. A series is what one counterparty pays or is paid, in one direction, on one account. The day is the same day of the next interval after the last payment (frequency: weekly, biweekly, monthly, quarterly or yearly; the last day of a month that is too short), and the amount that of the last payment. A payment that is late is not listed, and only the newest 100 recurring transactions of the last 13 months are looked at. This is an expectation, and in no total.

## incoming: what comes in during the period

| list | content |
|---|---|
| booked | money that has arrived, without transfers between own accounts |
| pending | announced by the bank and not booked; rows are those among the newest ten pending transactions |
| invoicesDue | what is left to pay on issued invoices with a due date in the period; needs invoices:read |
| contracts | open lines of contracts with customers due in the period; needs contracts:read |
| expected | recurring income, as above |

- These lists overlap: an invoice that was paid yesterday can be booked, and an expected payment can be an invoice that is due. They are never added together.
- rows are at most ten; totals cover all. count is the number of transactions, invoices or lines in total.
`,
};
