import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { DynamoDBStreamEvent, PreTokenGenerationV3TriggerEvent } from 'aws-lambda';
import { operatorAccessKey } from '../../local/reader-role.ts';
import { canonicalJson } from '../../shared/json.ts';
import type { Invoice } from '../../shared/ledger/kinds/invoice.ts';
import { machineClientKey, partitionsOf, sortKey } from '../../shared/store/keys.ts';
import { verifyBooks } from '../../shared/store/verify.ts';
import { memoryTable } from '../support/memory-table.ts';
import { Assembly } from './assembly.ts';
import { LambdaFunction } from './lambda-function.ts';
import { absenceOfRuntimeClient } from './runtime-client.ts';

/* The deployed functions that AWS itself calls: for each, an event as its service sends it. */

describe('a deployed function', { skip: absenceOfRuntimeClient() ?? false }, async () => {
  const { table, endpoint, tableName } = await memoryTable();
  let assembly: Assembly;
  const started: LambdaFunction[] = [];
  function run(idPrefix: string): LambdaFunction {
    const lambda = new LambdaFunction(
      assembly.configuration(idPrefix, {
        references: {
          TABLE_NAME: tableName,
          USER_POOL_ID: 'eu-west-1_LOCAL0001',
          BROKER_CLIENT_ID: 'finance-mcp-broker',
        },
        added: { AWS_ENDPOINT_URL_DYNAMODB: endpoint },
        accessKeyId: operatorAccessKey,
        region: 'eu-west-1',
      }),
    );
    started.push(lambda);
    return lambda;
  }

  before(() => {
    assembly = Assembly.synthesize();
  });
  after(async () => {
    for (const lambda of started) await lambda.close();
    assembly?.remove();
  });

  it('names the organization of a machine client in its tokens', async () => {
    await table.write([{ ...machineClientKey('abc123'), data: '{"organization":"acme"}' }]);
    const event: PreTokenGenerationV3TriggerEvent = {
      version: '3',
      triggerSource: 'TokenGeneration_ClientCredentials',
      region: 'eu-west-1',
      userPoolId: 'eu-west-1_LOCAL0001',
      userName: 'abc123',
      callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: 'abc123' },
      request: {
        userAttributes: {},
        groupConfiguration: { groupsToOverride: [], iamRolesToOverride: [] },
        scopes: ['https://finance.example/mcp/business:read'],
      },
      response: { claimsAndScopeOverrideDetails: {} },
    };
    assert.deepEqual(await run('Claims').invoke(event), {
      ...event,
      response: {
        claimsAndScopeOverrideDetails: {
          accessTokenGeneration: { claimsToAddOrOverride: { organization: 'acme' } },
        },
      },
    });
  });

  it('derives indexes and totals from a record that somebody changed', async () => {
    const invoice: Invoice = {
      kind: 'invoice',
      id: 'inv-1',
      number: 'A-1',
      currency: 'USD',
      lifecycle: 'issued',
      issued: '2026-01-01',
      due: '2026-01-31',
      total: 12_00,
      lines: [],
    };
    const { records } = partitionsOf('acme');
    const key = { pk: records(invoice.kind), sk: sortKey(invoice.id) };
    const data = canonicalJson(invoice);
    await table.write([{ ...key, data }]);
    assert.notDeepEqual((await verifyBooks(table, 'acme')).differences, []);
    const keys = { pk: { S: key.pk }, sk: { S: key.sk } };
    const event: DynamoDBStreamEvent = {
      Records: [
        {
          eventID: '1',
          eventName: 'INSERT',
          eventVersion: '1.1',
          eventSource: 'aws:dynamodb',
          awsRegion: 'eu-west-1',
          dynamodb: {
            ApproximateCreationDateTime: 1_795_000_000,
            Keys: keys,
            NewImage: { ...keys, data: { S: data } },
            SequenceNumber: '100000000000000000001',
            SizeBytes: 200,
            StreamViewType: 'NEW_AND_OLD_IMAGES',
          },
          eventSourceARN: 'arn:aws:dynamodb:eu-west-1:000000000000:table/finance-mcp/stream/0',
        },
      ],
    };
    assert.deepEqual(await run('Projections').invoke(event), { batchItemFailures: [] });
    assert.deepEqual((await verifyBooks(table, 'acme')).differences, []);
  });

  it('takes the steps of a rotation that ask nothing of it', async () => {
    const event = { Step: 'testSecret', SecretId: 'sealing', ClientRequestToken: 'one' };
    assert.equal(await run('SealingRotation').invoke(event), null);
  });
});
