import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoLedgerReader } from './dynamo-ledger-reader.ts';
import type { LedgerReader } from './ledger-reader.ts';
import { readerCredentials } from './reader-credentials.ts';
import { Table } from './table.ts';

/** A reader of one organization's books in an open table. */
export const openReader = (table: Table, organization: string): LedgerReader =>
  new DynamoLedgerReader(table, organization);

/** Where books are, and the role that may read one organization's at a time. */
export interface Library {
  tableName: string;
  /** The role to take on for each organization. Without it, the process's own credentials are used. */
  readerRoleArn?: string;
}

/** More organizations than this are not kept connected at once. */
const mostClients = 500;

/**
 * Gives readers of a table, each for one organization and one question. A reader's credentials open nothing but its
 * organization's partitions: AWS refuses the rest, whatever this code does. Connections are shared between readers;
 * what one has read, and the units that it has consumed, are not.
 */
export function readersOf({
  tableName,
  readerRoleArn,
}: Library): (organization: string) => Promise<LedgerReader> {
  const shared = new DynamoDBClient({});
  const reader = (client: DynamoDBClient, organization: string) =>
    openReader(new Table(client, tableName), organization);
  if (readerRoleArn === undefined) return async (organization) => reader(shared, organization);

  const clients = new Map<string, DynamoDBClient>();
  const credentialsOf = readerCredentials(readerRoleArn);
  return async (organization) => {
    let client = clients.get(organization);
    clients.delete(organization);
    client ??= new DynamoDBClient({
      credentials: credentialsOf(organization),
      requestHandler: shared.config.requestHandler,
    });
    // Last in line; the organization that was not asked about for longest goes first.
    clients.set(organization, client);
    if (clients.size > mostClients) clients.delete(clients.keys().next().value as string);
    return reader(client, organization);
  };
}
