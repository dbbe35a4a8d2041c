import type { BusinessProfile } from '../shared/ledger/kinds/business.ts';
import type { RecordKind } from '../shared/ledger/kinds/index.ts';
import { inParallel } from '../shared/parallel.ts';
import { openReader } from '../shared/store/reader.ts';
import { counted } from '../shared/text.ts';
import { flag, organizationNamed } from './arguments.ts';
import { eraseFiles } from './attachments.ts';
import { countRecords, type Erasure, eraseBooks } from './books.ts';
import { action, columns, kindName, NotDone, progress, type Report, runCommand, tell } from './command.ts';
import { confirm } from './confirm.ts';
import { exampleProfile } from './example-profile.ts';
import { locationFlags, poolHelp, poolOf, poolOptions } from './location.ts';
import { accountsOf } from './pool/accounts.ts';
import { type Pool, withPool } from './pool/connection.ts';
import { machineClientsOf, revokeMachineClient } from './pool/machine-clients.ts';
import {
  assertOrganization,
  createOrganization,
  deleteOrganization,
  listOrganizations,
  organizationExists,
} from './pool/organizations.ts';
import { findFiles } from './store.ts';

/*
 * npm run organizations: creates, lists, shows and deletes organizations. See docs/operators.md.
 */

const name = 'npm run organizations';

const help = `An organization is one set of books, with the accounts and machine clients that can read it.

  ${name} -- create ID
      Creates an organization without records, and prints the next steps.
      ID: 2 to 63 lowercase letters, digits and hyphens. It cannot be changed.
  ${name} -- list
      Lists all organizations with the number of accounts in each.
  ${name} -- show ID
      Shows its accounts, machine clients, business profile and number of records.
  ${name} -- delete ID [--with-books] [--yes]
      Deletes an organization and its machine clients. Its accounts are kept, but lose access to it. If it has
      records, you must add --with-books to delete them too. You type ID to confirm, unless you use --yes.

${poolHelp}
  --json         print one JSON object (with npm run --silent organizations nothing else is printed)

Examples:
  ${name} -- create acme --local 3000
  ${name} -- show acme --stack finance-mcp-prod
  ${name} -- delete acme --with-books --stack finance-mcp-prod`;

/** How long the function behind the table's stream gets to follow a deletion before the next check. */
const streamPauseMs = 5_000;

const create = action({ argument: 'ID', options: poolOptions }, async (values, id) => {
  const organization = organizationNamed(id);
  const location = poolOf(values);
  return withPool(location, async (pool) => {
    await createOrganization(pool, organization);
    const where = locationFlags(location);
    // Where the environment names the table, an import needs nothing else.
    const importWhere = where || ` --table ${pool.tableName}`;
    const next = {
      profile: `npm run import -- --org ${organization}${importWhere} business.ndjson`,
      account: `npm run accounts -- create EMAIL --org ${organization}${where}`,
      machineClient: `npm run machine-clients -- create --org ${organization}${where}`,
    };
    return {
      text: `Created the organization "${organization}". Next steps:

1. Add its business profile, which defines "today" and "this fiscal year". Save this line as business.ndjson, with your own values:
   ${exampleProfile(organization)}
   Then import it:
   ${next.profile}
2. Import its records, from any export: see docs/import.md.
3. Add the people who can read it:
   ${next.account}
4. Add the programs that can read it:
   ${next.machineClient}`,
      json: { organization, next },
    };
  });
});

const list = action({ options: poolOptions }, (values) =>
  withPool(poolOf(values), async (pool) => {
    const organizations = await inParallel(await listOrganizations(pool), async (id) => ({
      id,
      accounts: (await accountsOf(pool, id)).length,
    }));
    const text =
      organizations.length === 0
        ? `There is no organization yet. To create one: ${name} -- create ID`
        : columns(organizations.map(({ id, accounts }) => [id, counted(accounts, 'account')]));
    return { text, json: { organizations } };
  }),
);

const show = action({ argument: 'ID', options: poolOptions }, async (values, id) => {
  const organization = organizationNamed(id);
  return withPool(poolOf(values), async (pool) => {
    await assertOrganization(pool, organization);
    const [accounts, machineClients, records, profile] = await Promise.all([
      accountsOf(pool, organization),
      machineClientsOf(pool, organization),
      countRecords(pool.table, organization),
      openReader(pool.table, organization).single('business'),
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
});

const listed = (names: readonly string[]): string =>
  names.length === 0 ? 'none' : `${names.length}: ${names.join(', ')}`;

const profileText = (profile: BusinessProfile | undefined): string =>
  profile
    ? [profile.name, profile.timeZone, profile.currency, profile.accountingBasis].filter(Boolean).join(', ')
    : 'none, so its calendar is UTC and its basis is accrual';

function recordsText(records: Record<RecordKind, number>): string {
  const kinds = Object.entries(records).filter(([, count]) => count > 0);
  return kinds.length === 0
    ? 'none'
    : kinds.map(([kind, count]) => counted(count, kindName(kind))).join(', ');
}

const removeOptions = { ...poolOptions, 'with-books': flag, yes: flag } as const;

const remove = action({ argument: 'ID', options: removeOptions }, async (values, id) => {
  const organization = organizationNamed(id);
  return withPool(poolOf(values), async (pool) => {
    const [exists, machineClients, records] = await Promise.all([
      organizationExists(pool, organization),
      machineClientsOf(pool, organization),
      countRecords(pool.table, organization),
    ]);
    const recordCount = Object.values(records).reduce((sum, count) => sum + count, 0);
    // After an interrupted deletion, or an import without an organization, there can be books without a group.
    if (!exists && machineClients.length === 0 && recordCount === 0)
      await assertOrganization(pool, organization);
    const withBooks = values['with-books'];
    if (recordCount > 0 && !withBooks) {
      throw new NotDone(
        `"${organization}" has ${counted(recordCount, 'record')} (${recordsText(records)}), so nothing was deleted. To delete them too, use --with-books.`,
      );
    }
    const parts = [
      `the organization "${organization}"`,
      ...(machineClients.length > 0 ? [`its ${counted(machineClients.length, 'machine client')}`] : []),
      ...(recordCount > 0
        ? [`${recordCount === 1 ? '' : 'all '}${counted(recordCount, 'record')} of its books`]
        : []),
    ];
    await confirm(`permanently deletes ${parts.join(', ')}`, organization, values.yes);

    // Books first: only a running import can refuse the deletion, and then nothing has been deleted yet.
    const erasure = withBooks ? await erase(pool, organization, records.attachment > 0) : undefined;
    for (const client of machineClients) await revokeMachineClient(pool, client);
    await deleteOrganization(pool, organization);
    return deletionReport(organization, recordCount, machineClients.length, erasure);
  });
});

async function erase(
  { location, table }: Pool,
  organization: string,
  hasAttachments: boolean,
): Promise<Erasure> {
  const bucket = hasAttachments ? await findFiles(location) : undefined;
  const told = progress('deleted', tell);
  return eraseBooks({
    table,
    organization,
    eraseFiles: async () => bucket && eraseFiles(table, bucket, organization),
    pauseMs: 'localPort' in location ? undefined : streamPauseMs,
    onProgress: told,
    onWait: () => tell('An import is running or was interrupted: waiting up to 15 seconds for it.'),
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
    'Its accounts were kept. Access tokens that were already issued remain valid for up to 15 minutes, but find nothing.',
    ...(erasure?.settled === false
      ? [
          `Empty totals are still being written after the deletion. In a few minutes, run this again with --with-books to delete them.`,
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

await runCommand({ name, help, action: { create, list, show, delete: remove } });
