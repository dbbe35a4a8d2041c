/** The local edition's S3: one bucket with the files of attachments, and the route on which links to them are opened. */

import { hash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { linkSeconds } from '../shared/files/bucket.ts';
import { isSignedWith, type SignedRequest, signedAt, signedRequest } from './files/signature.ts';
import { listenOnLoopback } from './loopback.ts';
import { operatorAccessKey, type ReaderSessions } from './reader-role.ts';
import { CallerGoneError, readBody } from './request-body.ts';

export const filesBucket = 'finance-mcp-files';

export interface LocalFilesOptions {
  /** 0 lets the system choose. */
  readonly port: number;
  /** Where the files are kept. It is created if needed. */
  readonly directory: string;
  /** What each access key can read. */
  readonly sessions: ReaderSessions;
  readonly now?: () => number;
}

export interface LocalFiles {
  /** For `AWS_ENDPOINT_URL_S3`. */
  readonly endpoint: string;
  close(): Promise<void>;
}

/** Larger than the largest attachment. */
const requestBytes = 101 * 1024 * 1024;

/** Milliseconds that the clocks of a caller and of S3 may differ. */
const clockSkewMs = 900_000;

/** The keys that `fileKey` makes. Anything else in a path names no file. */
const path = new RegExp(`^/${filesBucket}/(([a-z0-9][a-z0-9-]{1,62})/[A-Za-z0-9_-]{1,900})$`);

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** @throws PortInUseError */
export async function startFiles(options: LocalFilesOptions): Promise<LocalFiles> {
  const { directory, sessions, now = Date.now } = options;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  // Named by their hashes: some file systems do not tell capitals from small letters.
  const fileOf = (key: string): string => join(directory, hash('sha256', key));

  async function read(key: string): Promise<Buffer | undefined> {
    try {
      return await readFile(fileOf(key));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async function write(key: string, bytes: Buffer): Promise<void> {
    const draft = `${fileOf(key)}.draft`;
    await writeFile(draft, bytes, { mode: 0o600 });
    await rename(draft, fileOf(key));
  }

  /** Whether the request was signed with a secret that may do this, and not too long ago. */
  function isAllowed(request: SignedRequest, organization: string): boolean {
    const secret = sessions.secretFor(request.accessKeyId, request.method, organization);
    // Everybody knows the operator's secret, also the pages of other sites: it signs no links.
    if (secret === undefined || (request.inQuery && request.accessKeyId === operatorAccessKey)) return false;
    const age = now() - signedAt(request);
    const seconds = Number(request.query.get('X-Amz-Expires'));
    const longest = request.inQuery ? Math.min(seconds, linkSeconds) * 1000 : clockSkewMs;
    return age <= longest && age >= -clockSkewMs && isSignedWith(secret, request);
  }

  async function opened(
    request: SignedRequest,
    key: string | undefined,
    organization: string,
  ): Promise<Answer> {
    const allowed = request.method === 'GET' && isAllowed(request, organization);
    const bytes = allowed && key !== undefined ? await read(key) : undefined;
    if (!bytes) return noSuchLink;
    const { query } = request;
    return {
      status: 200,
      headers: {
        'content-type': query.get('response-content-type') ?? 'application/octet-stream',
        'content-disposition': query.get('response-content-disposition') ?? 'attachment',
        'cache-control': 'private, no-store',
        'content-security-policy': "sandbox; default-src 'none'",
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      },
      body: bytes,
    };
  }

  async function performed(
    request: SignedRequest,
    key: string | undefined,
    organization: string,
    body: Buffer,
  ): Promise<Answer> {
    if (key === undefined || !isAllowed(request, organization)) return denied;
    if (hash('sha256', body) !== request.payloadHash) return refused(400, 'XAmzContentSHA256Mismatch');
    switch (request.method) {
      case 'GET': {
        const bytes = await read(key);
        // As S3 answers whoever may not list what there is.
        return bytes ? { status: 200, headers: {}, body: bytes } : denied;
      }
      case 'PUT':
        await write(key, body);
        return { status: 200, headers: {}, body: '' };
      case 'DELETE':
        await rm(fileOf(key), { force: true });
        return { status: 204, headers: {}, body: '' };
      default:
        return denied;
    }
  }

  async function answer(message: IncomingMessage): Promise<Answer> {
    // Programs send no Origin; a script of a page that is open in the browser does.
    if (message.headers.origin !== undefined) return denied;
    const [target = '', query = ''] = (message.url ?? '').split('?');
    const [, key, organization = ''] = path.exec(target) ?? [];
    const parameters = new URLSearchParams(query);
    const request = signedRequest({
      method: message.method ?? '',
      path: target,
      query: parameters,
      headers: message.headers,
    });
    if (request?.inQuery) return opened(request, key, organization);
    if (!message.headers.authorization) return noSuchLink;
    const body = await readBody(message, requestBytes);
    if (!body) return refused(400, 'EntityTooLarge');
    return request ? performed(request, key, organization, body) : denied;
  }

  const server = await listenOnLoopback(
    (message, response) => {
      answer(message).then(
        (given) => send(given, response),
        (error: unknown) => {
          if (!(error instanceof CallerGoneError)) console.error('The store of files failed:', error);
          response.destroy();
        },
      );
    },
    { port: options.port },
  );
  return { endpoint: `http://localhost:${server.port}`, close: server.close };
}

function send({ status, headers, body }: Answer, response: ServerResponse): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
}

/** The same for a file that does not exist, a wrong signature and a link that is no longer valid. */
const noSuchLink: Answer = {
  status: 404,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  body: 'There is no such file, or the link is no longer valid.\n',
};

const refused = (status: number, code: string): Answer => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code></Error>`,
});

const denied = refused(403, 'AccessDenied');
