import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { progress } from './progress.ts';

const peers = fileURLToPath(new URL('peers/', import.meta.url));

/** Installs what the product is compared with, unless it is there as the lockfile has it. */
export function installPeers(): void {
  if (modified('node_modules/.package-lock.json') > modified('package-lock.json')) return;
  progress('installing the peers');
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: peers,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
}

/** When a file was changed last (ms); 0 when there is none. */
const modified = (path: string): number =>
  statSync(`${peers}${path}`, { throwIfNoEntry: false })?.mtimeMs ?? 0;
