import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { buildRuntimeClient } from './runtime/runtime-client.ts';
import { installPackages } from './support/packages.ts';

/*
 * npm test: runs every kind of test, or the ones named: `npm test -- unit infra`. Programs that only tests need have
 * a package.json of their own, so that `npm ci` stays small; they are installed here, when they are wanted.
 */

const root = join(import.meta.dirname, '..');

/** Every kind, with what has to be installed for it. */
const kinds: Record<string, readonly (() => void)[]> = {
  unit: [],
  integration: [],
  infra: [],
  policy: [() => installPackages('test/policy')],
  runtime: [installClients, installWhereItCanBeBuilt],
  e2e: [installClients],
  conformance: [installClients],
};

function installClients(): void {
  installPackages('test/clients');
}

/** Elsewhere the tests are skipped, and give the same reason. */
function installWhereItCanBeBuilt(): void {
  const absence = buildRuntimeClient();
  if (absence !== undefined) console.log(`Skipping the runtime tests. ${absence}`);
}

const settings = [
  '--test-concurrency=2',
  // Milliseconds that a file may take: what hangs shall fail, and say where.
  '--test-timeout=600000',
  // Its last lines are the counts, which whoever reads a log looks for.
  '--test-reporter=spec',
];

function main(names: readonly string[]): void {
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
    for (const install of new Set(used.flatMap((kind) => kinds[kind] ?? []))) install();
  } catch (error) {
    console.error((error as Error).message, 'Other tests run without: npm test -- unit integration');
    process.exitCode = 1;
    return;
  }
  const runner = spawn(process.execPath, ['--test', ...settings, ...files], {
    cwd: root,
    stdio: 'inherit',
  });
  runner.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}

main(process.argv.slice(2));
