import type {
  PaymentExceptions,
  PaymentSummary,
  PaymentTotal,
} from '../../../shared/ledger/kinds/payment.ts';
import { formatMoney, type Minor } from '../../../shared/ledger/money.ts';
import { type Fields, shownText, stated } from './fields.ts';

/** A payment as it appears in the report. */
export const paymentFields = (payment: PaymentSummary): Fields => ({
  id: payment.id,
  ...stated({
    type: paymentTypeOf(payment.amount),
    date: payment.date,
    customer: shownText(payment.customer),
    customerId: payment.customerId,
    invoiceId: payment.invoiceId,
    invoiceNumber: shownText(payment.invoiceNumber),
    ...methodFields(payment),
    amount: formatMoney(payment.amount, payment.currency),
    currency: payment.currency,
    reference: shownText(payment.reference),
  }),
});

/** A refund is a payment with a negative amount. */
export const paymentTypeOf = (amount: Minor): 'payment' | 'refund' => (amount < 0 ? 'refund' : 'payment');

/** The method, and the source's own word if it differs. */
export const methodFields = ({
  method,
  sourceMethod,
}: Pick<PaymentSummary, 'method' | 'sourceMethod'>): Fields => {
  const own = shownText(sourceMethod);
  const same = own?.toLowerCase().replace(/[^a-z]+/g, '_') === method;
  return { method, ...(!same && { sourceMethod: own }) };
};

/** Payments and refunds, separately. */
const receivedFields = (total: PaymentTotal): Fields => ({
  currency: total.currency,
  count: total.count,
  received: formatMoney(total.received, total.currency),
  ...(total.refundCount > 0 && {
    refundCount: total.refundCount,
    refunded: formatMoney(total.refunded, total.currency),
  }),
  net: formatMoney(total.net, total.currency),
});

/** The sum of failed charges, none of which was received. */
const failedFields = ({ currency, count, refundCount, net }: PaymentTotal): Fields => ({
  currency,
  count: count + refundCount,
  failed: formatMoney(net, currency),
});

/** The fields of totals and groups of these payments. */
export const paymentTotalFields = (only: PaymentExceptions | undefined): ((total: PaymentTotal) => Fields) =>
  only === 'failed' ? failedFields : receivedFields;
