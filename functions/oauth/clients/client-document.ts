import { isPlainObject } from '../../../shared/json.ts';
import { OAuthError } from '../oauth-error.ts';
import { type ClientMetadata, readClientMetadata } from './client-metadata.ts';
import { DocumentError, type FetchDocument, type FetchedDocument } from './document-fetch.ts';

/** Clients whose id is the address of a document about them (OAuth Client ID Metadata Documents). */
export interface ClientDocuments {
  /** The address that an id is, when a document may be there. */
  urlOf(clientId: string): URL | undefined;
  /** @throws {DocumentError} */
  read(url: URL): Promise<ClientMetadata>;
}

export interface DocumentSources {
  readonly fetchPublic: FetchDocument;
  /** Set where documents may be on this machine, which is never so in the cloud. */
  readonly fetchLoopback: FetchDocument | undefined;
}

/** Seconds. */
const shortestAge = 60;
const usualAge = 60 * 60;
const longestAge = 24 * 60 * 60;
/** A document that could not be fetched is not asked for again at every click. */
const failureAge = 30;

const mostEntries = 200;
const longestId = 1_000;

interface Entry {
  /** Milliseconds since the epoch. */
  readonly until: number;
  readonly outcome: ClientMetadata | DocumentError;
}

export function clientDocuments({ fetchPublic, fetchLoopback }: DocumentSources): ClientDocuments {
  const entries = new Map<string, Entry>();

  function keep(id: string, outcome: Entry['outcome'], seconds: number): void {
    entries.delete(id);
    entries.set(id, { until: Date.now() + seconds * 1000, outcome });
    const [oldest] = entries.keys();
    if (entries.size > mostEntries && oldest !== undefined) entries.delete(oldest);
  }

  async function fetched(url: URL): Promise<ClientMetadata> {
    const known = entries.get(url.href)?.outcome;
    try {
      const fetchDocument = isLoopback(url) ? (fetchLoopback ?? fetchPublic) : fetchPublic;
      const document = await fetchDocument(url);
      const metadata = metadataOf(url, document);
      const age = Math.min(Math.max(document.maxAge ?? usualAge, shortestAge), longestAge);
      keep(url.href, metadata, age);
      return metadata;
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error;
      // What is known of a client stays good while its host has a problem.
      const fallback = known instanceof DocumentError ? undefined : known;
      const outcome = fallback ?? wellKnownDocuments.get(url.href) ?? error;
      keep(url.href, outcome, failureAge);
      if (outcome instanceof DocumentError) throw outcome;
      return outcome;
    }
  }

  return {
    urlOf: (clientId) => documentUrl(clientId, fetchLoopback !== undefined),
    async read(url) {
      const entry = entries.get(url.href);
      if (!entry || entry.until <= Date.now()) return fetched(url);
      if (entry.outcome instanceof DocumentError) throw entry.outcome;
      return entry.outcome;
    },
  };
}

/**
 * An address counts only in the one spelling that URL parsers give it: so dots, default ports and the like have no
 * way in, and one client has one id.
 */
function documentUrl(clientId: string, loopbackAllowed: boolean): URL | undefined {
  if (clientId.length > longestId || !/^https?:\/\/[\x21-\x7e]+$/.test(clientId)) return undefined;
  const url = URL.parse(clientId);
  if (!url || url.href !== clientId || url.pathname === '/') return undefined;
  if (url.username !== '' || url.password !== '' || clientId.includes('#')) return undefined;
  if (loopbackAllowed && isLoopback(url)) return url;
  // A name with a dot, a letter at its end and no port: neither an address nor a machine next door.
  const isPublicName = /^(?:[a-z\d-]+\.)+[a-z][a-z\d-]+$/.test(url.hostname);
  return url.protocol === 'https:' && url.port === '' && isPublicName ? url : undefined;
}

function isLoopback({ hostname }: URL): boolean {
  return /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(hostname);
}

/** @throws {DocumentError} */
function metadataOf(url: URL, { value }: FetchedDocument): ClientMetadata {
  if (!isPlainObject(value) || value.client_id !== url.href) {
    throw new DocumentError('has a client_id that is not its own address');
  }
  // A secret that everybody can read, or that was never agreed on, would prove nothing.
  const method = value.token_endpoint_auth_method;
  if ('client_secret' in value || (typeof method === 'string' && method.startsWith('client_secret'))) {
    throw new DocumentError('asks for a client secret, which a client with a metadata document cannot have');
  }
  try {
    return readClientMetadata(value);
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    throw new DocumentError(`cannot be used (${error.message.replace(/\.$/, '')})`);
  }
}

/**
 * Metadata documents of applications that many people use, for when their hosts cannot be reached: some answer cloud
 * addresses with 403 now and then. Where a document can be fetched, what it says there counts.
 */
export const wellKnownDocuments: ReadonlyMap<string, ClientMetadata> = new Map([
  [
    'https://claude.ai/oauth/mcp-oauth-client-metadata',
    {
      name: 'Claude',
      redirectUris: ['https://claude.ai/api/mcp/auth_callback', 'https://claude.com/api/mcp/auth_callback'],
    },
  ],
  [
    'https://claude.ai/oauth/claude-code-client-metadata',
    { name: 'Claude Code', redirectUris: ['http://localhost/callback', 'http://127.0.0.1/callback'] },
  ],
  [
    'https://chatgpt.com/oauth/client.json',
    { name: 'ChatGPT', redirectUris: ['https://chatgpt.com/connector_platform_oauth_redirect'] },
  ],
  [
    'https://vscode.dev/oauth/client-metadata.json',
    {
      name: 'Visual Studio Code',
      redirectUris: [
        'http://127.0.0.1:33418/',
        'http://127.0.0.1/',
        'https://vscode.dev/redirect',
        'https://insiders.vscode.dev/redirect',
      ],
    },
  ],
  [
    'https://zed.dev/oauth/client-metadata.json',
    { name: 'Zed', redirectUris: ['http://127.0.0.1/callback'] },
  ],
]);
