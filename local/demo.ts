import { Bucket } from '../shared/files/bucket.ts';
import { type Day, dayInZone } from '../shared/ledger/dates.ts';
import { inParallel } from '../shared/parallel.ts';
import { openReader } from '../shared/store/reader.ts';
import { openTable } from '../shared/store/table.ts';
import { writeRecords } from '../shared/store/writer.ts';
import { chinookBooks } from './demo/chinook.ts';
import { northwindBooks, northwindTimeZone } from './demo/northwind.ts';
import { filesBucket } from './files.ts';
import { region } from './user-pool.ts';

export { demoPeople } from './demo/people.ts';

export interface DemoOptions {
  /** Of the local DynamoDB. */
  endpoint: string;
  tableName: string;
  /** Of the local S3; without it, no files are stored. */
  filesEndpoint?: string;
  /** The day for which the books are made. Default: today in Northwind's time zone. */
  today?: Day;
  log: (line: string) => void;
}

/**
 * Loads the demo's organizations, except those that have a business profile. The profile is written last, so it marks a
 * load as complete.
 */
export async function loadDemo({
  endpoint,
  tableName,
  filesEndpoint,
  log,
  ...options
}: DemoOptions): Promise<void> {
  const today = options.today ?? dayInZone(new Date(), northwindTimeZone);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const table = openTable({ tableName, endpoint, region, credentials });
  const bucket =
    filesEndpoint === undefined
      ? undefined
      : new Bucket({
          name: filesBucket,
          region,
          endpoint: filesEndpoint,
          credentials: async () => credentials,
          now: () => new Date(),
        });
  for (const { organization, profile, records, files = [] } of [northwindBooks(today), chinookBooks(today)]) {
    if (await openReader(table, organization).single('business')) continue;
    log(`Loading the demo's books of ${organization}: ${records.length} records`);
    await writeRecords({ table, organization, records });
    await inParallel(files, async ({ record, bytes }) =>
      bucket?.put(organization, record.id, { bytes, mimeType: record.mimeType }),
    );
    await writeRecords({ table, organization, records: [profile] });
  }
}
