/** The folder where the local edition keeps its data, used by one process at a time. */

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** What is kept in the folder, in addition to the claim on it. */
export const dataFiles = {
  dynamoDB: 'dynamodb',
  files: 'files',
  userPool: 'user-pool',
  secrets: 'secrets.json',
  audit: 'audit.ndjson',
} as const;

export interface DataDirectory {
  readonly path: string;
  /** Lets another process use it. */
  release(): void;
}

/** The folder cannot be used; the message says why. */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError';
}

const claimName = 'in-use-by';

/** What the local edition itself keeps in the folder. A killed process can leave a draft of a file behind. */
const ownNames = new Set<string>([claimName, ...Object.values(dataFiles), `${dataFiles.secrets}.draft`]);

/** Creates the folder if needed and claims it. @throws DataDirectoryError */
export function claimDataDirectory(directory: string): DataDirectory {
  const path = resolve(directory);
  const claim = join(path, claimName);
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new DataDirectoryError(
      `The folder ${path} cannot be created: ${(error as NodeJS.ErrnoException).code}.`,
    );
  }
  // A folder that contains anything else was most likely named by mistake.
  const others = readdirSync(path).filter((name) => !ownNames.has(name));
  if (others.length > 0) {
    const [shown, more] = [others.slice(0, 3).join(', '), others.length > 3 ? ', …' : ''];
    throw new DataDirectoryError(
      `The folder ${path} contains other files (${shown}${more}): expected a new or empty folder, or one that the local edition created.`,
    );
  }
  try {
    const owner = Number(readFileSync(claim, 'utf8'));
    // A killed process leaves its claim behind. In a container, its id can be the same as this one's.
    if (owner !== process.pid && isRunning(owner)) {
      throw new DataDirectoryError(
        `The folder ${path} is in use by process ${owner}. Stop that process. If it is another program, delete ${claim}.`,
      );
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  try {
    writeFileSync(claim, String(process.pid));
  } catch (error) {
    throw new DataDirectoryError(
      `The folder ${path} cannot be written to: ${(error as NodeJS.ErrnoException).code}.`,
    );
  }
  return { path, release: () => rmSync(claim, { force: true }) };
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
