import { hash } from 'node:crypto';
import { Hash } from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';
import { type Answer, send, TooLongError } from '../outgoing.ts';
import { contentDisposition, servedType } from './download.ts';
import { fileKey } from './file-key.ts';
import type { FileLink, FileStore, StoredFile } from './file-store.ts';

/*
 * Requests to S3, with the SDK's signer but without its client, which would nearly double the function's bundle
 * (docs/decisions.md). A link is a signature alone and sends no request.
 */

/** Seconds that a link is valid at most. The bucket's policy refuses older ones. */
export const linkSeconds = 300;

const timeoutMs = 20_000;

/** Bytes of an answer that explains an error; as many are read of a file of which only the size is asked. */
const longestExplanation = 16_384;

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** When they end; undefined for those that do not. */
  readonly expiration?: Date;
}

export interface BucketOptions {
  readonly name: string;
  readonly region: string;
  /** Of a stand-in for S3. */
  readonly endpoint?: string | undefined;
  credentials(): Promise<Credentials>;
  now(): Date;
}

/** S3 refused a request or could not answer it. */
export class BucketError extends Error {
  override name = 'BucketError';
  /** S3's name of the error, such as "AccessDenied". */
  readonly code: string;

  constructor(operation: string, status: number, code: string) {
    super(`S3 answered ${operation} with the status ${status} (${code || 'no reason given'}).`);
    this.code = code;
  }
}

/** The bucket with the files of all organizations, as far as its credentials reach. */
export class Bucket {
  readonly #options: BucketOptions;

  constructor(options: BucketOptions) {
    this.#options = options;
  }

  /** The files of one organization. */
  filesOf(organization: string): FileStore {
    return {
      find: (id, longest) => this.#get(fileKey(organization, id), longest),
      link: (id, file) => this.#link(fileKey(organization, id), file),
    };
  }

  /**
   * Stores a file, instead of the one that is there.
   * @throws {BucketError}
   */
  async put(
    organization: string,
    id: string,
    { bytes, mimeType }: { bytes: Buffer; mimeType: string },
  ): Promise<void> {
    const headers = { 'content-type': servedType(mimeType), 'content-length': String(bytes.length) };
    const answer = await this.#send('PUT', fileKey(organization, id), longestExplanation, headers, bytes);
    if (answer.status !== 200) throw failure('PutObject', answer);
  }

  /**
   * Deletes a file, if there is one.
   * @throws {BucketError}
   */
  async delete(organization: string, id: string): Promise<void> {
    const answer = await this.#send('DELETE', fileKey(organization, id), longestExplanation);
    if (answer.status !== 204) throw failure('DeleteObject', answer);
  }

  async #get(key: string, longest: number): Promise<StoredFile | undefined> {
    let found = { status: 0, size: 0 };
    try {
      const answer = await this.#send(
        'GET',
        key,
        Math.max(longest, longestExplanation),
        {},
        undefined,
        (head) => {
          found = { status: head.status, size: Number(head.header('content-length')) };
        },
      );
      if (answer.status === 200) {
        const { length: size } = answer.body;
        return { size, bytes: size > longest ? undefined : answer.body };
      }
      const error = failure('GetObject', answer);
      // Without the right to list, which no role has, S3 does not say that there is no such file: it denies access.
      if (error.code === 'NoSuchKey' || error.code === 'AccessDenied') return undefined;
      throw error;
    } catch (error) {
      if (!(error instanceof TooLongError) || found.status !== 200) throw error;
      return { size: found.size, bytes: undefined };
    }
  }

  async #link(key: string, { name, mimeType }: { name: string; mimeType: string }): Promise<FileLink> {
    const { credentials, now } = this.#options;
    const session = await credentials();
    const from = Math.floor(now().getTime() / 1000);
    const sessionEnd = (session.expiration?.getTime() ?? Number.POSITIVE_INFINITY) / 1000;
    const expiresIn = Math.min(linkSeconds, Math.floor(sessionEnd) - from);
    if (expiresIn < 1) throw new Error('The session is over, so no link can be signed.');
    const url = this.#address(key);
    const query = {
      'response-content-disposition': contentDisposition(name),
      'response-content-type': servedType(mimeType),
      'response-cache-control': 'private, no-store',
    };
    const signed = await this.#signer(session).presign(
      {
        method: 'GET',
        protocol: url.protocol,
        hostname: url.hostname,
        path: url.pathname,
        query,
        headers: { host: url.host, 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD' },
      },
      { expiresIn, signingDate: new Date(from * 1000) },
    );
    // Percent-encoded as it was signed (RFC 3986), which is more than URLSearchParams would encode.
    url.search = Object.entries(signed.query ?? {})
      .map((pair) => pair.map((text) => encodedAsSigned(String(text))).join('='))
      .join('&');
    return { url: url.href, validUntil: new Date((from + expiresIn) * 1000) };
  }

  async #send(
    method: 'GET' | 'PUT' | 'DELETE',
    key: string,
    longest: number,
    more: Record<string, string> = {},
    body?: Buffer,
    inspect?: (head: Pick<Answer, 'status' | 'header'>) => void,
  ): Promise<Answer> {
    const url = this.#address(key);
    const { headers } = await this.#signer(await this.#options.credentials()).sign(
      {
        method,
        protocol: url.protocol,
        hostname: url.hostname,
        path: url.pathname,
        headers: { ...more, host: url.host, 'x-amz-content-sha256': hash('sha256', body ?? '') },
      },
      { signingDate: this.#options.now() },
    );
    return send(url, { method, headers }, body, {
      deadline: AbortSignal.timeout(timeoutMs),
      longest,
      ...(inspect && { inspect }),
    });
  }

  /** A key consists of characters that no URL has to encode. */
  #address(key: string): URL {
    const { name, region, endpoint } = this.#options;
    return new URL(
      endpoint === undefined
        ? `https://${name}.s3.${region}.amazonaws.com/${key}`
        : `${endpoint}/${name}/${key}`,
    );
  }

  #signer(credentials: Credentials): SignatureV4 {
    const { region } = this.#options;
    return new SignatureV4({
      service: 's3',
      region,
      sha256: Hash.bind(null, 'sha256'),
      credentials,
      // S3 alone takes paths as they are sent.
      uriEscapePath: false,
    });
  }
}

const encodedAsSigned = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

function failure(operation: string, { status, body }: Answer): BucketError {
  const [, code = ''] = /<Code>(\w+)<\/Code>/.exec(body.toString()) ?? [];
  return new BucketError(operation, status, code);
}
