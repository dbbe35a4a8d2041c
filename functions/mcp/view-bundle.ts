import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, buildSync } from 'esbuild';
import { type ViewName, viewFile, viewNames } from './view.ts';

/* Runs where functions are put together, and is not part of any. */

const sources = fileURLToPath(new URL('views', import.meta.url));

const settings = {
  bundle: true,
  minify: true,
  write: false,
  platform: 'browser',
  // What browsers and the web views of desktop and mobile applications have had since 2023.
  target: ['chrome114', 'firefox115', 'safari16.4'],
  legalComments: 'none',
  charset: 'utf8',
  logLevel: 'error',
} as const satisfies BuildOptions;

/**
 * Writes every view as one HTML file: its script and style are in it, and it loads nothing. The same sources give the
 * same bytes.
 * @param folder the folder of the function's code, in which `viewsIn` looks for them
 */
export function bundleViews(folder: string): void {
  const page = readFileSync(join(sources, 'page.html'), 'utf8');
  const style = built('style.css');
  for (const name of viewNames) {
    const file = join(folder, viewFile(name));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, pageWith(page, { style, script: built(`${name}.ts`) }));
  }
}

function built(source: `${ViewName}.ts` | 'style.css'): string {
  const { outputFiles } = buildSync({ ...settings, format: 'iife', entryPoints: [join(sources, source)] });
  return outputFiles[0]!.text.trim();
}

/** The page with its parts. Replaced by functions, because a `$` in the code is no pattern. */
const pageWith = (page: string, { style, script }: { style: string; script: string }): string =>
  page
    .replace('/* style */', () => style)
    // A text in the script must not end the element that it is in.
    .replace('/* script */', () => script.replaceAll('</script', '<\\/script'));
