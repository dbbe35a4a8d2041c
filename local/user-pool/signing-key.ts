/** The key that signs the pool's tokens: RSA, 2048 bits, RS256, as Cognito's. */

import { createHash, generateKeyPair, type JsonWebKey } from 'node:crypto';
import { promisify } from 'node:util';
import type { JsonFile } from '../json-file.ts';

/** The public half, with the members that Cognito publishes. */
export type PublicKey = Readonly<Record<'alg' | 'e' | 'kid' | 'kty' | 'n' | 'use', string>>;

export interface SigningKey {
  readonly private: JsonWebKey & { readonly kid: string };
  readonly public: PublicKey;
}

/** The key on disk, or a new one, which is then kept there. */
export async function openSigningKey(file: JsonFile<JsonWebKey> | undefined): Promise<SigningKey> {
  const stored = await file?.read();
  if (stored) return describe(stored);
  // The asynchronous form: other parts start while a thread looks for primes.
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const created = privateKey.export({ format: 'jwk' });
  await file?.write(created);
  return describe(created);
}

function describe(key: JsonWebKey): SigningKey {
  const { n, e } = key;
  if (n === undefined || e === undefined)
    throw new Error('The signing key of the user pool is not an RSA key.');
  const kid = createHash('sha256').update(n).digest('base64');
  return {
    private: { ...key, kid, use: 'sig', alg: 'RS256' },
    public: { alg: 'RS256', e, kid, kty: 'RSA', n, use: 'sig' },
  };
}
