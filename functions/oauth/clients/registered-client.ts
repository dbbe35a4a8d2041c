import { createHmac, timingSafeEqual } from 'node:crypto';
import { OAuthError } from '../oauth-error.ts';
import type { Key, Keys } from '../sealing/keys.ts';
import type { ClientMetadata } from './client-metadata.ts';

/*
 * Clients that registered themselves. Their id is their metadata, signed: nothing is kept here, and the same metadata
 * gives the same id. It is signed and not encrypted because nothing in it is secret, and because a signature is the
 * same every time by itself.
 */

const purpose = 'client id 1';
const form = /^dcr\.([\w-]{11})\.([\w-]+)\.([\w-]{43})$/;

/** Bytes of the metadata. The id travels in addresses, in which there is room for about 8,000 characters in all. */
const longestMetadata = 1_400;

/** @throws {OAuthError} when there is too much of it */
export async function registeredClientId(
  keys: Keys,
  { name, redirectUris }: ClientMetadata,
): Promise<string> {
  const metadata = Buffer.from(JSON.stringify([name ?? null, ...redirectUris]));
  if (metadata.length > longestMetadata) {
    throw new OAuthError(
      'invalid_client_metadata',
      `client_name and redirect_uris must have at most ${longestMetadata} bytes together.`,
    );
  }
  const key = await keys.current(purpose);
  const signed = `dcr.${key.id}.${metadata.toString('base64url')}`;
  return `${signed}.${signature(key, signed)}`;
}

/** @returns undefined for an id that was not given out here, or under a sealing secret that is gone */
export async function registeredClient(keys: Keys, id: string): Promise<ClientMetadata | undefined> {
  const [, keyId, metadata, mac] = form.exec(id) ?? [];
  if (keyId === undefined || metadata === undefined || mac === undefined) return undefined;
  const key = await keys.named(purpose, keyId);
  if (!key) return undefined;
  const expected = signature(key, `dcr.${keyId}.${metadata}`);
  if (!timingSafeEqual(Buffer.from(mac), Buffer.from(expected))) return undefined;
  const [name, ...redirectUris] = JSON.parse(Buffer.from(metadata, 'base64url').toString()) as [
    string | null,
    ...string[],
  ];
  return { name: name ?? undefined, redirectUris };
}

function signature(key: Key, text: string): string {
  return createHmac('sha256', key.bytes).update(text).digest('base64url');
}
