import { McpServer } from '@modelcontextprotocol/server';
import * as z from 'zod/v4';
import { openBooks } from '../../../functions/mcp/tool.ts';
import { tools } from '../../../functions/mcp/tools/index.ts';
import { scopeNames } from '../../../shared/edge.ts';
import { readersOf } from '../../../shared/store/open-reader.ts';
import { readerClients } from '../../../shared/store/reader-clients.ts';
import { outputs } from './outputs.ts';

// Made once, as the SDK's documentation advises; the server itself is made for every request.
const library = {
  openReader: readersOf({ tableName: process.env.TABLE_NAME ?? '', clientOf: readerClients() }),
  now: () => new Date(),
};

/**
 * A server of the SDK for the books of one organization. The inputs of its tools are the product's, and so is what a
 * tool does once its arguments are checked: only the servers around it are compared.
 */
export function createServer(organization: string): McpServer {
  const server = new McpServer({ name: 'finance', version: '1.0.0' });
  for (const tool of tools) {
    const { name, title, description } = tool;
    const output = outputs[name] ?? z.looseObject({ organization: z.string() });
    server.registerTool(
      name,
      {
        title,
        description,
        inputSchema: tool.input(),
        outputSchema: output,
        annotations: {
          readOnlyHint: true,
          destructiveHint: false,
          idempotentHint: true,
          openWorldHint: false,
        },
      },
      async (args) => {
        const { content } = await tool.run(args, await openBooks(library, organization, scopeNames));
        const structuredContent = { organization, ...content };
        return { content: [{ type: 'text', text: JSON.stringify(structuredContent) }], structuredContent };
      },
    );
  }
  return server;
}
