import { edgeScopes, mcpUrl } from '../../../shared/edge.ts';
import { escapeHtml } from '../../../shared/text.ts';
import type { Endpoint } from '../http.ts';
import { type Connection, connections, type Part } from './connections.ts';
import { documentHtml, isLocal, siteResponse } from './document.ts';

/* The page at the server's origin: what this is, and how to connect each client. */

const description =
  'Ask Claude, ChatGPT, Cursor or any other MCP client about your own books and get the exact answer. Read-only.';

const examples = [
  'Show me all overdue invoices, the oldest first.',
  'How much did we spend last month, and on what?',
  'How much did we invoice and collect this year, compared with last year?',
  'Which customers owe us the most?',
  'What is in our bank accounts, and what comes in this week?',
] as const;

/** HTML for browsers, and the same as Markdown for everything else, such as an agent that looks up how to connect. */
export function landing(publicOrigin: string): Endpoint {
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
      const response = forBrowser
        ? siteResponse('text/html', html)
        : siteResponse('text/plain', `${markdown}\n`);
      return { ...response, headers: { ...response.headers, Vary: 'Accept' } };
    },
  };
}

export function landingHtml(publicOrigin: string): string {
  const ways = connections(publicOrigin);
  const unreachable = isLocal(publicOrigin);
  return documentHtml({
    title: 'Finance MCP',
    description,
    copies: true,
    content: `<h1>Finance MCP</h1>
<p class="lead">${escapeHtml(description)}</p>
<p>Paste this MCP URL into your client. It will ask you to sign in:</p>
${copied(mcpUrl(publicOrigin), 'the MCP URL', 'copied address')}
<h2>What you can ask</h2>
<ul>
${examples.map((example) => `<li>${escapeHtml(example)}</li>`).join('\n')}
</ul>
<h2>What you can allow an application to do</h2>
<p>You choose each time you connect one. No application can change anything.</p>
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
`,
  });
}

function section({ id, name, parts }: Connection, unreachable: boolean): string {
  const note = '<p class="note">This server runs on your own computer. That service cannot reach it.</p>';
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

/** @param what the button copies, for screen readers */
function copied(text: string, what: string, classes = 'copied'): string {
  const button = `<button type="button" hidden><span aria-live="polite">Copy</span><span class="unseen"> ${escapeHtml(what)}</span></button>`;
  return `<div class="${classes}"><pre><code>${escapeHtml(text)}</code></pre>${button}</div>`;
}

/** The ways to connect as sections of a Markdown document. */
export function connectionsMarkdown(connections: readonly Connection[]): string {
  return connections
    .map(({ name, parts }) => [`## ${name}`, ...parts.map(markdown)].join('\n\n'))
    .join('\n\n');
}

function markdown(part: Part): string {
  switch (part.kind) {
    case 'prose':
      return part.text;
    case 'code':
      return `\`\`\`${part.language}\n${part.code}\n\`\`\``;
    case 'link':
      // Most Markdown viewers remove the target of links that open programs, so it is shown as text.
      return part.href.startsWith('https:')
        ? `[${part.label}](${part.href})`
        : `${part.label}:\n\n\`\`\`text\n${part.href}\n\`\`\``;
  }
}
