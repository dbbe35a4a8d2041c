import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';

const client = new DynamoDBClient({});
const TableName = process.env.TABLE_NAME;

/** The 25 newest invoices. */
export async function handler({ organization }: { organization: string }): Promise<unknown[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: `D#${organization}#invoice.date` } },
      ScanIndexForward: false,
      Limit: 25,
    }),
  );
  return Items.map(({ data }) => JSON.parse(data?.S ?? '{}'));
}
