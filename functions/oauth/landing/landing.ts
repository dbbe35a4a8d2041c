/** What people find at the server's address: what this is, and how each client is connected. */

import { mcpUrl } from '../../../shared/edge.ts';
import type { Configuration } from '../configuration.ts';
import type { Endpoint } from '../endpoint.ts';
import { connections } from './connections.ts';
import { description } from './description.ts';
import { contentSecurityPolicy, landingHtml } from './html.ts';
import { connectionsMarkdown } from './markdown.ts';

/** HTML for browsers; the same as Markdown for everybody else, such as an agent that looks how to connect. */
export function landing({ publicOrigin }: Configuration): Endpoint {
  const html = landingHtml(publicOrigin);
  const markdown = [
    '# Finance MCP',
    description,
    `MCP URL: ${mcpUrl(publicOrigin)}`,
    connectionsMarkdown(connections(publicOrigin)),
  ].join('\n\n');
  return {
    methods: ['GET'],
    readableByAnyPage: false,
    answer(request) {
      const forBrowser = request.header('accept')?.includes('text/html') ?? false;
      return {
        status: 200,
        headers: {
          'Content-Type': forBrowser ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8',
          'Content-Security-Policy': contentSecurityPolicy,
          'Cache-Control': 'public, max-age=300',
          Vary: 'Accept',
        },
        body: forBrowser ? html : `${markdown}\n`,
      };
    },
  };
}
