import type { BusinessProfile, RecordKind } from '../shared/ledger/records.ts';
import { DynamoLedgerReader } from '../shared/store/dynamo-ledger-reader.ts';
import { inParallel } from '../shared/store/table.ts';
import { parsed } from './arguments.ts';
import { countRecords, type Erasure, eraseBooks } from './books.ts';
import {
  columns,
  commonOptions,
  counted,
  exitCodesText,
  NotDone,
  onlyWord,
  organizationNamed,
  type Report,
  runCommand,
  tell,
} from './command.ts';
import { confirm } from './confirm.ts';
import { exampleProfile } from './example-profile.ts';
import { progress } from './import/progress.ts';
import { accountsOf } from './pool/accounts.ts';
import { type Pool, withPool } from './pool/connection.ts';
import { locationFlags, locationHelp, poolLocation } from './pool/location.ts';
import { machineClientsOf, revokeMachineClient } from './pool/machine-clients.ts';
import {
  assertOrganization,
  createOrganization,
  deleteOrganization,
  listOrganizations,
  organizationExists,
} from './pool/organizations.ts';

/*
 * npm run organizations: creates, lists, shows and deletes organizations. See docs/operators.md.
 */

const name = 'npm run organizations';

const help = `An organization is one set of books, with the accounts and machine clients that may read it.

  ${name} -- create ID
      Creates an organization without books, and says what comes next.
      ID: 2 to 63 small letters, digits and hyphens; it cannot be changed.
  ${name} -- list
      Lists all organizations with the number of accounts in each.
  ${name} -- show ID
      Shows accounts, machine clients, business profile and the number of records.
  ${name} -- delete ID [--with-books] [--yes]
      Deletes an organization and its machine clients; accounts stay and lose it. Refuses while its books hold
      records, unless --with-books says that those go as well. Asks for ID to be typed, unless --yes says so.

${locationHelp}
  --json         print one JSON object (with npm run --silent organizations nothing else is printed)

Examples:
  ${name} -- create acme --local 3000
  ${name} -- show acme --stack finance-mcp-prod
  ${name} -- delete acme --with-books --stack finance-mcp-prod

${exitCodesText}`;

/** How long the table's stream is given to follow a deletion before one looks again. */
const streamPauseMs = 5_000;

async function create(args: string[]): Promise<Report> {
  const { values, positionals } = parsed({ args, allowPositionals: true, options: commonOptions });
  const organization = organizationNamed(onlyWord(positionals, 'ID'));
  const location = poolLocation(values, process.env);
  return withPool(location, async (pool) => {
    await createOrganization(pool, organization);
    const where = locationFlags(location);
    // Named by the environment, the table is all that an import must know.
    const importWhere = where || ` --table ${pool.tableName}`;
    const next = {
      profile: `npm run import -- --org ${organization}${importWhere} business.ndjson`,
      account: `npm run accounts -- create EMAIL --org ${organization}${where}`,
      machineClient: `npm run machine-clients -- create --org ${organization}${where}`,
    };
    return {
      text: `Created the organization "${organization}". What comes next:

1. Its business profile decides what "today" and "this fiscal year" are. One line in business.ndjson, with your own values:
   ${exampleProfile(organization)}
   ${next.profile}
2. Its records, from any export: docs/import.md.
3. The people who may read it:
   ${next.account}
4. The programs that may read it:
   ${next.machineClient}`,
      json: { organization, next },
    };
  });
}

async function list(args: string[]): Promise<Report> {
  const { values } = parsed({ args, options: commonOptions });
  return withPool(poolLocation(values, process.env), async (pool) => {
    const organizations = await inParallel(await listOrganizations(pool), async (id) => ({
      id,
      accounts: (await accountsOf(pool, id)).length,
    }));
    const text =
      organizations.length === 0
        ? `There is no organization yet: ${name} -- create ID`
        : columns(organizations.map(({ id, accounts }) => [id, counted(accounts, 'account')]));
    return { text, json: { organizations } };
  });
}

async function show(args: string[]): Promise<Report> {
  const { values, positionals } = parsed({ args, allowPositionals: true, options: commonOptions });
  const organization = organizationNamed(onlyWord(positionals, 'ID'));
  return withPool(poolLocation(values, process.env), async (pool) => {
    await assertOrganization(pool, organization);
    const [accounts, machineClients, records, profile] = await Promise.all([
      accountsOf(pool, organization),
      machineClientsOf(pool, organization),
      countRecords(pool.table, organization),
      new DynamoLedgerReader(pool.table, organization).business(),
    ]);
    const addresses = accounts.map(
      ({ email, username, enabled }) => `${email ?? username}${enabled ? '' : ' (disabled)'}`,
    );
    const clients = machineClients.map((client) => [client.id, client.name].filter(Boolean).join(' '));
    return {
      text: columns([
        ['Organization', organization],
        ['Accounts', listed(addresses)],
        ['Machine clients', listed(clients)],
        ['Business profile', profileText(profile)],
        ['Records', recordsText(records)],
      ]),
      json: { organization, accounts, machineClients, businessProfile: profile ?? null, records },
    };
  });
}

const listed = (names: readonly string[]): string =>
  names.length === 0 ? 'none' : `${names.length}: ${names.join(', ')}`;

const profileText = (profile: BusinessProfile | undefined): string =>
  profile
    ? [profile.name, profile.timeZone, profile.currency, profile.accountingBasis].filter(Boolean).join(', ')
    : 'none, so its calendar is UTC and its basis accrual until one is imported';

function recordsText(records: Record<RecordKind, number>): string {
  const kinds = Object.entries(records).filter(([, count]) => count > 0);
  return kinds.length === 0
    ? 'none'
    : kinds.map(([kind, count]) => `${count.toLocaleString('en')} ${kind}`).join(', ');
}

async function remove(args: string[]): Promise<Report> {
  const { values, positionals } = parsed({
    args,
    allowPositionals: true,
    options: {
      ...commonOptions,
      'with-books': { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
    },
  });
  const organization = organizationNamed(onlyWord(positionals, 'ID'));
  return withPool(poolLocation(values, process.env), async (pool) => {
    const [exists, machineClients, records] = await Promise.all([
      organizationExists(pool, organization),
      machineClientsOf(pool, organization),
      countRecords(pool.table, organization),
    ]);
    const recordCount = Object.values(records).reduce((sum, count) => sum + count, 0);
    // A deletion that was interrupted, or books that were imported for nobody, can be without a group.
    if (!exists && machineClients.length === 0 && recordCount === 0)
      await assertOrganization(pool, organization);
    const withBooks = values['with-books'];
    if (recordCount > 0 && !withBooks) {
      throw new NotDone(
        `The books of "${organization}" hold ${counted(recordCount, 'record')} (${recordsText(records)}), so nothing was deleted: --with-books deletes them as well.`,
      );
    }
    const parts = [
      `the organization "${organization}"`,
      ...(machineClients.length > 0 ? [`its ${counted(machineClients.length, 'machine client')}`] : []),
      ...(recordCount > 0 ? [`all ${counted(recordCount, 'record')} of its books`] : []),
    ];
    await confirm(`deletes ${parts.join(', ')}, for good`, organization, values.yes);

    // Books first: an import that is at work is the one thing that can refuse, and nothing is gone then.
    const erasure = withBooks ? await erase(pool, organization) : undefined;
    for (const client of machineClients) await revokeMachineClient(pool, client);
    await deleteOrganization(pool, organization);
    return deletionReport(organization, recordCount, machineClients.length, erasure);
  });
}

async function erase({ location, table }: Pool, organization: string): Promise<Erasure> {
  const told = progress('deleted', tell);
  return eraseBooks({
    table,
    organization,
    pauseMs: 'localPort' in location ? undefined : streamPauseMs,
    onProgress: told,
    onWait: () => tell('An import is at work or was interrupted: waiting up to 15 seconds for it.'),
  });
}

function deletionReport(
  organization: string,
  records: number,
  machineClients: number,
  erasure: Erasure | undefined,
): Report {
  const lines = [
    `Deleted the organization "${organization}", ${counted(machineClients, 'machine client')} and ${counted(records, 'record')}.`,
    'Accounts stay. An access token that was issued already works for up to 15 minutes, and finds nothing.',
    ...(erasure?.settled === false
      ? [
          `The table still follows the deletion: in some minutes, run this again with --with-books to delete the empty totals that it writes.`,
        ]
      : []),
  ];
  return {
    text: lines.join('\n'),
    json: {
      organization,
      records,
      items: erasure?.items ?? 0,
      machineClients,
      settled: erasure?.settled ?? true,
    },
  };
}

process.exitCode = await runCommand(
  { name, help, subcommands: { create, list, show, delete: remove } },
  process.argv.slice(2),
);
