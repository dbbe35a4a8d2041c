import { escapeHtml } from '../../../shared/text.ts';
import type { HttpResponse } from '../../http.ts';
import { contentSecurityPolicy, htmlDocument, palette } from '../html.ts';
import type { Endpoint } from '../http.ts';

/* A page of the site in HTML. It loads nothing from elsewhere and is complete without its script. */

const style = `${palette}
main { max-width: 50rem; margin: 0 auto; padding: 2rem 1rem; overflow-wrap: anywhere; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 0.5rem; }
h2 { font-size: 1.4rem; line-height: 1.25; margin: 2.5rem 0 0.75rem; }
h3 { font-size: 1.1rem; line-height: 1.3; margin: 0 0 0.6rem; }
p, ul { margin: 0 0 0.9rem; }
ul { padding-left: 1.25rem; }
a { color: var(--accent); }
.lead { font-size: 1.15rem; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.4rem 1.25rem; list-style: none; padding: 0; }
nav a { display: inline-block; padding: 0.2rem 0; }
section { border-top: 1px solid var(--line); padding: 1.25rem 0 0.5rem; }
code { font-family: ui-monospace, monospace; font-size: 0.92em; background: var(--inset); border-radius: 0.25rem;
  padding: 0.1em 0.3em; }
.copied { display: flex; flex-wrap: wrap; align-items: flex-start; gap: 0.5rem; margin: 0 0 0.9rem; padding: 0.6rem;
  background: var(--inset); border-radius: 0.4rem; }
.copied pre { flex: 1 1 14rem; margin: 0; padding: 0.4rem 0.3rem; white-space: pre-wrap; line-height: 1.4; }
.copied code { padding: 0; background: none; }
.address code { font-size: 1.05rem; font-weight: 600; }
button, .button { min-height: 2.5rem; padding: 0.45rem 0.9rem; font: inherit; font-weight: 600; border-radius: 0.4rem;
  border: 1px solid var(--accent); color: var(--accent); background: transparent; cursor: pointer; }
.button { display: inline-block; text-decoration: none; }
footer { max-width: 50rem; margin: 0 auto; padding: 1rem 1rem 2rem; border-top: 1px solid var(--line);
  display: flex; flex-wrap: wrap; gap: 0.4rem 1.25rem; }
footer a { padding: 0.2rem 0; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
[hidden] { display: none; }
.copied button { margin-left: auto; min-width: 5.5rem; }
dt { font-weight: 600; }
dd { margin: 0 0 0.9rem; }
button:focus-visible, a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.note { color: var(--warning); background: var(--warning-page); border-left: 0.3rem solid currentColor;
  border-radius: 0.2rem; padding: 0.5rem 0.8rem; }
`;

/**
 * Shows the copy buttons if the browser can copy, and makes them work. The page is complete without the script.
 * The label is reset when the button loses focus, so that the next copy is visible too.
 */
const copyScript = `
for (const button of navigator.clipboard ? document.querySelectorAll('button') : []) {
  const [label] = button.children;
  button.hidden = false;
  button.addEventListener('click', async () => {
    const text = button.parentElement.querySelector('code').textContent;
    label.textContent = await navigator.clipboard.writeText(text).then(() => 'Copied', () => 'Not copied');
  });
  button.addEventListener('blur', () => { label.textContent = 'Copy'; });
}
`;

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
  return htmlDocument({
    title,
    style,
    head: `<meta name="description" content="${escapeHtml(description)}">`,
    body: `<main>
${content}
</main>
<footer><a href="/">Finance MCP</a> <a href="/privacy">Privacy</a> <a href="/support">Support</a></footer>
${copies ? `<script>${copyScript}</script>` : ''}`,
  });
}

const policy = contentSecurityPolicy({ style, script: copyScript, forms: "'none'" });

/** An answer that changes only with a deployment. */
export function siteResponse(mediaType: 'text/html' | 'text/plain', body: string): HttpResponse {
  return {
    status: 200,
    headers: {
      'Content-Type': `${mediaType}; charset=utf-8`,
      'Content-Security-Policy': policy,
      'Cache-Control': 'public, max-age=300',
    },
    body,
  };
}

export function siteEndpoint(html: string): Endpoint {
  const response = siteResponse('text/html', html);
  return { methods: ['GET'], readableByAnyPage: false, answer: () => response };
}
