/** What the product is, for people who might connect to it. */

export const description =
  'Ask Claude, ChatGPT, Cursor or any other MCP client about your own books and get the exact answer. Read-only.';

export const examples = [
  'Show me all overdue invoices, the oldest first.',
  'How much did we spend last month, and on what?',
  'How much did we invoice and collect this year, compared with last year?',
  'Which customers owe us the most?',
] as const;
