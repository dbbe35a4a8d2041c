import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Entity } from 'dynamodb-toolbox/entity';
import { item } from 'dynamodb-toolbox/schema/item';
import { string } from 'dynamodb-toolbox/schema/string';
import { Table } from 'dynamodb-toolbox/table';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';

const table = new Table({
  name: process.env.TABLE_NAME ?? '',
  partitionKey: { name: 'pk', type: 'string' },
  sortKey: { name: 'sk', type: 'string' },
  documentClient: DynamoDBDocumentClient.from(new DynamoDBClient({})),
});

const invoices = new Entity({
  name: 'invoice',
  table,
  schema: item({ pk: string().key(), sk: string().key(), data: string() }),
  // The items carry no marks of the toolbox's own.
  entityAttribute: false,
  timestamps: false,
});

/** The 25 newest invoices. */
export async function handler({ organization }: { organization: string }): Promise<unknown[]> {
  const { Items = [] } = await table
    .build(QueryCommand)
    .query({ partition: `D#${organization}#invoice.date` })
    .entities(invoices)
    .options({ reverse: true, limit: 25, entityAttrFilter: false })
    .send();
  return Items.map(({ data }) => JSON.parse(data));
}
