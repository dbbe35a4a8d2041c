import {
  CreateGroupCommand,
  DeleteGroupCommand,
  GetGroupCommand,
  GroupExistsException,
  type GroupType,
  paginateListGroups,
  ResourceNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider';
import { groupOf, organizationOfGroup } from '../../shared/organization.ts';
import { NotDone } from '../command.ts';
import { type Pool, pageSize } from './connection.ts';

/** All of them, in alphabetical order. */
export async function listOrganizations({ cognito, userPoolId }: Pool): Promise<string[]> {
  const pool = { UserPoolId: userPoolId };
  const pages = await Array.fromAsync(paginateListGroups({ client: cognito, pageSize }, pool));
  return organizationsIn(pages.flatMap(({ Groups = [] }) => Groups));
}

/** The organizations among some groups, in alphabetical order. */
export const organizationsIn = (groups: readonly GroupType[]): string[] =>
  groups.flatMap(({ GroupName }) => organizationOfGroup(GroupName) ?? []).sort();

export const organizationExists = ({ cognito, userPoolId }: Pool, organization: string): Promise<boolean> =>
  exists(cognito.send(new GetGroupCommand({ UserPoolId: userPoolId, GroupName: groupOf(organization) })));

/** @throws {NotDone} when it does not exist */
export async function assertOrganization(pool: Pool, organization: string): Promise<void> {
  if (await organizationExists(pool, organization)) return;
  throw new NotDone(
    `There is no organization "${organization}": expected one listed by npm run organizations -- list, or create it first.`,
  );
}

/** @throws {NotDone} when it exists already */
export async function createOrganization({ cognito, userPoolId }: Pool, organization: string): Promise<void> {
  try {
    await cognito.send(
      new CreateGroupCommand({
        UserPoolId: userPoolId,
        GroupName: groupOf(organization),
        Description: `Can read the books of the organization ${organization}`,
      }),
    );
  } catch (error) {
    if (!(error instanceof GroupExistsException)) throw error;
    throw new NotDone(`The organization "${organization}" already exists.`);
  }
}

/** Deletes the group, and with it every membership. Nothing happens if it does not exist. */
export async function deleteOrganization({ cognito, userPoolId }: Pool, organization: string): Promise<void> {
  await exists(
    cognito.send(new DeleteGroupCommand({ UserPoolId: userPoolId, GroupName: groupOf(organization) })),
  );
}

/** Whether the group or client that a request is about existed when it was sent. */
export async function exists(request: Promise<unknown>): Promise<boolean> {
  try {
    await request;
    return true;
  } catch (error) {
    // Cognito has one name for a group, a client and a whole pool that do not exist.
    const isMissing =
      error instanceof ResourceNotFoundException && !/^user pool (?!client)/i.test(error.message);
    if (isMissing) return false;
    throw error;
  }
}
