import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Entity } from 'electrodb';

const invoices = new Entity(
  {
    model: { service: 'books', entity: 'invoice', version: '1' },
    attributes: {
      organization: { type: 'string', required: true },
      position: { type: 'string', required: true },
      data: { type: 'string', required: true },
    },
    indexes: {
      byDate: {
        pk: {
          field: 'pk',
          composite: ['organization'],
          // biome-ignore lint/suspicious/noTemplateCurlyInString: ElectroDB's own placeholders
          template: 'D#${organization}#invoice.date',
          casing: 'none',
        },
        // biome-ignore lint/suspicious/noTemplateCurlyInString: ElectroDB's own placeholders
        sk: { field: 'sk', composite: ['position'], template: '${position}', casing: 'none' },
      },
    },
  } as const,
  { client: new DynamoDBClient({}), table: process.env.TABLE_NAME ?? '' },
);

/** The 25 newest invoices. */
export async function handler({ organization }: { organization: string }): Promise<unknown[]> {
  const { data } = await invoices.query
    .byDate({ organization })
    // The items carry no marks of ElectroDB's own.
    .go({ order: 'desc', limit: 25, ignoreOwnership: true });
  return data.map((item) => JSON.parse(item.data));
}
