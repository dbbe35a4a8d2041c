import { parseArguments } from '../../functions/mcp/arguments.ts';
import type { Answer, ToolContext } from '../../functions/mcp/tool.ts';
import { tools } from '../../functions/mcp/tools/index.ts';
import { scopeNames } from '../../shared/edge.ts';
import type { Day } from '../../shared/ledger/dates.ts';
import { assumedProfile } from '../../shared/ledger/kinds/business.ts';
import type { LedgerReader } from '../../shared/ledger/reader.ts';

/*
 * Books of a few hand-written answers, for the cases of wording and layout that real books have too seldom. Figures
 * are tested against the real store.
 */

const notAsked = (): never => {
  throw new Error('The tool asked for something that this test has no answer to.');
};

/** What a list is asked for, with its filters beside the rest. */
// biome-ignore lint/suspicious/noExplicitAny: each answer is written for one question
type Asked = any;

/** Answers to the questions of tools, by what they are about. */
export interface PaperAnswers
  extends Partial<Pick<LedgerReader, 'periodFigures' | 'receivables' | 'organization'>> {
  business?: () => Promise<unknown>;
  listInvoices?: (query: Asked) => Promise<unknown>;
  listCreditNotes?: (query: Asked) => Promise<unknown>;
  listExpenses?: (query: Asked) => Promise<unknown>;
  listPayments?: (query: Asked) => Promise<unknown>;
  listCustomers?: (query: Asked) => Promise<unknown>;
  findInvoices?: (by: Asked, asOf: Day) => Promise<unknown>;
  searchCustomers?: (query: string, limit: number, asOf: Day) => Promise<unknown>;
}

const lists = {
  invoice: 'listInvoices',
  credit_note: 'listCreditNotes',
  expense: 'listExpenses',
  payment: 'listPayments',
  customer: 'listCustomers',
} as const;

/** What tests look at: filters, days and the page; not what always follows from them. */
function questionOf(
  kind: keyof typeof lists,
  { filters, order: _order, reverse, asOf, hideLater, ...page }: Asked,
) {
  if (kind === 'credit_note') return { ...page, ...filters, asOf, ...(!reverse && { oldestFirst: true }) };
  if (kind === 'invoice') return { ...page, ...filters, asOf, hideLater };
  return { ...page, ...filters, ...(kind === 'customer' && { asOf }) };
}

/** A reader that has just these answers. */
export const paperReader = (answers: PaperAnswers): LedgerReader =>
  ({
    organization: answers.organization ?? 'paper',
    unitsRead: 0,
    kinds: async () => [],
    single: answers.business ?? notAsked,
    list: (kind: keyof typeof lists, query: Asked) =>
      (answers[lists[kind]] ?? notAsked)(questionOf(kind, query)),
    find: (_kind: string, by: object, asOf: Day) => (answers.findInvoices ?? notAsked)(by, asOf),
    search: (_kind: string, query: string, limit: number, asOf: Day) =>
      (answers.searchCustomers ?? notAsked)(query, limit, asOf),
    periodFigures: answers.periodFigures ?? notAsked,
    receivables: answers.receivables ?? notAsked,
  }) as unknown as LedgerReader;

export const today = '2026-11-21';

/** Calls a tool as the server does. */
export function ask(
  name: string,
  args: Record<string, unknown>,
  answers: PaperAnswers,
  context: Partial<ToolContext> = {},
): Promise<Answer> {
  const tool = tools.find((candidate) => candidate.name === name);
  if (!tool) throw new Error(`There is no tool ${name}.`);
  const reader = paperReader(answers);
  const profile = assumedProfile('paper');
  return tool.run(parseArguments(tool.input(), args, []), {
    reader,
    profile,
    profileKnown: true,
    today,
    scopes: scopeNames,
    ...context,
  });
}
