import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminRemoveUserFromGroupCommand,
  AdminSetUserPasswordCommand,
  AdminUserGlobalSignOutCommand,
  InvalidPasswordException,
  paginateAdminListGroupsForUser,
  paginateListUsers,
  paginateListUsersInGroup,
  UnsupportedUserStateException,
  UserNotFoundException,
  UsernameExistsException,
  type UserType,
} from '@aws-sdk/client-cognito-identity-provider';
import { groupOf } from '../../shared/organization.ts';
import { inParallel } from '../../shared/parallel.ts';
import { quote } from '../../shared/text.ts';
import { NotDone } from '../command.ts';
import { type Pool, pageSize } from './connection.ts';
import { organizationsIn } from './organizations.ts';

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

/** The accounts of an organization. */
export async function accountsOf({ cognito, userPoolId }: Pool, organization: string): Promise<Account[]> {
  const members = { UserPoolId: userPoolId, GroupName: groupOf(organization) };
  return toAccounts(await Array.fromAsync(paginateListUsersInGroup({ client: cognito, pageSize }, members)));
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
  const pool = { UserPoolId: userPoolId };
  return toAccounts(await Array.fromAsync(paginateListUsers({ client: cognito, pageSize }, pool)));
}

async function organizationsOf({ cognito, userPoolId }: Pool, username: string): Promise<string[]> {
  const user = { UserPoolId: userPoolId, Username: username };
  const pages = await Array.fromAsync(paginateAdminListGroupsForUser({ client: cognito, pageSize }, user));
  return organizationsIn(pages.flatMap(({ Groups = [] }) => Groups));
}

const toAccounts = (pages: readonly { Users?: UserType[] | undefined }[]): Account[] =>
  pages.flatMap(({ Users = [] }) => Users.map(toAccount));

function toAccount({ Username, Attributes, Enabled, UserStatus, UserCreateDate }: UserType): Account {
  return {
    username: Username ?? '',
    email: Attributes?.find(({ Name }) => Name === 'email')?.Value,
    enabled: Enabled ?? true,
    invited: UserStatus === 'FORCE_CHANGE_PASSWORD',
    created: UserCreateDate?.toISOString(),
  };
}

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
export const inviteAgain = (pool: Pool, account: string): Promise<void> =>
  onAccount(pool, account, async (user) => {
    try {
      await pool.cognito.send(
        new AdminCreateUserCommand({ ...user, MessageAction: 'RESEND', DesiredDeliveryMediums: ['EMAIL'] }),
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
  onAccount(pool, account, (user) =>
    pool.cognito.send(new AdminAddUserToGroupCommand({ ...user, GroupName: groupOf(organization) })),
  );

/** Removes an account from an existing organization. @throws {NotDone} when it is not in it, or does not exist */
export const removeFromOrganization = (pool: Pool, account: string, organization: string): Promise<void> =>
  onAccount(pool, account, async (user) => {
    // Cognito does not report it if the account was never in the group; a mistyped id would go unnoticed.
    if (!(await organizationsOf(pool, account)).includes(organization)) {
      throw new NotDone(`The account ${account} is not in the organization "${organization}".`);
    }
    await pool.cognito.send(
      new AdminRemoveUserFromGroupCommand({ ...user, GroupName: groupOf(organization) }),
    );
  });

/** Disables an account and revokes its refresh tokens. @throws {NotDone} when there is no such account */
export const disableAccount = (pool: Pool, account: string): Promise<void> =>
  onAccount(pool, account, async (user) => {
    await pool.cognito.send(new AdminDisableUserCommand(user));
    await pool.cognito.send(new AdminUserGlobalSignOutCommand(user));
  });

/** Enables a disabled account. @throws {NotDone} when there is no such account */
export const enableAccount = (pool: Pool, account: string): Promise<void> =>
  onAccount(pool, account, (user) => pool.cognito.send(new AdminEnableUserCommand(user)));

async function onAccount(
  { userPoolId }: Pool,
  account: string,
  work: (user: { UserPoolId: string; Username: string }) => Promise<unknown>,
): Promise<void> {
  try {
    await work({ UserPoolId: userPoolId, Username: account });
  } catch (error) {
    if (!(error instanceof UserNotFoundException)) throw error;
    throw new NotDone(
      `There is no account ${quote(account)}: expected one listed by npm run accounts -- list.`,
    );
  }
}
