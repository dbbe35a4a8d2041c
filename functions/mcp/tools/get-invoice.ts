import * as z from 'zod';
import { Refusal } from '../../../shared/ledger/errors.ts';
import { defineTool } from '../tool.ts';
import { text } from './arguments.ts';
import { candidateFields, wholeInvoice } from './invoice-detail.ts';
import * as output from './output.ts';

export const getInvoice = defineTool({
  name: 'get_invoice',
  title: 'Invoice details',
  description: 'One invoice by id or number, with lines, payments, credits and files.',
  scope: 'invoices:read',
  input: () =>
    z.strictObject({
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
  async run({ invoiceId, invoiceNumber }, context) {
    const { reader, today } = context;
    const found = await reader.find('invoice', whichInvoice(invoiceId, invoiceNumber), today);
    const content =
      found.length > 1
        ? { sameNumber: found.map(candidateFields) }
        : { invoice: await wholeInvoice(found[0], context) };
    return { content: { ...content, asOf: today }, rows: found.length };
  },
});

function whichInvoice(
  id: string | undefined,
  number: string | undefined,
): { id: string } | { number: string } {
  if (id !== undefined && number === undefined) return { id };
  if (number !== undefined && id === undefined) return { number };
  throw new Refusal(
    `${id === undefined ? 'Neither invoiceId nor invoiceNumber is' : 'Both invoiceId and invoiceNumber are'} given: expected one of them.`,
  );
}
