import {
  classifyInboundRequest,
  type InboundHttpRequest,
  isJSONRPCRequest,
  type JSONRPCRequest,
  type MessageClassification,
} from '@modelcontextprotocol/server';
import type { HttpRequest } from './http.ts';
import { legacyVersions, modernVersion } from './protocol-versions.ts';
import { errorCodes, Rejection } from './rejection.ts';
import { assertStandardHeaders } from './standard-headers.ts';

/** What is to be done with a message. */
export type Route =
  /** Nothing is known to this server that a client could notify it of; it is acknowledged. */
  | { kind: 'notification' }
  | { kind: 'legacy'; message: JSONRPCRequest }
  | { kind: 'modern'; message: JSONRPCRequest; classification: MessageClassification };

/**
 * Decides by which generation of the protocol a message is to be answered.
 * @throws {Rejection} when it is no message, or its headers, its `_meta` and its version do not go together.
 */
export function routeOf(message: unknown, headers: HttpRequest['headers']): Route {
  const mislabelled = isMislabelled(message, headers.get('mcp-protocol-version'));
  const inbound: InboundHttpRequest = {
    httpMethod: 'POST',
    body: message,
    ...present('protocolVersionHeader', mislabelled ? modernVersion : headers.get('mcp-protocol-version')),
    ...present('mcpMethodHeader', headers.get('mcp-method')),
    ...present('mcpNameHeader', headers.get('mcp-name')),
  };
  const outcome = classifyInboundRequest(inbound);
  switch (outcome.kind) {
    case 'reject':
      throw new Rejection(outcome.httpStatus, outcome.message, {
        code: outcome.code,
        data: isRecord(outcome.data) ? outcome.data : {},
      });
    case 'modern': {
      assertModernVersion(outcome.classification.revision);
      if (outcome.messageKind === 'notification') return { kind: 'notification' };
      assertStandardHeaders(outcome.message, inbound, { required: !mislabelled });
      return { kind: 'modern', message: outcome.message, classification: outcome.classification };
    }
    case 'legacy': {
      if (outcome.reason === 'response') {
        throw new Rejection(400, 'This server sends no requests, so there is nothing to respond to.', {
          code: errorCodes.invalidRequest,
        });
      }
      if (outcome.reason !== 'initialize') assertLegacyVersion(outcome.requestedVersion);
      return isJSONRPCRequest(message) ? { kind: 'legacy', message } : { kind: 'notification' };
    }
  }
}

/**
 * Claude's connectors send requests of 2026-07-28 under the header of 2025-11-25 (anthropics/claude-code#93290).
 * Refusing them, as the protocol demands, would break every call of theirs; this one pair is let through.
 */
const isMislabelled = (message: unknown, header: string | undefined): boolean =>
  header?.trim() === '2025-11-25' &&
  isRecord(message) &&
  isRecord(message.params) &&
  isRecord(message.params._meta) &&
  message.params._meta['io.modelcontextprotocol/protocolVersion'] === modernVersion;

function assertModernVersion(requested: string | undefined): void {
  if (requested === modernVersion) return;
  throw new Rejection(400, `Unsupported protocol version: expected ${modernVersion}.`, {
    code: errorCodes.unsupportedProtocolVersion,
    data: { supported: [modernVersion], requested: requested ?? 'unknown' },
  });
}

/** Without the header, which older clients do not send, the shape of the message tells all that matters. */
function assertLegacyVersion(header: string | undefined): void {
  if (header === undefined || legacyVersions.includes(header)) return;
  throw new Rejection(
    400,
    `Unsupported MCP-Protocol-Version: expected one of ${[modernVersion, ...legacyVersions].join(', ')}.`,
    { code: errorCodes.invalidRequest, data: { supported: [modernVersion, ...legacyVersions] } },
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const present = <Name extends string>(name: Name, value: string | undefined) =>
  (value === undefined ? {} : { [name]: value }) as { [key in Name]?: string };
