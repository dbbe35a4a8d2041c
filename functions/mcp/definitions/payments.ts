import type { Topic } from './topic.ts';

export const payments: Topic = {
  name: 'payments',
  title: 'Payments',
  summary: 'Payments and refunds: signs, failed and unapplied ones, totals.',
  text: `- amount is negative for a refund; type is "payment" or "refund". A credit note is not a payment.
- Failed charges are in no list and no total, because no money was received. The exception is only failed, which lists nothing else: each row has failed: true, and failed in totals is the amount attempted. get_invoice also shows the failed charges of its invoice.
- only unapplied lists payments and refunds that name no invoice.
- received and count are for payments; refunded and refundCount are for refunds (refunded is negative; both are omitted when there are none). net is received plus refunded.
- countedThrough: the last day counted. Payments dated after today have not happened yet, so a range that ends later is counted up to today.
- method is one of cash, check, card, bank_transfer, ach, direct_debit, paypal, credit, other.
- customerId is the customer of the invoice, or of the payment if it names no invoice.
`,
};
