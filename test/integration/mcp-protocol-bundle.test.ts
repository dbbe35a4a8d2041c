import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bundleFunction } from '../support/first-calls.ts';
import { toolNames } from '../support/tool-names.ts';
import { environment, personClaims, token } from '../unit/mcp-tokens.ts';

const { metafile, firstCalls, remove } = await bundleFunction(
  fileURLToPath(new URL('../../functions/mcp/handler.ts', import.meta.url)),
);
after(remove);

test('the bundle holds no validator of JSON Schemas, which would cost 10 ms of every cold start', () => {
  const heavy = /node_modules\/ajv|ajvProvider|cfWorkerProvider/;
  assert.deepEqual(
    Object.keys(metafile.inputs).filter((file) => heavy.test(file)),
    [],
  );
});

test('the bundle holds neither the views nor what makes and shows them', () => {
  const foreign =
    /functions\/mcp\/views\/|view-bundle|node_modules\/(esbuild|@modelcontextprotocol\/ext-apps)/;
  assert.deepEqual(
    Object.keys(metafile.inputs).filter((file) => foreign.test(file)),
    [],
  );
});

test('the bundle answers in both generations, and touches no Fetch object, whose first use is slow', async () => {
  const printed = await firstCalls(
    `
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
    { ...environment, AWS_REGION: 'eu-west-1', TOKEN: token(personClaims()) },
  );
  // Before it are the records of reading books that are not there.
  assert.deepEqual(JSON.parse(printed.trimEnd().split('\n').at(-1) ?? ''), {
    touched: [],
    modern: toolNames.length,
    legacy: toolNames.length,
  });
});
