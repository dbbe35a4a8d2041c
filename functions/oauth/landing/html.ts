/** The landing page in HTML: nothing is loaded from elsewhere, and everything is there without its script. */

import { createHash } from 'node:crypto';
import { edgeScopes, mcpUrl } from '../../../shared/edge.ts';
import { escapeHtml } from '../sign-in/page.ts';
import { type Connection, connections, type Part } from './connections.ts';
import { copyScript } from './copy-script.ts';
import { description, examples } from './description.ts';
import { style } from './style.ts';

/** Names the page's own style and script, so that nothing else runs. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src '${hashOf(style)}'`,
  `script-src '${hashOf(copyScript)}'`,
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

export function landingHtml(publicOrigin: string): string {
  const ways = connections(publicOrigin);
  const unreachable = /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(new URL(publicOrigin).hostname);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Finance MCP</title>
<meta name="description" content="${escapeHtml(description)}">
<style>${style}</style>
</head>
<body>
<main>
<h1>Finance MCP</h1>
<p class="lead">${escapeHtml(description)}</p>
<p>Paste this MCP URL into your client; it takes you through signing in:</p>
${copied(mcpUrl(publicOrigin), 'the MCP URL', 'copied address')}
<h2>What you can ask</h2>
<ul>
${examples.map((example) => `<li>${escapeHtml(example)}</li>`).join('\n')}
</ul>
<h2>What an application may read</h2>
<p>You choose when you connect it, and you are asked every time. Nothing can be changed.</p>
<ul>
${edgeScopes.map(({ sentence }) => `<li>${escapeHtml(sentence)}</li>`).join('\n')}
</ul>
<h2 id="connect">Connect</h2>
<nav aria-labelledby="connect">
<ul>
${ways.map(({ id, name }) => `<li><a href="#${id}">${escapeHtml(name)}</a></li>`).join('\n')}
</ul>
</nav>
${ways.map((way) => section(way, unreachable && way.from === 'internet')).join('\n')}
</main>
<script>${copyScript}</script>
</body>
</html>
`;
}

function section({ id, name, parts }: Connection, unreachable: boolean): string {
  const note =
    '<p class="note">This server runs on your own computer, where the servers of that service cannot reach it.</p>';
  return `<section id="${id}" aria-labelledby="${id}-name">
<h3 id="${id}-name">${escapeHtml(name)}</h3>
${unreachable ? note : ''}
${parts.map((part) => html(part, name)).join('\n')}
</section>`;
}

function html(part: Part, name: string): string {
  switch (part.kind) {
    case 'prose':
      return `<p>${formatted(part.text)}</p>`;
    case 'code':
      return copied(part.code, `for ${name}`);
    case 'link':
      return `<p><a class="button" href="${escapeHtml(part.href)}">${escapeHtml(part.label)}</a></p>`;
  }
}

function formatted(text: string): string {
  return escapeHtml(text)
    .replace(/\*\*(.+?)\*\*/g, '<strong>$1</strong>')
    .replace(/`(.+?)`/g, '<code>$1</code>');
}

/** @param what the button copies, for those who do not see where it stands */
function copied(text: string, what: string, classes = 'copied'): string {
  const button = `<button type="button" hidden><span aria-live="polite">Copy</span><span class="unseen"> ${escapeHtml(what)}</span></button>`;
  return `<div class="${classes}"><pre><code>${escapeHtml(text)}</code></pre>${button}</div>`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
