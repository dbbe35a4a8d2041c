import * as z from 'zod';
import { NotFound, Refusal } from '../../../shared/ledger/errors.ts';
import { defineTool } from '../tool.ts';
import { text } from './arguments.ts';
import { candidateFields, invoiceDetailFields } from './invoice-detail.ts';
import * as output from './output.ts';
import { shownText } from './shown-text.ts';

export const getInvoice = defineTool({
  name: 'get_invoice',
  title: 'Invoice details',
  description: 'One invoice with lines, payments, credits and notes, by id or number.',
  scope: 'invoices:read',
  input: z.strictObject({
    invoiceId: text.exactOptional(),
    invoiceNumber: text.describe('As printed on the invoice').exactOptional(),
  }),
  output: output.object(['asOf'], [], {
    invoice: output.object(
      ['id', 'status', 'issued', 'currency', 'lineCount', 'linesReturned', 'total', 'paidTotal', 'balance'],
      ['number', 'customer', 'customerId', 'due', 'paid', 'tax'],
      {
        lines: output.listOf(output.object(['total'], ['name', 'quantity', 'rate', 'tax'])),
        payments: output.listOf(output.object(['id', 'type', 'date', 'amount', 'method'], ['failed'])),
        credits: output.listOf(output.object(['creditNoteId', 'date', 'amount'])),
      },
    ),
    sameNumber: { description: 'Documents to choose from' },
  }),
  async run({ invoiceId, invoiceNumber }, { reader, today }) {
    const found = await reader.findInvoices(whichInvoice(invoiceId, invoiceNumber), today);
    const [only] = found;
    if (only === undefined) throw notFound(invoiceId, invoiceNumber);
    const content =
      found.length > 1 ? { sameNumber: found.map(candidateFields) } : { invoice: invoiceDetailFields(only) };
    return { content: { ...content, asOf: today }, rows: found.length };
  },
});

function whichInvoice(
  id: string | undefined,
  number: string | undefined,
): { id: string } | { number: string } {
  if (id !== undefined && number === undefined) return { id };
  if (number !== undefined && id === undefined) return { number };
  throw new Refusal('Expected either invoiceId or invoiceNumber, and not both.');
}

function notFound(id: string | undefined, number: string | undefined): NotFound {
  if (id !== undefined) {
    return new NotFound(
      `No invoice has the id ${JSON.stringify(shownText(id))}. If it is the number printed on the invoice, pass it as invoiceNumber; list_invoices answers ids.`,
    );
  }
  return new NotFound(
    `No invoice has the number ${JSON.stringify(shownText(number))}. Give it in full (capitals and a leading # do not matter), or find the invoice with list_invoices.`,
  );
}
