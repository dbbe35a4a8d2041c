import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startDynamoDB } from '../../local/dynamodb.ts';
import {
  functionsAccessKey,
  operatorAccessKey,
  ReaderSessions,
  readerRoleArn,
  startSts,
} from '../../local/reader-role.ts';
import type { Invoice } from '../../shared/ledger/kinds/invoice.ts';
import { partitionsOf } from '../../shared/store/keys.ts';
import { readersOf } from '../../shared/store/open-reader.ts';
import { readerClients } from '../../shared/store/reader-clients.ts';
import { readerCredentials } from '../../shared/store/reader-credentials.ts';
import { openTable, Table } from '../../shared/store/table.ts';
import { writeRecords } from '../../shared/store/writer.ts';

const tableName = 'finance-mcp';
const region = 'eu-west-1';
const sessions = new ReaderSessions();
const sts = await startSts(sessions);
const dynamoDB = await startDynamoDB({ port: 0, tableName, region, sessions });
after(() => Promise.all([sts.close(), dynamoDB.close()]));
Object.assign(process.env, {
  AWS_REGION: region,
  AWS_ENDPOINT_URL_DYNAMODB: dynamoDB.endpoint,
  AWS_ENDPOINT_URL_STS: sts.endpoint,
  AWS_ACCESS_KEY_ID: functionsAccessKey,
  AWS_SECRET_ACCESS_KEY: 'local',
});

const operator = openTable({
  tableName,
  region,
  endpoint: dynamoDB.endpoint,
  credentials: { accessKeyId: operatorAccessKey, secretAccessKey: 'local' },
});
const invoice: Invoice = {
  kind: 'invoice',
  id: 'i1',
  currency: 'USD',
  lifecycle: 'issued',
  issued: '2026-01-01',
  total: 100,
  lines: [],
};
for (const organization of ['acme', 'acme-2']) {
  await writeRecords({ table: operator, organization, records: [{ ...invoice, notes: organization }] });
}

const denied = { name: 'AccessDeniedException' };
const tableAs = (organization: string) =>
  new Table(new DynamoDBClient({ credentials: readerCredentials(readerRoleArn)(organization) }), tableName);
const invoicesOf = (organization: string) => ({
  pk: partitionsOf(organization).records('invoice'),
  from: '!',
  to: '~',
});

describe('the reader role', () => {
  it('lets a reader see its own organization', async () => {
    const open = readersOf({ tableName, clientOf: readerClients(readerRoleArn) });
    for (const organization of ['acme', 'acme-2', 'acme']) {
      const reader = await open(organization);
      const [found] = await reader.find('invoice', { id: 'i1' }, '2026-02-01');
      assert.equal(found?.invoice.notes, organization);
    }
  });

  it('is refused another organization by the store itself, in every way of reading', async () => {
    const acme = tableAs('acme');
    const foreign = { pk: invoicesOf('acme-2').pk, sk: 'i1' };
    assert.equal((await acme.all(invoicesOf('acme'))).length, 1);
    await assert.rejects(acme.all(invoicesOf('acme-2')), denied);
    await assert.rejects(acme.get(foreign), denied);
    await assert.rejects(acme.getMany([{ pk: invoicesOf('acme').pk, sk: 'i1' }, foreign]), denied);
  });

  it('can write nothing, not even to its own organization', async () => {
    const acme = tableAs('acme');
    const own = { pk: invoicesOf('acme').pk, sk: 'i1', data: '{}' };
    await assert.rejects(acme.write([own]), denied);
    await assert.rejects(acme.write([], [own]), denied);
    await assert.rejects(acme.replace(own, undefined), denied);
  });

  it('is the only way for the functions: their own credentials open nothing', async () => {
    const open = readersOf({ tableName, clientOf: readerClients() });
    await assert.rejects((await open('acme')).single('business'), denied);
  });

  it('is not given for anything but an organization id', async () => {
    for (const text of ['', '*', 'a#b', 'ACME']) {
      assert.throws(() => readerCredentials(readerRoleArn)(text), RangeError);
    }
  });
});
