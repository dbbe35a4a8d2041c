/** A page of the site in HTML. It loads nothing from elsewhere and is complete without its script. */

import { createHash } from 'node:crypto';
import { escapeHtml } from '../../../shared/text.ts';
import type { HttpResponse } from '../../http.ts';
import type { Endpoint } from '../http.ts';
import { copyScript } from './copy-script.ts';
import { style } from './style.ts';

/** Allows only the site's own style and script. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src '${hashOf(style)}'`,
  `script-src '${hashOf(copyScript)}'`,
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Whether this is the local edition, which only this computer can reach. */
export function isLocal(publicOrigin: string): boolean {
  return /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(new URL(publicOrigin).hostname);
}

export interface SiteDocument {
  /** Plain text. */
  readonly title: string;
  /** Plain text, for search engines. */
  readonly description: string;
  /** HTML, with its variable parts already escaped. */
  readonly content: string;
  /** Whether the page has copy buttons. */
  readonly copies?: boolean;
}

export function documentHtml({ title, description, content, copies = false }: SiteDocument): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<meta name="description" content="${escapeHtml(description)}">
<style>${style}</style>
</head>
<body>
<main>
${content}
</main>
<footer><a href="/">Finance MCP</a> <a href="/privacy">Privacy</a> <a href="/support">Support</a></footer>
${copies ? `<script>${copyScript}</script>` : ''}
</body>
</html>
`;
}

/** An answer that changes only with a deployment. */
export function siteResponse(mediaType: 'text/html' | 'text/plain', body: string): HttpResponse {
  return {
    status: 200,
    headers: {
      'Content-Type': `${mediaType}; charset=utf-8`,
      'Content-Security-Policy': contentSecurityPolicy,
      'Cache-Control': 'public, max-age=300',
    },
    body,
  };
}

export function siteEndpoint(html: string): Endpoint {
  const reply = siteResponse('text/html', html);
  return { methods: ['GET'], readableByAnyPage: false, answer: () => reply };
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
