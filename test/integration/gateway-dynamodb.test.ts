import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type LocalDynamoDB, startDynamoDB } from '../../local/dynamodb.ts';
import { PortInUseError } from '../../local/loopback.ts';

const table = { port: 0, tableName: 'finance-mcp', region: 'eu-west-1' };
const item = { pk: { S: 'T#northwind#' }, sk: { S: 'a' }, name: { S: 'kept' } };

function clientOf(dynamoDB: LocalDynamoDB): DynamoDBClient {
  return new DynamoDBClient({
    endpoint: dynamoDB.endpoint,
    region: table.region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
}

describe('DynamoDB in memory', () => {
  let dynamoDB: LocalDynamoDB;
  before(async () => {
    dynamoDB = await startDynamoDB(table);
  });
  after(() => dynamoDB.close());

  test('has the table when it is started', async () => {
    const client = clientOf(dynamoDB);
    const { Table } = await client.send(new DescribeTableCommand({ TableName: table.tableName }));
    client.destroy();
    assert.equal(Table?.TableStatus, 'ACTIVE');
    assert.equal(Table.BillingModeSummary?.BillingMode, 'PAY_PER_REQUEST');
    assert.deepEqual(Table.KeySchema, [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ]);
  });

  test('listens on 127.0.0.1', () => {
    assert.match(dynamoDB.endpoint, /^http:\/\/127\.0\.0\.1:\d+$/);
  });

  for (const headers of [{ origin: 'https://evil.example' }, { host: 'evil.example' }]) {
    test(`refuses what a web page sends (${JSON.stringify(headers)})`, async () => {
      const sent = httpRequest(dynamoDB.endpoint, { headers, agent: false });
      sent.end();
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      response.resume();
      assert.equal(response.statusCode, 403);
      assert.equal(response.headers['access-control-allow-origin'], undefined);
    });
  }

  test('names a port that is taken', async () => {
    const port = Number(new URL(dynamoDB.endpoint).port);
    await assert.rejects(startDynamoDB({ ...table, port }), PortInUseError);
  });
});

test('DynamoDB on disk keeps its items over a restart', async () => {
  const dataDir = join(await mkdtemp(join(tmpdir(), 'dynamodb-')), 'deeper', 'still');
  for (const round of ['first', 'second']) {
    const dynamoDB = await startDynamoDB({ ...table, dataDir });
    const client = clientOf(dynamoDB);
    if (round === 'first') await client.send(new PutItemCommand({ TableName: table.tableName, Item: item }));
    const key = { pk: item.pk, sk: item.sk };
    const { Item } = await client.send(new GetItemCommand({ TableName: table.tableName, Key: key }));
    assert.deepEqual(Item, item, round);
    client.destroy();
    await dynamoDB.close();
  }
  await rm(join(dataDir, '..', '..'), { recursive: true });
});
