import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { viewNames, viewType } from '../../functions/mcp/view.ts';
import { demoPeople, loadDemo } from '../../local/demo.ts';
import { type Edition, startEdition } from '../../local/edition.ts';
import { type FunctionEnvironment, functionsInProcess } from '../../local/functions.ts';
import type { EdgeFunctions } from '../../local/gateway.ts';
import { functionsAccessKey } from '../../local/reader-role.ts';
import type { EdgeFunction } from '../../shared/edge.ts';
import {
  type AuthorizationServer,
  connect,
  exchange,
  refresh,
  register,
} from '../integration/oauth-setup.ts';
import { runOperator } from '../integration/operators-commands.ts';
import { freePorts } from '../support/local-edition.ts';
import { machineToken } from '../support/machine-token.ts';
import { allScopes } from '../support/scopes.ts';
import { demoPerson } from '../support/sign-in.ts';
import { toolNames } from '../support/tool-names.ts';
import { Assembly, type Surroundings } from './assembly.ts';
import { LambdaFunction } from './lambda-function.ts';
import { absenceOfRuntimeClient } from './runtime-client.ts';
import { type SecretsManager, startSecretsManager } from './secrets-manager.ts';

/*
 * The bundles that `npm run synth` produces, with the variables that the template gives them and no others, in Lambda's
 * own runtime client, behind the local edition's gateway.
 */

const sealingSecretArn = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:sealing-AbCdEf';

/** A question to every tool, and what it is called with. */
const questions: Readonly<Record<string, Record<string, unknown>>> = {
  find_records: { kind: 'customer' },
  list_invoices: { limit: 3, status: 'overdue' },
  get_invoice: { invoiceNumber: '10248' },
  get_financial_summary: { period: 'last_quarter', compareTo: 'previous_year' },
  list_expenses: { limit: 5 },
  payments_report: { startDate: '2020-01-01', endDate: '2030-12-31', groupBy: 'customer', limit: 5 },
  search_customers: { query: 'Ernst Handel' },
  get_business: {},
};

interface ToolResult {
  readonly isError?: boolean;
  readonly structuredContent?: Readonly<Record<string, unknown>>;
  readonly content: readonly { readonly text: string }[];
}

interface McpClient {
  connect(transport: unknown): Promise<void>;
  close(): Promise<void>;
  listTools(): Promise<{ tools: { name: string; _meta?: Record<string, string> }[] }>;
  readResource(params: { uri: string }): Promise<{ contents: { text: string }[] }>;
  callTool(params: { name: string; arguments: Record<string, unknown> }): Promise<ToolResult>;
}

/** The lines of a function's log that an audit record is a part of, each of which must be nothing else. */
const auditRecords = ({ output }: LambdaFunction): Readonly<Record<string, unknown>>[] =>
  output
    .split('\n')
    .filter((line) => line.includes('"audit"'))
    .map((line) => JSON.parse(line));

describe('the deployed functions', { skip: absenceOfRuntimeClient() ?? false }, () => {
  let assembly: Assembly;
  let edition: Edition;
  let setup: AuthorizationServer;
  let secretsManager: SecretsManager;
  let surroundings: Surroundings;
  let deployed: Readonly<Record<EdgeFunction, LambdaFunction>>;
  let inProcess: EdgeFunctions;
  /** Which of the two the gateway calls. */
  let answering: 'deployed' | 'in process' = 'deployed';
  let lastEvent: APIGatewayProxyEvent;

  before(async () => {
    assembly = Assembly.synthesize();
    edition = await startEdition({
      port: await freePorts(),
      dataDir: undefined,
      demo: { people: demoPeople, load: loadDemo },
      log: () => {},
      openFunctions,
    });
    setup = {
      publicOrigin: edition.publicOrigin,
      call: (path, init = {}) => fetch(edition.publicOrigin + path, { redirect: 'manual', ...init }),
    };
  });
  after(async () => {
    await edition?.close();
    for (const lambda of Object.values(deployed ?? {})) await lambda.close();
    await secretsManager?.close();
    assembly?.remove();
  });

  async function openFunctions(environment: FunctionEnvironment): Promise<EdgeFunctions> {
    const { AWS_REGION: region = '', SEALING_SECRET: sealing = '' } = environment;
    const added = ['USER_POOL_JWKS', 'AWS_ENDPOINT_URL_DYNAMODB', 'AWS_ENDPOINT_URL_STS'];
    secretsManager = await startSecretsManager(sealingSecretArn, {
      sealing,
      brokerClientSecret: environment.BROKER_CLIENT_SECRET ?? '',
    });
    surroundings = {
      references: { ...environment, SEALING_SECRET_ARN: sealingSecretArn },
      added: {
        // The pool's keys are fetched from Cognito where they are not handed over.
        ...Object.fromEntries(added.map((name) => [name, environment[name] ?? ''])),
        AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.endpoint,
      },
      accessKeyId: functionsAccessKey,
      region,
    };
    deployed = {
      mcp: new LambdaFunction(assembly.configuration('Mcp', surroundings)),
      oauth: new LambdaFunction(assembly.configuration('OAuth', surroundings)),
    };
    inProcess = await functionsInProcess(environment);
    const either = (name: EdgeFunction) => async (event: APIGatewayProxyEvent) => {
      lastEvent = event;
      if (answering === 'in process') return inProcess[name](event);
      return (await deployed[name].invoke(event)) as APIGatewayProxyResult;
    };
    return { mcp: either('mcp'), oauth: either('oauth') };
  }

  async function connected(token: string, capabilities: object = {}): Promise<McpClient> {
    const { Client, StreamableHTTPClientTransport } = await import(
      join(import.meta.dirname, '../clients/node_modules/@modelcontextprotocol/client/dist/index.mjs')
    );
    const client: McpClient = new Client({ name: 'finance-mcp-tests', version: '1.0.0' }, { capabilities });
    const requestInit = { headers: { authorization: `Bearer ${token}` } };
    await client.connect(new StreamableHTTPClientTransport(new URL(edition.mcpUrl), { requestInit }));
    return client;
  }

  describe('the MCP function', () => {
    let client: McpClient;

    before(async () => {
      client = await connected(await machineToken(edition.mcpUrl, 'northwind'));
    });
    after(() => client?.close());

    /** The same question to the deployed function and to the one in this process. */
    async function both<Answer>(question: () => Promise<Answer>): Promise<[Answer, Answer]> {
      answering = 'deployed';
      const first = await question();
      answering = 'in process';
      try {
        return [first, await question()];
      } finally {
        answering = 'deployed';
      }
    }

    it('lists the tools as the function does in this process', async () => {
      const [{ tools }, { tools: expected }] = await both(() => client.listTools());
      assert.deepEqual(
        tools.map(({ name }) => name),
        toolNames,
      );
      assert.deepEqual(tools, expected);
    });

    for (const name of toolNames) {
      it(`answers ${name} with the same figures`, async () => {
        const [result, expected] = await both(() =>
          client.callTool({ name, arguments: questions[name] ?? {} }),
        );
        assert.notEqual(result.isError, true, result.content[0]?.text);
        assert.equal(result.structuredContent?.organization, 'northwind');
        assert.deepEqual(result, expected);
      });
    }

    it('shows the same views to clients that announce them', async () => {
      const extensions = { 'io.modelcontextprotocol/ui': { mimeTypes: [viewType] } };
      const token = await machineToken(edition.mcpUrl, 'northwind');
      const viewer = await connected(token, { extensions });
      const [{ tools }, { tools: expected }] = await both(() => viewer.listTools());
      assert.deepEqual(tools, expected);
      const addresses = new Set(tools.flatMap(({ _meta }) => _meta?.['ui/resourceUri'] ?? []));
      assert.equal(addresses.size, viewNames.length);
      for (const uri of addresses) {
        const [{ contents }, inProcess] = await both(() => viewer.readResource({ uri }));
        assert.match(contents[0]?.text ?? '', /^<!doctype html>/);
        assert.deepEqual(contents, inProcess.contents);
      }
      await viewer.close();
    });

    it('refuses wrong arguments with the same sentence', async () => {
      const [result, expected] = await both(() =>
        client.callTool({ name: 'list_invoices', arguments: { status: 'late' } }),
      );
      assert.equal(result.isError, true);
      assert.match(result.content[0]?.text ?? '', /status/);
      assert.deepEqual(result, expected);
    });

    it('shows nobody the books of another organization', async () => {
      const own = await client.callTool({ name: 'list_invoices', arguments: { limit: 1 } });
      const invoices = own.structuredContent?.invoices as readonly { id: string }[] | undefined;
      const invoiceId = invoices?.[0]?.id;
      assert.ok(invoiceId);
      const stranger = await connected(await machineToken(edition.mcpUrl, 'chinook'));
      const theirs = await stranger.callTool({ name: 'get_invoice', arguments: { invoiceId } });
      assert.equal(theirs.isError, true);
      assert.doesNotMatch(JSON.stringify(theirs), /northwind|Northwind/);
      const asked = { organization: 'northwind' };
      const forged = await stranger.callTool({ name: 'get_business', arguments: asked });
      assert.equal(forged.isError, true);
      const { structuredContent } = await stranger.callTool({ name: 'get_business', arguments: {} });
      assert.equal(structuredContent?.organization, 'chinook');
      await stranger.close();
    });

    it('sends who has no valid token to the sign-in, before it is called', async () => {
      const before = lastEvent;
      for (const [authorization, error] of [
        [undefined, ''],
        ['Bearer forged', 'error="invalid_token", '],
      ] as const) {
        const response = await setup.call('/mcp', {
          method: 'POST',
          ...(authorization && { headers: { authorization } }),
        });
        assert.equal(response.status, 401);
        assert.equal(
          response.headers.get('www-authenticate'),
          `Bearer ${error}resource_metadata="${edition.publicOrigin}/.well-known/oauth-protected-resource/mcp", scope="${allScopes}"`,
        );
      }
      assert.equal(lastEvent, before);
    });

    it('writes each audit record to the log as a line of JSON, as the metric filters expect', () => {
      const records = auditRecords(deployed.mcp);
      const calls = records.filter(
        ({ audit, organization }) => audit === 'call' && organization === 'northwind',
      );
      for (const name of toolNames)
        assert.ok(
          calls.some(({ tool }) => tool === name),
          name,
        );
    });

    it('needs every variable that the template gives it, but for two', async () => {
      // Without the one nobody is limited, without the other attachments have no links; a call is answered.
      const optional = new Set(['REQUESTS_PER_CALLER', 'FILES_BUCKET']);
      await client.callTool({ name: 'get_business', arguments: {} });
      const configuration = assembly.configuration('Mcp', surroundings);
      const works = async (variables: FunctionEnvironment): Promise<boolean> => {
        const lambda = new LambdaFunction({ ...configuration, variables });
        try {
          const { statusCode, body } = (await lambda.invoke(lastEvent)) as APIGatewayProxyResult;
          return statusCode === 200 && JSON.parse(body).result.isError !== true;
        } catch {
          return false;
        } finally {
          await lambda.close();
        }
      };
      assert.equal(await works(configuration.variables), true);
      for (const name of assembly.variableNames('Mcp')) {
        const { [name]: _left, ...others } = configuration.variables;
        assert.equal(await works(others), optional.has(name), name);
      }
    });
  });

  describe('the sign-in function', () => {
    it('serves the documents by which clients find their way', async () => {
      const read = async (path: string) => (await (await setup.call(path)).json()) as Record<string, unknown>;
      const resource = await read('/.well-known/oauth-protected-resource/mcp');
      assert.equal(resource.resource, edition.mcpUrl);
      assert.deepEqual(resource.authorization_servers, [edition.publicOrigin]);
      const server = await read('/.well-known/oauth-authorization-server');
      assert.equal(server.issuer, edition.publicOrigin);
      const page = await setup.call('/', { headers: { accept: 'text/html' } });
      assert.match(await page.text(), new RegExp(`<title>.*${edition.mcpUrl}`, 's'));
    });

    it('signs a person in with the secrets of Secrets Manager, and renews the access', async () => {
      const app = await register(setup);
      const { code } = await connect(setup, app, { person: demoPerson('nancy') });
      const { status, body } = await exchange(setup, app, code);
      assert.equal(status, 200, JSON.stringify(body));
      const renewed = await refresh(setup, app, body.refresh_token);
      assert.equal(renewed.status, 200, JSON.stringify(renewed.body));
      for (const token of [body.access_token, renewed.body.access_token]) {
        const client = await connected(String(token));
        const { structuredContent } = await client.callTool({ name: 'get_business', arguments: {} });
        assert.equal(structuredContent?.name, 'Northwind Traders');
        await client.close();
      }
    });

    it('writes each audit record to the log as a line of JSON', () => {
      const events = auditRecords(deployed.oauth).map(({ audit }) => audit);
      for (const event of ['registration', 'consent-granted', 'sign-in', 'token-issued']) {
        assert.ok(events.includes(event), event);
      }
    });
  });

  it('keep every promise that the smoke test tries', async () => {
    const clients = ['--client-id', 'machine-northwind', '--client-secret-stdin'];
    const { code, stdout, stderr } = await runOperator(
      'smoke',
      [edition.publicOrigin, '--json', ...clients, '--other-org-client', 'machine-chinook'],
      { input: 'local-only\nlocal-only\n' },
    );
    assert.equal(code, 0, stdout + stderr);
  });
});
