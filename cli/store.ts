import { Refusal } from '../shared/ledger/errors.ts';
import { openTable, type Table } from '../shared/store/table.ts';
import type { StoreLocation } from './arguments.ts';

/** The local edition's table, which needs no account; its DynamoDB listens two ports above the MCP endpoint. */
const localTable = (port: number) => ({
  tableName: 'finance-mcp',
  endpoint: `http://127.0.0.1:${port + 2}`,
  region: 'eu-west-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});

/** Opens the table that the arguments name; what is wrong with it shows when it is used. */
export const openStore = (store: StoreLocation): Table =>
  openTable('localPort' in store ? localTable(store.localPort) : store);

/** One sentence about why the store did not do what it was asked. */
export function storeFailure(error: unknown, store: StoreLocation): string {
  if (error instanceof Refusal) return error.message;
  const { name = '', code = '' } = error as { name?: string; code?: string };
  const tableName = 'localPort' in store ? localTable(store.localPort).tableName : store.tableName;
  if ('localPort' in store && code === 'ECONNREFUSED') {
    return `Nothing answers on port ${store.localPort + 2}: is the local edition running on port ${store.localPort} (npm start)?`;
  }
  if (name === 'ResourceNotFoundException')
    return `There is no table "${tableName}" in this account and region.`;
  if (name === 'CredentialsProviderError') {
    return 'There are no AWS credentials: expected a profile or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.';
  }
  if (name === 'AccessDeniedException')
    return `These AWS credentials may not write to the table "${tableName}".`;
  if (/region is missing/i.test(String((error as Error).message))) {
    return 'No AWS region is set: expected AWS_REGION or a profile with one.';
  }
  return `The table "${tableName}" cannot be used (${name || code || 'unknown reason'}).`;
}
