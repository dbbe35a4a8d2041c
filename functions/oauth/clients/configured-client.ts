import { hash, timingSafeEqual } from 'node:crypto';
import { isPlainObject } from '../../../shared/json.ts';
import { type ClientMetadata, readClientMetadata } from './client-metadata.ts';

/** A client that the operator has set up, for applications that want an id (and a secret) typed in. */
export interface ConfiguredClient {
  readonly id: string;
  readonly metadata: ClientMetadata;
  /** SHA-256 of the secret; undefined for a public client. */
  readonly secretHash: Buffer | undefined;
}

/** An id must not look like that of a registered client or of a metadata document, which are found by their form. */
const idForm = /^[A-Za-z\d][A-Za-z\d_-]{0,63}$/;
const hashForm = /^sha256:([a-fA-F\d]{64})$/;

/**
 * @param text JSON: `[{"client_id", "client_secret", "client_name", "redirect_uris"}]`. The secret may be given as
 *   `sha256:<hexadecimal hash>`, and is left out for a public client.
 * @throws {Error} that says which client is wrong, without its secret
 */
export function readConfiguredClients(text: string | undefined): ConfiguredClient[] {
  if (text === undefined || text.trim() === '') return [];
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    list = undefined;
  }
  if (!Array.isArray(list)) throw new Error('CLIENTS must be a JSON array of clients.');
  const clients = list.map(readClient);
  if (new Set(clients.map(({ id }) => id)).size < clients.length) {
    throw new Error('Two clients in CLIENTS have the same client_id.');
  }
  return clients;
}

function readClient(client: unknown, index: number): ConfiguredClient {
  const where = `CLIENTS[${index}]`;
  if (!isPlainObject(client)) throw new Error(`${where} must be a JSON object.`);
  const { client_id: id, client_secret: secret } = client;
  if (typeof id !== 'string' || !idForm.test(id)) {
    throw new Error(`${where} needs a client_id of up to 64 letters, digits, hyphens and underscores.`);
  }
  if (secret !== undefined && (typeof secret !== 'string' || secret.length < 16)) {
    throw new Error(`${where}: the client_secret must have at least 16 characters, or be left out.`);
  }
  try {
    const metadata = readClientMetadata(client);
    return { id, metadata, secretHash: secret === undefined ? undefined : hashOf(secret) };
  } catch (error) {
    throw new Error(`${where}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function hashOf(secret: string): Buffer {
  const given = hashForm.exec(secret)?.[1];
  return given === undefined ? sha256(secret) : Buffer.from(given, 'hex');
}

/** Takes the same time for every wrong secret. */
export function isSecret(secret: string, expected: Buffer): boolean {
  return timingSafeEqual(sha256(secret), expected);
}

function sha256(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
