/** The page for people who open the server's address in a browser. */

import { mcpUrl } from '../../shared/edge.ts';
import type { Configuration } from './configuration.ts';
import type { Endpoint } from './endpoint.ts';

export function welcome({ publicOrigin }: Configuration): Endpoint {
  const url = mcpUrl(publicOrigin);
  const text = `Finance MCP

Exact, read-only answers about your books, for any MCP client.

MCP URL: ${url}
`;
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Finance MCP</title>
</head>
<body>
<main>
<h1>Finance MCP</h1>
<p>Exact, read-only answers about your books, for any MCP client.</p>
<p>MCP URL: <code>${url}</code></p>
</main>
</body>
</html>
`;
  return {
    methods: ['GET'],
    readableByAnyPage: false,
    answer(request) {
      const forBrowser = request.header('accept')?.includes('text/html') ?? false;
      return {
        status: 200,
        headers: {
          'Content-Type': forBrowser ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8',
          'Content-Security-Policy': "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
          'Cache-Control': 'public, max-age=300',
          Vary: 'Accept',
        },
        body: forBrowser ? html : text,
      };
    },
  };
}
