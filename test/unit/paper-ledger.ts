import { parseArguments } from '../../functions/mcp/arguments.ts';
import type { Answer, ToolContext } from '../../functions/mcp/tool.ts';
import { tools } from '../../functions/mcp/tools/index.ts';
import { assumedProfile } from '../../shared/ledger/records.ts';
import type { LedgerReader } from '../../shared/store/ledger-reader.ts';

/*
 * Books of a few hand-written answers, for the cases of wording and layout that real books have too seldom. Figures
 * are tested against the real store.
 */

const notAsked = (): never => {
  throw new Error('The tool asked for something that this test has no answer to.');
};

/** A reader that has just these answers. */
export const paperReader = (answers: Partial<LedgerReader>): LedgerReader => ({
  organization: 'paper',
  unitsRead: 0,
  business: notAsked,
  listInvoices: notAsked,
  listCreditNotes: notAsked,
  findInvoices: notAsked,
  periodFigures: notAsked,
  receivables: notAsked,
  listExpenses: notAsked,
  listPayments: notAsked,
  listCustomers: notAsked,
  searchCustomers: notAsked,
  ...answers,
});

export const today = '2026-11-21';

/** Calls a tool as the server does. */
export function ask(
  name: string,
  args: Record<string, unknown>,
  answers: Partial<LedgerReader>,
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
    ...context,
  });
}
