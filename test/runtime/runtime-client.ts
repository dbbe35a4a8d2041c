import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { installPackages } from '../support/packages.ts';
import { isInstalled } from '../support/programs.ts';

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
export const buildTools: Readonly<Record<string, readonly string[]>> = {
  cmake: ['cmake', 'cmake3'],
  'g++': ['g++'],
  make: ['make'],
  python3: ['python3'],
  xz: ['xz'],
};

const isBuilt = (): boolean => existsSync(join(root, folder, builtPart));

/** Why it is not here; undefined where it is. Tests that run functions in it are skipped for this reason. */
export function absenceOfRuntimeClient(): string | undefined {
  if (isBuilt()) return undefined;
  return (
    lackingTools() ??
    'Lambda’s runtime client (aws-lambda-ric) was not built: npm test -- runtime tries, and says why.'
  );
}

/**
 * Builds it unless that was done before, which takes about a minute.
 * @returns why it is not here all the same: what this machine lacks, or that the build failed (its output says why)
 */
export function buildRuntimeClient(): string | undefined {
  const lacking = isBuilt() ? undefined : lackingTools();
  if (lacking !== undefined) return lacking;
  try {
    installPackages(folder, { made: builtPart });
    return undefined;
  } catch (error) {
    return `Lambda’s runtime client (aws-lambda-ric) could not be built here: ${(error as Error).message}`;
  }
}

function lackingTools(): string | undefined {
  if (process.platform !== 'linux') {
    return 'Lambda’s runtime client (aws-lambda-ric) can be built on Linux only.';
  }
  const missing = Object.keys(buildTools).filter((tool) => !buildTools[tool]?.some(isInstalled));
  if (missing.length === 0) return undefined;
  return `Lambda’s runtime client (aws-lambda-ric) cannot be built here: ${missing.join(', ')} not found.`;
}
