import {
  classifyInboundRequest,
  type JSONRPCRequest,
  type MessageClassification,
  PROTOCOL_VERSION_META_KEY,
} from '@modelcontextprotocol/server';
import { isPlainObject } from '../../shared/json.ts';
import type { HttpRequest } from '../http.ts';
import { legacyVersions, modernVersion } from './protocol-versions.ts';
import { errorCodes, Rejection } from './rejection.ts';
import { assertStandardHeaders, type StandardHeaders } from './standard-headers.ts';
import { cleanText } from './untrusted.ts';

/** What is to be done with a message. */
export type Route =
  /** Nothing is known to this server that a client could notify it of; it is acknowledged. */
  { kind: 'notification' } | Question;

/** A request, and the generation of the protocol by which it is to be answered. */
export interface Question {
  kind: MessageClassification['era'];
  message: JSONRPCRequest;
  classification: MessageClassification;
}

/**
 * Decides by which generation of the protocol a message is answered. The SDK decides; what is added is which versions
 * are served, the headers that must be there, and one known fault of clients.
 * @throws {Rejection} when it is no message, or its headers, its `_meta` and its version do not go together.
 */
export function routeOf(message: unknown, headers: HttpRequest['headers']): Route {
  const standard: StandardHeaders = {
    version: headers.get('mcp-protocol-version')?.trim(),
    method: headers.get('mcp-method')?.trim(),
    name: headers.get('mcp-name')?.trim(),
  };
  const mislabelled = isMislabelled(message, standard.version);
  const version = mislabelled ? modernVersion : standard.version;
  const outcome = classifyInboundRequest({
    httpMethod: 'POST',
    body: message,
    ...(version !== undefined && { protocolVersionHeader: version }),
    ...(standard.method !== undefined && { mcpMethodHeader: standard.method }),
  });
  if (outcome.kind === 'reject') {
    const { httpStatus, code, message: text, data } = outcome;
    throw new Rejection(httpStatus, `${cleanText(text.replace('Bad Request: t', 'T'), 300)}.`, {
      code,
      data: isPlainObject(data) ? data : {},
    });
  }
  if (outcome.kind === 'legacy') {
    if (outcome.reason === 'response')
      throw invalid('This server sends no requests, so there is nothing to respond to.');
    assertLegacyVersion(outcome.reason === 'initialize' ? undefined : version);
    if (outcome.reason === 'notification') return { kind: 'notification' };
    return { kind: 'legacy', message: message as JSONRPCRequest, classification: { era: 'legacy' } };
  }
  const { classification } = outcome;
  assertModernVersion(classification.revision);
  if (outcome.messageKind === 'notification') return { kind: 'notification' };
  assertStandardHeaders(outcome.message, standard, { required: !mislabelled });
  return { kind: 'modern', message: outcome.message, classification };
}

/**
 * Claude's connectors send requests of 2026-07-28 under the header of 2025-11-25 (anthropics/claude-code#93290).
 * Refusing them, as the protocol demands, would break every call of theirs; this one pair is let through.
 */
function isMislabelled(message: unknown, header: string | undefined): boolean {
  if (header !== '2025-11-25' || !isPlainObject(message) || !isPlainObject(message.params)) return false;
  const { _meta: meta } = message.params;
  return isPlainObject(meta) && meta[PROTOCOL_VERSION_META_KEY] === modernVersion;
}

function assertModernVersion(requested: string | undefined): void {
  if (requested === modernVersion) return;
  throw new Rejection(400, `Unsupported protocol version: expected ${modernVersion}.`, {
    code: errorCodes.unsupportedProtocolVersion,
    data: { supported: [modernVersion], requested },
  });
}

/** Without the header, which older clients do not send, the shape of the message tells all that matters. */
function assertLegacyVersion(header: string | undefined): void {
  if (header === undefined || legacyVersions.includes(header)) return;
  const supported = [modernVersion, ...legacyVersions];
  throw invalid(`Unsupported MCP-Protocol-Version: expected one of ${supported.join(', ')}.`, { supported });
}

const invalid = (message: string, data: Record<string, unknown> = {}): Rejection =>
  new Rejection(400, message, { code: errorCodes.invalidRequest, data });
