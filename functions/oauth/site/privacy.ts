import { escapeHtml } from '../../../shared/text.ts';
import type { Configuration, Operator, Retention } from '../configuration.ts';
import { documentHtml, isLocal } from './document.ts';

/** What this server processes about people, what it records, and for how long. Connector directories require it. */
export function privacyHtml({ publicOrigin, operator, retention }: Configuration): string {
  const host = escapeHtml(new URL(publicOrigin).host);
  return documentHtml({
    title: 'Privacy – Finance MCP',
    description: 'What Finance MCP processes about the people who use it, what it records, and for how long.',
    content: `<h1>Privacy</h1>
<p>Finance MCP at <strong>${host}</strong> lets applications that you choose read your organization’s books. ${runBy(operator)} This page says what the server processes about you, what it records, and for how long.</p>
${ownPolicy(operator)}
${isLocal(publicOrigin) ? local : ''}
<h2>What it stores</h2>
<dl>
<dt>Your account</dt>
<dd>Your email address, a hash of your password, the key of your authenticator app if you use one, and the organizations that you belong to. Amazon Cognito keeps them until the operator deletes the account.</dd>
<dt>Your organization’s books</dt>
<dd>The records that your organization imported, which may include bank accounts, their balances and transactions. Nothing is fetched from banks: what is stored is what the operator imported. This server reads the records and cannot change them. They stay until the organization deletes them, and in backups for 35 days after that.</dd>
<dt>One cookie while you connect an application</dt>
<dd>It holds the application’s request, encrypted, for ten minutes. The sign-in page of Amazon Cognito uses cookies of its own to keep you signed in. There are no cookies for advertising or statistics.</dd>
</dl>
<h2>What it records</h2>
<dl>
<dt>Each call that an application makes for you</dt>
<dd>The time, the ids of your account and of the sign-in, the application, the organization, the tool and its arguments (such as a period, a customer’s name or a search text), whether it succeeded, the number of rows and bytes, until when a link to a file is valid if one was made, and a hash of the answer. The answer itself is not recorded, and this server never sees your conversation. ${kept(retention)}</dd>
<dt>Each step of a sign-in</dt>
<dd>The time, the name and host of the application, what you allowed it to read, and the ids of your account and of the sign-in. No password, token or code. ${kept(retention)}</dd>
<dt>Each web request</dt>
<dd>The time, path, status, size and duration, and the id of your account if you are signed in, but not your network address. ${forDays('They are', retention.logDays)}</dd>
<dt>One web request in twenty</dt>
<dd>A trace in AWS X-Ray, to find out what is slow: its path and duration, and the program and network address that the request named. AWS deletes it after 30 days.</dd>
</dl>
<h2>Who receives it</h2>
<dl>
<dt>The application that you connect</dt>
<dd>The application, and the company that runs it, receive the answers to its questions. That company’s privacy policy applies to them.</dd>
<dt>Amazon Web Services</dt>
<dd>The operator runs this server on AWS.</dd>
<dt>Nobody else</dt>
<dd>This server sends your data to nobody else. It does not sell it, use it for advertising, or train models with it.</dd>
</dl>
<h2>What you can do</h2>
<p>To end an application’s access, disconnect it where you connected it. It loses access within 15 minutes. To see, correct or delete what is stored about you, ${contact(operator)}.</p>
`,
  });
}

const local =
  '<p class="note">This server runs on your own computer, and everything stays there. The rest of this page is about a deployed server.</p>';

function runBy({ name }: Operator): string {
  return name === undefined
    ? 'The organization that gave you access operates it.'
    : `<strong>${escapeHtml(name)}</strong> operates it.`;
}

function ownPolicy({ privacyUrl }: Operator): string {
  if (privacyUrl === undefined) return '';
  const url = escapeHtml(privacyUrl);
  return `<p>The operator’s own privacy policy applies as well: <a href="${url}">${url}</a></p>`;
}

function contact({ supportEmail, supportUrl }: Operator): string {
  return supportEmail === undefined && supportUrl === undefined
    ? 'ask the operator'
    : 'write to <a href="/support">support</a>';
}

function kept({ auditDays, archiveDays }: Retention): string {
  const log = forDays('These records are', auditDays);
  return archiveDays === undefined
    ? log
    : `${log} Copies in an archive are kept for at least ${archiveDays} days, where they cannot be changed or deleted.`;
}

function forDays(subject: string, days: number | undefined): string {
  return days === undefined
    ? `${subject} kept until the operator deletes them.`
    : `${subject} deleted after ${days} days.`;
}
