/** The signatures of requests to S3 (AWS Signature Version 4), as a service checks them. */

import { createHmac, hash, timingSafeEqual } from 'node:crypto';

export interface SignedRequest {
  readonly method: string;
  /** As it was sent. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Whether the signature is in the query, as in a link, and not in a header. */
  readonly inQuery: boolean;
  readonly accessKeyId: string;
  /** Day, region, service and the constant at the end. */
  readonly scope: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** When it was signed, as `20261121T093000Z`. */
  readonly date: string;
  readonly payloadHash: string;
}

type Asked = Pick<SignedRequest, 'method' | 'path' | 'query' | 'headers'>;

/** The signature of a request, wherever it is; undefined when there is none, or it is malformed. */
export function signedRequest(asked: Asked): SignedRequest | undefined {
  const { query, headers } = asked;
  const inQuery = query.has('X-Amz-Signature');
  const stated = inQuery ? statedInQuery(query) : statedInHeader(String(headers.authorization ?? ''));
  const date = inQuery ? query.get('X-Amz-Date') : headers['x-amz-date'];
  const [accessKeyId = '', ...scope] = (stated?.credential ?? '').split('/');
  if (!stated || accessKeyId === '' || scope.length !== 4) return undefined;
  if (typeof date !== 'string' || !/^\d{8}T\d{6}Z$/.test(date) || !date.startsWith(`${scope[0]}T`))
    return undefined;
  return {
    ...asked,
    inQuery,
    accessKeyId,
    scope: scope.join('/'),
    signedHeaders: stated.signedHeaders.split(';'),
    signature: stated.signature,
    date,
    payloadHash: inQuery ? 'UNSIGNED-PAYLOAD' : String(headers['x-amz-content-sha256'] ?? ''),
  };
}

interface Stated {
  readonly credential: string;
  readonly signedHeaders: string;
  readonly signature: string;
}

function statedInQuery(query: URLSearchParams): Stated | undefined {
  // What is given twice could be read in two ways.
  if (new Set(query.keys()).size < query.size) return undefined;
  return {
    credential: query.get('X-Amz-Credential') ?? '',
    signedHeaders: query.get('X-Amz-SignedHeaders') ?? '',
    signature: query.get('X-Amz-Signature') ?? '',
  };
}

function statedInHeader(authorization: string): Stated | undefined {
  const [, credential = '', signedHeaders = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=([^,\s]+), ?SignedHeaders=([^,\s]+), ?Signature=([0-9a-f]{64})$/.exec(
      authorization,
    ) ?? [];
  return signature === '' ? undefined : { credential, signedHeaders, signature };
}

/** The moment at which a request was signed, in milliseconds. */
export function signedAt({ date }: SignedRequest): number {
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

/** Whether the holder of this secret made the signature. Takes as long for a wrong signature as for the right one. */
export function isSignedWith(secret: string, request: SignedRequest): boolean {
  const expected = Buffer.from(signatureOf(secret, request));
  const given = Buffer.from(request.signature);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

function signatureOf(secret: string, request: SignedRequest): string {
  const { method, path, query, headers, signedHeaders, payloadHash, scope, date } = request;
  const parameters = [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort();
  const canonical = [
    method,
    path,
    parameters.join('&'),
    ...signedHeaders.map(
      (name) =>
        `${name}:${String(headers[name] ?? '')
          .trim()
          .replaceAll(/ +/g, ' ')}`,
    ),
    '',
    signedHeaders.join(';'),
    payloadHash,
  ].join('\n');
  const text = ['AWS4-HMAC-SHA256', date, scope, hash('sha256', canonical)].join('\n');
  const key = scope
    .split('/')
    .reduce<string | Buffer>((previous, part) => hmac(previous, part), `AWS4${secret}`);
  return hmac(key, text).toString('hex');
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** Percent-encoded as AWS canonicalizes it (RFC 3986). */
const encoded = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
