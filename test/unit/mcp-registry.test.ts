import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Caller } from '../../functions/mcp/caller.ts';
import { registryOf } from '../../functions/mcp/registry.ts';
import { tools } from '../../functions/mcp/tools/index.ts';
import { scopeNames as scopes } from '../../shared/edge.ts';
import { toolNames } from '../support/tool-names.ts';

const caller = (changes: Partial<Caller> = {}): Caller => ({
  subject: 's',
  clientId: 'c',
  session: 'sign-in-1',
  organizations: ['acme'],
  scopes,
  ...changes,
});

const registry = registryOf(tools);
const list = registry.list(caller());

test('the tools are listed in their fixed order', () => {
  assert.deepEqual(
    list.map(({ name }) => name),
    toolNames,
  );
});

test('schemas are JSON Schema 2020-12 that takes no unknown arguments', () => {
  const ajv = new Ajv2020({ strict: true, strictRequired: false, validateFormats: false });
  for (const { name, inputSchema, outputSchema } of list) {
    assert.equal(inputSchema.type, 'object', name);
    assert.equal(inputSchema.additionalProperties, false, name);
    assert.ok(ajv.compile(inputSchema), name);
    assert.ok(ajv.compile(outputSchema as object), name);
    assert.equal((outputSchema as { required: string[] }).required[0], 'organization', name);
  }
});

test('every tool has a title and says that it only reads', () => {
  for (const { name, title, annotations } of list) {
    assert.ok(title, name);
    assert.deepEqual(annotations, {
      title,
      readOnlyHint: true,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: false,
    });
  }
});

test('each scope alone shows the tools that it is one of the scopes of, and together they show all', () => {
  const names = scopes.flatMap((scope) =>
    registry.list(caller({ scopes: [scope] })).map(({ name }) => {
      assert.ok([registry.find(name)?.scope].flat().includes(scope), `${scope} shows ${name}`);
      return name;
    }),
  );
  assert.deepEqual(new Set(names), new Set(list.map(({ name }) => name)));
});

test('the list is the same for the same scopes, and never mixed up between callers', () => {
  assert.deepEqual(registry.list(caller()), registry.list(caller({ organizations: ['zeta'] })));
  const several = registry.list(caller({ organizations: ['acme', 'zeta'] }));
  assert.deepEqual(
    several.map(({ inputSchema }) => inputSchema.properties?.organization),
    list.map(() => ({
      type: 'string',
      enum: ['acme', 'zeta'],
      description: 'Which organization; ask if unclear',
    })),
  );
  assert.equal(registry.list(caller())[0]?.inputSchema.properties?.organization, undefined);
});
