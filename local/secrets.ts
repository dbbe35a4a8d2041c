/** What the sign-in of the local edition keeps to itself. */

import { randomBytes } from 'node:crypto';
import type { JsonFile } from './json-file.ts';

export interface LocalSecrets {
  /** With this the front door seals what it gives away; clients and sign-ins outlive a restart as long as it does. */
  readonly sealing: string;
  /** Shared by the front door and the user pool. */
  readonly brokerClient: string;
}

/** The secrets on disk, or new ones, which are then kept there. */
export async function openSecrets(file: JsonFile<LocalSecrets> | undefined): Promise<LocalSecrets> {
  const stored = await file?.read();
  if (stored) return stored;
  const created = {
    sealing: randomBytes(48).toString('base64url'),
    brokerClient: randomBytes(32).toString('base64url'),
  };
  await file?.write(created);
  return created;
}
