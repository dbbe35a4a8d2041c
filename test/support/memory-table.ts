import { after } from 'node:test';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startDynamoDB } from '../../local/dynamodb.ts';
import { partitionsOf } from '../../shared/store/keys.ts';
import { summaryKey } from '../../shared/store/summary.ts';
import { openTable, Table } from '../../shared/store/table.ts';

export interface MemoryTable {
  table: Table;
  /** Another client of the same table, with its own count of units. */
  open(): Table;
  /** A client whose process dies: after so many writes nothing gets through any more. */
  openDying(writes: number): Table;
  endpoint: string;
  tableName: string;
}

/** A table of its own for a test file: DynamoDB's stand-in in memory, stopped when the tests are done. */
export async function memoryTable(): Promise<MemoryTable> {
  const tableName = 'finance-mcp';
  const region = 'eu-west-1';
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const server = await startDynamoDB({ port: 0, tableName, region });
  after(() => server.close());
  const open = () =>
    openTable({
      tableName,
      region,
      endpoint: server.endpoint,
      credentials,
    });
  const openDying = (writes: number) => {
    const client = new DynamoDBClient({ region, endpoint: server.endpoint, credentials, maxAttempts: 1 });
    let left = writes;
    client.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          if (/Put|Write/.test(commandName) && left-- <= 0) throw new Error('killed');
          return next(args);
        },
      { step: 'initialize', name: 'dying' },
    );
    return new Table(client, tableName);
  };
  return { table: open(), open, openDying, endpoint: server.endpoint, tableName };
}

/** What a while without renewal does to the lock of a writer that is gone. */
export async function letLockExpire(table: Table, organization: string): Promise<void> {
  const summary = await table.get(summaryKey(partitionsOf(organization)), true);
  if (summary?.lock)
    await table.replace({ ...summary, lock: { ...summary.lock, until: 0 } }, summary.version);
}
