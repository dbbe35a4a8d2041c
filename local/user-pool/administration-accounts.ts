import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { assertGroup } from './administration-groups.ts';
import {
  AdministrationError,
  group,
  type Operation,
  operation,
  pageSize,
  user,
  userPool,
} from './administration-operation.ts';
import type { Groups } from './groups.ts';
import type { People, Person } from './people.ts';
import type { Records } from './records.ts';

export interface AccountParts {
  readonly people: People;
  readonly groups: Groups;
  readonly records: Records;
}

const attributes = z.array(z.strictObject({ Name: z.string(), Value: z.string() }));

export function accountOperations({ people, groups, records }: AccountParts): Record<string, Operation> {
  function known(name: string): Person {
    const person = people.find(name);
    if (!person) throw new AdministrationError('UserNotFoundException', 'User does not exist.');
    return person;
  }

  return {
    AdminCreateUser: operation(
      {
        ...user,
        UserAttributes: attributes.optional(),
        TemporaryPassword: z.string().optional(),
        MessageAction: z.enum(['SUPPRESS', 'RESEND']).optional(),
        DesiredDeliveryMediums: z.array(z.enum(['EMAIL'])).optional(),
      },
      async ({ Username: email, TemporaryPassword: password, MessageAction: action }) => {
        if (action === 'RESEND' && !known(email).mustChangePassword) {
          const message = 'Resend not possible: the account is not in the state FORCE_CHANGE_PASSWORD.';
          throw new AdministrationError('UnsupportedUserStateException', message);
        }
        if (action !== 'RESEND' && people.find(email)) {
          throw new AdministrationError('UsernameExistsException', 'User account already exists');
        }
        if (action !== 'SUPPRESS' || password === undefined) {
          const message = 'This pool sends no mail: expected MessageAction SUPPRESS and a password.';
          throw new AdministrationError('CodeDeliveryFailureException', message);
        }
        assertPasswordPolicy(password);
        // User names are e-mail addresses, as in the pool of the deployed stack. The pool also assigns an id.
        const username = randomUUID();
        await people.add({ username, email, password, groups: [] });
        return { User: shown(await people.setPassword(username, password, true)) };
      },
    ),
    AdminSetUserPassword: operation(
      { ...user, Password: z.string(), Permanent: z.literal(true) },
      async ({ Username: name, Password: password }) => {
        const { username } = known(name);
        assertPasswordPolicy(password);
        await people.setPassword(username, password, false);
        return {};
      },
    ),
    AdminDisableUser: operation(user, async ({ Username: name }) => {
      const { username, sub } = known(name);
      await people.setDisabled(username, true);
      await records.forget(sub, ['Session']);
      return {};
    }),
    AdminEnableUser: operation(user, async ({ Username: name }) => {
      await people.setDisabled(known(name).username, false);
      return {};
    }),
    AdminUserGlobalSignOut: operation(user, async ({ Username: name }) => {
      // Not the browser's session: Cognito does not end it either.
      await records.forget(known(name).sub, ['RefreshToken', 'Grant']);
      return {};
    }),
    AdminAddUserToGroup: operation({ ...user, ...group }, async ({ Username, GroupName }) => {
      const { username, groups: own } = known(Username);
      assertGroup(groups, GroupName);
      await people.setGroups(username, [...new Set([...own, GroupName])]);
      return {};
    }),
    AdminRemoveUserFromGroup: operation({ ...user, ...group }, async ({ Username, GroupName }) => {
      const { username, groups: own } = known(Username);
      assertGroup(groups, GroupName);
      const others = own.filter((name) => name !== GroupName);
      await people.setGroups(username, others);
      return {};
    }),
    AdminListGroupsForUser: operation({ ...user, Limit: pageSize }, ({ Username: name }) => ({
      Groups: known(name).groups.map((own) => ({ GroupName: own })),
    })),
    ListUsers: operation({ ...userPool, Limit: pageSize }, () => ({ Users: people.list().map(shown) })),
    ListUsersInGroup: operation({ ...group, Limit: pageSize }, ({ GroupName }) => {
      assertGroup(groups, GroupName);
      return {
        Users: people
          .list()
          .filter((person) => person.groups.includes(GroupName))
          .map(shown),
      };
    }),
  };
}

const shown = ({ username, email, disabled, mustChangePassword, created }: Person): object => ({
  Username: username,
  Attributes: [{ Name: 'email', Value: email }],
  Enabled: !disabled,
  UserStatus: mustChangePassword ? 'FORCE_CHANGE_PASSWORD' : 'CONFIRMED',
  UserCreateDate: created,
});

/** The password policy of the deployed pool. It does not apply to the demo's people. */
function assertPasswordPolicy(password: string): void {
  const required = [/.{12}/s, /[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/];
  if (required.every((pattern) => pattern.test(password))) return;
  throw new AdministrationError('InvalidPasswordException', 'Password did not conform with policy');
}
