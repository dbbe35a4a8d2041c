import { globSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { installChromium } from './browser/chromium.ts';
import { buildRuntimeClient } from './runtime/runtime-client.ts';
import { installPackages } from './support/packages.ts';
import { endingWithParent } from './support/programs.ts';

/*
 * npm test: runs every kind of test, or the ones named: `npm test -- unit infra`. Programs that only tests need have
 * a package.json of their own, so that `npm ci` stays small; they are installed here, when they are wanted.
 */

const root = join(import.meta.dirname, '..');

/** Every kind, with what has to be installed for it. */
const kinds: Record<string, readonly (() => void | Promise<void>)[]> = {
  unit: [],
  integration: [],
  infra: [],
  policy: [() => installPackages('test/policy')],
  runtime: [installClients, installWhereItCanBeBuilt],
  e2e: [installClients, installBrowser],
  conformance: [installClients, installBrowser],
};

function installClients(): void {
  installPackages('test/clients');
}

/** Without one, the tests that need it are skipped, and give the same reason. */
async function installBrowser(): Promise<void> {
  const absence = await installChromium();
  if (absence !== undefined) console.log(`Skipping the tests in a browser. ${absence}`);
}

/** Elsewhere the tests are skipped, and give the same reason. */
function installWhereItCanBeBuilt(): void {
  const absence = buildRuntimeClient();
  if (absence !== undefined) console.log(`Skipping the runtime tests. ${absence}`);
}

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !(name in kinds));
  if (unknown.length > 0) {
    console.error(`There are no ${unknown.join(', ')} tests: expected ${Object.keys(kinds).join(', ')}.`);
    process.exitCode = 2;
    return;
  }
  const wanted = names.length > 0 ? names : Object.keys(kinds);
  const files = wanted.flatMap((kind) =>
    globSync(`test/${kind}/**/*.test.ts`, { cwd: root, exclude: ['**/node_modules/**'] }).sort(),
  );
  const used = wanted.filter((kind) => files.some((file) => file.startsWith(join('test', kind, '/'))));
  try {
    for (const install of new Set(used.flatMap((kind) => kinds[kind] ?? []))) await install();
  } catch (error) {
    console.error((error as Error).message, 'Other tests run without: npm test -- unit integration');
    process.exitCode = 1;
    return;
  }
  process.exitCode = 1;
  run({
    files: files.map((file) => join(root, file)),
    cwd: root,
    concurrency: 2,
    // Milliseconds that a file may take: what hangs shall fail, and say where.
    timeout: 600_000,
    execArgv: [...endingWithParent],
  })
    .on('test:summary', ({ file, success }) => {
      if (file === undefined && success) process.exitCode = 0;
    })
    // Its last lines are the counts, which whoever reads a log looks for.
    .compose(spec)
    .pipe(process.stdout);
}

await main(process.argv.slice(2));
