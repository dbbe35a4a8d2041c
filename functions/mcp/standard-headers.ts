import type { JSONRPCRequest } from '@modelcontextprotocol/server';
import { errorCodes, Rejection } from './rejection.ts';

/** The headers that repeat parts of the body, trimmed. */
export interface StandardHeaders {
  version: string | undefined;
  method: string | undefined;
  name: string | undefined;
}

/** The parameter that `Mcp-Name` repeats, by method. */
const namedParameter: ReadonlyMap<string, string> = new Map([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
]);

/**
 * Checks the headers that every modern request repeats from its body, so that whoever routes by them is not deceived.
 * That `MCP-Protocol-Version` and `Mcp-Method` agree with the body where they are given, `routeOf` has checked already.
 * @throws {Rejection} 400, -32020
 */
export function assertStandardHeaders(
  message: JSONRPCRequest,
  headers: StandardHeaders,
  { required }: { required: boolean },
): void {
  if (required && headers.version === undefined) throw missing('MCP-Protocol-Version');
  if (required && headers.method === undefined) throw missing('Mcp-Method');

  const name = message.params?.[namedParameter.get(message.method) ?? ''];
  if (typeof name !== 'string') return;
  if (headers.name === undefined) {
    if (required) throw missing('Mcp-Name');
    return;
  }
  if (decoded(headers.name) !== name) {
    throw mismatch('The Mcp-Name header does not match the body: expected the same name in both.');
  }
}

const encoded = /^=\?base64\?([A-Za-z0-9+/]*={0,2})\?=$/;

/** What HTTP cannot carry as it stands travels in Base64 between two marks; undefined when it is malformed. */
function decoded(value: string): string | undefined {
  if (!value.startsWith('=?base64?')) return value;
  const base64 = encoded.exec(value)?.[1];
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString('utf8');
}

const missing = (header: string): Rejection =>
  mismatch(
    `The ${header} header is missing: requests of this protocol version must repeat that part of the body.`,
  );

const mismatch = (message: string): Rejection =>
  new Rejection(400, message, {
    code: errorCodes.headerMismatch,
  });
