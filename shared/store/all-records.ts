import { recordKinds } from '../ledger/record-shapes.ts';
import type { LedgerRecord } from '../ledger/records.ts';
import { type Partitions, wholePartition } from './keys.ts';
import type { Table } from './table.ts';

/** Every record of an organization, kind by kind, as it stands now. */
export async function* allRecords(table: Table, partitions: Partitions): AsyncGenerator<LedgerRecord> {
  for (const kind of recordKinds) {
    const items = table.query(wholePartition(partitions.records(kind)), { consistent: true });
    for await (const { data } of items) yield JSON.parse(data) as LedgerRecord;
  }
}
