import { hash } from 'node:crypto';
import { escapeHtml } from '../../shared/text.ts';

/** Colours of every page, in light and dark; each pair has the contrast that WCAG AA asks for. */
export const palette = `
:root {
  color-scheme: light dark;
  --text: #1b1b1f; --quiet: #55555e; --page: #fff; --line: #8a8a94; --accent: #0b5cad; --on-accent: #fff;
  --warning: #6b4700; --warning-page: #fff4dc; --mistake: #a3001b; --mistake-page: #ffeef0; --inset: #f2f3f6;
  font: 100%/1.5 system-ui, sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #ececf1; --quiet: #b4b4be; --page: #17171a; --line: #7d7d88; --accent: #8ab8ff; --on-accent: #00214d;
    --warning: #ffd58a; --warning-page: #33270d; --mistake: #ffb3bb; --mistake-page: #3b1117; --inset: #232328;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); }
`;

export interface HtmlDocument {
  /** Plain text. */
  readonly title: string;
  readonly style: string;
  /** HTML for the head, with its variable parts already escaped, as those of the body. */
  readonly head: string;
  readonly body: string;
}

export function htmlDocument({ title, style, head, body }: HtmlDocument): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
${head}
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

export interface Allowed {
  readonly style: string;
  readonly script?: string;
  /** Where forms may be sent. */
  readonly forms: "'self'" | "'none'";
}

/** A policy under which a page loads nothing, runs only its own style and script, and cannot be framed. */
export function contentSecurityPolicy({ style, script, forms }: Allowed): string {
  return [
    "default-src 'none'",
    `style-src ${sourceOf(style)}`,
    ...(script === undefined ? [] : [`script-src ${sourceOf(script)}`]),
    `form-action ${forms}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

const sourceOf = (text: string): string => `'sha256-${hash('sha256', text, 'base64')}'`;
