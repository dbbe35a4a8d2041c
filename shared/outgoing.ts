import type { IncomingMessage, RequestOptions } from 'node:http';

export interface Answer {
  readonly status: number;
  header(name: string): string | undefined;
  readonly body: Buffer;
}

export interface OutgoingOptions {
  /** Milliseconds until there must be an answer, with all of its body. */
  readonly deadline: AbortSignal;
  /** Bytes of the answer's body. */
  readonly longest: number;
  /** Looks at status and headers before the body is read. Throws to refuse it. */
  readonly inspect?: (response: Pick<Answer, 'status' | 'header'>) => void;
}

/** The body is larger than was allowed. */
export class TooLongError extends Error {
  override readonly name = 'TooLongError';
}

/**
 * Sends a request and reads the answer. Redirects are answers like any other.
 * @param settings as `node:http` takes them. Each request has a connection of its own: one that was kept while the
 *   function was frozen may be dead, and what is sent must not be sent twice.
 * @throws {TooLongError}, or whatever network and deadline bring about
 */
export async function send(
  url: URL,
  settings: RequestOptions,
  body: string | Uint8Array | undefined,
  { deadline, longest, inspect }: OutgoingOptions,
): Promise<Answer> {
  const response = await responseTo(url, { ...settings, agent: false, signal: deadline }, body);
  try {
    const status = response.statusCode ?? 0;
    const header = (name: string): string | undefined => [response.headers[name]].flat()[0];
    inspect?.({ status, header });
    return { status, header, body: await read(response, longest) };
  } finally {
    response.destroy();
  }
}

function responseTo(
  url: URL,
  settings: RequestOptions,
  body: string | Uint8Array | undefined,
): Promise<IncomingMessage> {
  // Not imported: as an ES module, node:http loads all of undici, which takes longer than anything else at a start.
  const { request } = process.getBuiltinModule(url.protocol === 'https:' ? 'node:https' : 'node:http');
  return new Promise((resolve, reject) => {
    const outgoing = request(url, settings, resolve);
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function read(response: IncomingMessage, longest: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longest) throw new TooLongError(`The answer is larger than ${longest} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
