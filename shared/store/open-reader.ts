import type { LedgerReader } from '../ledger/reader.ts';
import { openReader } from './reader.ts';
import type { ClientOf } from './reader-clients.ts';
import { Table } from './table.ts';

/** The table, and the clients that can each read one organization's books. */
export interface Library {
  tableName: string;
  clientOf: ClientOf;
}

/**
 * Creates readers of a table, each for one organization and one call. Readers share connections, but not the items that
 * they have read or the units that they have consumed.
 */
export const readersOf =
  ({ tableName, clientOf }: Library): ((organization: string) => Promise<LedgerReader>) =>
  async (organization) =>
    openReader(new Table(clientOf(organization), tableName), organization);
