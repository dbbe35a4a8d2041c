import { after } from 'node:test';
import { startDynamoDB } from '../../local/dynamodb.ts';
import { openTable, type Table } from '../../shared/store/table.ts';

export interface MemoryTable {
  table: Table;
  /** Another client of the same table, with its own count of units. */
  open(): Table;
  endpoint: string;
  tableName: string;
}

/** A table of its own for a test file: DynamoDB's stand-in in memory, stopped when the tests are done. */
export async function memoryTable(): Promise<MemoryTable> {
  const tableName = 'finance-mcp';
  const region = 'eu-west-1';
  const server = await startDynamoDB({ port: 0, tableName, region });
  after(() => server.close());
  const open = () =>
    openTable({
      tableName,
      region,
      endpoint: server.endpoint,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
  return { table: open(), open, endpoint: server.endpoint, tableName };
}
