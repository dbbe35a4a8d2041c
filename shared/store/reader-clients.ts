import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { readerCredentials } from './reader-credentials.ts';

/** The most organizations with an open connection at the same time. */
const mostClients = 500;

/** Gives the client with an organization's credentials, which it fetches when they are needed and keeps until they end. */
export type ClientOf = (organization: string) => DynamoDBClient;

/**
 * Clients that share their connections, each with the rights of one organization's reader: AWS refuses the rest,
 * whatever this code does.
 * @param readerRoleArn the role to assume for each organization. Without it, the process's own credentials are used.
 */
export function readerClients(readerRoleArn?: string): ClientOf {
  const shared = new DynamoDBClient({});
  if (readerRoleArn === undefined) return () => shared;

  const clients = new Map<string, DynamoDBClient>();
  const credentialsOf = readerCredentials(readerRoleArn);
  return (organization) => {
    let client = clients.get(organization);
    clients.delete(organization);
    client ??= new DynamoDBClient({
      credentials: credentialsOf(organization),
      requestHandler: shared.config.requestHandler,
    });
    // Moved to the end; the least recently used organization is removed first.
    clients.set(organization, client);
    if (clients.size > mostClients) clients.delete(clients.keys().next().value as string);
    return client;
  };
}
