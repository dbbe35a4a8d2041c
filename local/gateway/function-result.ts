import { isPlainObject } from '../../shared/json.ts';
/** What API Gateway does with a function's response. */

import { type ServerResponse, validateHeaderName, validateHeaderValue } from 'node:http';
import type { APIGatewayProxyResult } from 'aws-lambda';

/** A REST API sends these itself. If a function returns one, it is sent under another name. */
const renamedHeaders = new Set([
  'authorization',
  'connection',
  'content-length',
  'content-md5',
  'date',
  'host',
  'server',
  'user-agent',
  'www-authenticate',
]);

/**
 * Checks an answer as API Gateway does before it sends any of it.
 * @param limit bytes of the whole answer
 * @returns undefined for what is called a malformed Lambda proxy response
 */
export function wellFormedResult(result: unknown, limit: number): APIGatewayProxyResult | undefined {
  // Lambda passes on JSON only.
  const text: string | undefined = JSON.stringify(result);
  if (text === undefined || Buffer.byteLength(text) > limit) return undefined;
  const answer: unknown = JSON.parse(text);
  return isResult(answer) ? answer : undefined;
}

function isResult(value: unknown): value is APIGatewayProxyResult {
  if (!isPlainObject(value)) return false;
  const { statusCode, headers = {}, multiValueHeaders = {}, body = '', isBase64Encoded = false } = value;
  return (
    Number.isInteger(statusCode) &&
    Number(statusCode) >= 200 &&
    Number(statusCode) <= 599 &&
    isPlainObject(headers) &&
    Object.entries(headers).every(([name, value]) => isHeader(name, value)) &&
    isPlainObject(multiValueHeaders) &&
    Object.entries(multiValueHeaders).every(
      ([name, values]) => Array.isArray(values) && values.every((value) => isHeader(name, value)),
    ) &&
    typeof body === 'string' &&
    typeof isBase64Encoded === 'boolean'
  );
}

/** Whether the header can be sent: a line break in a value would forge more headers. */
function isHeader(name: string, value: unknown): boolean {
  if (!['string', 'number', 'boolean'].includes(typeof value)) return false;
  try {
    validateHeaderName(name);
    validateHeaderValue(name, String(value));
    return true;
  } catch {
    return false;
  }
}

/** Sends a function's answer. Headers of both forms are merged; the single form's come first. */
export function sendFunctionResult(result: APIGatewayProxyResult, response: ServerResponse): void {
  response.statusCode = result.statusCode;
  response.setHeader('Content-Type', 'application/json');
  const sent = new Map<string, string[]>();
  const pairs = [
    ...Object.entries(result.headers ?? {}).map(([name, value]) => [name, [value]] as const),
    ...Object.entries(result.multiValueHeaders ?? {}),
  ];
  for (const [name, values] of pairs) {
    const key = name.toLowerCase();
    const sentName = renamedHeaders.has(key) ? `x-amzn-remapped-${key}` : name;
    sent.set(sentName, [...new Set([...(sent.get(sentName) ?? []), ...values.map(String)])]);
  }
  for (const [name, values] of sent) {
    response.setHeader(name, values.length === 1 ? values[0]! : values);
  }
  response.end(result.isBase64Encoded === true ? Buffer.from(result.body, 'base64') : result.body);
}
