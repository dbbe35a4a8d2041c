import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

export const formats = ['cjs', 'esm'] as const;
export type Format = (typeof formats)[number];

export interface BundleOptions {
  format: Format;
  /** Modules that others stand in for. */
  alias?: Record<string, string>;
  /** Whether the store's answers are kept in memory (see kept-reader.ts). */
  storeKept?: boolean;
}

export const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** In an ES module, CommonJS packages ask for a `require` that is not there. */
const requireForCommonJs =
  "import{createRequire as requireFrom}from'node:module';const require=requireFrom(import.meta.url);";

const openReader = /\/open-reader\.ts$/;
const keptReader = here('kept-reader.ts');

const keepStore: Plugin = {
  name: 'keep-store',
  setup: ({ onResolve }) =>
    onResolve({ filter: openReader }, ({ importer }) =>
      importer === keptReader ? undefined : { path: keptReader },
    ),
};

/**
 * Bundles a program as it is deployed to Lambda's Node 24: one minified file, its source map apart.
 * @returns its bytes, without the source map
 */
export async function bundle(source: string, target: string, options: BundleOptions): Promise<number> {
  const { format, alias = {}, storeKept = false } = options;
  await build({
    entryPoints: [source],
    outfile: target,
    bundle: true,
    minify: true,
    format,
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    sourcemap: 'external',
    legalComments: 'none',
    logLevel: 'error',
    alias,
    plugins: storeKept ? [keepStore] : [],
    ...(format === 'esm'
      ? { banner: { js: requireForCommonJs } }
      : // As `require`: an `import` of node:http loads Node's HTTP client undici with it, 20 ms of a cold start.
        { supported: { 'dynamic-import': false } }),
  });
  return statSync(target).size;
}
