/** What is uploaded as a function: one minified file, made here by esbuild without a shell, Docker or network. */

import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const repository = fileURLToPath(new URL('..', import.meta.url));

/** Lambda's name for the export `handler` of a bundle. */
export const bundleHandler = 'handler.handler';

/**
 * Bundles a function. The same sources give the same bytes.
 * @param entry the file that exports `handler`, from the repository's root
 * @param folder gets a folder `code` with nothing but `handler.mjs` in it, and beside it the source map: of use to who
 *   reads a stack trace, and not in Lambda
 * @returns the folder `code`
 */
export function bundle(entry: string, folder: string): string {
  const code = join(folder, 'code');
  buildSync({
    absWorkingDir: repository,
    entryPoints: [entry],
    outfile: join(code, 'handler.mjs'),
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // The AWS SDK is bundled too: the runtime's own is slower to load, and changes without us.
    mainFields: ['module', 'main'],
    // CommonJS packages inside ask for Node's modules by `require`, which an ES module does not have.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    legalComments: 'none',
    sourcemap: 'external',
    logLevel: 'error',
  });
  renameSync(join(code, 'handler.mjs.map'), join(folder, 'handler.mjs.map'));
  return code;
}
