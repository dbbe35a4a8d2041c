import {
  CreateUserPoolClientCommand,
  DeleteUserPoolClientCommand,
  paginateListUserPoolClients,
} from '@aws-sdk/client-cognito-identity-provider';
import type { ScopeName } from '../../shared/edge.ts';
import { Refusal } from '../../shared/ledger/errors.ts';
import { machineClientKey } from '../../shared/store/keys.ts';
import { NotDone } from '../command.ts';
import { type Pool, pageSize } from './connection.ts';
import { exists } from './organizations.ts';

/*
 * A machine client is an app client of the user pool, and an item of the table that says which organization it reads.
 * Only the item gives access: it is written last and removed first, so that an interruption leaves at most an app client
 * without an organization, and never access that the list does not show.
 */

export interface MachineClient {
  readonly id: string;
  /** What the app client is called in the pool. */
  readonly clientName: string;
  /** Undefined for one without access. */
  readonly organization: string | undefined;
  readonly name: string | undefined;
  readonly scopes: readonly ScopeName[] | undefined;
  /** ISO 8601. */
  readonly created: string | undefined;
}

export interface NewMachineClient {
  readonly organization: string;
  readonly name: string | undefined;
  readonly scopes: readonly ScopeName[];
}

/** What the item of a machine client says. The claims trigger reads the organization, people the rest. */
interface Description {
  organization?: string;
  name?: string;
  scopes?: ScopeName[];
  created?: string;
}

/** App clients of this name are machine clients, also without an item. */
const namePrefix = 'machine ';

/** @returns id and secret, which cannot be read again by these commands */
export async function createMachineClient(
  pool: Pool,
  { organization, name, scopes }: NewMachineClient,
): Promise<{ id: string; secret: string }> {
  const { cognito, userPoolId, table, mcpUrl } = pool;
  if (mcpUrl === undefined) {
    throw new Refusal(
      'The MCP URL, which the scopes begin with, is missing: expected --stack NAME, or the environment variable PUBLIC_ORIGIN.',
    );
  }
  const { UserPoolClient: client } = await cognito.send(
    new CreateUserPoolClientCommand({
      UserPoolId: userPoolId,
      ClientName: `${namePrefix}${organization}${name === undefined ? '' : ` - ${name}`}`,
      GenerateSecret: true,
      AllowedOAuthFlows: ['client_credentials'],
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthScopes: scopes.map((scope) => `${mcpUrl}/${scope}`),
      // By default, flows that take a person's password would be allowed. This one needs triggers that the pool does not have.
      ExplicitAuthFlows: ['ALLOW_CUSTOM_AUTH'],
      // As for people: a token works until it expires, even if its client is revoked.
      AccessTokenValidity: 15,
      TokenValidityUnits: { AccessToken: 'minutes' },
      PreventUserExistenceErrors: 'ENABLED',
    }),
  );
  const { ClientId: id, ClientSecret: secret } = client ?? {};
  if (!id || !secret) throw new Error('The user pool created an app client without an id or a secret.');
  const description: Description = {
    organization,
    ...(name !== undefined && { name }),
    scopes: [...scopes],
    created: new Date().toISOString(),
  };
  try {
    await table.write([{ ...machineClientKey(id), data: JSON.stringify(description) }]);
  } catch (error) {
    await removeAppClient(pool, id).catch(() => {
      throw new NotDone(
        `The machine client ${id} was created but could not be linked to its organization, so it has no access. To remove it: npm run machine-clients -- revoke ${id}`,
      );
    });
    throw error;
  }
  return { id, secret };
}

/** Every machine client of the pool, by organization and name; those without an organization last. */
export async function allMachineClients({ cognito, userPoolId, table }: Pool): Promise<MachineClient[]> {
  const pages = await Array.fromAsync(
    paginateListUserPoolClients({ client: cognito, pageSize }, { UserPoolId: userPoolId }),
  );
  const named = pages
    .flatMap(({ UserPoolClients = [] }) => UserPoolClients)
    .map(({ ClientId: id = '', ClientName: clientName = '' }) => ({ id, clientName }));
  const items = await table.getMany(
    named.map(({ id }) => machineClientKey(id)),
    true,
  );
  const descriptions = new Map(items.map(({ pk, data }) => [pk, JSON.parse(data) as Description]));
  return named
    .map(({ id, clientName }): MachineClient => {
      const { organization, name, scopes, created } = descriptions.get(machineClientKey(id).pk) ?? {};
      return { id, clientName, organization, name, scopes, created };
    })
    .filter(({ organization, clientName }) => organization !== undefined || clientName.startsWith(namePrefix))
    .sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}

const orderOf = ({ organization = '~', clientName, id }: MachineClient): string =>
  [organization, clientName, id].join('\n');

export const machineClientsOf = async (pool: Pool, organization: string): Promise<MachineClient[]> =>
  (await allMachineClients(pool)).filter((client) => client.organization === organization);

/** @throws {NotDone} when no machine client has the id, though another app client may */
export async function findMachineClient(pool: Pool, id: string): Promise<MachineClient> {
  const found = (await allMachineClients(pool)).find((client) => client.id === id);
  if (found) return found;
  throw new NotDone(
    `There is no machine client "${id}": expected one listed by npm run machine-clients -- list.`,
  );
}

/** Revokes a machine client: first its tokens give no access any more, then it gets none. */
export async function revokeMachineClient(pool: Pool, { id }: MachineClient): Promise<void> {
  await pool.table.write([], [machineClientKey(id)]);
  await removeAppClient(pool, id);
}

async function removeAppClient({ cognito, userPoolId }: Pool, id: string): Promise<void> {
  await exists(cognito.send(new DeleteUserPoolClientCommand({ UserPoolId: userPoolId, ClientId: id })));
}
