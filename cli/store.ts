import { Refusal } from '../shared/ledger/errors.ts';
import { openTable, type Table } from '../shared/store/table.ts';
import type { StoreLocation } from './arguments.ts';
import { awsFailure } from './aws-failure.ts';
import { outputsOf } from './stack-outputs.ts';

/** Where the books are, without a stack to look up. */
export type TableLocation = Exclude<StoreLocation, { stack: string }>;

/** The local edition's table, which needs no account; its DynamoDB listens two ports above the MCP endpoint. */
const localTable = (port: number) => ({
  tableName: 'finance-mcp',
  endpoint: `http://127.0.0.1:${port + 2}`,
  region: 'eu-west-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});

/** Opens the table that the arguments name. Errors only appear when it is used. */
export const openStore = (store: TableLocation): Table =>
  openTable('localPort' in store ? localTable(store.localPort) : store);

/** Opens the table of a location. For a stack, it reads the name of the table from the outputs. */
export async function findStore(store: StoreLocation): Promise<Table> {
  if (!('stack' in store)) return openStore(store);
  const { tableName } = await outputsOf(store.stack);
  return openStore({ tableName });
}

/** One sentence about why a request to the store failed. */
export function storeFailure(error: unknown, store: StoreLocation): string {
  if (error instanceof Refusal) return error.message;
  const { name = '', code = '' } = error as { name?: string; code?: string };
  if ('localPort' in store && code === 'ECONNREFUSED') {
    return `Nothing answers on port ${store.localPort + 2}: start the local edition with npm start -- --port ${store.localPort}.`;
  }
  const general = awsFailure(error);
  if (general !== undefined) return general;
  const table = nameOf(store);
  if (name === 'ResourceNotFoundException') return `There is no ${table} in this account and region.`;
  return `The ${table} cannot be used (${name || code || 'unknown reason'}).`;
}

const nameOf = (store: StoreLocation): string =>
  'stack' in store
    ? `table of the stack "${store.stack}"`
    : `table "${'localPort' in store ? localTable(store.localPort).tableName : store.tableName}"`;
