import { type ParseArgsConfig, parseArgs } from 'node:util';
import { Refusal } from '../shared/ledger/errors.ts';
import { isOrganizationId } from '../shared/ledger/records.ts';
import { quote } from '../shared/ledger/strict-shapes.ts';

/** Where the books are: in the local edition at that port, or in a table of the AWS account at hand. */
export type StoreLocation = { localPort: number } | { tableName: string };

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

/**
 * Where `--local PORT`, `--table NAME` or the environment say the books are.
 * @throws {Refusal} when they contradict each other, or say nothing though it is not optional.
 */
export function storeOf(
  { local, table }: { local?: string | undefined; table?: string | undefined },
  environment: NodeJS.ProcessEnv,
): StoreLocation;
export function storeOf(
  { local, table }: { local?: string | undefined; table?: string | undefined },
  environment: NodeJS.ProcessEnv,
  { optional }: { optional: boolean },
): StoreLocation | undefined;
export function storeOf(
  { local, table }: { local?: string | undefined; table?: string | undefined },
  environment: NodeJS.ProcessEnv,
  { optional } = { optional: false },
): StoreLocation | undefined {
  if (local !== undefined) {
    if (table !== undefined)
      throw new Refusal('--local and --table exclude each other: expected one of them.');
    const localPort = Number(local);
    // The local edition's DynamoDB listens two ports further up.
    if (!/^\d+$/.test(local) || localPort < 1 || localPort > 65_533) {
      throw new Refusal(`--local ${quote(local)}: expected the port of the local edition, such as 3000.`);
    }
    return { localPort };
  }
  const tableName = table || environment.TABLE_NAME;
  if (tableName) return { tableName };
  if (optional) return undefined;
  throw new Refusal(
    'Nothing says where the books are: expected --local PORT, or --table NAME (or TABLE_NAME) for AWS.',
  );
}
