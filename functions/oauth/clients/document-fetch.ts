import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { type Answer, send, TooLongError } from '../../../shared/outgoing.ts';
import { type Address, isPublicAddress } from './public-address.ts';

/** Why there is no document; a phrase that goes on with "the document of the application". */
export class DocumentError extends Error {
  override readonly name = 'DocumentError';
}

export interface FetchedDocument {
  readonly value: unknown;
  /** Seconds for which it may be kept, where the answer says so. */
  readonly maxAge: number | undefined;
}

export type FetchDocument = (url: URL) => Promise<FetchedDocument>;

export interface FetchOptions {
  /** Addresses of a name. */
  readonly resolve: (host: string) => Promise<readonly Address[]>;
  /** Whether one may connect to the address. */
  readonly isAllowed: (address: Address) => boolean;
  /** Further certificates to trust, in PEM. */
  readonly ca?: string;
  /** For everything together. */
  readonly timeoutMs: number;
}

export const publicInternet: FetchOptions = {
  resolve: (host) => lookup(host, { all: true, order: 'verbatim' }),
  isAllowed: isPublicAddress,
  timeoutMs: 5_000,
};

const longestDocument = 64 * 1024;

/**
 * Fetches JSON documents from addresses that strangers choose, so that they cannot be used to attack somebody else.
 * The name is resolved once, every address of it is checked, and the connection goes to one of those: a name server
 * that answers differently the next time is not asked again. Redirects are refused, because they lead elsewhere.
 * @returns a function that throws DocumentError
 */
export function documentFetch(options: FetchOptions): FetchDocument {
  return async (url) => {
    const deadline = AbortSignal.timeout(options.timeoutMs);
    try {
      const addresses = await checkedAddresses(options, url.hostname, deadline);
      return documentOf(await get(url, addresses, options.ca, deadline));
    } catch (error) {
      if (error instanceof DocumentError) throw error;
      if (error instanceof TooLongError) {
        throw new DocumentError(`is larger than ${longestDocument / 1024} KB`);
      }
      throw new DocumentError(deadline.aborted ? 'did not arrive in time' : 'could not be reached');
    }
  };
}

async function checkedAddresses(
  { resolve, isAllowed }: FetchOptions,
  hostname: string,
  deadline: AbortSignal,
): Promise<readonly Address[]> {
  const literal = hostname.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(literal);
  const addresses = family === 0 ? await before(deadline, resolve(hostname)) : [{ address: literal, family }];
  if (addresses.length === 0 || !addresses.every(isAllowed)) {
    throw new DocumentError('is at an address that is not on the public internet');
  }
  return addresses;
}

/** Looking up a name cannot be cancelled, only left behind. */
function before<Value>(deadline: AbortSignal, work: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    deadline.addEventListener('abort', () => reject(deadline.reason), { once: true });
    work.then(resolve, reject);
  });
}

function get(
  url: URL,
  addresses: readonly Address[],
  ca: string | undefined,
  deadline: AbortSignal,
): Promise<Answer> {
  const pinned: LookupFunction = (_name, options, callback) => {
    if (options.all === true) return callback(null, [...addresses]);
    const [first] = addresses;
    callback(null, first!.address, first!.family);
  };
  const settings = {
    lookup: pinned,
    headers: { accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': 'Finance-MCP' },
    ...(ca !== undefined && { ca }),
  };
  return send(url, settings, undefined, { deadline, longest: longestDocument, inspect });
}

function inspect({ status, header }: Pick<Answer, 'status' | 'header'>): void {
  if (status !== 200) throw new DocumentError(`was answered with status ${status}`);
  const mediaType = header('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!/^application\/(?:[\w.+-]+\+)?json$/.test(mediaType)) throw new DocumentError('is not sent as JSON');
  if ((header('content-encoding') ?? 'identity') !== 'identity') {
    throw new DocumentError('is compressed, which was not requested');
  }
}

function documentOf({ body, header }: Answer): FetchedDocument {
  const maxAge = /(?:^|[,\s])max-age=(\d{1,9})/i.exec(header('cache-control') ?? '')?.[1];
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return { value, maxAge: maxAge === undefined ? undefined : Number(maxAge) };
  } catch {
    throw new DocumentError('is not valid JSON');
  }
}
