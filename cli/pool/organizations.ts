import {
  CreateGroupCommand,
  DeleteGroupCommand,
  GetGroupCommand,
  GroupExistsException,
  paginateListGroups,
  ResourceNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider';
import { groupOf, organizationOfGroup } from '../../shared/organization.ts';
import { NotDone } from '../command.ts';
import type { Pool } from './connection.ts';

/** The largest page that AWS returns. */
const pageSize = 60;

/** All of them, in alphabetical order. */
export async function listOrganizations({ cognito, userPoolId }: Pool): Promise<string[]> {
  const organizations: string[] = [];
  for await (const { Groups = [] } of paginateListGroups(
    { client: cognito, pageSize },
    { UserPoolId: userPoolId },
  )) {
    organizations.push(...Groups.flatMap(({ GroupName }) => organizationOfGroup(GroupName) ?? []));
  }
  return organizations.sort();
}

export async function organizationExists(
  { cognito, userPoolId }: Pool,
  organization: string,
): Promise<boolean> {
  try {
    await cognito.send(new GetGroupCommand({ UserPoolId: userPoolId, GroupName: groupOf(organization) }));
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

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

/** Removes the group, and with it everybody from it. Nothing happens when it is gone already. */
export async function deleteOrganization({ cognito, userPoolId }: Pool, organization: string): Promise<void> {
  try {
    await cognito.send(new DeleteGroupCommand({ UserPoolId: userPoolId, GroupName: groupOf(organization) }));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** Cognito has one name for a group, a client and a whole pool that do not exist. */
export const isMissing = (error: unknown): boolean =>
  error instanceof ResourceNotFoundException && !/^user pool (?!client)/i.test(error.message);
