import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, mock, test } from 'node:test';
import {
  CloudFormationClient,
  DeleteStackCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { deploy } from '../../cli/deployment.ts';
import { listenOnLoopback } from '../../local/loopback.ts';
import { readBody } from '../../local/request-body.ts';

/** The one stack that CloudFormation has, as far as deploying and deleting is concerned. */
interface StackState {
  status: string;
  isProtected: boolean;
}

const name = 'finance-mcp-prod';
const namespace = 'xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"';
let stack: StackState | undefined;
let mayUnprotect = true;

/** CloudFormation's answers to what is asked here. */
function answerTo(form: URLSearchParams): [status: number, body: string] {
  const action = form.get('Action') ?? '';
  const refused = (code: string, message: string): [number, string] => [
    400,
    `<ErrorResponse ${namespace}><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
  ];
  const result = (members: string): [number, string] => [
    200,
    `<${action}Response ${namespace}><${action}Result>${members}</${action}Result></${action}Response>`,
  ];
  if (!stack || form.get('StackName') !== name) {
    return refused('ValidationError', `Stack with id ${form.get('StackName')} does not exist`);
  }
  switch (action) {
    case 'DescribeStacks':
      return result(
        `<Stacks><member><StackName>${name}</StackName><StackStatus>${stack.status}</StackStatus><EnableTerminationProtection>${stack.isProtected}</EnableTerminationProtection></member></Stacks>`,
      );
    case 'UpdateTerminationProtection':
      if (!mayUnprotect) return refused('AccessDenied', 'not authorized');
      stack.isProtected = form.get('EnableTerminationProtection') === 'true';
      return result(`<StackId>${name}</StackId>`);
    case 'DeleteStack':
      if (stack.isProtected) {
        return refused(
          'ValidationError',
          `Stack [${name}] cannot be deleted while TerminationProtection is enabled`,
        );
      }
      stack = undefined;
      return result('');
  }
  throw new Error(`${action} is not asked for here.`);
}

const folder = mkdtempSync(join(tmpdir(), 'deploy-'));
const assembly = join(folder, 'cdk.out');
const environmentBefore = { ...process.env };
let cloudFormation: Awaited<ReturnType<typeof listenOnLoopback>>;
let told: string;

before(async () => {
  cloudFormation = await listenOnLoopback(
    async (request, response) => {
      const [status, body] = answerTo(new URLSearchParams(String(await readBody(request, 10_000))));
      response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
    },
    { port: 0 },
  );
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_CLOUDFORMATION: `http://localhost:${cloudFormation.port}`,
  });
});
after(async () => {
  process.env = environmentBefore;
  rmSync(folder, { recursive: true });
  await cloudFormation.close();
});

beforeEach(() => {
  stack = undefined;
  mayUnprotect = true;
  told = '';
  mock.method(process.stderr, 'write', (text: string) => {
    told += text;
    return true;
  });
});
afterEach(() => mock.restoreAll());

/**
 * Deploys as `cdk` does in what matters here: a stack whose creation failed is deleted, the protection that the
 * assembly asks for is set, and only then does CloudFormation begin.
 */
function cdkWhere(succeeds: boolean) {
  return async (args: readonly string[]): Promise<number> => {
    assert.deepEqual(args, ['deploy', '--all', '-c', 'stage=prod']);
    mkdirSync(assembly, { recursive: true });
    const artifact = (environment: string, stackName: string) => ({
      type: 'aws:cloudformation:stack',
      environment,
      properties: { stackName, terminationProtection: true },
    });
    const artifacts = {
      FinanceMcp: artifact('aws://unknown-account/unknown-region', name),
      'FinanceMcp.assets': { type: 'cdk:asset-manifest' },
      Other: artifact('aws://unknown-account/us-east-1', 'not-there-yet'),
    };
    writeFileSync(join(assembly, 'manifest.json'), JSON.stringify({ artifacts }));
    const client = new CloudFormationClient();
    try {
      const StackName = name;
      const found = stack && (await client.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0];
      if (found?.StackStatus?.startsWith('ROLLBACK_'))
        await client.send(new DeleteStackCommand({ StackName }));
      const created = stack !== undefined;
      const outcome = succeeds ? 'COMPLETE' : 'ROLLBACK_COMPLETE';
      stack = {
        status: created ? `UPDATE_${outcome}` : succeeds ? 'CREATE_COMPLETE' : outcome,
        isProtected: true,
      };
      return succeeds ? 0 : 1;
    } catch {
      return 1;
    } finally {
      client.destroy();
    }
  };
}

const run = (succeeds: boolean): Promise<number> =>
  deploy(['-c', 'stage=prod'], { cdk: cdkWhere(succeeds), assembly });

describe('a first deployment that failed', () => {
  test('does not block the second, after which the stack is protected', async () => {
    assert.equal(await run(false), 1);
    assert.deepEqual(stack, { status: 'ROLLBACK_COMPLETE', isProtected: false });
    assert.match(told, /The first deployment of the stack "finance-mcp-prod" failed/);
    assert.match(told, /docs\/deploy\.md, "The first deployment failed"/);
    assert.equal(await run(false), 1);
    told = '';
    assert.equal(await run(true), 0);
    assert.deepEqual(stack, { status: 'CREATE_COMPLETE', isProtected: true });
    assert.equal(told, '');
  });

  test('whose end nobody saw is found by the second, and does not block the third', async () => {
    stack = { status: 'ROLLBACK_FAILED', isProtected: true };
    assert.equal(await run(true), 1);
    assert.equal(stack.isProtected, false);
    assert.equal(await run(true), 0);
    assert.deepEqual(stack, { status: 'CREATE_COMPLETE', isProtected: true });
  });

  test('is not undone by credentials that may not: the command for those who may is named', async () => {
    mayUnprotect = false;
    assert.equal(await run(false), 1);
    assert.equal(stack?.isProtected, true);
    assert.match(told, /--no-enable-termination-protection --stack-name finance-mcp-prod$/m);
  });
});

test('an update that failed leaves the stack protected', async () => {
  assert.equal(await run(true), 0);
  assert.equal(await run(false), 1);
  assert.deepEqual(stack, { status: 'UPDATE_ROLLBACK_COMPLETE', isProtected: true });
  assert.equal(told, '');
});

test('what fails before there is anything to deploy, or without AWS, is left to cdk', async () => {
  const nothing = { cdk: async () => 1, assembly: join(folder, 'nothing') };
  assert.equal(await deploy([], nothing), 1);
  stack = { status: 'ROLLBACK_COMPLETE', isProtected: true };
  const endpoint = process.env.AWS_ENDPOINT_URL_CLOUDFORMATION;
  process.env.AWS_ENDPOINT_URL_CLOUDFORMATION = 'http://localhost:1';
  try {
    assert.equal(await run(true), 1);
  } finally {
    process.env.AWS_ENDPOINT_URL_CLOUDFORMATION = endpoint;
  }
  assert.equal(told, '');
});
