import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { installPackages } from '../support/packages.ts';

/*
 * AWS's own runtime client for Node, the program that loads a function in Lambda, asks for events and hands over
 * answers. A part of it is C++ and is built when it is installed.
 */

const root = join(import.meta.dirname, '../..');
const folder = 'test/runtime';
const builtPart = 'node_modules/aws-lambda-ric/rapid-client.node';

/** The program. */
export const runtimeClient = join(root, folder, 'node_modules/aws-lambda-ric/index.mjs');

/** What the build asks for; each is tried with `--version`. */
const tools: Readonly<Record<string, readonly string[]>> = {
  cmake: ['cmake', 'cmake3'],
  'g++': ['g++'],
  make: ['make'],
  python3: ['python3'],
  xz: ['xz'],
};

/** Why it cannot be built on this machine; undefined where it can, or is built already. */
export function obstacleToRuntimeClient(): string | undefined {
  if (existsSync(join(root, folder, builtPart))) return undefined;
  if (process.platform !== 'linux') {
    return 'Lambda’s runtime client (aws-lambda-ric) can be built on Linux only.';
  }
  const missing = Object.keys(tools).filter((tool) => !tools[tool]?.some(exists));
  if (missing.length === 0) return undefined;
  return `Lambda’s runtime client (aws-lambda-ric) cannot be built here: ${missing.join(', ')} not found.`;
}

const exists = (program: string): boolean =>
  spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;

/** Builds it, unless that was done before. Takes about a minute. */
export function installRuntimeClient(): void {
  installPackages(folder, { made: builtPart });
}
