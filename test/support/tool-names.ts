/** The seven tools of the public API, in the order in which clients are told of them. */
export const toolNames = [
  'list_invoices',
  'get_invoice',
  'get_financial_summary',
  'list_expenses',
  'payments_report',
  'search_customers',
  'get_business',
];
