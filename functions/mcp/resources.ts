import { addressOf, definitionsAddress, definitionsIndex, pageOf, topics } from './definitions/index.ts';
import type { Resource, ResourceTemplate } from './resource.ts';
import { invoiceDetailFields } from './tools/invoice-detail.ts';

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

/** Texts about the books of the caller's organization. */
export const resourceTemplates: readonly ResourceTemplate[] = [
  {
    uriTemplate: `${invoicesAddress}{invoiceId}`,
    name: 'invoice',
    title: 'Invoice',
    description: 'One invoice by its id: the answer of get_invoice, as JSON.',
    mimeType: 'application/json',
    scope: 'invoices:read',
    match(uri) {
      if (!uri.startsWith(invoicesAddress)) return undefined;
      const invoiceId = decoded(uri.slice(invoicesAddress.length));
      return invoiceId === undefined ? undefined : { invoiceId };
    },
    async read({ invoiceId = '' }, { reader, today }) {
      const [found] = await reader.find('invoice', { id: invoiceId }, today);
      const { organization } = reader;
      return JSON.stringify({ organization, invoice: invoiceDetailFields(found), asOf: today });
    },
  },
];

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
