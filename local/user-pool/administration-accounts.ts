import { randomBytes, randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AdministrationError, noSuchGroup, noSuchUser } from './administration-error.ts';
import {
  groupName,
  type Operation,
  operation,
  pageOf,
  pageSize,
  pageToken,
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
const email = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

export function accountOperations({ people, groups, records }: AccountParts): Record<string, Operation> {
  function known(name: string): Person {
    const person = people.find(name);
    if (!person) throw noSuchUser();
    return person;
  }

  const signsIn = (person: Person, taken: string): boolean =>
    [person.username, person.email].some((name) => name.toLowerCase() === taken.toLowerCase());

  return {
    AdminCreateUser: operation(
      {
        ...user,
        UserAttributes: attributes.default([]),
        TemporaryPassword: z.string().optional(),
        MessageAction: z.enum(['SUPPRESS', 'RESEND']).optional(),
        DesiredDeliveryMediums: z.array(z.enum(['EMAIL'])).optional(),
      },
      async ({
        Username: name,
        UserAttributes: given,
        TemporaryPassword: password,
        MessageAction: action,
      }) => {
        if (action === 'RESEND' && !known(name).mustChangePassword) {
          const message = 'Resend not possible: the account is not in the state FORCE_CHANGE_PASSWORD.';
          throw new AdministrationError('UnsupportedUserStateException', message);
        }
        // User names are e-mail addresses, as in the pool of the deployed stack. The pool also assigns an id.
        if (!email.test(name)) {
          throw new AdministrationError('InvalidParameterException', 'Username should be an email.');
        }
        const other = given.find(({ Name, Value }) => Name === 'email' && Value !== name);
        if (other) {
          throw new AdministrationError('InvalidParameterException', 'The email differs from the username.');
        }
        if (action !== 'RESEND' && people.list().some((person) => signsIn(person, name))) {
          throw new AdministrationError('UsernameExistsException', 'User account already exists');
        }
        if (action !== 'SUPPRESS') {
          const message = 'This pool sends no mail: expected MessageAction SUPPRESS.';
          throw new AdministrationError('CodeDeliveryFailureException', message);
        }
        if (password !== undefined) assertPasswordPolicy(password);
        const username = randomUUID();
        const first = password ?? randomBytes(24).toString('base64url');
        await people.add({ username, email: name, password: first, groups: [] });
        return { User: shown(await people.setPassword(username, first, true), 'Attributes') };
      },
    ),
    AdminGetUser: operation(user, ({ Username: name }) => shown(known(name), 'UserAttributes')),
    AdminSetUserPassword: operation(
      { ...user, Password: z.string(), Permanent: z.boolean().default(false) },
      async ({ Username: name, Password: password, Permanent: permanent }) => {
        const { username } = known(name);
        assertPasswordPolicy(password);
        await people.setPassword(username, password, !permanent);
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
    AdminAddUserToGroup: operation({ ...user, GroupName: groupName }, async (given) => {
      const { username, groups: own } = known(given.Username);
      if (!groups.find(given.GroupName)) throw noSuchGroup();
      await people.setGroups(username, [...new Set([...own, given.GroupName])]);
      return {};
    }),
    AdminRemoveUserFromGroup: operation({ ...user, GroupName: groupName }, async (given) => {
      const { username, groups: own } = known(given.Username);
      if (!groups.find(given.GroupName)) throw noSuchGroup();
      await people.setGroups(
        username,
        own.filter((name) => name !== given.GroupName),
      );
      return {};
    }),
    AdminListGroupsForUser: operation({ ...user, Limit: pageSize, NextToken: pageToken }, (given) => {
      const own = known(given.Username).groups;
      const { items, next } = pageOf(own, (name) => name, given.Limit, given.NextToken);
      return { Groups: items.map((name) => ({ GroupName: name })), NextToken: next };
    }),
    ListUsers: operation({ ...userPool, Limit: pageSize, PaginationToken: pageToken }, (given) => {
      const { items, next } = pageOf(people.list(), ({ sub }) => sub, given.Limit, given.PaginationToken);
      return { Users: items.map((person) => shown(person, 'Attributes')), PaginationToken: next };
    }),
    ListUsersInGroup: operation(
      { ...userPool, GroupName: groupName, Limit: pageSize, NextToken: pageToken },
      (given) => {
        if (!groups.find(given.GroupName)) throw noSuchGroup();
        const members = people.list().filter((person) => person.groups.includes(given.GroupName));
        const { items, next } = pageOf(members, ({ sub }) => sub, given.Limit, given.NextToken);
        return { Users: items.map((person) => shown(person, 'Attributes')), NextToken: next };
      },
    ),
  };
}

/** Lists and single accounts have different names for the same attributes. */
function shown(person: Person, attributesName: 'Attributes' | 'UserAttributes'): object {
  return {
    Username: person.username,
    [attributesName]: [
      { Name: 'email', Value: person.email },
      { Name: 'email_verified', Value: 'true' },
      { Name: 'sub', Value: person.sub },
    ],
    Enabled: !person.disabled,
    UserStatus: person.mustChangePassword ? 'FORCE_CHANGE_PASSWORD' : 'CONFIRMED',
    UserCreateDate: person.created,
    UserLastModifiedDate: person.created,
  };
}

const shortestPassword = 12;

/** The password policy of the deployed pool. It does not apply to the demo's people. */
function assertPasswordPolicy(password: string): void {
  const lacking = [
    ...(password.length < shortestPassword ? [`Password not long enough`] : []),
    ...(/[a-z]/.test(password) ? [] : ['Password must have lowercase characters']),
    ...(/[A-Z]/.test(password) ? [] : ['Password must have uppercase characters']),
    ...(/[0-9]/.test(password) ? [] : ['Password must have numeric characters']),
    ...(/[^A-Za-z0-9]/.test(password) ? [] : ['Password must have symbol characters']),
  ];
  if (lacking[0] === undefined) return;
  throw new AdministrationError(
    'InvalidPasswordException',
    `Password did not conform with policy: ${lacking[0]}`,
  );
}
