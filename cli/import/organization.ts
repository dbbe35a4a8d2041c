import { Refusal } from '../../shared/ledger/errors.ts';
import { type Location, namesPool } from '../location.ts';
import { withPool } from '../pool/connection.ts';
import { createOrganization, organizationExists } from '../pool/organizations.ts';
import type { ImportArguments } from './arguments.ts';

/**
 * Makes sure that somebody can read what is about to be imported: an organization is a group of the user pool.
 * @param store where the books are
 * @returns a message for the operator, if there is one
 * @throws {Refusal} when the organization does not exist and may not be created
 * @throws {Unusable} when the user pool does not answer
 */
export async function ensureOrganization(
  { organization, create }: ImportArguments,
  store: Location,
): Promise<string | undefined> {
  if (!namesPool(store)) {
    if (create) {
      throw new Refusal(
        '--create needs the user pool, which a table does not name: expected --stack NAME, or the environment variable USER_POOL_ID.',
      );
    }
    return `Could not check whether the organization "${organization}" exists, because a table does not name the user pool. To check it, use --stack NAME or set the environment variable USER_POOL_ID.`;
  }
  return withPool(store, async (pool) => {
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
