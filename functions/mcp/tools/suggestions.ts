import type { BankTransactionRow } from '../../../shared/ledger/kinds/bank-transaction.ts';
import { type OpenDocument, suggestionsFor } from '../../../shared/ledger/matching.ts';
import type { ToolContext } from '../tool.ts';
import { type Fields, shownText, stated } from './fields.ts';

/** Open documents that are looked at, of each kind: those with the earliest due days. */
const mostOpen = 300;
const pageSize = 100;

/** What of a list is open, as far as it is looked at. */
async function openDocuments(
  { reader, today, scopes }: ToolContext,
  kind: 'invoice' | 'bill',
): Promise<{ documents: OpenDocument[]; all: boolean }> {
  if (!scopes.includes(kind === 'invoice' ? 'invoices:read' : 'expenses:read'))
    return { documents: [], all: true };
  const documents: OpenDocument[] = [];
  let after: string | undefined;
  do {
    const page = await reader.list(kind as 'invoice', {
      filters: { status: 'open' },
      order: 'due',
      reverse: false,
      limit: pageSize,
      asOf: today,
      ...(after !== undefined && { after }),
    });
    for (const row of page.rows) {
      const { supplier } = row as { supplier?: string };
      documents.push({
        ...row,
        kind,
        ...((row.customer ?? supplier) && { party: row.customer ?? supplier }),
      } as OpenDocument);
    }
    after = page.next;
  } while (after !== undefined && documents.length < mostOpen);
  return { documents, all: after === undefined };
}

/** What each unmatched transaction may settle, by its id; and whether everything open was looked at. */
export async function suggestionFields(
  context: ToolContext,
  rows: readonly BankTransactionRow[],
): Promise<{ byId: ReadonlyMap<string, Fields[]>; from: string | undefined }> {
  const kinds = [
    ...(rows.some(({ amount }) => amount > 0) ? (['invoice'] as const) : []),
    ...(rows.some(({ amount }) => amount < 0) ? (['bill'] as const) : []),
  ];
  const open = await Promise.all(kinds.map((kind) => openDocuments(context, kind)));
  const documents = open.flatMap((found) => found.documents);
  return {
    byId: new Map(
      rows.map((row) => [
        row.id,
        suggestionsFor(row, documents).map(({ kind, id, number, party, reasons }) => ({
          kind,
          id,
          ...stated({ number: shownText(number), party: shownText(party), reasons }),
        })),
      ]),
    ),
    from: open.every(({ all }) => all)
      ? undefined
      : `the ${mostOpen} open documents with the earliest due dates`,
  };
}
