import { Refusal } from '../shared/ledger/errors.ts';
import { quote } from '../shared/text.ts';
import { value } from './arguments.ts';

/** Where the accounts and the books are: in the local edition at that port, or in the current AWS account. */
export type PoolLocation =
  | { readonly localPort: number }
  | { readonly stack: string }
  | {
      readonly tableName: string;
      readonly userPoolId: string;
      /** The origin of the product, where it is known. */
      readonly publicOrigin: string | undefined;
    };

/** Where the books are. A table alone does not name the user pool. */
export type Location = PoolLocation | { readonly tableName: string };

export const poolOptions = { local: value, stack: value } as const;

/** The part about them of the help. */
export const poolHelp = `Where:
  --local PORT   the local edition whose MCP endpoint is on this port (npm start)
  --stack NAME   a deployed stack in the current AWS account and region: its outputs name the user pool and the table
                 (without either option: the environment variables USER_POOL_ID, TABLE_NAME and PUBLIC_ORIGIN)`;

export const storeOptions = { ...poolOptions, table: value } as const;

/** How a usage line names them. */
export const storeUsage = '[--local PORT | --stack NAME | --table NAME]';

interface Given {
  readonly local?: string | undefined;
  readonly stack?: string | undefined;
  readonly table?: string | undefined;
}

/**
 * The location that the options or the environment name, if any.
 * @throws {Refusal} when the options contradict each other
 */
export function locationOf({ local, stack, table }: Given): Location | undefined {
  const given = Object.entries({ local, stack, table }).filter(([, one]) => one !== undefined);
  const [first, second] = given.map(([name]) => `--${name}`);
  if (first && second) throw new Refusal(`${first} and ${second} cannot be combined: expected one of them.`);
  if (local !== undefined) {
    const localPort = Number(local);
    // The local edition's files are served three ports further up.
    if (/^\d+$/.test(local) && localPort >= 1 && localPort <= 65_532) return { localPort };
    throw new Refusal(`--local ${quote(local)}: expected the port of the local edition, such as 3000.`);
  }
  if (stack !== undefined) {
    if (/^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(stack)) return { stack };
    throw new Refusal(`--stack ${quote(stack)}: expected the name of a CloudFormation stack.`);
  }
  const { USER_POOL_ID: userPoolId, TABLE_NAME, PUBLIC_ORIGIN: publicOrigin } = process.env;
  const tableName = table || TABLE_NAME;
  if (!tableName) return undefined;
  return userPoolId ? { tableName, userPoolId, publicOrigin: publicOrigin || undefined } : { tableName };
}

/** @throws {Refusal} when no location is named, or the options contradict each other */
export function storeOf(given: Given): Location {
  const location = locationOf(given);
  if (location) return location;
  throw new Refusal(
    'The store is missing: expected --local PORT, or for AWS --stack NAME or --table NAME (or the environment variable TABLE_NAME).',
  );
}

/** @throws {Refusal} when no location with a user pool is named, or the options contradict each other */
export function poolOf(given: Given): PoolLocation {
  const location = locationOf(given);
  if (location && namesPool(location)) return location;
  throw new Refusal(
    'The user pool and the table are missing: expected --local PORT, or for AWS --stack NAME (or the environment variables USER_POOL_ID and TABLE_NAME).',
  );
}

export const namesPool = (location: Location): location is PoolLocation =>
  !('tableName' in location) || 'userPoolId' in location;

/** The options with which another command uses the same location. */
export function locationFlags(location: PoolLocation): string {
  if ('localPort' in location) return ` --local ${location.localPort}`;
  return 'stack' in location ? ` --stack ${location.stack}` : '';
}
