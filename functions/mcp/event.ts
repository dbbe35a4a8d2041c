import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { HttpRequest, HttpResponse } from './http.ts';

/** The only file that knows what an API Gateway REST proxy event looks like. */
export function requestOf(event: APIGatewayProxyEvent): HttpRequest {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(event.headers ?? {})) {
    if (value !== undefined) headers.set(name.toLowerCase(), value);
  }
  // `headers` keeps only the last of a repeated header; the others could carry what a check must see.
  for (const [name, values] of Object.entries(event.multiValueHeaders ?? {})) {
    if (values !== undefined && values.length > 1) headers.set(name.toLowerCase(), values.join(', '));
  }
  const body = event.body ?? '';
  return {
    id: event.requestContext.requestId,
    method: event.httpMethod.toUpperCase(),
    headers,
    body: event.isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body,
  };
}

export const resultOf = ({ status, headers, body }: HttpResponse): APIGatewayProxyResult => ({
  statusCode: status,
  headers,
  body,
});
