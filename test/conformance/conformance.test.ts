import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { demoPeople } from '../../local/demo/people.ts';
import { startEdition } from '../../local/edition.ts';
import { startGateway } from '../../local/gateway.ts';
import { userPoolId } from '../../local/user-pool.ts';
import { readersOf } from '../../shared/store/open-reader.ts';
import { readerClients } from '../../shared/store/reader-clients.ts';
import { freePorts } from '../support/local-edition.ts';
import { machineToken } from '../support/machine-token.ts';
import { endingWithParent } from '../support/programs.ts';
import { fixturePrompts, fixtureResources, fixtureTemplates, fixtureTools } from './fixtures.ts';

/*
 * The MCP conformance suite, both of its requirement sets, against the server behind the local gateway. What it is
 * known to fail stands in a baseline with the reason; a line there that passes fails the run as well.
 */

const edition = await startEdition({
  port: await freePorts(),
  dataDir: undefined,
  // Its people only, for the organizations that they are in.
  demo: { people: demoPeople, load: async () => {} },
  log: () => {},
});
after(() => edition.close());
const token = await machineToken(edition.mcpUrl, 'northwind');

// Not before: the function's parts read the environment that the edition sets.
const { mcpHandler } = await import('../../functions/mcp/endpoint.ts');
const { readConfiguration } = await import('../../functions/mcp/configuration.ts');
const { tools } = await import('../../functions/mcp/tools/index.ts');
const { resources, resourceTemplates } = await import('../../functions/mcp/resources.ts');
const { prompts } = await import('../../functions/mcp/prompts.ts');

/** The suite cannot send a token: this adds it, and changes nothing else. */
const proxy = createServer((incoming, outgoing) => forward(incoming, outgoing));
proxy.listen(0, '127.0.0.1');
await once(proxy, 'listening');
after(() => proxy.close());
const { port } = proxy.address() as AddressInfo;

const configuration = readConfiguration(process.env);
const gateway = await startGateway({
  port: 0,
  publicOrigin: configuration.publicOrigin,
  functions: {
    mcp: mcpHandler({
      configuration: {
        ...configuration,
        allowedOrigins: new Set([`http://localhost:${port}`, `http://127.0.0.1:${port}`]),
      },
      openReader: readersOf({
        tableName: configuration.tableName,
        clientOf: readerClients(configuration.readerRoleArn),
      }),
      now: () => new Date(),
      tools: [...tools, ...fixtureTools],
      resources: [...resources, ...fixtureResources],
      resourceTemplates: [...resourceTemplates, ...fixtureTemplates],
      prompts: [...prompts, ...fixturePrompts],
      record: () => {},
      log: (record) => console.error(JSON.stringify(record)),
    }),
    oauth: async () => ({ statusCode: 404, body: '' }),
  },
  userPool: { id: userPoolId, jwks: JSON.parse(process.env.USER_POOL_JWKS ?? '') },
});
after(() => gateway.close());

function forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, url, headers } = incoming;
  const onward = request(
    {
      host: '127.0.0.1',
      port: gateway.port,
      method,
      path: url,
      headers: { ...headers, authorization: `Bearer ${token}` },
    },
    (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    },
  );
  onward.on('error', () => outgoing.destroy());
  incoming.pipe(onward);
}

const results = await mkdtemp(join(tmpdir(), 'finance-mcp-conformance-'));
after(() => rm(results, { recursive: true, force: true }));

async function suite(...args: string[]): Promise<{ code: number | null; output: string }> {
  const program = join(
    import.meta.dirname,
    '../clients/node_modules/@modelcontextprotocol/conformance/dist/index.js',
  );
  const child = spawn(process.execPath, [...endingWithParent, program, ...args], { cwd: results });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

describe('the conformance suite', () => {
  for (const revision of ['2026-07-28', '2025-11-25']) {
    it(`finds every requirement of ${revision} met, but for the baseline`, async () => {
      const url = `http://localhost:${port}/mcp`;
      const baseline = join(import.meta.dirname, `baseline-${revision}.yml`);
      const { code, output } = await suite(
        'server',
        '--url',
        url,
        '--requirements',
        revision,
        '--expected-failures',
        baseline,
      );
      assert.equal(code, 0, output);
    });
  }
});
