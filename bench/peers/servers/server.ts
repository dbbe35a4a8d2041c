import { McpServer } from '@modelcontextprotocol/server';
import { openBooks } from '../../../functions/mcp/tool.ts';
import { readersOf } from '../../../shared/store/open-reader.ts';
import { peerTools } from './tools.ts';

// Made once, as the SDK's documentation advises; the server itself is made for every request.
const library = { openReader: readersOf({ tableName: process.env.TABLE_NAME ?? '' }), now: () => new Date() };

/** A server of the SDK for the books of one organization. */
export function createServer(organization: string): McpServer {
  const server = new McpServer({ name: 'finance', version: '1.0.0' });
  for (const { tool, input, output } of peerTools) {
    const { name, title, description } = tool;
    server.registerTool(
      name,
      {
        title,
        description,
        inputSchema: input,
        outputSchema: output,
        annotations: {
          readOnlyHint: true,
          destructiveHint: false,
          idempotentHint: true,
          openWorldHint: false,
        },
      },
      async (args) => {
        const { content } = await tool.run(args, await openBooks(library, organization));
        const structuredContent = { organization, ...content };
        return { content: [{ type: 'text', text: JSON.stringify(structuredContent) }], structuredContent };
      },
    );
  }
  return server;
}
