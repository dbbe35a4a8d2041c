import { type ScopeName, scopeNames } from '../shared/edge.ts';
import { Refusal } from '../shared/ledger/errors.ts';
import { quote } from '../shared/text.ts';
import { flag, organizationOf, value } from './arguments.ts';
import { action, columns, NotDone, runCommand } from './command.ts';
import { confirm } from './confirm.ts';
import { locationFlags, poolHelp, poolOf, poolOptions } from './location.ts';
import { withPool } from './pool/connection.ts';
import {
  allMachineClients,
  createMachineClient,
  findMachineClient,
  revokeMachineClient,
} from './pool/machine-clients.ts';
import { assertOrganization } from './pool/organizations.ts';

/*
 * npm run machine-clients: the programs that read an organization's books. See docs/operators.md.
 */

const name = 'npm run machine-clients';

const help = `A machine client is a program that reads the books of one organization, with an id and a secret instead of a person.

  ${name} -- create --org ID [--name TEXT] [--scopes NAMES]
      Creates one and prints its id and its secret, which is shown only once. TEXT describes it in lists.
      NAMES, separated by commas, limit what it can read. The default is all of them:
      ${scopeNames.join(',')}
  ${name} -- list [--org ID]
      Lists the machine clients of all organizations, or of one.
  ${name} -- revoke CLIENT_ID [--org ID] [--yes]
      Revokes one permanently: it gets no more tokens. You type CLIENT_ID to confirm, unless you use --yes.

${poolHelp}
  --json         print one JSON object (with npm run --silent machine-clients nothing else is printed)

Examples:
  ${name} -- create --org acme --name reporting --scopes invoices:read,business:read --stack finance-mcp-prod
  npm run --silent machine-clients -- create --org acme --local 3000 --json > client.json
  ${name} -- revoke 1example23456789 --stack finance-mcp-prod`;

/** What AWS accepts in the name of an app client, with room for the organization before it. */
const clientNameText = /^[\w +=,.@-]{1,50}$/;

const createOptions = { ...poolOptions, org: value, name: value, scopes: value } as const;

const create = action({ options: createOptions }, async (values) => {
  const organization = organizationOf(values.org);
  if (values.name !== undefined && !clientNameText.test(values.name)) {
    throw new Refusal(
      `--name ${quote(values.name)}: expected 1 to 50 unaccented letters, digits, spaces and the characters _ + = , . @ -`,
    );
  }
  const scopes = scopesOf(values.scopes);
  const location = poolOf(values);
  return withPool(location, async (pool) => {
    await assertOrganization(pool, organization);
    const { id, secret } = await createMachineClient(pool, { organization, name: values.name, scopes });
    const { origin } = new URL(pool.mcpUrl ?? '');
    const tokenEndpoint = `${origin}/oauth/token`;
    return {
      text: `Created a machine client of "${organization}" with the scopes ${scopes.join(', ')}.

Client id:      ${id}
Client secret:  ${secret}
Token endpoint: ${tokenEndpoint} (grant_type=client_credentials)
MCP URL:        ${pool.mcpUrl}

The secret is shown only once. To test it, run this, paste the secret (it stays hidden) and press Enter:
  read -rs SECRET; echo "$SECRET" | npm run smoke -- ${origin} --client-id ${id} --client-secret-stdin
To revoke it:
  ${name} -- revoke ${id}${locationFlags(location)}`,
      json: {
        clientId: id,
        clientSecret: secret,
        organization,
        name: values.name ?? null,
        scopes,
        tokenEndpoint,
        mcpUrl: pool.mcpUrl,
      },
    };
  });
});

function scopesOf(text: string | undefined): ScopeName[] {
  if (text === undefined) return [...scopeNames];
  const asked = text.split(',').map((word) => word.trim());
  const unknown = asked.find((word) => !scopeNames.some((scope) => scope === word));
  if (unknown !== undefined) {
    throw new Refusal(
      `--scopes has ${quote(unknown)}: expected one or more of ${scopeNames.join(',')}, separated by commas.`,
    );
  }
  return scopeNames.filter((scope) => asked.includes(scope));
}

const list = action({ options: { ...poolOptions, org: value } }, async ({ org, ...values }) => {
  const organization = org === undefined ? undefined : organizationOf(org);
  return withPool(poolOf(values), async (pool) => {
    if (organization !== undefined) await assertOrganization(pool, organization);
    const machineClients = (await allMachineClients(pool)).filter(
      (client) => organization === undefined || client.organization === organization,
    );
    const text =
      machineClients.length === 0
        ? `There is no machine client${organization === undefined ? '' : ` of "${organization}"`} yet. To create one: ${name} -- create --org ID`
        : columns(
            machineClients.map((client) => [
              client.id,
              client.organization ?? 'no organization: it has no access, revoke it',
              client.name ?? '',
              client.created?.slice(0, 10) ?? '',
              client.scopes?.join(',') ?? '',
            ]),
          );
    return { text, json: { machineClients } };
  });
});

const revokeOptions = { ...poolOptions, org: value, yes: flag } as const;

const revoke = action({ argument: 'CLIENT_ID', options: revokeOptions }, async ({ org, ...values }, id) => {
  const organization = org === undefined ? undefined : organizationOf(org);
  return withPool(poolOf(values), async (pool) => {
    const client = await findMachineClient(pool, id);
    if (organization !== undefined && client.organization !== organization) {
      throw new NotDone(
        `The machine client ${id} does not belong to "${organization}", so nothing was done.`,
      );
    }
    const whose =
      client.organization === undefined ? 'a machine client' : `a machine client of "${client.organization}"`;
    await confirm(`permanently revokes ${whose}`, id, values.yes);
    await revokeMachineClient(pool, client);
    return {
      text: `Revoked the machine client ${id}. Access tokens that were already issued remain valid for up to 15 minutes.`,
      json: { clientId: id, organization: client.organization ?? null, revoked: true },
    };
  });
});

await runCommand({ name, help, action: { create, list, revoke } });
