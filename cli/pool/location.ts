import { Refusal } from '../../shared/ledger/errors.ts';
import { storeOf } from '../arguments.ts';

/** Where the user pool and the table are: in the local edition, named by a stack's outputs, or named one by one. */
export type PoolLocation =
  | { readonly localPort: number }
  | { readonly stack: string }
  | {
      readonly userPoolId: string;
      readonly tableName: string;
      /** The origin of the product, where it is known. */
      readonly publicOrigin: string | undefined;
    };

/** The part of every help text about it. */
export const locationHelp = `Where:
  --local PORT   the local edition whose MCP endpoint is on this port (npm start)
  --stack NAME   a deployed stack in the current AWS account and region: its outputs name the user pool and the table
                 (without either option: the environment variables USER_POOL_ID, TABLE_NAME and PUBLIC_ORIGIN)`;

/** @throws {Refusal} when the arguments contradict each other, or none is given. */
export function poolLocation(
  { local, stack }: { local?: string | undefined; stack?: string | undefined },
  environment: NodeJS.ProcessEnv,
): PoolLocation {
  const named = storeOf({ local, stack }, {}, { optional: true });
  if (named && !('tableName' in named)) return named;
  const { USER_POOL_ID: userPoolId, TABLE_NAME: tableName, PUBLIC_ORIGIN: publicOrigin } = environment;
  if (!userPoolId || !tableName) {
    throw new Refusal(
      'The user pool and the table are missing: expected --local PORT, or for AWS --stack NAME (or the environment variables USER_POOL_ID and TABLE_NAME).',
    );
  }
  return { userPoolId, tableName, publicOrigin: publicOrigin || undefined };
}

/** The options with which another command uses the same location. */
export function locationFlags(location: PoolLocation): string {
  if ('localPort' in location) return ` --local ${location.localPort}`;
  return 'stack' in location ? ` --stack ${location.stack}` : '';
}
