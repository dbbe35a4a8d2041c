import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build, type Metafile } from 'esbuild';
import { bundleSettings } from '../../infra/bundle.ts';

/** A function in the one file that is uploaded, ready to be called in a process of its own. */
export interface BundledFunction {
  readonly metafile: Metafile;
  /**
   * Lets a program call it in a new process. The program finds `handler`, and in `touched` the names of those of
   * Node's Fetch objects that were used: their first use is slow.
   * @param program the body of an ES module
   * @returns what it printed
   */
  firstCalls(program: string, environment: Readonly<Record<string, string>>): Promise<string>;
  remove(): Promise<void>;
}

/** @param entry the path of the file that exports `handler` */
export async function bundleFunction(entry: string): Promise<BundledFunction> {
  const folder = await mkdtemp(join(tmpdir(), 'bundled-function-'));
  const bundle = join(folder, 'handler.cjs');
  const { metafile } = await build({
    ...bundleSettings,
    entryPoints: [entry],
    outfile: bundle,
    metafile: true,
  });
  return {
    metafile,
    async firstCalls(program, environment) {
      const file = join(folder, 'first-calls.mjs');
      await writeFile(
        file,
        `
        const touched = [];
        for (const name of ['fetch', 'Request', 'Response', 'Headers', 'FormData', 'WebSocket']) {
          Object.defineProperty(globalThis, name, { get() { touched.push(name); } });
        }
        const { handler } = await import(${JSON.stringify(bundle)});
        ${program}`,
      );
      const { stdout } = await promisify(execFile)(process.execPath, [file], { env: environment });
      return stdout;
    },
    remove: () => rm(folder, { recursive: true }),
  };
}
