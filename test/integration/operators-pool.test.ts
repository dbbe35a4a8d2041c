import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminListGroupsForUserCommand,
  AdminRemoveUserFromGroupCommand,
  AdminSetUserPasswordCommand,
  AdminUserGlobalSignOutCommand,
  CognitoIdentityProviderClient,
  CreateGroupCommand,
  CreateUserPoolClientCommand,
  DeleteGroupCommand,
  DeleteUserPoolClientCommand,
  GetGroupCommand,
  ListGroupsCommand,
  ListUserPoolClientsCommand,
  ListUsersCommand,
  ListUsersInGroupCommand,
  type UserType,
} from '@aws-sdk/client-cognito-identity-provider';
import { claimsHandler } from '../../functions/claims/trigger.ts';
import { functionsAccessKey, operatorAccessKey } from '../../local/reader-role.ts';
import { startUserPool, type UserPool, userPoolId } from '../../local/user-pool.ts';
import { machineClientKey } from '../../shared/store/keys.ts';
import { memoryTable } from '../support/memory-table.ts';
import { openBrowser, signIn } from './user-pool-browser.ts';

/* The stand-in's administrative API, called as AWS's own client calls it. */

const publicOrigin = 'http://localhost:3000';
const callback = `${publicOrigin}/oauth/callback`;
const brokerId = 'finance-mcp-broker';
const brokerSecret = 'a-secret-of-the-broker';
const password = 'Long-enough-1';
const nancy = { username: 'nancy', password: 'demo', email: 'nancy@example.com', groups: ['org_northwind'] };
const scopes = [`${publicOrigin}/mcp/invoices:read`, `${publicOrigin}/mcp/expenses:read`];

const { table } = await memoryTable();
const folder = await mkdtemp(join(tmpdir(), 'operators-pool-'));
let pool: UserPool;
let cognito: CognitoIdentityProviderClient;

const clientWith = (accessKeyId: string) =>
  new CognitoIdentityProviderClient({
    endpoint: pool.url,
    region: 'eu-west-1',
    credentials: { accessKeyId, secretAccessKey: 'local' },
  });

async function start(): Promise<void> {
  pool = await startUserPool({
    port: 0,
    publicOrigin,
    people: [nancy],
    brokerSecret,
    dataDir: folder,
    preTokenTrigger: claimsHandler(table),
  });
  cognito = clientWith(operatorAccessKey);
}

before(start);
after(async () => {
  await pool.close();
  await rm(folder, { recursive: true });
});

const UserPoolId = userPoolId;
const group = (GroupName: string) => ({ UserPoolId, GroupName });
const account = (Username: string) => ({ UserPoolId, Username });

async function createAccount(email: string): Promise<string> {
  const { User } = await cognito.send(
    new AdminCreateUserCommand({ ...account(email), MessageAction: 'SUPPRESS', TemporaryPassword: password }),
  );
  return User?.Username ?? '';
}

const confirm = (email: string, Password = password) =>
  cognito.send(new AdminSetUserPasswordCommand({ ...account(email), Password, Permanent: true }));

/** An account as a list shows it. */
async function listed(email: string): Promise<UserType | undefined> {
  const { Users } = await cognito.send(new ListUsersCommand({ UserPoolId }));
  return Users?.find(({ Attributes }) => Attributes?.some(({ Value }) => Value?.toLowerCase() === email));
}

const program = (name: string) =>
  cognito.send(
    new CreateUserPoolClientCommand({
      UserPoolId,
      ClientName: name,
      GenerateSecret: true,
      AllowedOAuthFlows: ['client_credentials'],
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthScopes: scopes,
      ExplicitAuthFlows: ['ALLOW_CUSTOM_AUTH'],
      AccessTokenValidity: 15,
      TokenValidityUnits: { AccessToken: 'minutes' },
      PreventUserExistenceErrors: 'ENABLED',
    }),
  );

async function token(form: Record<string, string>): Promise<Record<string, string>> {
  const body = new URLSearchParams(form);
  const response = await fetch(`${pool.url}/oauth2/token`, { method: 'POST', body });
  return (await response.json()) as Record<string, string>;
}

function claimsOf(jwt: string | undefined): Record<string, unknown> {
  return JSON.parse(Buffer.from(jwt?.split('.')[1] ?? '', 'base64url').toString());
}

const broker = { client_id: brokerId, client_secret: brokerSecret };
const authorizeUrl = () =>
  `${pool.url}/oauth2/authorize?${new URLSearchParams({ client_id: brokerId, response_type: 'code', redirect_uri: callback })}`;

async function signedIn(name: string, browser = openBrowser()): Promise<Record<string, string>> {
  const url = await signIn(browser, authorizeUrl(), name, password);
  assert.ok(url instanceof URL, 'the sign-in did not lead back');
  const code = url.searchParams.get('code') ?? '';
  return token({ ...broker, grant_type: 'authorization_code', code, redirect_uri: callback });
}

const refreshed = (from: Record<string, string>) =>
  token({ ...broker, grant_type: 'refresh_token', refresh_token: from.refresh_token ?? '' });

describe('groups', () => {
  test('are created once, found, listed, and deleted with their members', async () => {
    await cognito.send(new CreateGroupCommand({ ...group('org_acme'), Description: 'Acme' }));
    await assert.rejects(
      cognito.send(new CreateGroupCommand({ ...group('org_acme'), Description: 'Acme' })),
      {
        name: 'GroupExistsException',
      },
    );
    assert.ok(await cognito.send(new GetGroupCommand(group('org_acme'))));
    const { Groups } = await cognito.send(new ListGroupsCommand({ UserPoolId }));
    assert.deepEqual(
      Groups?.map(({ GroupName }) => GroupName),
      // The second is there because somebody is in it.
      ['org_acme', 'org_northwind'],
    );

    await cognito.send(new AdminAddUserToGroupCommand({ ...group('org_acme'), Username: 'nancy' }));
    await cognito.send(new DeleteGroupCommand(group('org_acme')));
    assert.deepEqual(pool.people.find('nancy')?.groups, ['org_northwind']);
    for (const Command of [GetGroupCommand, DeleteGroupCommand, ListUsersInGroupCommand]) {
      await assert.rejects(cognito.send(new Command(group('org_acme')) as GetGroupCommand), {
        name: 'ResourceNotFoundException',
      });
    }
  });
});

describe('accounts', () => {
  test('are named by their address, get an id of their own, and exist once', async () => {
    const username = await createAccount('Ann@example.com');
    assert.match(username, /^[0-9a-f-]{36}$/);
    const found = await listed('ann@example.com');
    assert.deepEqual(
      [found?.Username, found?.UserStatus, found?.Enabled],
      [username, 'FORCE_CHANGE_PASSWORD', true],
    );
    for (const email of ['ann@example.com', 'nancy@example.com']) {
      await assert.rejects(createAccount(email), { name: 'UsernameExistsException' });
    }
    await assert.rejects(cognito.send(new AdminCreateUserCommand(account('new@example.com'))), {
      name: 'CodeDeliveryFailureException',
    });
  });

  test('open with a password that was set for good, and only with one that is good enough', async () => {
    await createAccount('bo@example.com');
    const page = await signIn(openBrowser(), authorizeUrl(), 'bo@example.com', password);
    assert.ok(page instanceof Response && page.status === 401, 'a temporary password opened the account');
    for (const weak of [
      'short-A1',
      'long-enough-but-1',
      'LONG-ENOUGH-BUT-1',
      'Long-enough-but',
      'LongEnoughBut1',
    ]) {
      await assert.rejects(confirm('bo@example.com', weak), { name: 'InvalidPasswordException' }, weak);
    }
    await confirm('bo@example.com');
    const { access_token: jwt } = await signedIn('bo@example.com');
    assert.equal(claimsOf(jwt).username, pool.people.find('bo@example.com')?.username);
    assert.equal((await listed('bo@example.com'))?.UserStatus, 'CONFIRMED');
  });

  test('are in groups from the next token on, until they are taken out', async () => {
    await createAccount('cy@example.com');
    await confirm('cy@example.com');
    const first = await signedIn('cy@example.com');
    assert.equal('cognito:groups' in claimsOf(first.access_token), false);
    const membership = { ...group('org_northwind'), Username: 'cy@example.com' };
    await cognito.send(new AdminAddUserToGroupCommand(membership));
    await cognito.send(new AdminAddUserToGroupCommand(membership));
    const second = await refreshed(first);
    assert.deepEqual(claimsOf(second.access_token)['cognito:groups'], ['org_northwind']);
    const { Groups } = await cognito.send(new AdminListGroupsForUserCommand(account('cy@example.com')));
    assert.deepEqual(
      Groups?.map(({ GroupName }) => GroupName),
      ['org_northwind'],
    );
    await cognito.send(new AdminRemoveUserFromGroupCommand(membership));
    const third = await refreshed(second);
    assert.equal('cognito:groups' in claimsOf(third.access_token), false);
    await assert.rejects(
      cognito.send(new AdminAddUserToGroupCommand({ ...membership, GroupName: 'org_nowhere' })),
      { name: 'ResourceNotFoundException' },
    );
  });

  test('that are disabled neither sign in nor refresh, in a browser that knows them neither', async () => {
    await createAccount('di@example.com');
    await confirm('di@example.com');
    const browser = openBrowser();
    const before = await signedIn('di@example.com', browser);
    await cognito.send(new AdminDisableUserCommand(account('di@example.com')));
    assert.equal((await refreshed(before)).error, 'invalid_grant');
    const page = await signIn(browser, authorizeUrl(), 'di@example.com', password);
    assert.ok(page instanceof Response && page.status === 401);
    await cognito.send(new AdminEnableUserCommand(account('di@example.com')));
    assert.ok((await signedIn('di@example.com')).access_token);
  });

  test('lose their refresh tokens, and nobody else does, when they are signed out', async () => {
    for (const email of ['ed@example.com', 'flo@example.com']) {
      await createAccount(email);
      await confirm(email);
    }
    const [ed, flo] = [await signedIn('ed@example.com'), await signedIn('flo@example.com')];
    await cognito.send(new AdminUserGlobalSignOutCommand(account('ed@example.com')));
    assert.equal((await refreshed(ed)).error, 'invalid_grant');
    assert.ok((await refreshed(flo)).access_token);
  });

  test('that nobody has are told apart from the rest', async () => {
    for (const Command of [AdminDisableUserCommand, AdminEnableUserCommand, AdminUserGlobalSignOutCommand]) {
      await assert.rejects(cognito.send(new Command(account('who@example.com')) as AdminEnableUserCommand), {
        name: 'UserNotFoundException',
      });
    }
  });
});

describe('app clients', () => {
  test('get tokens whose organization is the one that the claims trigger finds', async () => {
    const { UserPoolClient: client } = await program('machine acme');
    const credentials = { client_id: client?.ClientId ?? '', client_secret: client?.ClientSecret ?? '' };
    const ask = () => token({ ...credentials, grant_type: 'client_credentials' });
    const nobodys = claimsOf((await ask()).access_token);
    assert.equal('organization' in nobodys, false);
    assert.equal(nobodys.client_id, credentials.client_id);
    assert.deepEqual(String(nobodys.scope).split(' '), scopes);

    const key = machineClientKey(credentials.client_id);
    await table.write([{ ...key, data: JSON.stringify({ organization: 'acme' }) }]);
    assert.equal(claimsOf((await ask()).access_token).organization, 'acme');
    assert.equal(
      (await token({ ...credentials, client_secret: 'x', grant_type: 'client_credentials' })).error,
      'invalid_client',
    );

    await cognito.send(new DeleteUserPoolClientCommand({ UserPoolId, ClientId: credentials.client_id }));
    assert.equal((await ask()).error, 'invalid_client');
    await assert.rejects(
      cognito.send(new DeleteUserPoolClientCommand({ UserPoolId, ClientId: credentials.client_id })),
      { name: 'ResourceNotFoundException' },
    );
  });

  test('are listed with the broker', async () => {
    await program('machine one');
    await program('machine two');
    const { UserPoolClients } = await cognito.send(new ListUserPoolClientsCommand({ UserPoolId }));
    assert.deepEqual(UserPoolClients?.map(({ ClientName }) => ClientName).sort(), [
      'machine one',
      'machine two',
      'sign-in broker',
    ]);
  });
});

describe('the administrative API', () => {
  const target = { 'x-amz-target': 'AWSCognitoIdentityProviderService.ListGroups' };

  test('obeys the operator’s key and no other, not even the functions’', async () => {
    for (const key of [functionsAccessKey, 'AKIASOMEBODY']) {
      await assert.rejects(clientWith(key).send(new GetGroupCommand(group('org_northwind'))), {
        name: 'AccessDeniedException',
      });
    }
    const unsigned = await fetch(pool.url, { method: 'POST', headers: target, body: '{}' });
    assert.equal(unsigned.status, 400);
    assert.match(await unsigned.text(), /AccessDeniedException/);
  });

  test('answers no web page, and no other name than that of this machine', async () => {
    const headers = { ...target, origin: 'http://localhost:3000' };
    assert.equal((await fetch(pool.url, { method: 'POST', headers, body: '{}' })).status, 403);
    const status = await new Promise((resolve, reject) => {
      httpRequest(pool.url, { method: 'POST', headers: { ...target, host: 'evil.example' } }, (response) =>
        resolve(response.resume().statusCode),
      )
        .on('error', reject)
        .end('{}');
    });
    assert.equal(status, 403);
  });

  test('names what it cannot do', async () => {
    const signed = { authorization: `AWS4-HMAC-SHA256 Credential=${operatorAccessKey}/x` };
    for (const [name, body, error] of [
      ['ListGroups', 'no json', 'SerializationException'],
      ['ListGroups', '{"UserPoolId":"eu-west-1_OTHER"}', 'ResourceNotFoundException'],
      ['ListGroups', `{"UserPoolId":"${userPoolId}","Limit":61}`, 'InvalidParameterException'],
      ['ListGroups', `{"UserPoolId":"${userPoolId}","Filter":"x"}`, 'InvalidParameterException'],
      ['DeleteUserPool', `{"UserPoolId":"${userPoolId}"}`, 'UnknownOperationException'],
    ] as const) {
      const headers = { ...signed, 'x-amz-target': `AWSCognitoIdentityProviderService.${name}` };
      const response = await fetch(pool.url, { method: 'POST', headers, body });
      assert.equal(response.status, 400);
      assert.equal(((await response.json()) as { __type: string }).__type, error);
    }
  });

  test('keeps what it did over a restart, readable for its owner only', async () => {
    await cognito.send(new CreateGroupCommand({ ...group('org_kept'), Description: 'Kept' }));
    const { UserPoolClient: client } = await program('machine kept');
    await createAccount('kept@example.com');
    await confirm('kept@example.com');
    await cognito.send(new AdminDisableUserCommand(account('kept@example.com')));
    await pool.close();
    await start();
    assert.ok(await cognito.send(new GetGroupCommand(group('org_kept'))));
    assert.equal((await listed('kept@example.com'))?.Enabled, false);
    const asked = { client_id: client?.ClientId ?? '', client_secret: client?.ClientSecret ?? '' };
    assert.ok((await token({ ...asked, grant_type: 'client_credentials' })).access_token);
    const files = await readdir(folder);
    assert.ok(files.includes('app-clients.json') && files.includes('groups.json'), files.join());
    for (const file of files) assert.equal((await stat(join(folder, file))).mode & 0o077, 0, file);
  });
});
