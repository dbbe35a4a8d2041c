import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { addressOf, definitionsAddress, topics } from '../../functions/mcp/definitions/index.ts';
import { startLocalEdition } from '../support/local-edition.ts';
import { machineToken } from '../support/machine-token.ts';
import { startMcpRemote } from '../support/mcp-remote.ts';
import { allScopes } from '../support/scopes.ts';
import { toolNames } from '../support/tool-names.ts';

/*
 * The real clients that people use, each in the generations that it speaks, against the local edition as it is started
 * by `npm start`: every one lists the tools and calls all of them, and all of them see the same figures.
 */

const edition = await startLocalEdition();
const url = `${edition.url}/mcp`;
const token = await machineToken(url, 'northwind');
const authorization = `Bearer ${token}`;

const home = await mkdtemp(join(tmpdir(), 'finance-mcp-clients-'));
after(() => rm(home, { recursive: true, force: true }));

const packages = join(import.meta.dirname, '../clients/node_modules');
const load = (file: string) => import(join(packages, file));

interface Tool {
  name: string;
}
interface ToolResult {
  isError?: boolean;
  structuredContent?: Record<string, unknown>;
  content: { type: string; text: string }[];
}

/** What every client can do, whatever its own interface. */
interface Client {
  listTools(): Promise<Tool[]>;
  callTool(name: string, args: Record<string, unknown>): Promise<ToolResult>;
}

/** Figures of the first client, which every other must see as well. */
let figures: unknown;

/** Lists the tools and calls each, as somebody would who asks about overdue invoices. */
async function useAllTools(client: Client): Promise<void> {
  assert.deepEqual(
    (await client.listTools()).map(({ name }) => name),
    toolNames,
  );
  const call = async (name: string, args: Record<string, unknown>) => {
    const result = await client.callTool(name, args);
    assert.notEqual(result.isError, true, result.content[0]?.text);
    assert.deepEqual(result.structuredContent, JSON.parse(result.content[0]?.text ?? ''));
    assert.equal(result.structuredContent?.organization, 'northwind');
    return result.structuredContent as never;
  };
  const list: { totalCount: number; invoices: { id: string }[]; totals: unknown } = await call(
    'list_invoices',
    { limit: 3 },
  );
  const invoiceId = list.invoices[0]?.id;
  const { invoice }: { invoice: { id: string } } = await call('get_invoice', { invoiceId });
  const summary: object = await call('get_financial_summary', {});
  const expenses: { totals: unknown; totalCount: number } = await call('list_expenses', {});
  const payments: { totals: unknown } = await call('payments_report', {
    startDate: '2020-01-01',
    endDate: '2030-12-31',
  });
  const { customers }: { customers: { name: string }[] } = await call('search_customers', {
    query: 'Ernst Handel',
  });
  const business: { name: string } = await call('get_business', {});
  const further = {
    bills: await call('list_bills', {}),
    cash: await call('get_cash_position', {}),
    transactions: await call('list_bank_transactions', {}),
    commitments: await call('list_commitments', {}),
    records: await call('find_records', { kind: 'counterparty' }),
  };

  assert.equal(list.totalCount, 830);
  assert.equal(invoice.id, invoiceId);
  assert.deepEqual(
    customers.map(({ name }) => name),
    ['Ernst Handel'],
  );
  assert.equal(business.name, 'Northwind Traders');
  const seen = {
    totals: list.totals,
    summary,
    expenses: expenses.totals,
    payments: payments.totals,
    ...further,
  };
  figures ??= seen;
  assert.deepEqual(seen, figures);
}

/** A client of either SDK, used through the methods that both have. */
interface SdkClient {
  connect(transport: unknown): Promise<void>;
  close(): Promise<void>;
  listTools(): Promise<{ tools: Tool[] }>;
  callTool(params: { name: string; arguments: Record<string, unknown> }): Promise<ToolResult>;
  listResources(): Promise<{ resources: { uri: string }[] }>;
  readResource(params: { uri: string }): Promise<{ contents: { text: string }[] }>;
  listPrompts(): Promise<{ prompts: { name: string }[] }>;
  getPrompt(params: {
    name: string;
    arguments?: Record<string, string>;
  }): Promise<{ messages: { content: { text: string } }[] }>;
  getServerVersion(): { name: string } | undefined;
  getInstructions(): string | undefined;
}

const throughSdk = (client: SdkClient): Client => ({
  listTools: async () => (await client.listTools()).tools,
  callTool: (name, args) => client.callTool({ name, arguments: args }),
});

async function useSdk(client: SdkClient, transport: unknown): Promise<void> {
  await client.connect(transport);
  try {
    await useAllTools(throughSdk(client));
    assert.equal(client.getServerVersion()?.name, 'finance-mcp');
    assert.match(client.getInstructions() ?? '', /America\/Los_Angeles/);
    const { resources } = await client.listResources();
    assert.deepEqual(
      resources.map(({ uri }) => uri),
      [definitionsAddress, ...topics.map(addressOf)],
    );
    const { contents } = await client.readResource({ uri: `${definitionsAddress}/invoices` });
    assert.match(contents[0]?.text ?? '', /overdue/i);
    const { prompts } = await client.listPrompts();
    assert.deepEqual(
      prompts.map(({ name }) => name),
      ['overdue_follow_up', 'month_in_review', 'customer_statement'],
    );
    const { messages } = await client.getPrompt({ name: 'overdue_follow_up', arguments: {} });
    assert.match(messages[0]?.content.text ?? '', /list_invoices/);
  } finally {
    await client.close();
  }
}

const identity = { name: 'finance-mcp-tests', version: '1.0.0' };
const requestInit = { headers: { authorization } };

describe('the SDK', () => {
  for (const mode of ['legacy', 'auto', { pin: '2026-07-28' }]) {
    it(`version 2, ${typeof mode === 'string' ? mode : mode.pin}, lists and calls all tools`, async () => {
      const { Client, StreamableHTTPClientTransport } = await load(
        '@modelcontextprotocol/client/dist/index.mjs',
      );
      const client = new Client(identity, { versionNegotiation: { mode } });
      await useSdk(client, new StreamableHTTPClientTransport(new URL(url), { requestInit }));
    });
  }

  it('version 1 lists and calls all tools', async () => {
    const { Client } = await load('@modelcontextprotocol/sdk/dist/esm/client/index.js');
    const { StreamableHTTPClientTransport } = await load(
      '@modelcontextprotocol/sdk/dist/esm/client/streamableHttp.js',
    );
    await useSdk(new Client(identity), new StreamableHTTPClientTransport(new URL(url), { requestInit }));
  });
});

describe('a client of 2024-11-05', () => {
  it('shakes hands without a session, lists and calls all tools', async () => {
    let id = 0;
    const send = async (body: object) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          authorization,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
        },
        body: JSON.stringify({ jsonrpc: '2.0', ...body }),
      });
      assert.equal(response.headers.get('mcp-session-id'), null);
      return response;
    };
    const request = async (method: string, params: object): Promise<never> => {
      const response = await send({ id: ++id, method, params });
      assert.equal(response.status, 200);
      assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
      return ((await response.json()) as { result: never }).result;
    };
    const hello: { protocolVersion: string } = await request('initialize', {
      protocolVersion: '2024-11-05',
      capabilities: {},
      clientInfo: identity,
    });
    assert.equal(hello.protocolVersion, '2024-11-05');
    assert.equal((await send({ method: 'notifications/initialized' })).status, 202);
    await useAllTools({
      listTools: async () => ((await request('tools/list', {})) as { tools: Tool[] }).tools,
      callTool: (name, args) => request('tools/call', { name, arguments: args }),
    });
  });
});

describe('mcp-remote', () => {
  for (const protocol of ['legacy', 'auto']) {
    it(`with --header and --protocol ${protocol} lists and calls all tools`, async () => {
      const remote = await startMcpRemote(url, [
        ...['--header', `Authorization:${authorization}`],
        ...['--protocol', protocol, '--transport', 'http-only'],
      ]);
      await remote.initialize();
      await useAllTools({
        listTools: async () => (await remote.request<{ tools: Tool[] }>('tools/list', {})).tools,
        callTool: (name, args) => remote.request('tools/call', { name, arguments: args }),
      });
      await remote.stop();
    });
  }
});

describe("the Inspector's command line", () => {
  const inspector = join(packages, '@modelcontextprotocol/inspector');
  for (const era of ['legacy', 'modern']) {
    it(`in the ${era} generation lists and calls all tools`, async () => {
      const { bin } = (await import(join(inspector, 'package.json'), { with: { type: 'json' } })).default;
      const program = join(inspector, typeof bin === 'string' ? bin : bin['mcp-inspector']);
      const run = async (...args: string[]) => {
        const { stdout } = await promisify(execFile)(
          process.execPath,
          [
            program,
            '--cli',
            url,
            '--transport',
            'http',
            '--protocol-era',
            era,
            '--header',
            `Authorization: ${authorization}`,
            ...args,
          ],
          { env: { ...process.env, HOME: home }, maxBuffer: 10_000_000 },
        );
        return JSON.parse(stdout);
      };
      await useAllTools({
        listTools: async () => (await run('--method', 'tools/list')).tools,
        callTool: (name, args) =>
          run(
            '--method',
            'tools/call',
            '--tool-name',
            name,
            ...Object.entries(args).flatMap(([key, value]) => ['--tool-arg', `${key}=${value}`]),
          ),
      });
    });
  }
});

describe('without a token', () => {
  for (const method of ['POST', 'GET']) {
    it(`${method} is told where to get one`, async () => {
      const response = await fetch(url, { method });
      assert.equal(response.status, 401);
      assert.equal(
        response.headers.get('www-authenticate'),
        `Bearer resource_metadata="${edition.url}/.well-known/oauth-protected-resource/mcp", scope="${allScopes}"`,
      );
    });
  }

  it('the document that it points to names the resource and its authorization server', async () => {
    const read = async (path: string) =>
      (await (await fetch(edition.url + path)).json()) as Record<string, unknown>;
    const document = await read('/.well-known/oauth-protected-resource/mcp');
    assert.equal(document.resource, url);
    assert.deepEqual(document.authorization_servers, [edition.url]);
    const server = await read('/.well-known/oauth-authorization-server');
    assert.equal(server.issuer, edition.url);
  });
});
