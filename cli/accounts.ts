import { randomBytes } from 'node:crypto';
import { Refusal } from '../shared/ledger/errors.ts';
import { quote } from '../shared/text.ts';
import { flag, organizationOf, value } from './arguments.ts';
import { action, columns, type Report, runCommand, tell } from './command.ts';
import { poolHelp, poolOf, poolOptions } from './location.ts';
import {
  type AccountWithOrganizations,
  addToOrganization,
  createAccount,
  disableAccount,
  enableAccount,
  inviteAgain,
  listAccounts,
  removeFromOrganization,
} from './pool/accounts.ts';
import { type Pool, withPool } from './pool/connection.ts';
import { assertOrganization } from './pool/organizations.ts';
import { secretsFromInput } from './standard-input.ts';

/*
 * npm run accounts: the people who can sign in, and the organizations that they can read. See docs/operators.md.
 */

const name = 'npm run accounts';

const help = `An account is a person who signs in. It can read the books of the organizations that it is added to, and no others.

  ${name} -- create EMAIL [--org ID]… [--password-stdin]
      Creates an account. In AWS, the user pool sends an invitation to EMAIL. The local edition sends no mail: it
      generates a password and prints it once, or reads one from standard input with --password-stdin.
  ${name} -- invite EMAIL
      Sends the invitation again with a new temporary password, if it was lost or has expired after 7 days.
  ${name} -- list [--org ID]
      Lists all accounts, or those of one organization.
  ${name} -- disable EMAIL
      Disables an account: its owner can no longer sign in, and is signed out everywhere.
  ${name} -- enable EMAIL
      Enables a disabled account.
  ${name} -- add-to EMAIL --org ID
      Gives an account access to an organization.
  ${name} -- remove-from EMAIL --org ID
      Removes that access.

Access tokens that were issued before a change remain valid until they expire, after at most 15 minutes.

${poolHelp}
  --json         print one JSON object (with npm run --silent accounts nothing else is printed)

Examples:
  ${name} -- create ann@example.com --org acme --org globex --stack finance-mcp-prod
  pass show ann | ${name} -- create ann@example.com --org acme --local 3000 --password-stdin
  ${name} -- disable ann@example.com --stack finance-mcp-prod`;

const address = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** It works until it expires, even if the account has changed. */
const tokensLast = 'Access tokens that were already issued remain valid for up to 15 minutes.';

const createOptions = {
  ...poolOptions,
  org: { ...value, multiple: true, default: [] as string[] },
  'password-stdin': flag,
} as const;

const create = action({ argument: 'EMAIL', options: createOptions }, async (values, email) => {
  if (!address.test(email)) {
    throw new Refusal(`${quote(email)} is not an e-mail address: expected one such as ann@example.com.`);
  }
  const organizations = [...new Set(values.org.map(organizationOf))];
  const location = poolOf(values);
  const isLocal = 'localPort' in location;
  if (values['password-stdin'] && !isLocal) {
    throw new Refusal(
      '--password-stdin works only with the local edition: in AWS, the account’s owner chooses a password after the invitation.',
    );
  }
  const [given] = values['password-stdin']
    ? await secretsFromInput(['the password'], '--password-stdin')
    : [];
  const password = isLocal ? (given ?? madeUpPassword()) : undefined;

  return withPool(location, async (pool) => {
    for (const organization of organizations) await assertOrganization(pool, organization);
    const account = await createAccount(pool, email, password);
    try {
      for (const organization of organizations) await addToOrganization(pool, email, organization);
    } catch (error) {
      tell(
        `The account ${email} was created, but not added to every organization. To see which: ${name} -- list`,
      );
      throw error;
    }
    const shown = given === undefined && password !== undefined ? { password } : {};
    const sees =
      organizations.length > 0
        ? `It can read ${organizations.join(' and ')}.`
        : `It cannot read any organization yet. To add it to one: ${name} -- add-to ${email} --org ID`;
    return {
      text: [
        `Created the account ${email}. ${sees}`,
        ...(isLocal
          ? []
          : ['The user pool has sent an invitation with a temporary password, which is valid for 7 days.']),
        ...('password' in shown ? [`Password (shown only once): ${shown.password}`] : []),
      ].join('\n'),
      json: { ...account, email, organizations, ...shown },
    };
  });
});

/** 96 random bits, in a form that meets the pool's password policy. */
const madeUpPassword = (): string => `Aa1-${randomBytes(12).toString('base64url')}`;

const invite = action({ argument: 'EMAIL', options: poolOptions }, async (values, account) => {
  const location = poolOf(values);
  if ('localPort' in location) {
    throw new Refusal('The local edition sends no mail: an account has its password from the beginning.');
  }
  return withPool(location, async (pool) => {
    await inviteAgain(pool, account);
    return {
      text: `The user pool has sent ${account} another invitation. Its temporary password is valid for 7 days.`,
      json: { account, invited: true },
    };
  });
});

const list = action({ options: { ...poolOptions, org: value } }, async ({ org, ...values }) => {
  const organization = org === undefined ? undefined : organizationOf(org);
  return withPool(poolOf(values), async (pool) => {
    if (organization !== undefined) await assertOrganization(pool, organization);
    const accounts = await listAccounts(pool, organization);
    const text =
      accounts.length === 0
        ? `There is no account${organization === undefined ? '' : ` in "${organization}"`} yet. To create one: ${name} -- create EMAIL`
        : columns(
            accounts.map((account) => [
              account.email ?? account.username,
              stateOf(account),
              account.organizations.join(', ') || 'no organization',
            ]),
          );
    return { text, json: { accounts } };
  });
});

const stateOf = ({ enabled, invited }: AccountWithOrganizations): string =>
  enabled ? (invited ? 'invited' : 'active') : 'disabled';

const disable = action({ argument: 'EMAIL', options: poolOptions }, (values, account) =>
  withPool(poolOf(values), async (pool) => {
    await disableAccount(pool, account);
    return {
      text: `Disabled the account ${account} and signed it out everywhere. ${tokensLast}`,
      json: { account, enabled: false },
    };
  }),
);

const enable = action({ argument: 'EMAIL', options: poolOptions }, (values, account) =>
  withPool(poolOf(values), async (pool) => {
    await enableAccount(pool, account);
    return { text: `Enabled the account ${account}.`, json: { account, enabled: true } };
  }),
);

/** An action on an account and an organization, which must exist. */
const membership = (act: (pool: Pool, account: string, organization: string) => Promise<Report>) =>
  action(
    { argument: 'EMAIL', options: { ...poolOptions, org: value } },
    async ({ org, ...values }, account) => {
      const organization = organizationOf(org);
      return withPool(poolOf(values), async (pool) => {
        await assertOrganization(pool, organization);
        return act(pool, account, organization);
      });
    },
  );

const addTo = membership(async (pool, account, organization) => {
  await addToOrganization(pool, account, organization);
  return {
    text: `The account ${account} can read "${organization}" with its next access token, within 15 minutes.`,
    json: { account, organization, member: true },
  };
});

const removeFrom = membership(async (pool, account, organization) => {
  await removeFromOrganization(pool, account, organization);
  return {
    text: `The account ${account} can no longer read "${organization}". ${tokensLast}`,
    json: { account, organization, member: false },
  };
});

await runCommand({
  name,
  help,
  action: { create, invite, list, disable, enable, 'add-to': addTo, 'remove-from': removeFrom },
});
