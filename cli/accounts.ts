import { randomBytes } from 'node:crypto';
import { Refusal } from '../shared/ledger/errors.ts';
import { quote } from '../shared/ledger/strict-shapes.ts';
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
 * npm run accounts: the people who may sign in, and which organizations they see. See docs/operators.md.
 */

const name = 'npm run accounts';

const help = `An account is somebody who signs in. It sees the books of the organizations that it is added to, and no others.

  ${name} -- create EMAIL [--org ID]… [--password-stdin]
      Creates an account. In AWS the user pool sends an invitation to EMAIL. The local edition sends none: there a
      password is made up and printed once, or read from standard input with --password-stdin.
  ${name} -- invite EMAIL
      Sends the invitation again, with another temporary password: where it was lost, or is older than 7 days.
  ${name} -- list [--org ID]
      Lists all accounts, or those of one organization.
  ${name} -- disable EMAIL
      Closes an account: nobody signs in to it, and every sign-in ends.
  ${name} -- enable EMAIL
      Opens it again.
  ${name} -- add-to EMAIL --org ID
  ${name} -- remove-from EMAIL --org ID
      Lets an account see an organization, or no longer.

Access tokens that were issued before a change stay as they are until they expire, after 15 minutes at most.

${locationHelp}
  --json         print one JSON object (with npm run --silent accounts nothing else is printed)

Examples:
  ${name} -- create ann@example.com --org acme --org globex --stack finance-mcp-prod
  pass show ann | ${name} -- create ann@example.com --org acme --local 3000 --password-stdin
  ${name} -- disable ann@example.com --stack finance-mcp-prod

${exitCodesText}`;

const address = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** Works until it expires, whatever happened meanwhile to the account. */
const tokensLast = 'An access token that was issued already works for up to 15 minutes.';

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
    throw new Refusal(`${quote(email)} is no e-mail address: expected one such as ann@example.com.`);
  }
  const organizations = [...new Set(values.org.map(organizationOf))];
  const location = poolLocation(values, process.env);
  const isLocal = 'localPort' in location;
  if (values['password-stdin'] && !isLocal) {
    throw new Refusal(
      '--password-stdin is for the local edition: in AWS the account’s owner chooses the password after the invitation.',
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
      tell(`The account ${email} was created, and not added to every organization: see ${name} -- list`);
      throw error;
    }
    const shown = given === undefined && password !== undefined ? { password } : {};
    const sees =
      organizations.length > 0
        ? `It sees ${organizations.join(' and ')}.`
        : `It sees no organization yet: ${name} -- add-to ${email} --org ID`;
    return {
      text: [
        `Created the account ${email}. ${sees}`,
        ...(isLocal
          ? []
          : ['The user pool has sent an invitation with a temporary password, good for 7 days.']),
        ...('password' in shown ? [`Password, shown this once: ${shown.password}`] : []),
      ].join('\n'),
      json: { ...account, email, organizations, ...shown },
    };
  });
}

/** 96 random bits, in a form that the pool's rules for passwords take. */
const madeUpPassword = (): string => `Aa1-${randomBytes(12).toString('base64url')}`;

async function invite(args: string[]): Promise<Report> {
  const { values, positionals } = parsed({ args, allowPositionals: true, options: commonOptions });
  const account = onlyWord(positionals, 'EMAIL');
  const location = poolLocation(values, process.env);
  if ('localPort' in location) {
    throw new Refusal(
      'The local edition sends no mail: there an account has its password from the beginning.',
    );
  }
  return withPool(location, async (pool) => {
    await inviteAgain(pool, account);
    return {
      text: `The user pool has sent ${account} another invitation. The temporary password in it is good for 7 days.`,
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
        ? `There is no account${organization === undefined ? '' : ` in "${organization}"`} yet: ${name} -- create EMAIL`
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
      text: `Disabled the account ${account} and ended its sign-ins. ${tokensLast}`,
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
      text: `The account ${account} sees "${organization}" from its next access token on, within 15 minutes.`,
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
      text: `The account ${account} no longer sees "${organization}". ${tokensLast}`,
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
