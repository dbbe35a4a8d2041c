import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Bucket } from '../shared/files/bucket.ts';
import { openTable, type Table } from '../shared/store/table.ts';
import { NotDone, Unusable } from './command.ts';
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
const localFilesBucket = 'finance-mcp-files';

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

/**
 * Opens the bucket with the files of attachments.
 * @throws {NotDone} when the location does not name it
 */
export async function findFiles(location: Location): Promise<Bucket> {
  if ('localPort' in location) {
    const { endpoint, region, credentials } = localService(location.localPort + 3);
    return new Bucket({
      name: localFilesBucket,
      endpoint,
      region,
      credentials: async () => credentials,
      now,
    });
  }
  const name = 'stack' in location ? (await outputsOf(location.stack)).filesBucket : process.env.FILES_BUCKET;
  if (!name) {
    throw new NotDone(
      'The bucket of the files is not known: expected --stack NAME of a stack with the output FilesBucket, or the environment variable FILES_BUCKET.',
    );
  }
  // Region and credentials are found as for the table.
  const { config } = new DynamoDBClient();
  return new Bucket({
    name,
    endpoint: process.env.AWS_ENDPOINT_URL_S3,
    region: await config.region(),
    credentials: () => config.credentials(),
    now,
  });
}

/** Does some work on the table and the files of a location. @throws {Unusable} one sentence about why they cannot be used */
export const withFiles = <Result>(
  location: Location,
  work: (table: Table, bucket: Bucket) => Promise<Result>,
): Promise<Result> =>
  explained(location, async () => work(await findStore(location), await findFiles(location)));

const now = (): Date => new Date();

async function explained<Result>(location: Location, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw new Unusable(failureOf(error, location));
  }
}
