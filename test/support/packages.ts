import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

export interface InstallOptions {
  /** A file in the folder that an install script makes; no script runs without it. */
  readonly made?: string;
}

/**
 * Installs the packages of a folder that has a package.json of its own, unless they are there as its lockfile says.
 * @param folder from the repository's root
 * @throws Error when npm could not
 */
export function installPackages(folder: string, { made }: InstallOptions = {}): void {
  const path = join(root, folder);
  const modified = (file: string): number =>
    statSync(join(path, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const installed = modified('node_modules/.package-lock.json') > modified('package-lock.json');
  if (installed && (made === undefined || existsSync(join(path, made)))) return;
  console.error(`Installing the packages of ${folder} …`);
  const scripts = made === undefined ? ['--ignore-scripts'] : [];
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', ...scripts], {
    cwd: path,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`npm ci failed in ${folder}. It needs the npm registry once.`);
  if (made !== undefined && !existsSync(join(path, made))) {
    throw new Error(`npm ci in ${folder} did not make ${made}: does npm’s configuration forbid scripts?`);
  }
}
