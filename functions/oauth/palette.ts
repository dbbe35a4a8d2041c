/** Colours of every page of the front door, in light and dark; each pair has the contrast that WCAG AA asks for. */
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
