import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

interface ToolResult {
  readonly structuredContent?: Readonly<Record<string, unknown>>;
  readonly isError?: boolean;
}

/** Calls a tool of a running server, as an application that uses the SDK does. */
export async function callTool(
  mcpUrl: string,
  token: string,
  name: string,
  args: Record<string, unknown> = {},
): Promise<ToolResult> {
  const client = new Client({ name: 'finance-mcp-tests', version: '1.0.0' });
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(mcpUrl), { requestInit }));
  try {
    return (await client.callTool({ name, arguments: args })) as ToolResult;
  } finally {
    await client.close();
  }
}
