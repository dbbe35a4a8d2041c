import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { bundleSettings } from '../../infra/bundle.ts';
import { environment, personClaims, token } from '../unit/mcp-tokens.ts';

const room = fileURLToPath(new URL('../../functions/mcp/', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'mcp-bundle-'));
after(() => rm(folder, { recursive: true }));

const bundle = join(folder, 'handler.cjs');
const { metafile } = await build({
  ...bundleSettings,
  entryPoints: [join(room, 'handler.ts')],
  outfile: bundle,
  metafile: true,
});

test('the bundle holds no protocol SDK and no schema library but valibot: they would cost a third of a cold start', () => {
  const heavy = /node_modules\/(@modelcontextprotocol|zod|ajv)\//;
  assert.deepEqual(
    Object.keys(metafile.inputs).filter((file) => heavy.test(file)),
    [],
  );
});

test('the bundle answers in both generations, and touches no Fetch object, whose first use is slow', async () => {
  const program = join(folder, 'first-calls.mjs');
  await writeFile(
    program,
    `
    const touched = [];
    for (const name of ['fetch', 'Request', 'Response', 'Headers', 'FormData', 'WebSocket']) {
      Object.defineProperty(globalThis, name, { get() { touched.push(name); } });
    }
    const { handler } = await import(${JSON.stringify(bundle)});
    const version = '2026-07-28';
    const event = (headers, body) => ({
      httpMethod: 'POST', path: '/mcp', body: JSON.stringify(body), isBase64Encoded: false,
      headers: { 'content-type': 'application/json', authorization: 'Bearer ' + process.env.TOKEN, ...headers },
      multiValueHeaders: {}, requestContext: { requestId: 'r' },
    });
    const modern = await handler(event({ 'mcp-protocol-version': version, 'mcp-method': 'tools/list' }, {
      jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: {
        'io.modelcontextprotocol/protocolVersion': version, 'io.modelcontextprotocol/clientCapabilities': {},
      } },
    }));
    const legacy = await handler(event({}, { jsonrpc: '2.0', id: 1, method: 'tools/list' }));
    const tools = (answer) => JSON.parse(answer.body).result.tools.length;
    console.log(JSON.stringify({ touched, modern: tools(modern), legacy: tools(legacy) }));
    `,
  );
  const { stdout } = await promisify(execFile)(process.execPath, [program], {
    env: { ...environment, AWS_REGION: 'eu-west-1', TOKEN: token(personClaims()) },
  });
  assert.deepEqual(JSON.parse(stdout), { touched: [], modern: 7, legacy: 7 });
});
