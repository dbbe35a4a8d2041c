import { randomBytes } from 'node:crypto';
import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolClientCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';

export interface RotationParts {
  readonly secretsManager: SecretsManagerClient;
  readonly userPools: CognitoIdentityProviderClient;
  readonly userPoolId: string;
  /** The app client through which people sign in. */
  readonly brokerClientId: string;
}

/** One step of a rotation. Secrets Manager repeats a step if it did not receive the answer. */
export interface RotationEvent {
  readonly Step: 'createSecret' | 'setSecret' | 'testSecret' | 'finishSecret';
  readonly SecretId: string;
  /** Id of the version that is to become the current one. */
  readonly ClientRequestToken: string;
}

/**
 * Rotates the secrets of the sign-in. The new version contains a new sealing secret, the previous one (so that what it
 * sealed can still be opened), and the app client's current secret from the user pool.
 */
export function createRotation(parts: RotationParts): (event: RotationEvent) => Promise<void> {
  const { secretsManager, userPools, userPoolId, brokerClientId } = parts;

  async function create(id: string, version: string): Promise<void> {
    if (await exists(id, version)) return;
    const { SecretString = '{}' } = await secretsManager.send(new GetSecretValueCommand({ SecretId: id }));
    const { sealing } = JSON.parse(SecretString) as { sealing?: string };
    const { UserPoolClient: client } = await userPools.send(
      new DescribeUserPoolClientCommand({ UserPoolId: userPoolId, ClientId: brokerClientId }),
    );
    if (!client?.ClientSecret) throw new Error('The app client of the sign-in has no secret.');
    const entry = {
      sealing: randomBytes(48).toString('base64url'),
      previousSealing: sealing,
      brokerClientSecret: client.ClientSecret,
    };
    await secretsManager.send(
      new PutSecretValueCommand({
        SecretId: id,
        ClientRequestToken: version,
        SecretString: JSON.stringify(entry),
        VersionStages: ['AWSPENDING'],
      }),
    );
  }

  async function exists(id: string, version: string): Promise<boolean> {
    try {
      await secretsManager.send(new GetSecretValueCommand({ SecretId: id, VersionId: version }));
      return true;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return false;
      throw error;
    }
  }

  async function finish(id: string, version: string): Promise<void> {
    const { VersionIdsToStages = {} } = await secretsManager.send(
      new DescribeSecretCommand({ SecretId: id }),
    );
    const current = Object.keys(VersionIdsToStages).find((known) =>
      VersionIdsToStages[known]?.includes('AWSCURRENT'),
    );
    if (current === version) return;
    await secretsManager.send(
      new UpdateSecretVersionStageCommand({
        SecretId: id,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: version,
        RemoveFromVersionId: current,
      }),
    );
  }

  return async ({ Step, SecretId, ClientRequestToken }) => {
    if (Step === 'createSecret') await create(SecretId, ClientRequestToken);
    // Other rotations set and test the new value between these two steps. Here the user pool has it already.
    if (Step === 'finishSecret') await finish(SecretId, ClientRequestToken);
  };
}
