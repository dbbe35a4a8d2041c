import { hash } from 'node:crypto';
/** Every application that may ask for access, however it came to be known. */

import type { Keys } from '../sealing/keys.ts';
import type { ClientDocuments } from './client-document.ts';
import { areAllowedRedirects, type ClientHosts, isAllowedHost } from './client-hosts.ts';
import type { ClientMetadata } from './client-metadata.ts';
import type { ConfiguredClient } from './configured-client.ts';
import { registeredClient } from './registered-client.ts';

/** An application, as far as its id tells. */
export interface KnownClient {
  readonly id: string;
  /** Where it comes from: who vouches for its name and its redirect URIs. */
  readonly origin: /** The website that serves its metadata. */
    | { readonly kind: 'document'; readonly url: URL }
    /** Nobody: it said so itself. */
    | { readonly kind: 'registered' }
    /** The operator of this server. */
    | { readonly kind: 'configured'; readonly secretHash: Buffer | undefined };
}

/** An application with all that it says of itself. */
export interface Client extends KnownClient {
  readonly name: string;
  readonly redirectUris: readonly string[];
}

export interface Clients {
  /** @returns undefined for an id that is unknown, or whose host the operator keeps out. Asks nobody else. */
  recognize(id: string): Promise<KnownClient | undefined>;
  /** How the audit names the client with an id, whether or not there is one. */
  label(id: string): Promise<string>;
  /** Fetches the metadata document, for clients that have one. @throws {DocumentError} */
  describe(client: KnownClient): Promise<Client>;
}

export interface ClientSources {
  readonly keys: Keys;
  readonly documents: ClientDocuments;
  readonly configured: readonly ConfiguredClient[];
  readonly hosts: ClientHosts;
}

export function clientsOf({ keys, documents, configured, hosts }: ClientSources): Clients {
  const configuredById = new Map(configured.map((client) => [client.id, client]));

  async function recognize(id: string): Promise<KnownClient | undefined> {
    const known = configuredById.get(id);
    if (known) return { id, origin: { kind: 'configured', secretHash: known.secretHash } };
    const url = documents.urlOf(id);
    if (url) {
      return isAllowedHost(hosts, url.host) ? { id, origin: { kind: 'document', url } } : undefined;
    }
    const metadata = await registeredClient(keys, id);
    const isAllowed = metadata && areAllowedRedirects(hosts, metadata.redirectUris);
    return isAllowed ? { id, origin: { kind: 'registered' } } : undefined;
  }

  return {
    recognize,
    label: async (id) => clientLabel(id, await recognize(id)),
    async describe(client) {
      const metadata = await metadataOf(client);
      return {
        ...client,
        name: metadata.name ?? nameless(client),
        redirectUris: metadata.redirectUris,
      };
    },
  };

  async function metadataOf({ id, origin }: KnownClient): Promise<ClientMetadata> {
    switch (origin.kind) {
      case 'configured':
        return configuredById.get(id)!.metadata;
      case 'document':
        return documents.read(origin.url);
      case 'registered':
        return (await registeredClient(keys, id))!;
    }
  }
}

function nameless({ origin }: KnownClient): string {
  return origin.kind === 'document' ? origin.url.hostname : 'An application without a name';
}

/** How the audit names a client: never an id that may be as long as a registration, or a secret typed in its place. */
export function clientLabel(id: string, client: KnownClient | undefined): string {
  if (client?.origin.kind === 'configured' || client?.origin.kind === 'document') {
    return id;
  }
  return `${client ? 'registered' : 'unknown'}:${hash('sha256', id, 'base64url').slice(0, 12)}`;
}
