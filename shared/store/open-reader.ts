import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { LedgerReader } from '../ledger/reader.ts';
import { openReader } from './reader.ts';
import { readerCredentials } from './reader-credentials.ts';
import { Table } from './table.ts';

/** The table, and the role that can read one organization's books at a time. */
export interface Library {
  tableName: string;
  /** The role to assume for each organization. Without it, the process's own credentials are used. */
  readerRoleArn?: string;
}

/** The most organizations with an open connection at the same time. */
const mostClients = 500;

/**
 * Creates readers of a table, each for one organization and one call. A reader's credentials are limited to its
 * organization's partitions: AWS refuses the rest, whatever this code does. Readers share connections, but not the
 * items that they have read or the units that they have consumed.
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
    // Moved to the end; the least recently used organization is removed first.
    clients.set(organization, client);
    if (clients.size > mostClients) clients.delete(clients.keys().next().value as string);
    return reader(client, organization);
  };
}
