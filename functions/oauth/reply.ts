/** An answer, before it takes the form that the edge wants. */

import type { APIGatewayProxyResult } from 'aws-lambda';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
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
export function resultOf(reply: Reply): APIGatewayProxyResult {
  return {
    statusCode: reply.status,
    headers: { 'X-Content-Type-Options': 'nosniff', ...reply.headers },
    body: reply.body,
  };
}
