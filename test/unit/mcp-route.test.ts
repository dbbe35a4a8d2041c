import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/server';
import fc from 'fast-check';
import { legacyVersions, modernVersion } from '../../functions/mcp/protocol-versions.ts';
import { Rejection } from '../../functions/mcp/rejection.ts';
import { routeOf } from '../../functions/mcp/route.ts';

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

test('whatever a message and its headers are, it is routed or refused with a short sentence', () => {
  fc.assert(
    fc.property(message, headers, fc.string({ maxLength: 2000 }), (body, given, method) => {
      const all = new Map(Object.entries({ 'mcp-method': method, ...given }));
      try {
        assert.ok(['modern', 'legacy', 'notification'].includes(routeOf(body, all).kind));
      } catch (error) {
        assert.ok(error instanceof Rejection, String(error));
        assert.equal(error.status, 400);
        assert.ok(error.message.length <= 301, error.message);
      }
    }),
    { numRuns: 5000 },
  );
});

test('a message that claims a generation is never answered by the other one', () => {
  fc.assert(
    fc.property(message, headers, (body, given) => {
      const claimed = JSON.stringify(body ?? null).includes(`"${versionKey}"`);
      try {
        const { kind } = routeOf(body, new Map(Object.entries(given)));
        if (kind === 'modern') assert.ok(claimed);
        const handshake = (body as { method?: unknown } | null)?.method === 'initialize';
        if (kind === 'legacy') assert.ok(!claimed || handshake, JSON.stringify(body));
      } catch (error) {
        assert.ok(error instanceof Rejection, String(error));
      }
    }),
    { numRuns: 5000 },
  );
});

test('the revisions that are served are those that the SDK knows', () => {
  // One is left out: it demands that batches be taken.
  const served = [modernVersion, '2025-03-26', ...legacyVersions];
  assert.deepEqual(
    SUPPORTED_PROTOCOL_VERSIONS.filter((known) => known >= '2024-11-05' && !served.includes(known)),
    [],
  );
});
