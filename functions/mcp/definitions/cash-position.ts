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
- statementFindings: what does not fit in the newest 60 statements, as finding. "gap": one statement does not continue the one before it, because a number is skipped or the opening balance differs from the closing balance before; from and to are the days between them (from is after to if there is none), and amount is what the balance changed by in between; missing has the numbers of the statements that are skipped. "difference": opening balance plus entries is not the closing balance of a statement; amount is the difference. Nothing is repaired.

## Movements

- moved: in, out and net of the booked transactions dated in the period, as in finance://definitions/banking. If they cannot be counted, totalsAbsent says why.
- subscriptions: charged is the sum of money out, in the period, of booked transactions that the source marks as recurring; it is positive. Nothing is guessed: a subscription that the source does not mark is not in it. Statement files never mark any.
- chargedByPattern (of subscriptions): money out, in the period, of payments that are not marked and recur by their pattern: totals per currency, and the newest 20 as rows with date, counterparty and amount. Subscriptions, rent, wages and instalments look alike. charged and chargedByPattern have no payment in common; they are told apart because one is stated and the other found, so say which is which.
- A pattern: at least 3 booked payments of one counterparty (names are compared without numbers of 4 or more digits and without legal forms such as Ltd), in one direction, on one account, in one currency. Every interval is 7, 14 or 28 to 31 days long, and so are all of them together, each give or take 3 days. Every amount is within 5 % of the median; or there is one change of price, before which all amounts are equal, and after which they are, too: priceChange has its date and the amount before it (from). Transfers between own accounts, reversals, and payments without a counterparty are left out.
- patterns: among which payments patterns were looked for: those from the day from to the day to, and how many payments these are. At most the newest 350 of 115 days are looked through, until today or until the end of a period that is over. If there were more, or the period begins earlier, or the books are being changed, partial says so: patterns may be missing then.
- expected (of subscriptions and of incoming): the next payment of each recurring series, if its day is within the period. basis says why it is expected: source for a series of payments that the source marks, pattern for one that was found, with the number of payments that it rests on (payments). A series is what one counterparty pays or is paid, in one direction, on one account. The day is the same day of the next interval after the last payment (frequency: weekly, biweekly, monthly, quarterly or yearly; the last day of a month that is too short), and the amount that of the last payment. A payment of a marked series that is late is not listed, and only the newest 100 marked transactions of the last 13 months are looked at. One of a pattern is listed with late: true until one and a half intervals after the last payment, and not any more after that. If the source marks only some payments of a series, it is expected as marked. Up to 20 are listed; moreExpected is the number of others. This is an expectation, and in no total.

## incoming: what comes in during the period

| list | content |
|---|---|
| booked | money that has arrived, without transfers between own accounts |
| pending | announced by the bank and not booked; rows are those among the newest ten pending transactions |
| invoicesDue | what is left to pay on issued invoices with a due date in the period, also on those dated after today; needs invoices:read |
| contracts | open lines of contracts with customers due in the period; needs contracts:read |
| expected | recurring income, marked or by its pattern, as above |

- These lists overlap: an invoice that was paid yesterday can be booked, and an expected payment can be an invoice that is due. They are never added together.
- rows are at most ten; totals cover all. count is the number of transactions, invoices or lines in total.
`,
};
