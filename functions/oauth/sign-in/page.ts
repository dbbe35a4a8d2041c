import { escapeHtml } from '../../../shared/text.ts';
import type { HttpResponse } from '../../http.ts';
import { contentSecurityPolicy, htmlDocument, palette } from '../html.ts';

/* Pages of the sign-in: plain HTML, without scripts, in light and dark. */

const style = `${palette}
main { max-width: 32rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; }
p { margin: 0 0 1rem; }
dl { margin: 0 0 1rem; }
dt { color: var(--quiet); font-size: 0.9rem; }
dd { margin: 0 0 0.6rem; font-weight: 600; }
fieldset { border: 1px solid var(--line); border-radius: 0.5rem; margin: 0 0 1rem; padding: 0.5rem 1rem; }
legend { font-weight: 600; padding: 0 0.3rem; }
label { display: flex; gap: 0.75rem; align-items: flex-start; padding: 0.55rem 0; }
input { flex: none; width: 1.25rem; height: 1.25rem; margin: 0.15rem 0 0; accent-color: var(--accent); }
.actions { display: flex; flex-wrap: wrap; gap: 0.75rem; }
button, .button { flex: 1 1 10rem; min-height: 2.75rem; padding: 0.6rem 1rem; font: inherit; font-weight: 600;
  text-align: center; text-decoration: none; border-radius: 0.4rem; border: 1px solid var(--accent); cursor: pointer;
  background: transparent; color: var(--accent); }
.main { background: var(--accent); color: var(--on-accent); }
button:focus-visible, input:focus-visible, a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.warning, .mistake { border-left: 0.3rem solid currentColor; border-radius: 0.2rem; padding: 0.6rem 0.8rem; }
.warning { color: var(--warning); background: var(--warning-page); }
.mistake { color: var(--mistake); background: var(--mistake-page); }
.note { color: var(--quiet); font-size: 0.9rem; }
`;

const headers = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  // Forms are sent nowhere but here. Browsers check every redirect after a form against this policy, up to those that an
  // application makes once it has its answer, so no answer to a form is a redirect (see `onwardPage`).
  'Content-Security-Policy': contentSecurityPolicy({ style, forms: "'self'" }),
  'X-Frame-Options': 'DENY',
  // Not `no-referrer`: with that browsers send forms with `Origin: null`, and a forged form could not be told apart.
  // Nor `same-origin`: the whole address of the page would take up the room that its cookie needs at the edge.
  'Referrer-Policy': 'strict-origin',
};

export interface Page {
  readonly status: number;
  /** Plain text. */
  readonly title: string;
  /** HTML, with its variable parts already escaped. */
  readonly content: readonly string[];
  /** HTML for the head. */
  readonly head?: string;
  readonly cookies?: readonly string[];
}

export function pageResponse({ status, title, content, head = '', cookies = [] }: Page): HttpResponse {
  const body = htmlDocument({
    title: `${title} – Finance MCP`,
    style,
    head: `<meta name="robots" content="noindex">\n${head}`,
    body: `<main>\n${content.join('\n')}\n</main>`,
  });
  return { status, headers, cookies, body };
}

/** Says why sign-in cannot continue. It contains no text from the request, which anybody may have written. */
export function errorPage(
  status: number,
  title: string,
  explanation: string,
  cookies: readonly string[] = [],
): HttpResponse {
  return pageResponse({
    status,
    title,
    cookies,
    content: [
      `<h1>${escapeHtml(title)}</h1>`,
      `<p>${escapeHtml(explanation)}</p>`,
      '<p class="note">You can close this page.</p>',
    ],
  });
}

/** Forwards to another address, as the answer to a form. */
export function onwardPage(url: string, explanation: string, cookies: readonly string[]): HttpResponse {
  const address = escapeHtml(url);
  return pageResponse({
    status: 200,
    title: 'One moment',
    head: `<meta http-equiv="refresh" content="0;url=${address}">`,
    cookies,
    content: [
      '<h1>One moment</h1>',
      `<p>${escapeHtml(explanation)}</p>`,
      `<p class="actions"><a class="button" href="${address}">Continue</a></p>`,
    ],
  });
}
