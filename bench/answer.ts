import { deepStrictEqual } from 'node:assert';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { isPlainObject } from '../shared/json.ts';

/** The result of a JSON-RPC answer. Throws when the answer is an error of any kind: then nothing was measured. */
export function resultOf(answer: APIGatewayProxyResult | undefined): Record<string, unknown> {
  const body: unknown = answer?.statusCode === 200 ? JSON.parse(answer.body) : undefined;
  const result = isPlainObject(body) ? body.result : undefined;
  if (!isPlainObject(result) || result.isError === true) {
    throw new Error(`A contestant did not answer: ${answer?.statusCode} ${answer?.body}`);
  }
  return result;
}

export const structuredContentOf = (answer: APIGatewayProxyResult | undefined): unknown =>
  resultOf(answer).structuredContent;

/** Times of servers that answer different things cannot be compared. */
export function assertSameAnswers(answers: readonly (readonly [name: string, content: unknown])[]): void {
  const [first, ...others] = answers;
  for (const [name, content] of others) {
    deepStrictEqual(content, first?.[1], `${name} and ${first?.[0]} do not answer the same.`);
  }
}
