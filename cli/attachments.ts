import type { Bucket } from '../shared/files/bucket.ts';
import type { Attachment } from '../shared/ledger/kinds/attachment.ts';
import { registry } from '../shared/ledger/registry.ts';
import { inParallel } from '../shared/parallel.ts';
import type { Table } from '../shared/store/table.ts';
import { allRecords } from '../shared/store/writer.ts';

/** The attachments in the books of an organization. */
export async function attachmentsOf(table: Table, organization: string): Promise<Attachment[]> {
  const records = await Array.fromAsync(
    allRecords(table, organization, { ...registry, names: ['attachment'] }),
  );
  return records as Attachment[];
}

/** Deletes the files of all attachments in the books of an organization. It may be interrupted and repeated. */
export async function eraseFiles(table: Table, bucket: Bucket, organization: string): Promise<void> {
  await inParallel(await attachmentsOf(table, organization), ({ id }) => bucket.delete(organization, id));
}
