import { openTable, type Table } from '../shared/store/table.ts';
import { Unusable } from './command.ts';
import { failureOf } from './failure.ts';
import type { Location } from './location.ts';
import { outputsOf } from './stack-outputs.ts';

/** Where AWS's requests go in the local edition, which needs no account: its services listen next to the MCP endpoint. */
export const localService = (port: number) => ({
  endpoint: `http://127.0.0.1:${port}`,
  region: 'eu-west-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});

export const localTableName = 'finance-mcp';

/** Opens the table of a location. Errors only appear when it is used. */
export const openStore = (location: { localPort: number } | { tableName: string }): Table =>
  openTable(
    'localPort' in location
      ? { tableName: localTableName, ...localService(location.localPort + 2) }
      : { tableName: location.tableName },
  );

/** Opens the table of a location. @throws {Unusable} when it is a stack whose outputs cannot be read */
export async function findStore(location: Location): Promise<Table> {
  if (!('stack' in location)) return openStore(location);
  return explained(location, async () => openStore(await outputsOf(location.stack)));
}

/** Does some work on the table of a location. @throws {Unusable} one sentence about why it cannot be used */
export const withStore = <Result>(
  location: Location,
  work: (table: Table) => Promise<Result>,
): Promise<Result> => explained(location, async () => work(await findStore(location)));

async function explained<Result>(location: Location, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw new Unusable(failureOf(error, location));
  }
}
