/** The scopes of the public API, in the order in which clients are told of them, with blanks between them. */
export const allScopes =
  'invoices:read expenses:read payments:read customers:read business:read banking:read contracts:read';
