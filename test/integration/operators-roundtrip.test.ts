import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { openStore } from '../../cli/store.ts';
import { parseRecord } from '../../shared/ledger/format.ts';
import { machineClientKey, partitionsOf, wholePartition } from '../../shared/store/keys.ts';
import { summaryKey } from '../../shared/store/summary.ts';
import { writeRecords } from '../../shared/store/writer.ts';
import { callTool } from '../support/call-tool.ts';
import { temporaryFiles } from '../support/import-files.ts';
import { startLocalEdition } from '../support/local-edition.ts';
import { claimsOf, connect, exchange, refresh, register, type Setup } from './oauth-setup.ts';
import { type CommandOptions, runOperator } from './operators-commands.ts';
import { openBrowser, signIn } from './user-pool-browser.ts';

/* An organization from its first day to its last, by the commands alone. */

const edition = await startLocalEdition(['--empty']);
const write = temporaryFiles();
const local = ['--local', String(edition.port)];
const mcpUrl = `${edition.url}/mcp`;
const poolUrl = `http://localhost:${edition.port + 1}`;

async function run(command: string, args: string[], options?: CommandOptions) {
  return runOperator(command, [...args, ...local], options);
}

/** Runs what must work, and gives its JSON. */
async function done(command: string, args: string[], options?: CommandOptions) {
  const { code, stdout, stderr } = await run(command, [...args, '--json'], options);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

async function refused(command: string, args: string[], sentence: RegExp, options?: CommandOptions) {
  const { code, stdout, stderr } = await run(command, args, options);
  assert.equal(code, 1, stdout + stderr);
  assert.match(stderr, sentence);
  assert.equal(stdout, '');
}

async function token(id: string, secret: string): Promise<{ status: number; body: Record<string, string> }> {
  const response = await fetch(`${edition.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: id,
      client_secret: secret,
    }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

/** Whether somebody gets through the pool's sign-in page. */
async function signsIn(name: string, password: string): Promise<boolean> {
  const query = new URLSearchParams({
    client_id: 'finance-mcp-broker',
    response_type: 'code',
    redirect_uri: `${edition.url}/oauth/callback`,
  });
  const end = await signIn(openBrowser(), `${poolUrl}/oauth2/authorize?${query}`, name, password);
  return end instanceof URL && end.searchParams.has('code');
}

const ndjson = (...records: object[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('');
const books = write(
  'books.ndjson',
  ndjson(
    {
      kind: 'business',
      name: 'Acme Ltd',
      timeZone: 'Europe/Zurich',
      fiscalYearStartMonth: 1,
      accountingBasis: 'accrual',
    },
    { kind: 'invoice', id: 'a-1', number: 'A1', currency: 'EUR', issued: '2026-01-31', total: '99.50' },
  ),
);

let client: { clientId: string; clientSecret: string };
let password: string;

describe('an organization', { concurrency: false }, () => {
  test('is created once, and says what comes next', async () => {
    const { code, stdout } = await run('organizations', ['create', 'acme']);
    assert.equal(code, 0);
    for (const next of [
      `npm run import -- --org acme ${local.join(' ')} business.ndjson`,
      `npm run accounts -- create EMAIL --org acme ${local.join(' ')}`,
      `npm run machine-clients -- create --org acme ${local.join(' ')}`,
    ]) {
      assert.ok(stdout.includes(next), next);
    }
    const profile = stdout.split('\n').find((line) => line.trim().startsWith('{')) ?? '';
    const imported = await run('import', ['--org', 'acme', write('first.ndjson', profile)]);
    assert.equal(imported.code, 0, imported.stderr);
    await refused('organizations', ['create', 'acme'], /^The organization "acme" already exists\.\n$/);
    await done('organizations', ['create', 'globex']);
  });

  test('shows what was imported for it', async () => {
    assert.equal((await run('import', ['--org', 'acme', books])).code, 0);
    const { records, businessProfile } = await done('organizations', ['show', 'acme']);
    assert.equal(records.invoice, 1);
    assert.equal(records.business, 1);
    assert.equal(records.expense, 0);
    assert.equal(businessProfile.name, 'Acme Ltd');
    const { stdout } = await run('organizations', ['show', 'globex']);
    assert.match(stdout, /^Records +none$/m);
    assert.match(stdout, /^Business profile +none, so its calendar is UTC/m);
  });

  test('is what books are imported for: a name that nobody created is refused before anything is read', async () => {
    const { code, stdout, stderr } = await run('import', ['--org', 'acmee', books]);
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /^There is no organization "acmee", so nothing was imported: .* use --create\./);
    const table = openStore({ localPort: edition.port });
    const invoices = partitionsOf('acmee').records('invoice');
    assert.deepEqual(await table.all({ pk: invoices, from: '!', to: '~' }), []);
    // A dry run needs no store, and so asks nobody.
    assert.equal((await run('import', ['--org', 'acmee', '--dry-run', books])).code, 0);
  });

  test('can be created by its first import', async () => {
    const first = await run('import', ['--org', 'initech', '--create', books]);
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stderr, /^Created the organization "initech"\.$/m);
    const again = await run('import', ['--org', 'initech', '--create', books]);
    assert.equal(again.code, 0, again.stderr);
    assert.doesNotMatch(again.stderr, /Created/);
    assert.equal((await done('organizations', ['show', 'initech'])).records.invoice, 1);
    await done('organizations', ['delete', 'initech', '--with-books', '--yes']);
  });

  test('has people, who sign in with the password that is shown once', async () => {
    const { stdout } = await run('accounts', [
      'create',
      'ann@example.com',
      '--org',
      'acme',
      '--org',
      'globex',
    ]);
    password = /^Password \(shown only once\): (\S+)$/m.exec(stdout)?.[1] ?? '';
    assert.ok(await signsIn('ann@example.com', password));
    const { accounts } = await done('accounts', ['list']);
    assert.deepEqual(accounts[0].organizations, ['acme', 'globex']);
    assert.equal(JSON.stringify(accounts).includes(password), false);
    await refused(
      'accounts',
      ['create', 'ann@example.com'],
      /^An account for ann@example\.com already exists\./,
    );
  });

  test('has people whose password another program hands over, and who are told apart', async () => {
    const args = ['create', 'cy@example.com', '--password-stdin'];
    await refused('accounts', args, /^The password is too weak: expected 12 characters/, { input: 'weak\n' });
    const { code, stdout, stderr } = await run('accounts', args, { input: 'A-good-password-1\n' });
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stdout, /A-good-password-1|shown only once/);
    assert.ok(await signsIn('cy@example.com', 'A-good-password-1'));
    const { accounts } = await done('accounts', ['list', '--org', 'acme']);
    assert.deepEqual(
      accounts.map(({ email }: { email: string }) => email),
      ['ann@example.com'],
    );
  });

  test('gains and loses people', async () => {
    await done('accounts', ['add-to', 'cy@example.com', '--org', 'globex']);
    const inGlobex = await done('organizations', ['list']);
    assert.deepEqual(inGlobex.organizations, [
      { id: 'acme', accounts: 1 },
      { id: 'globex', accounts: 2 },
    ]);
    await done('accounts', ['remove-from', 'cy@example.com', '--org', 'globex']);
    await refused(
      'accounts',
      ['remove-from', 'cy@example.com', '--org', 'globex'],
      /^The account cy@example\.com is not in the organization "globex"\./,
    );
    for (const [verb, account, organization, sentence] of [
      ['add-to', 'who@example.com', 'acme', /^There is no account "who@example\.com"/],
      ['add-to', 'cy@example.com', 'nowhere', /^There is no organization "nowhere"/],
      ['remove-from', 'who@example.com', 'acme', /^There is no account "who@example\.com"/],
    ] as const) {
      await refused('accounts', [verb, account, '--org', organization], sentence);
    }
  });

  test('has people who connect their clients, until their accounts are closed', async () => {
    const server = {
      publicOrigin: edition.url,
      call: (path, init = {}) => fetch(`${edition.url}${path}`, { redirect: 'manual', ...init }),
    } as Setup;
    const app = await register(server);
    const ann = { username: 'ann@example.com', password, email: 'ann@example.com', groups: [] };
    const { code } = await connect(server, app, { person: ann });
    const connected = (await exchange(server, app, code)).body;
    const asked = { organization: 'acme', invoiceId: 'a-1' };
    const result = await callTool(mcpUrl, String(connected.access_token), 'get_invoice', asked);
    assert.match(JSON.stringify(result.structuredContent), /99\.50/);

    await done('accounts', ['remove-from', 'ann@example.com', '--org', 'globex']);
    const refreshed = (await refresh(server, app, connected.refresh_token)).body;
    assert.deepEqual(claimsOf(refreshed.access_token)['cognito:groups'], ['org_acme']);
    await done('accounts', ['add-to', 'ann@example.com', '--org', 'globex']);

    const { stdout } = await run('accounts', ['disable', 'ann@example.com']);
    assert.match(stdout, /signed it out everywhere\. Access tokens .* up to 15 minutes\./);
    assert.equal(await signsIn('ann@example.com', password), false);
    assert.match((await run('accounts', ['list'])).stdout, /^ann@example\.com +disabled +acme, globex$/m);
    await done('accounts', ['enable', 'ann@example.com']);
    // The sign-ins have ended for good; only a new one leads on.
    const ended = await refresh(server, app, refreshed.refresh_token);
    assert.equal(ended.body.error, 'invalid_grant');
    assert.ok(await signsIn('ann@example.com', password));
    await refused('accounts', ['disable', 'who@example.com'], /^There is no account/);
    await refused('accounts', ['enable', 'who@example.com'], /^There is no account/);
  });

  test('has programs, which read its books and no others', async () => {
    client = await done('machine-clients', ['create', '--org', 'acme', '--name', 'reporting']);
    const { status, body } = await token(client.clientId, client.clientSecret);
    assert.equal(status, 200, JSON.stringify(body));
    const result = await callTool(mcpUrl, body.access_token ?? '', 'get_invoice', { invoiceId: 'a-1' });
    assert.equal(result.structuredContent?.organization, 'acme');
    assert.match(JSON.stringify(result.structuredContent), /99\.50/);

    const other = await done('machine-clients', ['create', '--org', 'globex', '--scopes', 'invoices:read']);
    const foreign = (await token(other.clientId, other.clientSecret)).body;
    assert.equal(foreign.scope, 'invoices:read');
    const hidden = await callTool(mcpUrl, foreign.access_token ?? '', 'get_invoice', { invoiceId: 'a-1' });
    assert.equal(hidden.isError, true);
    const unasked = await callTool(mcpUrl, foreign.access_token ?? '', 'get_business');
    assert.equal(unasked.isError, true);

    const { machineClients } = await done('machine-clients', ['list']);
    assert.deepEqual(
      machineClients.map(({ organization, name }: Record<string, string>) => [organization, name]),
      [
        ['acme', 'reporting'],
        ['globex', undefined],
      ],
    );
    const listing = await run('machine-clients', ['list', '--org', 'globex']);
    assert.ok(listing.stdout.startsWith(other.clientId));
    assert.doesNotMatch(listing.stdout, new RegExp(`${client.clientId}|${other.clientSecret}`));
    await refused('machine-clients', ['create', '--org', 'nowhere'], /^There is no organization "nowhere"/);
  });

  test('ends a program for good, once that is confirmed, and no other client by mistake', async () => {
    const { clientId, clientSecret } = client;
    const revoke = ['revoke', clientId];
    for (const input of ['', 'yes\n', 'acme\n']) {
      await refused('machine-clients', revoke, /Not confirmed, so nothing was done/, { input });
    }
    await refused('machine-clients', [...revoke, '--org', 'globex', '--yes'], /does not belong to "globex"/);
    await refused(
      'machine-clients',
      ['revoke', 'finance-mcp-broker', '--yes'],
      /^There is no machine client/,
    );
    assert.equal((await token(clientId, clientSecret)).status, 200);
    const { code, stdout } = await run('machine-clients', revoke, { input: `${clientId}\n` });
    assert.equal(code, 0);
    assert.match(stdout, /^Revoked the machine client .* up to 15 minutes\./);
    const after = await token(clientId, clientSecret);
    assert.equal(after.status, 401);
    assert.equal(after.body.error, 'invalid_client');
    const table = openStore({ localPort: edition.port });
    assert.equal(await table.get(machineClientKey(clientId), true), undefined);
    await refused('machine-clients', [...revoke, '--yes'], /^There is no machine client/);
  });

  test('is deleted with its books only when both are said, and leaves nothing behind', async () => {
    const program = await done('machine-clients', ['create', '--org', 'acme']);
    const remove = ['delete', 'acme'];
    await refused(
      'organizations',
      [...remove, '--yes'],
      /has 2 records \(1 business profile, 1 invoice\).*--with-books/,
    );
    await refused('organizations', [...remove, '--with-books'], /Not confirmed/, { input: 'globex\n' });
    assert.equal((await done('organizations', ['show', 'acme'])).records.invoice, 1);

    const { code, stderr, stdout } = await run('organizations', [...remove, '--with-books'], {
      input: 'acme\n',
    });
    assert.equal(code, 0, stderr);
    assert.match(
      stderr,
      /permanently deletes the organization "acme", its 1 machine client, all 2 records of its books/,
    );
    assert.match(stdout, /^Deleted the organization "acme", 1 machine client and 2 records\./);
    assert.equal((await token(program.clientId, program.clientSecret)).body.error, 'invalid_client');
    const { organizations } = await done('organizations', ['list']);
    assert.deepEqual(
      organizations.map(({ id }: { id: string }) => id),
      ['globex'],
    );
    assert.deepEqual((await done('accounts', ['list'])).accounts[0].organizations, ['globex']);
    const table = openStore({ localPort: edition.port });
    const { pk } = summaryKey(partitionsOf('acme'));
    assert.deepEqual(await table.all(wholePartition(pk)), []);
    for (const verb of ['show', 'delete']) {
      await refused('organizations', [verb, 'acme'], /^There is no organization "acme"/);
    }
  });

  test('that was never created can still be rid of books that were imported for it', async () => {
    await writeRecords({
      table: openStore({ localPort: edition.port }),
      organization: 'nobodys',
      records: [parseRecord(JSON.parse(readFileSync(books, 'utf8').split('\n')[1] ?? ''))],
    });
    await refused('organizations', ['show', 'nobodys'], /^There is no organization "nobodys"/);
    assert.equal((await done('organizations', ['delete', 'nobodys', '--with-books', '--yes'])).records, 1);
    await refused(
      'organizations',
      ['delete', 'nobodys', '--with-books', '--yes'],
      /^There is no organization/,
    );
  });
});
