/** Reads a request's body up to a limit. */

import type { IncomingMessage } from 'node:http';

/** The caller closed the connection before its request was complete. */
export class CallerGoneError extends Error {
  override readonly name = 'CallerGoneError';
}

/**
 * @param limit bytes
 * @returns the whole body, or undefined when it is larger than the limit; the rest is then discarded unread
 * @throws CallerGoneError
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > limit) {
    request.resume();
    return undefined;
  }
  const chunks: Buffer[] = [];
  let length = 0;
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
      else resolve(undefined);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', () => reject(new CallerGoneError('The body was cut off.')));
  });
}
