/** The local edition's secrets for sign-in. */

import { randomBytes } from 'node:crypto';
import type { JsonFile } from './json-file.ts';

export interface LocalSecrets {
  /** The key with which the authorization server seals what it issues. While it is kept, clients and sign-ins survive a restart. */
  readonly sealing: string;
  /** Shared by the authorization server and the user pool. */
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
