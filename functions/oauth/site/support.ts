import { escapeHtml } from '../../../shared/text.ts';
import type { Configuration, Operator } from '../configuration.ts';
import { documentHtml } from './document.ts';

interface Trouble {
  readonly seen: string;
  readonly meaning: string;
}

/** Problems when connecting, on the support page and in docs/connect.md. */
export const troubles: readonly Trouble[] = [
  {
    seen: 'This application cannot be connected',
    meaning:
      'The page says why. Usually the application kept an old registration: remove the connection and add it again.',
  },
  {
    seen: 'This request or sign-in has ended',
    meaning:
      'It took longer than ten minutes, or it was started in another browser. Start again in the application.',
  },
  {
    seen: 'Incorrect username or password',
    meaning:
      'An invitation is valid for seven days. After that, ask the operator for a new one. If you forgot your password, the sign-in page can send you a code.',
  },
  {
    seen: 'A tool is missing',
    meaning: 'You did not allow it when you connected. Disconnect, connect again, and leave its box ticked.',
  },
  {
    seen: 'The application asks which organization you mean',
    meaning: 'Your account belongs to several organizations. Name one in your question.',
  },
];

/** Who to contact, and common problems. */
export function supportHtml({ operator }: Configuration): string {
  return documentHtml({
    title: 'Support – Finance MCP',
    description: 'How to get help with Finance MCP, and how to solve common problems.',
    content: `<h1>Support</h1>
${contacts(operator)}
<p>Include the time, the application, what you asked and what you got. Never send a password or a token.</p>
<h2>Common problems</h2>
<dl>
${troubles.map(({ seen, meaning }) => `<dt>${escapeHtml(seen)}</dt>\n<dd>${escapeHtml(meaning)}</dd>`).join('\n')}
</dl>
<p>See also <a href="/#connect">how to connect each application</a> and <a href="/privacy">what is recorded about you</a>.</p>
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
  if (links.length > 0) return `<p>Contact ${operator}: ${links.join(' or ')}.</p>`;
  return name === undefined
    ? '<p>Contact the person who gave you access to this server.</p>'
    : `<p>Contact ${operator}, who gave you access to this server.</p>`;
}

function link(href: string, text: string): string {
  return `<a href="${escapeHtml(href)}">${escapeHtml(text)}</a>`;
}
