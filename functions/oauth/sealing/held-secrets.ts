/** The secrets as they were read last. */

import type { ReadSecrets, Secrets } from './secrets.ts';

export interface HeldSecrets {
  get(): Promise<Secrets>;
  /** Reads again, unless that was done a moment ago: whoever rotates the secret does not restart the functions. */
  renewed(): Promise<Secrets>;
}

/** Anybody can name a key that does not exist; that must not lead to a call of Secrets Manager each time. */
const renewalIntervalMs = 30_000;

export function heldSecrets(read: ReadSecrets): HeldSecrets {
  let held: Secrets | undefined;
  let readAt = Number.NEGATIVE_INFINITY;

  async function load(): Promise<Secrets> {
    readAt = Date.now();
    held = await read();
    return held;
  }

  return {
    get: async () => held ?? load(),
    async renewed() {
      if (held && Date.now() - readAt < renewalIntervalMs) return held;
      return load();
    },
  };
}
