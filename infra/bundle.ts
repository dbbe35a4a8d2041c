/** What is uploaded as a function: one minified file, made here by esbuild without a shell, Docker or network. */

import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, buildSync } from 'esbuild';

const repository = fileURLToPath(new URL('..', import.meta.url));

/** Lambda's name for the export `handler` of a bundle. */
export const bundleHandler = 'handler.handler';

/** Named so that Node takes it for CommonJS wherever it lies. */
const file = 'handler.cjs';

/** How code is put into one file for Lambda's Node 24. */
export const bundleSettings = {
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node24',
  // An `import` of node:http makes Node load its own HTTP client (undici) as well, 20 ms and more of every cold start;
  // a `require` does not.
  format: 'cjs',
  supported: { 'dynamic-import': false },
  // The AWS SDK is bundled too: the runtime's own is slower to load, and changes without us.
  mainFields: ['module', 'main'],
  alias: {
    '@modelcontextprotocol/server/_shims': join(repository, 'infra/bundled/mcp-sdk-shims.ts'),
    '@aws-sdk/credential-provider-node': join(repository, 'infra/bundled/credential-provider.ts'),
  },
  legalComments: 'none',
  sourcemap: 'external',
  logLevel: 'error',
  // CommonJS does not know its own address: what asks for it would get nothing, and fail when it is called.
  logOverride: { 'empty-import-meta': 'error' },
} as const satisfies BuildOptions;

/**
 * Bundles a function. The same sources give the same bytes.
 * @param entry the file that exports `handler`, from the repository's root
 * @param folder gets a folder `code` with nothing but `handler.cjs` in it, and beside it the source map: of use to who
 *   reads a stack trace, and not in Lambda
 * @returns the folder `code`
 */
export function bundle(entry: string, folder: string): string {
  const code = join(folder, 'code');
  buildSync({
    ...bundleSettings,
    absWorkingDir: repository,
    entryPoints: [entry],
    outfile: join(code, file),
  });
  renameSync(join(code, `${file}.map`), join(folder, `${file}.map`));
  return code;
}
