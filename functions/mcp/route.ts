import { claimedRevision, claimsRevision, envelopeProblem, missingKeys } from './envelope.ts';
import type { HttpRequest } from './http.ts';
import { type JsonRpcNotification, type JsonRpcRequest, kindOf } from './json-rpc.ts';
import { legacyVersions, modernVersion } from './protocol-versions.ts';
import { errorCodes, Rejection } from './rejection.ts';
import { assertStandardHeaders, mismatch, type StandardHeaders } from './standard-headers.ts';

/** What is to be done with a message. */
export type Route =
  /** Nothing is known to this server that a client could notify it of; it is acknowledged. */
  { kind: 'notification' } | Question;

/** A request, and the generation of the protocol by which it is to be answered. */
export interface Question {
  kind: 'legacy' | 'modern';
  message: JsonRpcRequest;
}

/**
 * Decides by which generation of the protocol a message is to be answered: what it says of itself decides, then its
 * headers; `initialize` begins the older one.
 * @throws {Rejection} when it is no message, or its headers, its `_meta` and its version do not go together.
 */
export function routeOf(message: unknown, headers: HttpRequest['headers']): Route {
  const kind = kindOf(message);
  if (kind === undefined)
    throw invalid('The body is no JSON-RPC message: expected a request or a notification.');
  if (kind === 'response') throw invalid('This server sends no requests, so there is nothing to respond to.');
  const standard: StandardHeaders = {
    version: headers.get('mcp-protocol-version')?.trim(),
    method: headers.get('mcp-method')?.trim(),
    name: headers.get('mcp-name')?.trim(),
  };
  if (kind === 'notification') {
    assertNotification(message as JsonRpcNotification, standard);
    return { kind };
  }
  return routeOfRequest(message as JsonRpcRequest, standard);
}

function routeOfRequest(message: JsonRpcRequest, headers: StandardHeaders): Question {
  const { method, params } = message;
  const problem = claimsRevision(params) ? envelopeProblem(params) : undefined;
  const claim = problem ? undefined : claimedRevision(params);
  if (method === 'initialize' && (claim === undefined || claim < modernVersion)) {
    if (headers.version === modernVersion) {
      throw mismatch(`initialize begins an older revision than ${modernVersion}, which the header names.`);
    }
    return { kind: 'legacy', message };
  }
  if (problem) throw badEnvelope(`${problem.key}: ${problem.problem}`, { ...problem });
  if (claim !== undefined) {
    const mislabelled = isMislabelled(claim, headers.version);
    if (!mislabelled) assertSame('MCP-Protocol-Version', headers.version, claim);
    assertSame('Mcp-Method', headers.method, method);
    assertModernVersion(claim);
    assertStandardHeaders(message, headers, { required: !mislabelled });
    return { kind: 'modern', message };
  }
  if (headers.version === modernVersion) {
    const missing = missingKeys(params);
    throw badEnvelope(`missing ${missing.join(', ')}`, { missing });
  }
  assertLegacyVersion(headers.version);
  return { kind: 'legacy', message };
}

/** A notification is not answered, but one that contradicts itself is refused. */
function assertNotification({ method, params }: JsonRpcNotification, headers: StandardHeaders): void {
  const claim = claimedRevision(params);
  if (claimsRevision(params) && claim === undefined) {
    const problem = envelopeProblem(params);
    throw badEnvelope(`${problem?.key}: ${problem?.problem}`, { ...problem });
  }
  if (claim === undefined && headers.version !== modernVersion) {
    assertLegacyVersion(headers.version);
    return;
  }
  if (claim !== undefined && !isMislabelled(claim, headers.version)) {
    assertSame('MCP-Protocol-Version', headers.version, claim);
  }
  assertSame('Mcp-Method', headers.method, method);
  if (claim !== undefined) assertModernVersion(claim);
}

/**
 * Claude's connectors send requests of 2026-07-28 under the header of 2025-11-25 (anthropics/claude-code#93290).
 * Refusing them, as the protocol demands, would break every call of theirs; this one pair is let through.
 */
const isMislabelled = (claim: string, header: string | undefined): boolean =>
  claim === modernVersion && header === '2025-11-25';

function assertSame(name: string, header: string | undefined, body: string): void {
  if (header === undefined || header === body) return;
  throw mismatch(`The header ${name} and the body differ: expected the same in both.`, { header, body });
}

function assertModernVersion(requested: string): void {
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

const badEnvelope = (what: string, envelope: object): Rejection =>
  new Rejection(400, `Invalid params: _meta of a request of ${modernVersion}: ${what}.`, {
    code: errorCodes.invalidParams,
    data: { envelope },
  });
