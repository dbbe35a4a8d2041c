import { escapeHtml } from '../../shared/text.ts';
/** The few pages that the pool shows: plain HTML, no script, readable in light and dark. */

import { createHash } from 'node:crypto';

const style = `
:root { color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif; }
body { margin: 0; display: grid; place-items: center; min-height: 100vh; background: Canvas; color: CanvasText; }
main { box-sizing: border-box; width: min(24rem, 100%); padding: 1.5rem; }
h1 { font-size: 1.5rem; }
label { display: block; margin-top: 1rem; font-weight: 600; }
input { box-sizing: border-box; width: 100%; padding: 0.6rem; font: inherit; border: 1px solid GrayText; border-radius: 0.3rem; }
button { margin-top: 1.5rem; width: 100%; padding: 0.7rem; font: inherit; font-weight: 600; border-radius: 0.3rem;
  border: 1px solid light-dark(#0b5cad, #8ab8ff); background: light-dark(#0b5cad, #8ab8ff); color: light-dark(#fff, #00214d); }
input:focus-visible, button:focus-visible { outline: 3px solid light-dark(#0b5cad, #8ab8ff); outline-offset: 2px; }
.error { padding: 0.6rem; border-left: 0.3rem solid light-dark(#b00020, #ff8a98); }
.note { color: light-dark(#555, #b5b5b5); font-size: 0.9rem; }
`;

/**
 * No form-action: browsers apply it to the redirects that follow a sign-in too, and those lead to the address
 * of the application, which is not ours to list.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': contentSecurityPolicy,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** @param content HTML whose variable parts are escaped already */
export function page(title: string, content: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} – Finance MCP</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${content.join('\n')}
</main>
</body>
</html>
`;
}
