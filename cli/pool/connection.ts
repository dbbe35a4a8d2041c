import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { mcpUrl } from '../../shared/edge.ts';
import { Refusal } from '../../shared/ledger/errors.ts';
import type { Table } from '../../shared/store/table.ts';
import { Unusable } from '../command.ts';
import { failureOf } from '../failure.ts';
import type { PoolLocation } from '../location.ts';
import { outputsOf } from '../stack-outputs.ts';
import { localService, localTableName, openStore } from '../store.ts';

/** The user pool with the table beside it, ready to be asked. */
export interface Pool {
  readonly location: PoolLocation;
  readonly cognito: CognitoIdentityProviderClient;
  readonly userPoolId: string;
  readonly table: Table;
  readonly tableName: string;
  /** The MCP URL, which is the identifier of the resource server. Undefined when it is not known. */
  readonly mcpUrl: string | undefined;
}

/** The largest page of a list that AWS returns. */
export const pageSize = 60;

/** The pool of every local edition. */
const localPoolId = 'eu-west-1_LOCAL0001';

/**
 * Opens the pool for some work, and closes it afterwards.
 * @throws {Unusable} one sentence about why the pool or the table cannot be used
 */
export async function withPool<Result>(
  location: PoolLocation,
  work: (pool: Pool) => Promise<Result>,
): Promise<Result> {
  let pool: Pool | undefined;
  try {
    pool = await openPool(location);
    return await work(pool);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Unusable(failureOf(error, location, pool?.tableName));
  } finally {
    pool?.cognito.destroy();
  }
}

async function openPool(location: PoolLocation): Promise<Pool> {
  if ('localPort' in location) {
    const { localPort } = location;
    return {
      location,
      cognito: new CognitoIdentityProviderClient(localService(localPort + 1)),
      userPoolId: localPoolId,
      table: openStore(location),
      tableName: localTableName,
      mcpUrl: mcpUrl(`http://localhost:${localPort}`),
    };
  }
  const named = 'stack' in location ? await outputsOf(location.stack) : location;
  return {
    location,
    // Listing a whole pool takes many requests. AWS limits requests per second, so they are retried after a wait.
    cognito: new CognitoIdentityProviderClient({ retryMode: 'adaptive', maxAttempts: 8 }),
    userPoolId: named.userPoolId,
    table: openStore(named),
    tableName: named.tableName,
    mcpUrl: 'mcpUrl' in named ? named.mcpUrl : named.publicOrigin && mcpUrl(named.publicOrigin),
  };
}
