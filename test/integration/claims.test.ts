import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PreTokenGenerationV3TriggerEvent } from 'aws-lambda';
import { claimsHandler } from '../../functions/claims/trigger.ts';
import { machineClientKey } from '../../shared/store/keys.ts';
import { memoryTable } from '../support/memory-table.ts';

const { table } = await memoryTable();
const handler = claimsHandler(table);

const asked = (clientId: string, triggerSource = 'TokenGeneration_ClientCredentials') =>
  ({
    version: '3',
    triggerSource,
    region: 'eu-west-1',
    userPoolId: 'eu-west-1_LOCAL0001',
    callerContext: { awsSdkVersion: '1', clientId },
    request: { userAttributes: {}, groupConfiguration: {}, scopes: [] },
    response: {},
  }) as unknown as PreTokenGenerationV3TriggerEvent;

const register = (clientId: string, organization: string) =>
  table.write([{ ...machineClientKey(clientId), data: JSON.stringify({ organization }) }]);

describe('the claims trigger', () => {
  it('names the organization of a machine client', async () => {
    await register('abc123', 'acme');
    const { response } = await handler(asked('abc123'));
    assert.deepEqual(response, {
      claimsAndScopeOverrideDetails: {
        accessTokenGeneration: { claimsToAddOrOverride: { organization: 'acme' } },
      },
    });
  });

  it('adds nothing for a client that no operator has given an organization', async () => {
    assert.deepEqual((await handler(asked('unknown'))).response, {});
    await register('odd', 'acme#other');
    assert.deepEqual((await handler(asked('odd'))).response, {});
  });

  it('adds nothing to the tokens of people, whatever the client', async () => {
    await register('abc123', 'acme');
    for (const source of [
      'TokenGeneration_HostedAuth',
      'TokenGeneration_RefreshTokens',
      'TokenGeneration_Authentication',
    ]) {
      assert.deepEqual((await handler(asked('abc123', source))).response, {});
    }
  });
});
