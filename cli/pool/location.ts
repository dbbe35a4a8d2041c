import { Refusal } from '../../shared/ledger/errors.ts';
import { storeOf } from '../arguments.ts';

/** Where user pool and table are: in the local edition, named by a stack's outputs, or named one by one. */
export type PoolLocation =
  | { readonly localPort: number }
  | { readonly stack: string }
  | {
      readonly userPoolId: string;
      readonly tableName: string;
      /** The origin of the product, where it is known. */
      readonly publicOrigin: string | undefined;
    };

/** What every help says about it. */
export const locationHelp = `Where:
  --local PORT   the local edition whose MCP endpoint is on this port (npm start)
  --stack NAME   a deployed stack of the AWS account and region at hand: its outputs name pool and table
                 (without either: USER_POOL_ID and TABLE_NAME, and PUBLIC_ORIGIN, in the environment)`;

/** @throws {Refusal} when the arguments contradict each other, or nothing says where. */
export function poolLocation(
  { local, stack }: { local?: string | undefined; stack?: string | undefined },
  environment: NodeJS.ProcessEnv,
): PoolLocation {
  const named = storeOf({ local, stack }, {}, { optional: true });
  if (named && !('tableName' in named)) return named;
  const { USER_POOL_ID: userPoolId, TABLE_NAME: tableName, PUBLIC_ORIGIN: publicOrigin } = environment;
  if (!userPoolId || !tableName) {
    throw new Refusal(
      'Nothing says where the user pool and the table are: expected --local PORT, or --stack NAME for AWS (or USER_POOL_ID and TABLE_NAME in the environment).',
    );
  }
  return { userPoolId, tableName, publicOrigin: publicOrigin || undefined };
}

/** The options that lead another command to the same place. */
export function locationFlags(location: PoolLocation): string {
  if ('localPort' in location) return ` --local ${location.localPort}`;
  return 'stack' in location ? ` --stack ${location.stack}` : '';
}
