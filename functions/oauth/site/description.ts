/** What the product is, for people who may connect to it. */

export const description =
  'Ask Claude, ChatGPT, Cursor or any other MCP client about your own books and get the exact answer. Read-only.';

export const examples = [
  'Show me all overdue invoices, the oldest first.',
  'How much did we spend last month, and on what?',
  'What did we invoice and what came in, this year against last year?',
  'Which customers owe us the most?',
] as const;
