import type { Topic } from './topic.ts';

export const records: Topic = {
  name: 'records',
  title: 'Records',
  summary: 'find_records: which kinds there are, what each shows, and which scopes it needs.',
  text: `find_records lists all records of a kind by name, finds some by words (query), or returns one whole record (id).

| kind | found by the words of | scopes |
|---|---|---|
| customer | name, organization, email, phone | customers:read |
| supplier | name, organization, taxNumber, email, phone | expenses:read |
| counterparty | customers and suppliers together, customers first | customers:read and expenses:read |
| product | name, sku | invoices:read |
| project | name, code | invoices:read |
| cost_group | name, code | expenses:read |
| tax_group | name, code | expenses:read |
| bank_account | name, institution, last four characters of number | banking:read |
| connection | name | banking:read |
| contract | name, number | contracts:read |
| attachment | name of the file, ids of the records that it belongs to | invoices:read, expenses:read, payments:read, banking:read and contracts:read |

- All scopes of a kind are needed; for others, the refusal names a missing one. One attachment by its id, and its file, need less: the scope of any record in its linkedTo, such as invoices:read for the PDF of an invoice. linkedTo then shows only the records that the granted scopes show. An attachment that belongs to no record needs all five. For whoever may not see it, it is answered as if it did not exist.
- Every word of query begins a word of these texts, begins a part of the e-mail address, or occurs in the digits of the phone number. approximate: true means that nothing was found as typed, and the nearest spellings are shown. If too many match, totalsAbsent says so, and records may be missing; add another word. A search returns one page.
- Rows leave out long fields: address, notes, description, rates and sha256. The record by id has all fields, as it was imported. The status and end of a contract in rows are those of today, as in list_commitments.
- Numbers of bank accounts are shown by their last four characters.

Fields, where known:

- supplier: paymentTerms as agreed ("2/10 net 30"), defaultCategory, taxNumber (VAT number or the like).
- product: unitPrice (what one unit costs now) in currency, sku (the code of the article), category, active (whether it is still sold).
- project: customerId (for whom), status (planned, active, on_hold, done, cancelled), billing (fixed_price, time_and_material, retainer, non_billable), start, end, budget in currency.
- cost_group: code, parentId (the cost group that it is a part of), active.
- tax_group: treatment (standard, reduced, zero, exempt, reverse_charge, out_of_scope; the last four are different things, and none has a rate above 0), rates with name, percent and compound (charged on the amount with the rates before it), validFrom and validTo. Documents keep the tax that they were issued with.
- bank_account: institution, type, currency, bic, connectionId (where its data come from), creditLimit, closed (the day).
- connection: status (active, needs_sign_in, error, disabled), reason, sourceStatus, updated, expires.
- contract: see finance://definitions/commitments.
- attachment: mimeType, bytes (its size), sha256, type (invoice, receipt, contract, statement, other), created, linkedTo (kind and id of the records that it belongs to). Asked for by id, stored says whether its file is here. If so, download has a link to it (url), which is for the person: whoever has it can read the file, until validUntil, five minutes later. The resource finance://attachments/{id} is the file itself, up to 90 KB.
- attachments, of an invoice (get_invoice) and of a contract by id: the files that belong to it, by name, each with id, name, mimeType, bytes, type and uri, the address of the resource. At most 10 are shown; attachmentCount is their number if there are more, and attachmentCountAbsent the reason why it is not known.
`,
};
