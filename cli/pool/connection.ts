import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { mcpUrl } from '../../shared/edge.ts';
import { Refusal } from '../../shared/ledger/errors.ts';
import type { Table } from '../../shared/store/table.ts';
import { Unusable } from '../command.ts';
import { outputsOf } from '../stack-outputs.ts';
import { openStore } from '../store.ts';
import { poolFailure } from './failure.ts';
import type { PoolLocation } from './location.ts';

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

/** The pool of every local edition. */
const localRegion = 'eu-west-1';
const localPoolId = `${localRegion}_LOCAL0001`;

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
    throw new Unusable(poolFailure(error, location, pool?.tableName));
  } finally {
    pool?.cognito.destroy();
  }
}

async function openPool(location: PoolLocation): Promise<Pool> {
  if ('localPort' in location) {
    const { localPort } = location;
    return {
      location,
      cognito: new CognitoIdentityProviderClient({
        // Sign-in listens one port above the MCP endpoint.
        endpoint: `http://127.0.0.1:${localPort + 1}`,
        region: localRegion,
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      }),
      userPoolId: localPoolId,
      table: openStore({ localPort }),
      tableName: 'finance-mcp',
      mcpUrl: mcpUrl(new URL(`http://localhost:${localPort}`).origin),
    };
  }
  const named = 'stack' in location ? await outputsOf(location.stack) : location;
  return {
    location,
    // Listing a whole pool takes many requests. AWS limits requests per second, so they are retried after a wait.
    cognito: new CognitoIdentityProviderClient({ retryMode: 'adaptive', maxAttempts: 8 }),
    userPoolId: named.userPoolId,
    table: openStore({ tableName: named.tableName }),
    tableName: named.tableName,
    mcpUrl: 'mcpUrl' in named ? named.mcpUrl : named.publicOrigin && mcpUrl(named.publicOrigin),
  };
}
