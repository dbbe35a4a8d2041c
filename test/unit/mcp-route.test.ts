import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyInboundRequest, SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/server';
import fc from 'fast-check';
import { legacyVersions, modernVersion } from '../../functions/mcp/protocol-versions.ts';
import { errorCodes, Rejection } from '../../functions/mcp/rejection.ts';
import { routeOf } from '../../functions/mcp/route.ts';

/* The SDK, which the function does without, says here how it would take the same messages. */

const versionKey = 'io.modelcontextprotocol/protocolVersion';
const capabilitiesKey = 'io.modelcontextprotocol/clientCapabilities';

const some = <Value>(...values: Value[]) => fc.constantFrom(...values);
const optional = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });
const compact = (value: object) =>
  Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined));

const version = some<unknown>(modernVersion, modernVersion, '2025-11-25', '2030-01-01', 5, null);
const meta = fc
  .record({
    [versionKey]: optional(version),
    [capabilitiesKey]: optional(some<unknown>({}, {}, 'x', [])),
    'io.modelcontextprotocol/clientInfo': optional(
      some<unknown>({ name: 'a', version: '1' }, { name: 5 }, 'x'),
    ),
    'io.modelcontextprotocol/logLevel': optional(some<unknown>('info', 'loud')),
  })
  .map(compact);
const params = fc
  .record({ _meta: optional(meta), protocolVersion: optional(some('2025-11-25')) })
  .map(compact);
const method = some('tools/list', 'tools/list', 'initialize', 'nothing');
const message = fc.oneof(
  fc
    .record({
      jsonrpc: some<unknown>('2.0', '2.0', '2.0', '2.0', '1.0'),
      id: optional(some<unknown>(1, 'a', 1.5, null, {})),
      method: some<unknown>('tools/list', 'initialize', 'nothing', 5),
      params: optional(fc.oneof(params, params, params, some<unknown>([], 'x'))),
    })
    .map(compact),
  fc.record({ jsonrpc: some('2.0'), id: some(1), method, params: optional(params) }).map(compact),
  fc.record({ jsonrpc: some('2.0'), method: some('notifications/x'), params: optional(params) }).map(compact),
  some<unknown>(null, 'x', 5, { jsonrpc: '2.0', id: 1, result: {} }),
);
const headers = fc
  .record({
    'mcp-protocol-version': optional(
      some(modernVersion, modernVersion, '2025-11-25', '2024-11-05', '1999-01-01'),
    ),
    'mcp-method': optional(method),
  })
  .map(compact) as fc.Arbitrary<Record<string, string>>;

interface Outcome {
  kind?: string;
  code?: number;
  status?: number;
}

function ours(body: unknown, given: ReadonlyMap<string, string>): Outcome {
  try {
    return { kind: routeOf(body, given as never).kind };
  } catch (error) {
    assert.ok(error instanceof Rejection, String(error));
    return { code: error.code, status: error.status };
  }
}

function theirs(body: unknown, given: ReadonlyMap<string, string>): Outcome {
  const outcome = classifyInboundRequest({
    httpMethod: 'POST',
    body,
    ...compact({
      protocolVersionHeader: given.get('mcp-protocol-version'),
      mcpMethodHeader: given.get('mcp-method'),
    }),
  });
  if (outcome.kind === 'reject') return { code: outcome.code, status: outcome.httpStatus };
  if (outcome.kind === 'modern')
    return { kind: outcome.messageKind === 'notification' ? 'notification' : 'modern' };
  return { kind: outcome.reason === 'notification' ? 'notification' : 'legacy' };
}

/** What the SDK leaves to the server behind it: versions that are served, headers that must be there, responses. */
const ownRefusals: readonly number[] = [
  errorCodes.headerMismatch,
  errorCodes.unsupportedProtocolVersion,
  errorCodes.invalidRequest,
];

test('a message is taken by the generation that the SDK takes it by, and refused for the same reason', () => {
  fc.assert(
    fc.property(message, headers, (body, given) => {
      const all = new Map(Object.entries(given));
      // The one pair that is let through although the protocol refuses it.
      const text = JSON.stringify(body);
      fc.pre(
        !(
          all.get('mcp-protocol-version') === '2025-11-25' &&
          text.includes(`"${versionKey}":"${modernVersion}"`)
        ),
      );
      const [own, sdk] = [ours(body, all), theirs(body, all)];
      if (sdk.code !== undefined || own.code === undefined) assert.deepEqual(own, sdk);
      else assert.ok(ownRefusals.includes(own.code) && own.status === 400, JSON.stringify(own));
    }),
    { numRuns: 5000 },
  );
});

test('the revisions that are served are those that the SDK knows', () => {
  const served = [modernVersion, ...legacyVersions];
  assert.deepEqual(
    SUPPORTED_PROTOCOL_VERSIONS.filter((known) => known >= '2024-11-05' && !served.includes(known)),
    [],
  );
});
