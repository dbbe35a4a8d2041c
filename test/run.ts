import { spawn, spawnSync } from 'node:child_process';
import { existsSync, globSync, statSync } from 'node:fs';
import { join } from 'node:path';

/*
 * npm test: runs every kind of test, or the ones named: `npm test -- unit infra`. Programs that only tests need have
 * a package.json of their own, so that `npm ci` stays small; they are installed here, when they are wanted.
 */

const root = join(import.meta.dirname, '..');

const kinds: Record<string, { packages?: string }> = {
  unit: {},
  integration: {},
  infra: {},
  policy: { packages: 'test/policy' },
  e2e: { packages: 'test/clients' },
  conformance: { packages: 'test/clients' },
};

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
  for (const folder of new Set(used.flatMap((kind) => kinds[kind]?.packages ?? []))) install(folder);
  const runner = spawn(process.execPath, ['--test', ...settings, ...files], {
    cwd: root,
    stdio: 'inherit',
  });
  runner.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}

/** Installs a folder's packages unless they are there as its lockfile says. */
function install(folder: string): void {
  if (!existsSync(join(root, folder, 'package.json'))) return;
  const modified = (file: string) =>
    statSync(join(root, folder, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (modified('node_modules/.package-lock.json') > modified('package-lock.json')) return;
  console.log(`Installing what the tests in ${folder} need …`);
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], {
    cwd: join(root, folder),
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    console.error(
      `npm ci failed in ${folder}. These tests need the npm registry once; the others run without: npm test -- unit integration`,
    );
    process.exit(1);
  }
}

main(process.argv.slice(2));
