import { type ParseArgsConfig, parseArgs } from 'node:util';
import { Refusal } from '../shared/ledger/errors.ts';
import { isOrganizationId } from '../shared/organization.ts';
import { quote } from '../shared/text.ts';

/** Where the books are: in the local edition at that port, or in a table of the current AWS account. */
export type StoreLocation = { localPort: number } | { stack: string } | { tableName: string };

/** Whether a command line asks for help, which every command answers before anything else. */
export const asksForHelp = (args: readonly string[]): boolean =>
  args.includes('--help') || args.includes('-h');

/**
 * Parses a command line.
 * @throws {Refusal} one sentence about the first argument that cannot be parsed.
 */
export function parsed<Config extends ParseArgsConfig>(config: Config): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split('\n');
    throw new Refusal(sentence.endsWith('.') ? sentence : `${sentence}.`);
  }
}

/** @throws {Refusal} when the text cannot name an organization. */
export function organizationNamed(text: string, option = ''): string {
  if (isOrganizationId(text)) return text;
  throw new Refusal(
    `${option}${quote(text)} is not an organization id: expected 2 to 63 lowercase letters, digits and hyphens, starting with a letter or digit.`,
  );
}

/** @throws {Refusal} when it is missing or cannot name an organization. */
export function organizationOf(text: string | undefined): string {
  if (text === undefined) throw new Refusal('--org is missing: expected the id of an organization.');
  return organizationNamed(text, '--org ');
}

/** The options that name a store. */
interface StoreOptions {
  readonly local?: string | undefined;
  readonly stack?: string | undefined;
  readonly table?: string | undefined;
}

/** How a usage line names them. */
export const storeUsage = '[--local PORT | --stack NAME | --table NAME]';

export const storeOptions = {
  local: { type: 'string' },
  stack: { type: 'string' },
  table: { type: 'string' },
} as const satisfies ParseArgsConfig['options'];

/**
 * The store that `--local PORT`, `--stack NAME`, `--table NAME` or the environment names.
 * @throws {Refusal} when they contradict each other, or when none is given and the store is not optional.
 */
export function storeOf(options: StoreOptions, environment: NodeJS.ProcessEnv): StoreLocation;
export function storeOf(
  options: StoreOptions,
  environment: NodeJS.ProcessEnv,
  { optional }: { optional: boolean },
): StoreLocation | undefined;
export function storeOf(
  { local, stack, table }: StoreOptions,
  environment: NodeJS.ProcessEnv,
  { optional } = { optional: false },
): StoreLocation | undefined {
  const given = Object.entries({ local, stack, table }).filter(([, value]) => value !== undefined);
  const [first, second] = given.map(([name]) => `--${name}`);
  if (first && second) throw new Refusal(`${first} and ${second} cannot be combined: expected one of them.`);
  if (local !== undefined) {
    const localPort = Number(local);
    // The local edition's DynamoDB listens two ports further up.
    if (!/^\d+$/.test(local) || localPort < 1 || localPort > 65_533) {
      throw new Refusal(`--local ${quote(local)}: expected the port of the local edition, such as 3000.`);
    }
    return { localPort };
  }
  if (stack !== undefined) {
    if (/^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(stack)) return { stack };
    throw new Refusal(`--stack ${quote(stack)}: expected the name of a CloudFormation stack.`);
  }
  const tableName = table || environment.TABLE_NAME;
  if (tableName) return { tableName };
  if (optional) return undefined;
  throw new Refusal(
    'The store is missing: expected --local PORT, or for AWS --stack NAME or --table NAME (or the environment variable TABLE_NAME).',
  );
}
