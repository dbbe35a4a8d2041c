import { attachmentScopes, attachmentsAddress, fileContents, largestContents } from './attachment.ts';
import { addressOf, definitionsAddress, definitionsIndex, pageOf, topics } from './definitions/index.ts';
import type { Resource, ResourceTemplate } from './resource.ts';
import { wholeInvoice } from './tools/invoice-detail.ts';

/** Texts that are the same for every caller. */
export const resources: readonly Resource[] = [
  {
    uri: definitionsAddress,
    name: 'definitions',
    title: 'Definitions',
    description: 'Index of the pages that define every figure, status and field.',
    mimeType: 'text/markdown',
    read: () => definitionsIndex,
  },
  ...topics.map((topic) => ({
    uri: addressOf(topic),
    name: `definitions-${topic.name}`,
    title: `Definitions: ${topic.title}`,
    description: topic.summary,
    mimeType: 'text/markdown',
    read: () => pageOf(topic),
  })),
];

const invoicesAddress = 'finance://invoices/';
const longestId = 200;

/** What the books of the caller's organization hold. */
export const resourceTemplates: readonly ResourceTemplate[] = [
  {
    uriTemplate: `${invoicesAddress}{invoiceId}`,
    name: 'invoice',
    title: 'Invoice',
    description: 'One invoice by its id: the answer of get_invoice, as JSON.',
    mimeType: 'application/json',
    scope: 'invoices:read',
    match: (uri) => parametersOf(uri, invoicesAddress, 'invoiceId'),
    async read({ invoiceId = '' }, context) {
      const { reader, today } = context;
      const [found] = await reader.find('invoice', { id: invoiceId }, today);
      const { organization } = reader;
      const invoice = await wholeInvoice(found, context);
      const text = JSON.stringify({ organization, invoice, asOf: today });
      return { mimeType: 'application/json', text };
    },
  },
  {
    uriTemplate: `${attachmentsAddress}{attachmentId}`,
    name: 'attachment',
    title: 'Attachment',
    description: 'The file of an attachment by its id, up to 90 KB: text as text, other files as bytes.',
    scope: attachmentScopes,
    largest: largestContents,
    match: (uri) => parametersOf(uri, attachmentsAddress, 'attachmentId'),
    read: ({ attachmentId = '' }, context) => fileContents(attachmentId, context),
  },
];

/** The one parameter of an address that begins like this; undefined when it is another. */
function parametersOf(uri: string, address: string, name: string): Record<string, string> | undefined {
  const id = uri.startsWith(address) ? decoded(uri.slice(address.length)) : undefined;
  return id === undefined ? undefined : { [name]: id };
}

/** The id in a URI: one percent-encoded segment; undefined when it is not valid. */
function decoded(segment: string): string | undefined {
  if (segment === '' || /[/?#]/.test(segment)) return undefined;
  try {
    const id = decodeURIComponent(segment);
    return id.length <= longestId && id.isWellFormed() ? id : undefined;
  } catch {
    return undefined;
  }
}
