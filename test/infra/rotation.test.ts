import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, beforeEach, test } from 'node:test';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createRotation, type RotationEvent } from '../../infra/rotation/rotation.ts';

/** The versions of one secret, kept as Secrets Manager keeps them. */
const versions = new Map<string, { value: string; stages: string[] }>();
let appClientSecret = 'first';

type Request = Record<string, string> & { VersionStages: string[] };

const answers: Record<string, (request: Request) => object | undefined> = {
  GetSecretValue({ VersionId = current() }) {
    const version = versions.get(VersionId);
    return version && { SecretString: version.value, VersionId };
  },
  PutSecretValue({ ClientRequestToken = '', SecretString = '', VersionStages }) {
    versions.set(ClientRequestToken, { value: SecretString, stages: VersionStages });
    return {};
  },
  DescribeSecret: () => ({
    VersionIdsToStages: Object.fromEntries([...versions].map(([id, { stages }]) => [id, stages])),
  }),
  UpdateSecretVersionStage({ VersionStage = '', MoveToVersionId = '', RemoveFromVersionId = '' }) {
    versions.get(RemoveFromVersionId)!.stages = ['AWSPREVIOUS'];
    versions.get(MoveToVersionId)!.stages = [VersionStage];
    return {};
  },
  DescribeUserPoolClient: ({ UserPoolId, ClientId }) => ({
    UserPoolClient: { UserPoolId, ClientId, ClientSecret: appClientSecret },
  }),
};

const current = (): string =>
  [...versions].find(([, { stages }]) => stages.includes('AWSCURRENT'))?.[0] ?? '';

/** Speaks the protocol of both services, so that the clients are the real ones. */
const server = createServer(async (request, response) => {
  const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
  const body = (await Array.fromAsync(request)).join('');
  const answer = answers[operation]?.(JSON.parse(body));
  response.writeHead(answer ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify(answer ?? { __type: 'ResourceNotFoundException', message: 'not found' }));
}).listen(0, '127.0.0.1');
await once(server, 'listening');

const settings = {
  endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  region: 'eu-west-1',
  credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
};
const secretsManager = new SecretsManagerClient(settings);
const userPools = new CognitoIdentityProviderClient(settings);
after(() => {
  secretsManager.destroy();
  userPools.destroy();
  server.close();
});

const rotate = createRotation({
  secretsManager,
  userPools,
  userPoolId: 'eu-west-1_AbCdEfGhI',
  brokerClientId: 'broker',
});

/** All steps, as Secrets Manager goes through them. */
async function rotation(version: string): Promise<void> {
  for (const Step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as RotationEvent['Step'][]) {
    await rotate({ Step, SecretId: 'sealing', ClientRequestToken: version });
  }
}

const entry = (): Record<string, string> => JSON.parse(versions.get(current())?.value ?? '{}');

beforeEach(() => {
  versions.clear();
  versions.set('made', { value: '{"sealing":"from the deployment"}', stages: ['AWSCURRENT'] });
});

test('the first rotation adds the app client’s secret to what the deployment made', async () => {
  await rotation('one');
  assert.equal(current(), 'one');
  const { sealing = '', previousSealing, brokerClientSecret, ...others } = entry();
  assert.equal(Buffer.from(sealing, 'base64url').length, 48);
  assert.deepEqual([previousSealing, brokerClientSecret, others], ['from the deployment', 'first', {}]);
});

test('a later one seals anew, keeps the secret before it, and follows the app client', async () => {
  await rotation('one');
  const before = entry();
  appClientSecret = 'second';
  await rotation('two');
  assert.notEqual(entry().sealing, before.sealing);
  assert.equal(entry().previousSealing, before.sealing);
  assert.equal(entry().brokerClientSecret, 'second');
});

test('a step that is repeated changes nothing', async () => {
  await rotation('one');
  const before = structuredClone(versions);
  await rotation('one');
  assert.deepEqual(versions, before);
});
