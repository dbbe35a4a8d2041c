import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { DemoPerson } from '../../local/demo/people.ts';
import { inBrowser, openChromium } from '../support/browser.ts';
import { serveClientDocument } from '../support/client-document.ts';
import { freePorts, startLocalEdition } from '../support/local-edition.ts';
import { type McpRemote, startMcpRemote } from '../support/mcp-remote.ts';
import { endingWithParent } from '../support/programs.ts';
import { connect, demoPerson, refuse } from '../support/sign-in.ts';
import { coreToolNames, toolNames } from '../support/tool-names.ts';

/*
 * People sign in with the clients that they use: the local edition as `npm start` runs it, the clients as they are
 * published, and a real browser in which somebody reads the question, answers it and types a password.
 */

const website = await serveClientDocument({
  client_name: 'Client of the tests',
  redirect_uris: ['http://localhost/oauth/callback'],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
});
const configured = { client_id: 'desk', client_secret: 'a-secret-typed-in-by-hand' };

const edition = await startLocalEdition([], undefined, {
  NODE_EXTRA_CA_CERTS: website.certificate,
  CLIENTS: JSON.stringify([
    { ...configured, client_name: 'Desk', redirect_uris: ['http://localhost/oauth/callback'] },
  ]),
});
const url = `${edition.url}/mcp`;
const browser = openChromium();
const packages = join(import.meta.dirname, '../clients/node_modules');

const [nancy, jane, robin] = [demoPerson('nancy'), demoPerson('jane'), demoPerson('robin')];

interface ToolResult {
  readonly isError?: boolean;
  readonly structuredContent?: Readonly<Record<string, unknown>>;
  readonly content: readonly { readonly text: string }[];
}

/** What every client can do, once somebody has signed in. */
interface Connected {
  listTools(): Promise<{ tools: { name: string }[] }>;
  callTool(name: string, args: object): Promise<ToolResult>;
}

const through = (remote: McpRemote): Connected => ({
  listTools: () => remote.request('tools/list', {}),
  callTool: (name, args) => remote.request('tools/call', { name, arguments: args }),
});

const names = async (client: Connected) => (await client.listTools()).tools.map(({ name }) => name);

async function seesTheBooksOf(organization: string, client: Connected): Promise<void> {
  // Chinook's books hold invoices, payments and customers alone.
  assert.deepEqual(await names(client), organization === 'chinook' ? coreToolNames : toolNames);
  for (const tool of ['get_business', 'list_invoices']) {
    const { isError, structuredContent, content } = await client.callTool(tool, {});
    assert.notEqual(isError, true, content[0]?.text);
    assert.equal(structuredContent?.organization, organization);
  }
}

/** Signs a person in with mcp-remote, in a browser of the person's own. */
async function signIn(
  person: DemoPerson,
  args: readonly string[] = [],
  choices: { untick?: readonly RegExp[] } = {},
): Promise<Connected> {
  const remote = await startMcpRemote(url, args);
  const ready = remote.initialize();
  const context = await browser.newContext();
  await connect(context, await remote.authorizeUrl, person, choices);
  await ready;
  await context.close();
  return through(remote);
}

describe('mcp-remote signs a person in', inBrowser, () => {
  it('with no configuration', async () => {
    await seesTheBooksOf('northwind', await signIn(nancy));
  });

  it('with --protocol auto', async () => {
    await seesTheBooksOf('northwind', await signIn(nancy, ['--protocol', 'auto']));
  });

  it('with --client-metadata-url', async () => {
    await seesTheBooksOf('northwind', await signIn(nancy, ['--client-metadata-url', website.clientId]));
  });

  it('with --static-oauth-client-info', async () => {
    const port = String(await freePorts());
    const info = ['--static-oauth-client-info', JSON.stringify(configured)];
    await seesTheBooksOf('northwind', await signIn(nancy, [port, ...info]));
  });
});

describe('mcp-remote with --client-credentials', () => {
  it('needs nobody', async () => {
    const machine = { client_id: 'machine-chinook', client_secret: 'local-only' };
    const remote = await startMcpRemote(url, [
      '--client-credentials',
      '--static-oauth-client-info',
      JSON.stringify(machine),
    ]);
    await remote.initialize();
    await seesTheBooksOf('chinook', through(remote));
  });
});

const inspector = join(packages, '@modelcontextprotocol/inspector/clients/launcher/build/index.js');
const load = (file: string) => import(join(packages, file));
const identity = { name: 'finance-mcp-tests', version: '1.0.0' };

/** What an application with the SDK has to keep: here in memory, as many an application does. */
function memoryProvider(redirectUrl: string) {
  const kept: { client?: object; tokens?: Tokens; verifier?: string; server?: object; authorizeUrl?: URL } =
    {};
  return {
    kept,
    redirectUrl,
    clientMetadata: { client_name: 'Client of the SDK', redirect_uris: [redirectUrl] },
    clientInformation: () => kept.client,
    saveClientInformation: (client: object) => {
      kept.client = client;
    },
    tokens: () => kept.tokens,
    saveTokens: (tokens: Tokens) => {
      kept.tokens = tokens;
    },
    redirectToAuthorization: (authorizeUrl: URL) => {
      kept.authorizeUrl = authorizeUrl;
    },
    saveCodeVerifier: (verifier: string) => {
      kept.verifier = verifier;
    },
    codeVerifier: () => kept.verifier,
    saveDiscoveryState: (server: object) => {
      kept.server = server;
    },
    discoveryState: () => kept.server,
  };
}

interface Tokens {
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly scope?: string;
}

interface SdkClient {
  connect(transport: unknown): Promise<void>;
  close(): Promise<void>;
  listTools(): Promise<{ tools: { name: string }[] }>;
  callTool(params: { name: string; arguments: object }): Promise<ToolResult>;
}

const throughSdk = (client: SdkClient): Connected => ({
  listTools: () => client.listTools(),
  callTool: (name, args) => client.callTool({ name, arguments: args }),
});

describe("the SDK's clients discover, register, get a code, and refresh:", inBrowser, () => {
  const generations = [
    {
      title: 'version 1',
      async open() {
        const { Client } = await load('@modelcontextprotocol/sdk/dist/esm/client/index.js');
        const { StreamableHTTPClientTransport: Transport } = await load(
          '@modelcontextprotocol/sdk/dist/esm/client/streamableHttp.js',
        );
        return {
          Transport,
          newClient: (): SdkClient => new Client(identity),
          answered: (answer: URL) => answer.searchParams.get('code'),
        };
      },
    },
    ...['legacy', 'auto'].map((mode) => ({
      title: `version 2, ${mode}`,
      async open() {
        const { Client, StreamableHTTPClientTransport: Transport } = await load(
          '@modelcontextprotocol/client/dist/index.mjs',
        );
        return {
          Transport,
          newClient: (): SdkClient => new Client(identity, { versionNegotiation: { mode } }),
          // It checks who answered (`iss`) before it reads the rest.
          answered: (answer: URL) => answer.searchParams,
        };
      },
    })),
  ];
  for (const { title, open } of generations) {
    it(title, async () => {
      const { Transport, newClient, answered } = await open();
      const authProvider = memoryProvider('http://127.0.0.1:9/callback');
      const { kept } = authProvider;
      const newTransport = () => new Transport(new URL(url), { authProvider });

      const transport = newTransport();
      await assert.rejects(newClient().connect(transport));
      assert.ok(kept.authorizeUrl);
      const context = await browser.newContext();
      const answer = await connect(context, kept.authorizeUrl.href, nancy);
      await context.close();
      assert.equal(answer.searchParams.get('iss'), edition.url);
      await transport.finishAuth(answered(answer));
      const first = kept.tokens;
      assert.ok(first?.refresh_token);

      const client = newClient();
      await client.connect(newTransport());
      await seesTheBooksOf('northwind', throughSdk(client));
      await client.close();

      // As if the hour were over: the access token is none any more, and the refresh token is all there is.
      kept.tokens = { ...first, access_token: 'expired' };
      delete kept.authorizeUrl;
      const later = newClient();
      await later.connect(newTransport());
      await seesTheBooksOf('northwind', throughSdk(later));
      await later.close();
      assert.equal(kept.authorizeUrl, undefined, 'nobody was asked again');
      assert.ok(!['expired', first.access_token].includes(kept.tokens.access_token));
      assert.equal(kept.tokens.scope, first.scope);
    });
  }
});

describe("the Inspector's command line", inBrowser, () => {
  it('signs a person in, and goes on with what it keeps', async () => {
    const home = await mkdtemp(join(tmpdir(), 'finance-mcp-inspector-'));
    after(() => rm(home, { recursive: true, force: true }));
    const callback = `http://127.0.0.1:${await freePorts()}/oauth/callback`;
    const context = await browser.newContext();

    async function inspect<Result>(...args: string[]): Promise<Result> {
      const child = spawn(
        process.execPath,
        [
          ...endingWithParent,
          inspector,
          ...['--cli', url, '--transport', 'http', '--callback-url', callback, ...args],
        ],
        {
          env: {
            ...process.env,
            HOME: home,
            BROWSER: 'true',
            MCP_AUTO_OPEN_ENABLED: 'true',
            MCP_INSPECTOR_SECRET_STORE: 'file',
          },
        },
      );
      const output = { result: '', log: '' };
      let signedIn: Promise<URL> | undefined;
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output.result += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        output.log += text;
        const [, address] = /Please navigate to: (\S+)\s/.exec(output.log) ?? [];
        if (address !== undefined) signedIn ??= connect(context, address, nancy);
      });
      const [code] = await once(child, 'close');
      await signedIn;
      assert.equal(code, 0, output.log);
      return JSON.parse(output.result);
    }

    const { tools } = await inspect<{ tools: { name: string }[] }>('--method', 'tools/list');
    assert.deepEqual(
      tools.map(({ name }) => name),
      toolNames,
    );
    await context.close();
    const call = ['--method', 'tools/call', '--tool-name', 'get_business', '--stored-auth-only'];
    const { structuredContent } = await inspect<ToolResult>(...call);
    assert.equal(structuredContent?.organization, 'northwind');
  });
});

describe('what is granted', inBrowser, () => {
  it('is what exists: the tools of an unticked line are not there', async () => {
    const client = await signIn(jane, [], { untick: [/^See expenses/, /^See customers/] });
    assert.deepEqual(
      await names(client),
      coreToolNames.filter((name) => !['list_expenses', 'search_customers'].includes(name)),
    );
    const refused = await client.callTool('list_expenses', {}).catch((error: Error) => error);
    assert.ok(refused instanceof Error || refused.isError === true);
  });

  it('is nothing when the person does not allow it', async () => {
    const remote = await startMcpRemote(url);
    remote.initialize().catch(() => {});
    const context = await browser.newContext();
    const answer = await refuse(context, await remote.authorizeUrl);
    assert.equal(answer.searchParams.get('error'), 'access_denied');
    assert.equal(answer.searchParams.get('iss'), edition.url);
    assert.equal(answer.searchParams.get('code'), null);
    await context.close();
    await remote.stop();
  });
});

describe('people', inBrowser, () => {
  it('who sign in at once in two browsers with two clients never meet', async () => {
    const [ofNancy, ofJane] = await Promise.all([signIn(nancy), signIn(jane)]);
    await Promise.all([seesTheBooksOf('northwind', ofNancy), seesTheBooksOf('chinook', ofJane)]);
  });

  it('of two organizations are asked which one, and every answer names it', async () => {
    const client = await signIn(robin);
    const { tools } = (await client.listTools()) as { tools: { name: string; inputSchema: object }[] };
    for (const { name, inputSchema } of tools) {
      assert.match(JSON.stringify(inputSchema), /"organization":\{[^}]*"enum":\["[a-z]+","[a-z]+"\]/, name);
    }
    const asked = await client.callTool('list_invoices', {});
    assert.equal(asked.isError, true);
    assert.match(asked.content[0]?.text ?? '', /northwind/);
    assert.match(asked.content[0]?.text ?? '', /chinook/);
    for (const organization of robin.organizations) {
      for (const name of ['list_invoices', 'list_expenses', 'get_financial_summary', 'get_business']) {
        const { structuredContent } = await client.callTool(name, { organization });
        assert.equal(structuredContent?.organization, organization);
      }
    }
  });
});
