import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminRemoveUserFromGroupCommand,
  AdminSetUserPasswordCommand,
  AdminUserGlobalSignOutCommand,
  type AttributeType,
  InvalidPasswordException,
  paginateAdminListGroupsForUser,
  paginateListUsers,
  paginateListUsersInGroup,
  UnsupportedUserStateException,
  UserNotFoundException,
  UsernameExistsException,
  type UserType,
} from '@aws-sdk/client-cognito-identity-provider';
import { groupOf, organizationOfGroup } from '../../shared/organization.ts';
import { inParallel } from '../../shared/parallel.ts';
import { quote } from '../../shared/text.ts';
import { NotDone } from '../command.ts';
import type { Pool } from './connection.ts';

export interface Account {
  /** The pool's own name for it. Commands also accept the e-mail address. */
  readonly username: string;
  readonly email: string | undefined;
  readonly enabled: boolean;
  /** Whether its owner has not chosen a password yet. */
  readonly invited: boolean;
  /** ISO 8601. */
  readonly created: string | undefined;
}

export interface AccountWithOrganizations extends Account {
  readonly organizations: readonly string[];
}

const pageSize = 60;

/** The accounts of an organization. */
export async function accountsOf({ cognito, userPoolId }: Pool, organization: string): Promise<Account[]> {
  const accounts: Account[] = [];
  const members = { UserPoolId: userPoolId, GroupName: groupOf(organization) };
  for await (const { Users = [] } of paginateListUsersInGroup({ client: cognito, pageSize }, members)) {
    accounts.push(...Users.map(toAccount));
  }
  return accounts;
}

/** The accounts of an organization, or all, with every organization that each belongs to; by address. */
export async function listAccounts(
  pool: Pool,
  organization: string | undefined,
): Promise<AccountWithOrganizations[]> {
  const accounts =
    organization === undefined ? await allAccounts(pool) : await accountsOf(pool, organization);
  const withOrganizations = await inParallel(accounts, async (account) => ({
    ...account,
    organizations: await organizationsOf(pool, account.username),
  }));
  const named = ({ email, username }: Account) => email ?? username;
  return withOrganizations.sort((a, b) => (named(a) < named(b) ? -1 : 1));
}

async function allAccounts({ cognito, userPoolId }: Pool): Promise<Account[]> {
  const accounts: Account[] = [];
  const pages = paginateListUsers({ client: cognito, pageSize }, { UserPoolId: userPoolId });
  for await (const { Users = [] } of pages) accounts.push(...Users.map(toAccount));
  return accounts;
}

async function organizationsOf({ cognito, userPoolId }: Pool, username: string): Promise<string[]> {
  const organizations: string[] = [];
  const of = { UserPoolId: userPoolId, Username: username };
  for await (const { Groups = [] } of paginateAdminListGroupsForUser({ client: cognito, pageSize }, of)) {
    organizations.push(...Groups.flatMap(({ GroupName }) => organizationOfGroup(GroupName) ?? []));
  }
  return organizations.sort();
}

function toAccount({ Username, Attributes, Enabled, UserStatus, UserCreateDate }: UserType): Account {
  return {
    username: Username ?? '',
    email: emailIn(Attributes),
    enabled: Enabled ?? true,
    invited: UserStatus === 'FORCE_CHANGE_PASSWORD',
    created: UserCreateDate?.toISOString(),
  };
}

const emailIn = (attributes: readonly AttributeType[] | undefined): string | undefined =>
  attributes?.find(({ Name }) => Name === 'email')?.Value;

/**
 * Creates an account. In AWS, the pool invites its owner by mail. The local edition sends no mail, so the password is
 * set at once.
 * @param password of an account of the local edition
 * @throws {NotDone} when the account exists already, or the password is too weak
 */
export async function createAccount(
  { cognito, userPoolId }: Pool,
  email: string,
  password: string | undefined,
): Promise<Account> {
  const account = { UserPoolId: userPoolId, Username: email };
  try {
    const { User = {} } = await cognito.send(
      new AdminCreateUserCommand({
        ...account,
        UserAttributes: [
          { Name: 'email', Value: email },
          { Name: 'email_verified', Value: 'true' },
        ],
        ...(password === undefined
          ? { DesiredDeliveryMediums: ['EMAIL'] }
          : { MessageAction: 'SUPPRESS', TemporaryPassword: password }),
      }),
    );
    if (password === undefined) return toAccount(User);
    await cognito.send(new AdminSetUserPasswordCommand({ ...account, Password: password, Permanent: true }));
    return { ...toAccount(User), invited: false };
  } catch (error) {
    if (error instanceof UsernameExistsException) {
      throw new NotDone(
        `An account for ${email} already exists. To add it to an organization: npm run accounts -- add-to ${email} --org ID`,
      );
    }
    if (error instanceof InvalidPasswordException) {
      throw new NotDone(
        'The password is too weak: expected 12 characters or more, with lowercase and uppercase letters, digits and symbols.',
      );
    }
    throw error;
  }
}

/**
 * Has the pool send the invitation again, with another temporary password.
 * @throws {NotDone} when there is no such account, or its owner has chosen a password
 */
export const inviteAgain = ({ cognito, userPoolId }: Pool, account: string): Promise<void> =>
  onAccount(account, async () => {
    try {
      await cognito.send(
        new AdminCreateUserCommand({
          UserPoolId: userPoolId,
          Username: account,
          MessageAction: 'RESEND',
          DesiredDeliveryMediums: ['EMAIL'],
        }),
      );
    } catch (error) {
      if (!(error instanceof UnsupportedUserStateException)) throw error;
      throw new NotDone(
        `The owner of ${account} has already chosen a password. To reset it, they use the link on the sign-in page.`,
      );
    }
  });

/** Adds an account to an existing organization. @throws {NotDone} when there is no such account */
export const addToOrganization = (pool: Pool, account: string, organization: string): Promise<void> =>
  onAccount(account, () =>
    pool.cognito.send(
      new AdminAddUserToGroupCommand({
        UserPoolId: pool.userPoolId,
        Username: account,
        GroupName: groupOf(organization),
      }),
    ),
  );

/** Removes an account from an existing organization. @throws {NotDone} when it is not in it, or does not exist */
export async function removeFromOrganization(
  pool: Pool,
  account: string,
  organization: string,
): Promise<void> {
  await onAccount(account, async () => {
    // Cognito does not report it if the account was never in the group; a mistyped id would go unnoticed.
    if (!(await organizationsOf(pool, account)).includes(organization)) {
      throw new NotDone(`The account ${account} is not in the organization "${organization}".`);
    }
    await pool.cognito.send(
      new AdminRemoveUserFromGroupCommand({
        UserPoolId: pool.userPoolId,
        Username: account,
        GroupName: groupOf(organization),
      }),
    );
  });
}

/** Disables an account and revokes its refresh tokens. @throws {NotDone} when there is no such account */
export const disableAccount = ({ cognito, userPoolId }: Pool, account: string): Promise<void> =>
  onAccount(account, async () => {
    const user = { UserPoolId: userPoolId, Username: account };
    await cognito.send(new AdminDisableUserCommand(user));
    await cognito.send(new AdminUserGlobalSignOutCommand(user));
  });

/** Enables a disabled account. @throws {NotDone} when there is no such account */
export const enableAccount = ({ cognito, userPoolId }: Pool, account: string): Promise<void> =>
  onAccount(account, () =>
    cognito.send(new AdminEnableUserCommand({ UserPoolId: userPoolId, Username: account })),
  );

async function onAccount(account: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof UserNotFoundException)) throw error;
    throw new NotDone(
      `There is no account ${quote(account)}: expected one listed by npm run accounts -- list.`,
    );
  }
}
