/** App clients that an administrator has created, in addition to the fixed ones. */

import { randomInt } from 'node:crypto';
import type { JsonFile } from '../json-file.ts';

export interface RegisteredClient {
  readonly id: string;
  readonly name: string;
  readonly secret: string;
  /** As written in tokens. */
  readonly scopes: readonly string[];
}

export interface RegisteredClients {
  list(): RegisteredClient[];
  find(id: string): RegisteredClient | undefined;
  add(client: Pick<RegisteredClient, 'name' | 'scopes'>): Promise<RegisteredClient>;
  remove(id: string): Promise<void>;
}

/** As long as Cognito's. */
const idLength = 26;
const secretLength = 51;

export async function openRegisteredClients(
  file: JsonFile<RegisteredClient[]> | undefined,
): Promise<RegisteredClients> {
  const clients = new Map(((await file?.read()) ?? []).map((client) => [client.id, client]));

  async function save(): Promise<void> {
    await file?.write([...clients.values()]);
  }

  return {
    list: () => [...clients.values()],
    find: (id) => clients.get(id),
    async add({ name, scopes }) {
      const client = { id: randomText(idLength), name, secret: randomText(secretLength), scopes };
      clients.set(client.id, client);
      await save();
      return client;
    },
    async remove(id) {
      clients.delete(id);
      await save();
    },
  };
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';

function randomText(length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}
