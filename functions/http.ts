import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';

/* The only file that knows what the events and results of an API Gateway REST proxy integration look like. */

/** A request as the functions understand it, whichever edge delivered it. */
export interface HttpRequest {
  /** The edge's id of the request, for logs. */
  readonly id: string;
  readonly method: string;
  readonly path: string;
  /** The values of each parameter, decoded, in the order in which they came. */
  readonly query: ReadonlyMap<string, readonly string[]>;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Values of `Set-Cookie`. */
  readonly cookies?: readonly string[];
  readonly body: string;
}

export function requestOf(event: APIGatewayProxyEvent): HttpRequest {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(event.headers ?? {})) {
    if (value !== undefined) headers.set(name.toLowerCase(), value);
  }
  // `headers` keeps only the last of a repeated header; the others could carry what a check must see.
  for (const [name, values] of Object.entries(event.multiValueHeaders ?? {})) {
    const lower = name.toLowerCase();
    if (values !== undefined && values.length > 1) headers.set(lower, values.join(separatorOf(lower)));
  }
  const body = event.body ?? '';
  return {
    id: event.requestContext.requestId,
    method: event.httpMethod.toUpperCase(),
    path: event.path,
    query: new Map(
      Object.entries(event.multiValueQueryStringParameters ?? {}).map(([name, values]) => [
        name,
        values ?? [],
      ]),
    ),
    headers,
    body: event.isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body,
  };
}

/** HTTP/2 may split cookies into several headers (RFC 9113, section 8.2.3). */
const separatorOf = (header: string): string => (header === 'cookie' ? '; ' : ', ');

export const resultOf = ({ status, headers, cookies = [], body }: HttpResponse): APIGatewayProxyResult => ({
  statusCode: status,
  headers: { ...headers },
  ...(cookies.length > 0 && { multiValueHeaders: { 'Set-Cookie': [...cookies] } }),
  body,
});
