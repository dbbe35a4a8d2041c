/** The page at the server's origin: what this is, and how to connect each client. */

import { mcpUrl } from '../../../shared/edge.ts';
import type { Configuration } from '../configuration.ts';
import type { Endpoint } from '../http.ts';
import { connections } from './connections.ts';
import { description } from './description.ts';
import { siteResponse } from './document.ts';
import { landingHtml } from './landing-html.ts';
import { connectionsMarkdown } from './markdown.ts';

/** HTML for browsers, and the same as Markdown for everything else, such as an agent that looks up how to connect. */
export function landing({ publicOrigin }: Configuration): Endpoint {
  const html = landingHtml(publicOrigin);
  const markdown = [
    '# Finance MCP',
    description,
    `MCP URL: ${mcpUrl(publicOrigin)}`,
    connectionsMarkdown(connections(publicOrigin)),
    `Privacy: ${publicOrigin}/privacy\nSupport: ${publicOrigin}/support`,
  ].join('\n\n');
  return {
    methods: ['GET'],
    readableByAnyPage: false,
    answer(request) {
      const forBrowser = request.headers.get('accept')?.includes('text/html') ?? false;
      const reply = forBrowser
        ? siteResponse('text/html', html)
        : siteResponse('text/plain', `${markdown}\n`);
      return { ...reply, headers: { ...reply.headers, Vary: 'Accept' } };
    },
  };
}
