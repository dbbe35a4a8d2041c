/** A request as the endpoints see it, whichever edge it came through. */

import type { APIGatewayProxyEvent } from 'aws-lambda';

export interface Request {
  readonly method: string;
  readonly path: string;
  /** @param name in any case */
  header(name: string): string | undefined;
  readonly body: string;
}

/** Reads the event of a REST API (payload version 1.0). */
export function requestOf(event: APIGatewayProxyEvent): Request {
  const headers = new Map(Object.entries(event.headers).map(([name, value]) => [name.toLowerCase(), value]));
  const body = event.body ?? '';
  return {
    method: event.httpMethod,
    path: event.path,
    header: (name) => headers.get(name.toLowerCase()),
    body: event.isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body,
  };
}
