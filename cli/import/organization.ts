import { Refusal } from '../../shared/ledger/errors.ts';
import type { StoreLocation } from '../arguments.ts';
import { withPool } from '../pool/connection.ts';
import type { PoolLocation } from '../pool/location.ts';
import { createOrganization, organizationExists } from '../pool/organizations.ts';

interface Wanted {
  organization: string;
  /** Where the books are. */
  store: StoreLocation;
  /** Whether to create it if it does not exist. */
  create: boolean;
}

/**
 * Makes sure that somebody can read what is about to be imported: an organization is a group of the user pool.
 * @returns a message for the operator, if there is one
 * @throws {Refusal} when the organization does not exist and may not be created
 * @throws {Unusable} when the user pool does not answer
 */
export async function ensureOrganization(
  { organization, store, create }: Wanted,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const location = poolBeside(store, environment);
  if (!location) {
    if (create) {
      throw new Refusal(
        '--create needs the user pool, which a table does not name: expected --stack NAME, or the environment variable USER_POOL_ID.',
      );
    }
    return `Could not check whether the organization "${organization}" exists, because a table does not name the user pool. To check it, use --stack NAME or set the environment variable USER_POOL_ID.`;
  }
  return withPool(location, async (pool) => {
    if (await organizationExists(pool, organization)) return undefined;
    if (!create) {
      throw new Refusal(
        `There is no organization "${organization}", so nothing was imported: expected one listed by npm run organizations -- list. To create it, use --create.`,
      );
    }
    await createOrganization(pool, organization);
    return `Created the organization "${organization}".`;
  });
}

function poolBeside(store: StoreLocation, environment: NodeJS.ProcessEnv): PoolLocation | undefined {
  if (!('tableName' in store)) return store;
  const userPoolId = environment.USER_POOL_ID;
  return userPoolId ? { userPoolId, tableName: store.tableName, publicOrigin: undefined } : undefined;
}
