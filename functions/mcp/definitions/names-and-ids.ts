import type { Topic } from './topic.ts';

export const namesAndIds: Topic = {
  name: 'names-and-ids',
  title: 'Names and ids',
  summary: 'How names and ids in arguments are compared, and what is refused.',
  text: `- Names are compared without regard to case, accents, repeated whitespace, invisible characters, or the kind of apostrophe, quotation mark or dash. Every name in an answer can be used as a filter.
- A customerId, supplierId, accountId, contractId, vendor, category, counterparty, invoiceId or invoiceNumber that is not in the books is refused, and the refusal lists the nearest ones. An empty list means that nothing matches, never that a name was misspelled. During an import, unknown names and ids in filters of lists are not refused. projectId, costGroupId and counterpartyId are compared exactly and never refused.
- customerId: an id. If no customer has exactly that id, it also matches the same id in different case, or the name or organization of a single customer; customerId beside the rows then shows which customer was used. supplierId, accountId and contractId likewise: suppliers and accounts by name, contracts by name or number. invoiceId, and id in find_records, also match in different case.
- vendor, category and counterparty: a whole name. If no expense or bank transaction has that name, all names that begin with it match. vendors, categories or counterparties then lists up to 20 of them, and vendorCount, categoryCount or counterpartyCount is their number.
`,
};
