import { hkdfSync } from 'node:crypto';
import type { HeldSecrets, Secrets } from './secrets.ts';

export interface Key {
  /** Says which secret it comes from, without a hint at the secret. */
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** Keys derived from the sealing secret, one for each purpose, so that no value can be used as one of another kind. */
export interface Keys {
  /** The key that seals now. */
  current(purpose: string): Promise<Key>;
  /** The key with this id, whether it seals now or did before the last rotation. */
  named(purpose: string, id: string): Promise<Key | undefined>;
}

export function keysOf(held: HeldSecrets): Keys {
  return {
    current: async (purpose) => derive((await held.get()).sealing, purpose),
    // An unknown id may belong to a secret that another instance of the function knows already.
    named: async (purpose, id) =>
      find(await held.get(), purpose, id) ?? find(await held.renewed(), purpose, id),
  };
}

function find({ sealing, previousSealing }: Secrets, purpose: string, id: string): Key | undefined {
  const secrets = previousSealing === undefined ? [sealing] : [sealing, previousSealing];
  return secrets.map((secret) => derive(secret, purpose)).find((key) => key.id === id);
}

function derive(secret: string, purpose: string): Key {
  return { id: expand(secret, 'key id', 8).toString('base64url'), bytes: expand(secret, purpose, 32) };
}

/** HKDF-SHA256 (RFC 5869). */
function expand(secret: string, purpose: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'finance-mcp sign-in', purpose, bytes));
}
