import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { bundleSettings } from '../infra/bundle.ts';

export interface BundleOptions {
  /** Modules that others stand in for. */
  alias?: Record<string, string>;
  /** Whether the store's answers are kept in memory (see kept-reader.ts). */
  storeKept?: boolean;
}

export const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

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
 * Bundles a program as the product's functions are for deployment: one minified file, its source map apart.
 * @returns its bytes, without the source map
 */
export async function bundle(
  source: string,
  target: string,
  { alias = {}, storeKept = false }: BundleOptions = {},
): Promise<number> {
  await build({
    ...bundleSettings,
    entryPoints: [source],
    outfile: target,
    alias,
    plugins: storeKept ? [keepStore] : [],
  });
  return statSync(target).size;
}
