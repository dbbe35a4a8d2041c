import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose';
import type { Keys } from './keys.ts';

/** Seals values that are given away and come back: encrypted and authenticated (JWE), for one purpose, for a time. */
export interface Seal<Value> {
  seal(value: Value): Promise<string>;
  /** @returns undefined for what was altered, made elsewhere or for something else, or is too old */
  open(text: string): Promise<Value | undefined>;
}

export interface SealOptions {
  /** Names the key. What has another purpose, or another shape after a change of the code, needs another name. */
  readonly purpose: string;
  /** Seconds for which it can be opened; for ever when left out. */
  readonly lifetime?: number;
}

interface Envelope<Value> {
  readonly value: Value;
  /** Seconds since the epoch. */
  readonly exp?: number;
}

/** Far more than anything that is sealed here. */
const longestText = 16_384;

export function sealOf<Value>(keys: Keys, { purpose, lifetime }: SealOptions): Seal<Value> {
  return {
    async seal(value) {
      const { id, bytes } = await keys.current(purpose);
      const envelope: Envelope<Value> = { value, ...(lifetime !== undefined && { exp: now() + lifetime }) };
      return new CompactEncrypt(Buffer.from(JSON.stringify(envelope)))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: id })
        .encrypt(bytes);
    },
    async open(text) {
      const keyId = text.length <= longestText && isCanonical(text) ? keyIdOf(text) : undefined;
      const key = keyId === undefined ? undefined : await keys.named(purpose, keyId);
      if (!key) return undefined;
      let envelope: Envelope<Value>;
      try {
        const { plaintext } = await compactDecrypt(text, key.bytes, {
          keyManagementAlgorithms: ['dir'],
          contentEncryptionAlgorithms: ['A256GCM'],
        });
        envelope = JSON.parse(Buffer.from(plaintext).toString());
      } catch {
        return undefined;
      }
      return envelope.exp !== undefined && envelope.exp <= now() ? undefined : envelope.value;
    },
  };
}

/** Base64url has spare bits at its end; without this check a value could be altered there and still be opened. */
function isCanonical(text: string): boolean {
  return text.split('.').every((part) => Buffer.from(part, 'base64url').toString('base64url') === part);
}

function keyIdOf(text: string): string | undefined {
  try {
    return decodeProtectedHeader(text).kid;
  } catch {
    return undefined;
  }
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}
