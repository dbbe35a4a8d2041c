import type { Topic } from './topic.ts';

export const banking: Topic = {
  name: 'banking',
  title: 'Bank transactions',
  summary: 'Signs, pending, unmatched and recurring transactions, transfers, and text search.',
  text: `- amount: positive is money in, negative is money out, as on the bank's statement. It is in the currency of the account's entry; originalAmount and originalCurrency are those before the bank converted it. fee is a part of amount.
- date is the booking day; valueDate is shown where it differs.
- Totals: in and out (negative) without transfers between own accounts, and net, which is in plus out. transfersIn and transfersOut (negative) are the transfers, where there are any. count is the number of all, transfers included.
- transfer: true if the other side is an account of these books. It is neither income nor cost. direction in and out leave transfers out; only transfers lists nothing else.
- Pending transactions (status "pending") are in no list and no total, except with only pending. They may change or vanish: one that newer data of its account no longer contain is not shown, and one that was booked is shown as booked alone.
- only unmatched: booked transactions that settle nothing as far as the source says, without transfers. links: what a transaction settles (kind and id of an invoice, payment, bill, bill_payment, expense or schedule_line), as the source says. Nothing is counted as settled for any other reason.
- suggestions, with only unmatched: up to three open invoices (money in) or bills (money out) that the transaction may settle, each with kind, id, number, party (the customer or supplier) and reasons: "number in the text", "equal amount" (to what is left to pay, near its dates) or "same name". A name alone is no reason, and neither is an amount that several documents have. Suggestions change no status, balance or total; invoices need invoices:read, bills expenses:read. suggestionsFrom says so if not all open documents were looked at.
- only recurring: booked transactions that the source marks as recurring, such as subscriptions; recurring is weekly, biweekly, monthly, quarterly or yearly.
- text: every word of it begins a word of the counterparty, the text or the reference. Case and accents do not matter.
- minAmount is compared with each amount without its sign, as a number in the amount's own currency; the list then starts with the largest.
- counterparty: who paid or was paid. counterpartyAccount is the last four characters of the other account. reference: the payee's reference, or else the payer's end-to-end id.
- method: card, transfer, direct_debit, standing_order, check, cash, fee, interest or other. category is the source's. reversal: true if it takes back an earlier one. batchCount: how many payments are booked together. balanceAfter: the balance after it, as the source says.
- futureDated: dated after today. Such transactions are listed and included in the totals of the list.
- Balances are in get_cash_position: see finance://definitions/cash-position.
`,
};
