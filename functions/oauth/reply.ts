/** An answer, before it takes the form that the edge wants. */

import type { APIGatewayProxyResult } from 'aws-lambda';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Values of Set-Cookie. */
  readonly cookies?: readonly string[];
  readonly body: string;
}

export function json(status: number, value: unknown, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers },
    body: JSON.stringify(value),
  };
}

/** The answer of a Lambda proxy integration. */
export function resultOf({ status, headers, cookies = [], body }: Reply): APIGatewayProxyResult {
  return {
    statusCode: status,
    headers: { 'X-Content-Type-Options': 'nosniff', ...headers },
    ...(cookies.length > 0 && { multiValueHeaders: { 'Set-Cookie': [...cookies] } }),
    body,
  };
}
