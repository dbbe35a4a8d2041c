/** A request as the endpoints see it, whichever edge it came through. */

import type { APIGatewayProxyEvent } from 'aws-lambda';

export interface Request {
  /** The edge's name for it. */
  readonly id: string;
  readonly method: string;
  readonly path: string;
  /** Values of each parameter, decoded, in the order in which they came. */
  readonly query: ReadonlyMap<string, readonly string[]>;
  /** @param name in any case */
  header(name: string): string | undefined;
  readonly body: string;
}

/** Reads the event of a REST API (payload version 1.0). */
export function requestOf(event: APIGatewayProxyEvent): Request {
  const headers = new Map(Object.entries(event.headers).map(([name, value]) => [name.toLowerCase(), value]));
  const body = event.body ?? '';
  return {
    id: event.requestContext.requestId,
    method: event.httpMethod,
    path: event.path,
    query: new Map(
      Object.entries(event.multiValueQueryStringParameters ?? {}).map(([name, values = []]) => [
        name,
        values,
      ]),
    ),
    header: (name) => headers.get(name.toLowerCase()),
    body: event.isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body,
  };
}
