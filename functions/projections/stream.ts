import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { LedgerRecord } from '../../shared/ledger/kinds/index.ts';
import { registry } from '../../shared/ledger/registry.ts';
import { addChange, type Changes } from '../../shared/store/changes.ts';
import { organizationOfRecords } from '../../shared/store/keys.ts';
import { followChanges } from '../../shared/store/lock.ts';
import type { Table } from '../../shared/store/table.ts';

/*
 * Follows the table's stream: whoever changes a record without deriving from it (by hand, by a restore, by a program
 * of the operator's own) finds indexes and totals right a moment later. Imports derive by themselves and mark their
 * records as kept; the stream's filter leaves those out, and so does this.
 */

/** The Lambda function behind the table's stream; events that could not be followed are delivered again. */
export const streamHandler =
  (table: Table) =>
  async ({ Records: events }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const failed: DynamoDBBatchResponse['batchItemFailures'] = [];
    for (const [organization, changes] of Map.groupBy(events, organizationOf)) {
      if (organization === undefined) continue;
      try {
        const changed: Changes = new Map();
        for (const { dynamodb } of changes)
          addChange(changed, registry, recordIn(dynamodb?.OldImage), recordIn(dynamodb?.NewImage));
        await followChanges({ table, organization, registry }, changed);
        console.log(JSON.stringify({ projected: changes.length, organization }));
      } catch (error) {
        const { name, message } = error as Error;
        console.error(JSON.stringify({ failed: changes.length, organization, error: name, message }));
        failed.push(...changes.map(({ dynamodb }) => ({ itemIdentifier: dynamodb?.SequenceNumber ?? '' })));
      }
    }
    return { batchItemFailures: failed };
  };

/** Whose record an event is about; undefined for derived items and for records whose writer derives by itself. */
const organizationOf = ({ dynamodb }: DynamoDBRecord): string | undefined =>
  dynamodb?.NewImage?.kept?.BOOL ? undefined : organizationOfRecords(dynamodb?.Keys?.pk?.S ?? '');

type Image = NonNullable<DynamoDBRecord['dynamodb']>['NewImage'];

const recordIn = (image: Image): LedgerRecord | undefined =>
  image?.data?.S === undefined ? undefined : (JSON.parse(image.data.S) as LedgerRecord);
