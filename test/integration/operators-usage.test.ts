import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { listenOnLoopback } from '../../local/loopback.ts';
import { readBody } from '../../local/request-body.ts';
import { startUserPool, type UserPool, userPoolId } from '../../local/user-pool.ts';
import { machineClientKey } from '../../shared/store/keys.ts';
import { temporaryFiles } from '../support/import-files.ts';
import { memoryTable } from '../support/memory-table.ts';
import { type CommandOptions, runOperator } from './operators-commands.ts';

const store = await memoryTable();
const write = temporaryFiles();

const commands = {
  organizations: ['create', 'list', 'show', 'delete', '--with-books', '--yes'],
  accounts: ['create', 'invite', 'list', 'disable', 'enable', 'add-to', 'remove-from', '--password-stdin'],
  'machine-clients': ['create', 'list', 'revoke', '--name', '--scopes', '--yes'],
  smoke: ['--client-id', '--client-secret-stdin', '--other-org-client', '--api-url'],
};

for (const [command, words] of Object.entries(commands)) {
  test(`${command} --help teaches everything that it does, with examples`, async () => {
    const { code, stdout, stderr } = await runOperator(command, ['--help']);
    assert.equal(code, 0);
    assert.equal(stderr, '');
    for (const word of [...words, 'Examples:', 'Exit code:', '--json'])
      assert.ok(stdout.includes(word), word);
  });
}

describe('bad usage ends with 2 and one sentence', { concurrency: 2 }, () => {
  const local = ['--local', '3000'];
  const table: [command: string, args: string[], sentence: RegExp, options?: CommandOptions][] = [
    ['organizations', [], /^The subcommand is missing: expected one of create, list, show, delete\.$/],
    ['organizations', ['remove', 'acme'], /^"remove" is not a subcommand: expected one of create/],
    ['organizations', ['toString'], /^"toString" is not a subcommand/],
    ['organizations', ['create', ...local], /^ID is missing: expected exactly one\.$/],
    [
      'organizations',
      ['create', 'a', ...local],
      /^"a" is not an organization id: expected 2 to 63 lowercase letters/,
    ],
    ['organizations', ['create', 'Acme', ...local], /^"Acme" is not an organization id/],
    ['organizations', ['create', 'ac#me', ...local], /^"ac#me" is not an organization id/],
    [
      'organizations',
      ['create', 'acme', 'globex', ...local],
      /^Unexpected argument "globex": expected exactly one ID\.$/,
    ],
    ['organizations', ['create', 'acme'], /^The user pool and the table are missing: expected --local/],
    [
      'organizations',
      ['create', 'acme', '--local', 'x'],
      /^--local "x": expected the port of the local edition/,
    ],
    ['organizations', ['create', 'acme', '--stack', 'a b'], /^--stack "a b": expected the name of a Cloud/],
    ['organizations', ['list', '--stack', 's', ...local], /^--local and --stack cannot be combined/],
    ['organizations', ['create', 'acme', '--yes', ...local], /^Unknown option '--yes'/],
    ['organizations', ['list', 'acme', ...local], /^Unexpected argument 'acme'/],
    [
      'organizations',
      ['list'],
      /^The user pool and the table are missing/,
      { environment: { USER_POOL_ID: 'eu-west-1_x' } },
    ],
    ['organizations', ['create', 'acme', '--table', 'x', ...local], /^Unknown option '--table'/],
    ['accounts', ['create', 'ann', ...local], /^"ann" is not an e-mail address: expected one such as/],
    ['accounts', ['create', 'a@b.example', '--org', 'A', ...local], /^--org "A" is not an organization id/],
    ['accounts', ['create', 'a@b.example', '--password', 'secret', ...local], /^Unknown option '--password'/],
    ['accounts', ['add-to', 'a@b.example', ...local], /^--org is missing/],
    ['accounts', ['disable', ...local], /^EMAIL is missing/],
    ['accounts', ['invite', 'a@b.example', ...local], /^The local edition sends no mail/],
    [
      'accounts',
      ['create', 'a@b.example', '--password-stdin', ...local],
      /^--password-stdin: expected the password/,
    ],
    [
      'accounts',
      ['create', 'a@b.example', '--password-stdin', ...local],
      /^--password-stdin: expected the password on standard input, on one line\.$/,
      { input: 'one\ntwo\n' },
    ],
    [
      'accounts',
      ['create', 'a@b.example', '--password-stdin', '--stack', 'x'],
      /^--password-stdin works only with the local edition: in AWS/,
      { input: 'A-good-password-1\n' },
    ],
    ['machine-clients', ['create', ...local], /^--org is missing/],
    [
      'machine-clients',
      ['create', '--org', 'acme', '--scopes', 'all', ...local],
      /^--scopes has "all": expected/,
    ],
    ['machine-clients', ['create', '--org', 'acme', '--scopes', '', ...local], /^--scopes has "": expected/],
    [
      'machine-clients',
      ['create', '--org', 'acme', '--name', 'a/b', ...local],
      /^--name "a\/b": expected 1 to 50/,
    ],
    ['machine-clients', ['revoke', ...local], /^CLIENT_ID is missing/],
    ['smoke', [], /^URL is missing/],
    ['smoke', ['example.com'], /^"example\.com": expected the MCP URL or its origin/],
    ['smoke', ['ftp://example.com'], /expected the MCP URL or its origin/],
    ['smoke', ['https://example.com/prod'], /expected the MCP URL or its origin/],
    ['smoke', ['https://user@example.com'], /expected the MCP URL or its origin/],
    [
      'smoke',
      ['https://example.com', '--client-id', 'x'],
      /^--client-id and --client-secret-stdin must be used together/,
    ],
    ['smoke', ['https://example.com', '--other-org-client', 'x'], /^--other-org-client needs a client/],
    ['smoke', ['https://example.com', '--api-url', 'x'], /^--api-url "x": expected a URL/],
    [
      'smoke',
      ['https://example.com', '--client-id', 'x', '--client-secret-stdin', '--other-org-client', 'y'],
      /^--client-secret-stdin: expected the secret of x and the secret of y on standard input, one on each line\.$/,
      { input: 'only one\n' },
    ],
  ];
  for (const [command, args, sentence, options] of table) {
    test(`${command} ${args.join(' ')}`, async () => {
      const { code, stdout, stderr } = await runOperator(command, args, options);
      assert.equal(code, 2, stdout + stderr);
      assert.equal(stdout, '');
      const [first = '', second] = stderr.split('\n');
      assert.match(first, sentence);
      assert.match(second ?? '', /^For examples: npm run [a-z-]+ -- --help$/);
    });
  }
});

for (const command of ['import', 'export', 'verify']) {
  test(`${command} takes one place of the books, and names those that there are`, async () => {
    const args = ['--org', 'acme', ...(command === 'verify' ? [] : ['books.ndjson'])];
    const none = await runOperator(command, args);
    assert.equal(none.code, 2);
    assert.match(none.stderr, /^The store is missing: expected --local PORT, or for AWS --stack NAME or/);
    const two = await runOperator(command, [...args, '--stack', 'a', '--table', 'b']);
    assert.equal(two.code, 2);
    assert.match(two.stderr, /^--stack and --table cannot be combined: expected one of them\.$/m);
    const help = await runOperator(command, ['--help']);
    assert.match(help.stdout, /\[--local PORT \| --stack NAME \| --table NAME\]/);
  });
}

describe('a user pool or table that cannot be used ends with 3 and one sentence', () => {
  const credentials = { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y' };
  const pool = { USER_POOL_ID: 'eu-west-1_x', TABLE_NAME: 'x' };
  const profiles = write(
    'config',
    `[profile person]
aws_access_key_id = x
aws_secret_access_key = y
[profile operator]
role_arn = arn:aws:iam::123456789012:role/operators
source_profile = person
mfa_serial = arn:aws:iam::123456789012:mfa/ann
`,
  );
  for (const [what, args, environment, sentence] of [
    ['nothing runs there', ['--local', '1'], {}, /^The local edition does not answer on port 1: start it/],
    [
      'no credentials',
      ['--stack', 'x'],
      { AWS_REGION: 'eu-west-1' },
      /^No AWS credentials were found: expected/,
    ],
    ['no region', ['--stack', 'x'], credentials, /^No AWS region is set: expected AWS_REGION/],
    [
      'no such profile',
      ['--stack', 'x'],
      { AWS_REGION: 'eu-west-1', AWS_PROFILE: 'mistyped' },
      /^The AWS profile "mistyped" has no credentials: check its name/,
    ],
    [
      'a profile with a second factor',
      ['--stack', 'x'],
      { AWS_REGION: 'eu-west-1', AWS_PROFILE: 'operator', AWS_CONFIG_FILE: profiles },
      /^The AWS profile "operator" requires MFA, which only the AWS CLI supports/,
    ],
    ['no region for the pool', [], { ...pool, ...credentials }, /^No AWS region is set: expected AWS_REGION/],
  ] as [string, string[], NodeJS.ProcessEnv, RegExp][]) {
    test(what, async () => {
      const { code, stdout, stderr } = await runOperator('organizations', ['list', ...args], { environment });
      assert.equal(code, 3, stdout + stderr);
      assert.equal(stdout, '');
      assert.match(stderr, sentence);
      assert.equal(stderr.trim().split('\n').length, 1);
    });
  }
});

describe('in AWS', () => {
  /*
   * The SDK as in AWS, with its endpoints led to the stand-ins of pool and table. CloudFormation, which has none,
   * answers what it would: the outputs of one stack.
   */
  const publicOrigin = 'https://mcp.example.com';
  let userPool: UserPool;
  let cloudFormation: Awaited<ReturnType<typeof listenOnLoopback>>;
  let environment: NodeJS.ProcessEnv;
  const outputs = {
    'finance-mcp-prod': { UserPoolId: userPoolId, TableName: 'finance-mcp', McpUrl: `${publicOrigin}/mcp` },
    'half-done': { TableName: 'finance-mcp' },
    'other-pool': { UserPoolId: 'eu-west-1_OTHER', TableName: 'finance-mcp' },
    'other-table': { UserPoolId: userPoolId, TableName: 'elsewhere' },
  };

  before(async () => {
    userPool = await startUserPool({ port: 0, publicOrigin, people: [], brokerSecret: 'a secret' });
    cloudFormation = await listenOnLoopback(
      async (request, response) => {
        const form = new URLSearchParams(String(await readBody(request, 10_000)));
        const name = form.get('StackName') ?? '';
        const found = Object.entries(outputs).find(([stack]) => stack === name)?.[1];
        response.writeHead(found ? 200 : 400, { 'content-type': 'text/xml' });
        const members = Object.entries(found ?? {}).map(
          ([key, value]) =>
            `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
        );
        response.end(
          found
            ? `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member><StackName>${name}</StackName><Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`
            : `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id ${name} does not exist</Message></Error></ErrorResponse>`,
        );
      },
      { port: 0 },
    );
    environment = {
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: userPool.url,
      AWS_ENDPOINT_URL_DYNAMODB: store.endpoint,
      AWS_ENDPOINT_URL_CLOUDFORMATION: `http://localhost:${cloudFormation.port}`,
    };
  });
  after(() => Promise.all([userPool.close(), cloudFormation.close()]));

  const run = (command: string, args: string[], more: NodeJS.ProcessEnv = {}) =>
    runOperator(command, args, { environment: { ...environment, ...more } });

  test('the outputs of a stack name pool, table and MCP URL', async () => {
    const stack = ['--stack', 'finance-mcp-prod'];
    const created = await run('organizations', ['create', 'acme', ...stack]);
    assert.equal(created.code, 0, created.stderr);
    assert.match(created.stdout, /npm run import -- --org acme --stack finance-mcp-prod business\.ndjson/);
    assert.match(created.stdout, /npm run accounts -- create EMAIL --org acme --stack finance-mcp-prod/);
    const { code, stdout, stderr } = await run('machine-clients', [
      'create',
      '--org',
      'acme',
      '--json',
      ...stack,
    ]);
    assert.equal(code, 0, stderr);
    const client = JSON.parse(stdout);
    assert.equal(client.tokenEndpoint, `${publicOrigin}/oauth/token`);
    const item = await store.table.get(machineClientKey(client.clientId), true);
    assert.equal(JSON.parse(item?.data ?? '{}').organization, 'acme');
    const shown = await run('organizations', ['show', 'acme', ...stack]);
    assert.match(shown.stdout, new RegExp(`^Machine clients +1: ${client.clientId}$`, 'm'));
  });

  test('imports, exports and verification find the table by the stack too', async () => {
    const records = write('books.ndjson', '{"kind":"customer","id":"c","name":"Köhler AG"}\n');
    const file = join(dirname(records), 'exported.ndjson');
    const stack = ['--org', 'by-stack', '--stack', 'finance-mcp-prod'];
    for (const [command, args] of [
      ['import', ['--create', records]],
      ['verify', []],
      ['export', [file]],
    ] as const) {
      const { code, stderr } = await run(command, [...stack, ...args]);
      assert.equal(code, 0, `${command}: ${stderr}`);
    }
    assert.match(readFileSync(file, 'utf8'), /"name":"Köhler AG"/);
    const nowhere = await run('import', ['--org', 'by-stack', '--stack', 'nowhere', records]);
    assert.deepEqual(
      [nowhere.code, nowhere.stderr],
      [3, 'There is no stack "nowhere" in this account and region.\n'],
    );
  });

  test('an import asks the pool of the stack whether the organization exists; a table alone cannot tell', async () => {
    const records = write('for-nobody.ndjson', '{"kind":"customer","id":"c","name":"C"}\n');
    const args = ['--org', 'nobody-made-it', records];
    const byStack = await run('import', [...args, '--stack', 'finance-mcp-prod']);
    assert.equal(byStack.code, 2);
    assert.match(byStack.stderr, /^There is no organization "nobody-made-it", so nothing was imported/);
    const byPool = await run('import', args, { USER_POOL_ID: userPoolId, TABLE_NAME: 'finance-mcp' });
    assert.equal(byPool.code, 2);
    assert.match(byPool.stderr, /^There is no organization "nobody-made-it"/);

    const byTable = await run('import', [...args, '--table', 'finance-mcp']);
    assert.equal(byTable.code, 0);
    assert.match(
      byTable.stderr,
      /^Could not check whether the organization "nobody-made-it" exists, because a table does not name the user pool/,
    );
    const created = await run('import', [...args, '--table', 'finance-mcp', '--create']);
    assert.equal(created.code, 2);
    assert.match(created.stderr, /^--create needs the user pool, which a table does not name/);
  });

  test('the environment names them as well, and then the MCP URL is needed for machine clients', async () => {
    const named = { USER_POOL_ID: userPoolId, TABLE_NAME: 'finance-mcp' };
    assert.equal((await run('organizations', ['create', 'globex'], named)).code, 0);
    const without = await run('machine-clients', ['create', '--org', 'globex'], named);
    assert.equal(without.code, 2);
    assert.match(without.stderr, /^The MCP URL, which .* is missing: .*PUBLIC_ORIGIN/);
    const complete = { ...named, PUBLIC_ORIGIN: publicOrigin };
    assert.equal((await run('machine-clients', ['create', '--org', 'globex'], complete)).code, 0);
  });

  test('an account is invited by mail, which this stand-in cannot send, and no password is made up', async () => {
    const { code, stdout, stderr } = await run('accounts', [
      'create',
      'ann@example.com',
      '--stack',
      'finance-mcp-prod',
    ]);
    assert.equal(code, 3);
    assert.match(stderr, /^The user pool refused the request: This pool sends no mail/);
    assert.equal(stdout, '');
  });

  test('an invitation is sent again until its owner has chosen a password', async () => {
    const email = 'bo@example.com';
    const invite = () => run('accounts', ['invite', email, '--stack', 'finance-mcp-prod']);
    const unknown = await invite();
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /^There is no account "bo@example\.com"/);
    const cognito = new CognitoIdentityProviderClient({
      endpoint: userPool.url,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const account = { UserPoolId: userPoolId, Username: email };
    const password = 'A-good-password-1';
    await cognito.send(
      new AdminCreateUserCommand({ ...account, MessageAction: 'SUPPRESS', TemporaryPassword: password }),
    );
    const invited = await invite();
    assert.equal(invited.code, 3);
    // As far as this stand-in goes: it was asked to send.
    assert.match(invited.stderr, /^The user pool refused the request: This pool sends no mail/);
    await cognito.send(new AdminSetUserPasswordCommand({ ...account, Password: password, Permanent: true }));
    const chosen = await invite();
    assert.equal(chosen.code, 1);
    assert.match(chosen.stderr, /^The owner of bo@example\.com has already chosen a password\./);
  });

  test('a machine client that cannot be given its organization is taken back', async () => {
    const { code, stderr } = await run('machine-clients', ['create', '--org', 'acme'], {
      USER_POOL_ID: userPoolId,
      TABLE_NAME: 'elsewhere',
      PUBLIC_ORIGIN: publicOrigin,
    });
    assert.equal(code, 3);
    assert.match(stderr, /^There is no table "elsewhere" in this account and region\.\n$/);
    const listed = await run('machine-clients', ['list', '--json', '--stack', 'finance-mcp-prod']);
    const organizations = JSON.parse(listed.stdout).machineClients.map(
      ({ organization }: { organization?: string }) => organization,
    );
    assert.deepEqual(organizations, ['acme', 'globex']);
  });

  for (const [stack, code, sentence] of [
    ['nowhere', 3, /^There is no stack "nowhere" in this account and region\.$/],
    ['half-done', 1, /^The stack "half-done" has no outputs UserPoolId and TableName/],
    ['other-pool', 3, /^The user pool does not exist in this account and region/],
    ['other-table', 3, /^There is no table "elsewhere" in this account and region\.$/],
  ] as const) {
    test(`the stack ${stack} is explained`, async () => {
      const { stderr, ...result } = await run('organizations', ['show', 'acme', '--stack', stack]);
      assert.equal(result.code, code, stderr);
      assert.match(stderr.trim(), sentence);
    });
  }

  test('a verification that could not begin does not end like one that found differences', async () => {
    const { code, stderr } = await run('verify', ['--org', 'acme', '--stack', 'half-done']);
    assert.equal(code, 3);
    assert.match(stderr, /^The stack "half-done" has no outputs UserPoolId and TableName/);
  });

  test('credentials that may not do it are told which role may', async () => {
    const args = ['list', '--stack', 'finance-mcp-prod'];
    const { code, stderr } = await run('organizations', args, { AWS_ACCESS_KEY_ID: 'AKIAOTHER' });
    assert.equal(code, 3);
    assert.match(
      stderr,
      /^These AWS credentials are not authorized to perform cognito-idp:ListGroups: assume the role .*OperatorRoleArn\.$/m,
    );
  });
});
