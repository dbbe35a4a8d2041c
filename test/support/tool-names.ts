/** The tools of every organization, in the order in which clients are told of them. */
export const coreToolNames = [
  'list_invoices',
  'get_invoice',
  'get_financial_summary',
  'list_expenses',
  'payments_report',
  'receivables_report',
  'search_customers',
  'get_business',
];

/** All tools of the public API, in that order: beside these, the tools of books with further kinds of records. */
export const toolNames = [
  ...coreToolNames,
  'list_bills',
  'payables_report',
  'get_cash_position',
  'list_bank_transactions',
  'list_commitments',
  'find_records',
];
