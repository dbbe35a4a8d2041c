import { randomBytes } from 'node:crypto';
import { Refusal } from '../shared/ledger/errors.ts';
import { quote } from '../shared/text.ts';
import { organizationOf, parsed } from './arguments.ts';
import { columns, commonOptions, exitCodesText, onlyWord, type Report, runCommand, tell } from './command.ts';
import {
  type AccountWithOrganizations,
  addToOrganization,
  assertAccount,
  createAccount,
  disableAccount,
  enableAccount,
  inviteAgain,
  listAccounts,
  removeFromOrganization,
} from './pool/accounts.ts';
import { withPool } from './pool/connection.ts';
import { locationHelp, poolLocation } from './pool/location.ts';
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

${locationHelp}
  --json         print one JSON object (with npm run --silent accounts nothing else is printed)

Examples:
  ${name} -- create ann@example.com --org acme --org globex --stack finance-mcp-prod
  pass show ann | ${name} -- create ann@example.com --org acme --local 3000 --password-stdin
  ${name} -- disable ann@example.com --stack finance-mcp-prod

${exitCodesText}`;

const address = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** It works until it expires, even if the account has changed. */
const tokensLast = 'Access tokens that were already issued remain valid for up to 15 minutes.';

async function create(args: string[]): Promise<Report> {
  const { values, positionals } = parsed({
    args,
    allowPositionals: true,
    options: {
      ...commonOptions,
      org: { type: 'string', multiple: true, default: [] },
      'password-stdin': { type: 'boolean', default: false },
    },
  });
  const email = onlyWord(positionals, 'EMAIL');
  if (!address.test(email)) {
    throw new Refusal(`${quote(email)} is not an e-mail address: expected one such as ann@example.com.`);
  }
  const organizations = [...new Set(values.org.map(organizationOf))];
  const location = poolLocation(values, process.env);
  const isLocal = 'localPort' in location;
  if (values['password-stdin'] && !isLocal) {
    throw new Refusal(
      '--password-stdin works only with the local edition: in AWS, the account’s owner chooses a password after the invitation.',
    );
  }
  const given = values['password-stdin']
    ? (await secretsFromInput(['the password'], '--password-stdin'))[0]
    : undefined;
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
}

/** 96 random bits, in a form that meets the pool's password policy. */
const madeUpPassword = (): string => `Aa1-${randomBytes(12).toString('base64url')}`;

async function invite(args: string[]): Promise<Report> {
  const { values, positionals } = parsed({ args, allowPositionals: true, options: commonOptions });
  const account = onlyWord(positionals, 'EMAIL');
  const location = poolLocation(values, process.env);
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
}

async function list(args: string[]): Promise<Report> {
  const { values } = parsed({ args, options: { ...commonOptions, org: { type: 'string' } } });
  const organization = values.org === undefined ? undefined : organizationOf(values.org);
  return withPool(poolLocation(values, process.env), async (pool) => {
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
}

const stateOf = ({ enabled, invited }: AccountWithOrganizations): string =>
  enabled ? (invited ? 'invited' : 'active') : 'disabled';

async function disable(args: string[]): Promise<Report> {
  const { values, positionals } = parsed({ args, allowPositionals: true, options: commonOptions });
  const account = onlyWord(positionals, 'EMAIL');
  return withPool(poolLocation(values, process.env), async (pool) => {
    await disableAccount(pool, account);
    return {
      text: `Disabled the account ${account} and signed it out everywhere. ${tokensLast}`,
      json: { account, enabled: false },
    };
  });
}

async function enable(args: string[]): Promise<Report> {
  const { values, positionals } = parsed({ args, allowPositionals: true, options: commonOptions });
  const account = onlyWord(positionals, 'EMAIL');
  return withPool(poolLocation(values, process.env), async (pool) => {
    await enableAccount(pool, account);
    return { text: `Enabled the account ${account}.`, json: { account, enabled: true } };
  });
}

async function addTo(args: string[]): Promise<Report> {
  const { account, organization, location } = membership(args);
  return withPool(location, async (pool) => {
    await assertOrganization(pool, organization);
    await addToOrganization(pool, account, organization);
    return {
      text: `The account ${account} can read "${organization}" with its next access token, within 15 minutes.`,
      json: { account, organization, member: true },
    };
  });
}

async function removeFrom(args: string[]): Promise<Report> {
  const { account, organization, location } = membership(args);
  return withPool(location, async (pool) => {
    await assertOrganization(pool, organization);
    await assertAccount(pool, account);
    await removeFromOrganization(pool, account, organization);
    return {
      text: `The account ${account} can no longer read "${organization}". ${tokensLast}`,
      json: { account, organization, member: false },
    };
  });
}

function membership(args: string[]) {
  const { values, positionals } = parsed({
    args,
    allowPositionals: true,
    options: { ...commonOptions, org: { type: 'string' } },
  });
  return {
    account: onlyWord(positionals, 'EMAIL'),
    organization: organizationOf(values.org),
    location: poolLocation(values, process.env),
  };
}

process.exitCode = await runCommand(
  {
    name,
    help,
    subcommands: { create, invite, list, disable, enable, 'add-to': addTo, 'remove-from': removeFrom },
  },
  process.argv.slice(2),
);
