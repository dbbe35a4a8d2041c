/** Whom to ask, and what to look at first. */

import type { Configuration } from '../configuration.ts';
import { escapeHtml } from '../sign-in/page.ts';
import { documentHtml } from './document.ts';
import type { Operator } from './operator.ts';
import { troubles } from './troubles.ts';

export function supportHtml({ operator }: Configuration): string {
  return documentHtml({
    title: 'Support – Finance MCP',
    description: 'Whom to ask about Finance MCP, and what to look at first.',
    content: `<h1>Support</h1>
${contacts(operator)}
<p>Say when it happened, in which application, what you asked and what you got. Never send a password or a token.</p>
<h2>What to look at first</h2>
<dl>
${troubles.map(({ seen, meaning }) => `<dt>${escapeHtml(seen)}</dt>\n<dd>${escapeHtml(meaning)}</dd>`).join('\n')}
</dl>
<p>How to connect each application is on the <a href="/#connect">start page</a>. What is recorded about you is on the page about <a href="/privacy">privacy</a>.</p>
`,
  });
}

function contacts({ name, supportEmail, supportUrl }: Operator): string {
  const links = [
    ...(supportEmail === undefined ? [] : [link(`mailto:${supportEmail}`, supportEmail)]),
    ...(supportUrl === undefined ? [] : [link(supportUrl, supportUrl)]),
  ];
  const operator =
    name === undefined ? 'the operator of this server' : `<strong>${escapeHtml(name)}</strong>`;
  if (links.length > 0) return `<p>Ask ${operator}: ${links.join(' or ')}.</p>`;
  return name === undefined
    ? '<p>Ask whoever gave you access to this server.</p>'
    : `<p>Ask ${operator}, who gave you access to this server.</p>`;
}

function link(href: string, text: string): string {
  return `<a href="${escapeHtml(href)}">${escapeHtml(text)}</a>`;
}
