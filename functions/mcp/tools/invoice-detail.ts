import type { InvoiceDetail, Line } from '../../../shared/ledger/kinds/invoice.ts';
import { formatMoney, type Minor } from '../../../shared/ledger/money.ts';
import { attachmentFields } from '../attachment.ts';
import type { ToolContext } from '../tool.ts';
import { countThatFits, descriptionLength, type Fields, notesLength, shownText, stated } from './fields.ts';
import { methodFields, paymentTypeOf } from './payment-fields.ts';

/** The most bytes that the payments and the credits of an invoice may take, so that lines have room. */
const mostPaymentBytes = 15_000;
const mostCreditBytes = 5_000;

/** Everything in the books about an invoice on a day, with its files. */
export const wholeInvoice = async (detail: InvoiceDetail, context: ToolContext): Promise<Fields> =>
  invoiceDetailFields(detail, await attachmentFields(detail.invoice, context));

/** An invoice with its files. Lines are cut to what fits; `lineCount` is their number. */
function invoiceDetailFields(detail: InvoiceDetail, attachments: Fields): Fields {
  const payments = fitting(detail.payments.map(paymentOf(detail.currency)), mostPaymentBytes);
  const credits = fitting(detail.credits.map(creditOf(detail.currency)), mostCreditBytes);
  const head = headFields(detail);
  const amounts = {
    ...amountFields(detail),
    payments,
    ...(payments.length < detail.payments.length && { paymentCount: detail.payments.length }),
    ...stated({ credits }),
    ...(credits.length < detail.credits.length && { creditCount: detail.credits.length }),
    ...attachments,
    ...stated({ notes: shownText(detail.invoice.notes, notesLength) }),
  };
  const allLines = detail.invoice.lines.map(lineOf(detail.currency));
  const lines = allLines.slice(0, countThatFits(allLines, [head, amounts]));
  return { ...head, lines, lineCount: allLines.length, linesReturned: lines.length, ...amounts };
}

/** One of several documents with the same number: enough to choose by. */
export const candidateFields = (detail: InvoiceDetail): Fields => ({
  id: detail.id,
  ...stated({
    number: shownText(detail.number),
    customer: shownText(detail.customer),
    issued: detail.issued,
    total: formatMoney(detail.total, detail.currency),
    currency: detail.currency,
    status: detail.status,
  }),
});

const headFields = (detail: InvoiceDetail): Fields => ({
  id: detail.id,
  ...stated({
    number: shownText(detail.number),
    status: detail.status,
    partiallyPaid: detail.partiallyPaid,
    daysOverdue: detail.daysOverdue > 0 && detail.daysOverdue,
    futureDated: detail.futureDated,
    sourceStatus: shownText(detail.invoice.sourceStatus),
    customer: shownText(detail.customer),
    customerId: detail.customerId,
    reference: shownText(detail.invoice.reference),
    issued: detail.issued,
    due: detail.due,
    sent: detail.invoice.sent,
    viewed: detail.invoice.viewed,
    paid: detail.paid,
    writtenOff: detail.invoice.writtenOff,
    currency: detail.currency,
  }),
});

function amountFields(detail: InvoiceDetail): Fields {
  const { invoice, currency } = detail;
  const written = (amount: Minor | undefined) => amount !== undefined && formatMoney(amount, currency);
  return stated({
    subtotal: written(invoice.subtotal),
    discount: written(invoice.discount),
    tax: written(invoice.tax),
    tip: written(invoice.tip),
    total: written(detail.total),
    paidTotal: written(detail.paidTotal),
    creditedTotal: detail.creditedTotal !== 0 && written(detail.creditedTotal),
    balance: written(detail.balance),
    overpaid: detail.overpaid > 0 && written(detail.overpaid),
    writtenOffAmount: detail.writtenOffAmount > 0 && written(detail.writtenOffAmount),
  });
}

const lineOf =
  (currency: string) =>
  (line: Line): Fields =>
    stated({
      name: shownText(line.name),
      description: shownText(line.description, descriptionLength),
      quantity: shownText(line.quantity),
      rate: shownText(line.rate),
      tax: line.tax !== undefined && formatMoney(line.tax, currency),
      total: formatMoney(line.total, currency),
    });

const paymentOf =
  (currency: string) =>
  (payment: InvoiceDetail['payments'][number]): Fields => ({
    id: payment.id,
    ...stated({
      type: paymentTypeOf(payment.amount),
      date: payment.date,
      amount: formatMoney(payment.amount, payment.currency),
      // A payment in another currency is shown and settles nothing: amounts are never converted.
      currency: payment.currency !== currency && payment.currency,
      ...methodFields(payment),
      failed: payment.failed,
      futureDated: payment.futureDated,
      reference: shownText(payment.reference),
    }),
  });

const creditOf =
  (currency: string) =>
  (credit: InvoiceDetail['credits'][number]): Fields =>
    stated({
      creditNoteId: credit.creditNoteId,
      number: shownText(credit.number),
      date: credit.date,
      amount: formatMoney(credit.amount, currency),
    });

const fitting = (rows: readonly Fields[], bytes: number): Fields[] =>
  rows.slice(0, countThatFits(rows, [], bytes));
