/** What a person may ask about the demo's books, and the call that a model makes of it. */
export interface Question {
  readonly words: string;
  /** The tool. */
  readonly name: string;
  readonly args: Record<string, unknown>;
}

/** The organization of the demo that has records of every kind. */
export const fullest = 'northwind';

/** Days around today, as the demo's records are. */
const year = new Date().getUTCFullYear();
const years = { startDate: `${year - 1}-01-01`, endDate: `${year + 1}-12-31` };

/** At least one for each tool that has a view, in the order in which they are offered. */
export const questions: readonly Question[] = [
  { words: 'Which invoices are overdue?', name: 'list_invoices', args: { status: 'overdue' } },
  { words: 'How old is what customers owe?', name: 'list_invoices', args: { groupBy: 'age' } },
  { words: 'List the credit notes.', name: 'list_invoices', args: { documents: 'credit_notes' } },
  { words: 'What did we spend with each vendor?', name: 'list_expenses', args: { groupBy: 'vendor' } },
  { words: 'What came in this year?', name: 'payments_report', args: years },
  { words: 'Who are our customers?', name: 'search_customers', args: {} },
  { words: 'What do we have to pay?', name: 'list_bills', args: { status: 'open' } },
  { words: 'Show the bank transactions.', name: 'list_bank_transactions', args: {} },
  { words: 'What is due under contracts?', name: 'list_commitments', args: {} },
  { words: 'Which contracts are there?', name: 'list_commitments', args: { status: 'active' } },
  {
    words: 'How are we doing this year, compared with last year?',
    name: 'get_financial_summary',
    args: { period: 'this_year', compareTo: 'previous_year' },
  },
  { words: 'What are our figures this month?', name: 'get_financial_summary', args: {} },
  { words: 'Who owes us how much, and for how long?', name: 'receivables_report', args: {} },
  { words: 'Whom do we owe, and since when?', name: 'payables_report', args: {} },
  {
    words: 'What is odd about our invoices?',
    name: 'receivables_report',
    args: { include: ['to_look_at'] },
  },
  {
    words: 'Where did spending change most?',
    name: 'list_expenses',
    args: {
      startDate: `${year}-01-01`,
      endDate: `${year}-12-31`,
      compareTo: 'previous_year',
      groupBy: 'category',
      limit: 0,
    },
  },
  { words: 'How much money do we have?', name: 'get_cash_position', args: {} },
  { words: 'List the suppliers.', name: 'find_records', args: { kind: 'supplier' } },
];
