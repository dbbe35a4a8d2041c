import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoLedgerReader } from './dynamo-ledger-reader.ts';
import type { LedgerReader } from './ledger-reader.ts';
import { Table } from './table.ts';

/** A reader of one organization's books in an open table. */
export const openReader = (table: Table, organization: string): LedgerReader =>
  new DynamoLedgerReader(table, organization);

/**
 * Gives readers of a table, each for one organization and one question. Connections are shared between them; what
 * one has read, and the units that it has consumed, are not.
 */
export function readersOf(tableName: string): (organization: string) => Promise<LedgerReader> {
  const client = new DynamoDBClient({});
  return async (organization) => openReader(new Table(client, tableName), organization);
}
