/** What a token can be granted, in the order in which it is shown. Each tool needs exactly one. */
export const scopes = [
  'invoices:read',
  'expenses:read',
  'payments:read',
  'customers:read',
  'business:read',
] as const;
export type Scope = (typeof scopes)[number];
