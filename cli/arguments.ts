import { type ParseArgsConfig, parseArgs } from 'node:util';
import { Refusal } from '../shared/ledger/errors.ts';
import { isOrganizationId } from '../shared/ledger/records.ts';
import { quote } from '../shared/ledger/strict-shapes.ts';

/** Where the books are: in the local edition at that port, or in a table of the AWS account at hand. */
export type StoreLocation = { localPort: number } | { stack: string } | { tableName: string };

/** Whether a command line asks what can be typed, which every command answers before anything else. */
export const asksForHelp = (args: readonly string[]): boolean =>
  args.includes('--help') || args.includes('-h');

/**
 * Takes a command line apart.
 * @throws {Refusal} one sentence about the first argument that is not understood.
 */
export function parsed<Config extends ParseArgsConfig>(config: Config): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split('\n');
    throw new Refusal(sentence.endsWith('.') ? sentence : `${sentence}.`);
  }
}

/** @throws {Refusal} when it is missing or cannot name an organization. */
export function organizationOf(text: string | undefined): string {
  if (text === undefined) throw new Refusal('--org is missing: expected the id of an organization.');
  if (!isOrganizationId(text)) {
    throw new Refusal(
      `--org ${quote(text)} is no organization id: expected 2 to 63 small letters, digits and hyphens, not beginning with a hyphen.`,
    );
  }
  return text;
}

/** What may say where the books are. */
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
 * Where `--local PORT`, `--stack NAME`, `--table NAME` or the environment say the books are.
 * @throws {Refusal} when they contradict each other, or say nothing though it is not optional.
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
  if (first && second) throw new Refusal(`${first} and ${second} exclude each other: expected one of them.`);
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
    'Nothing says where the books are: expected --local PORT, or --stack NAME or --table NAME (or TABLE_NAME) for AWS.',
  );
}
