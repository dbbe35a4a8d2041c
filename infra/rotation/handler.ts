import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createRotation } from './rotation.ts';

const { USER_POOL_ID: userPoolId, BROKER_CLIENT_ID: brokerClientId } = process.env;
if (!userPoolId || !brokerClientId) throw new Error('USER_POOL_ID and BROKER_CLIENT_ID must be set.');

/** The Lambda function that Secrets Manager calls to rotate the sign-in's secrets. */
export const handler = createRotation({
  secretsManager: new SecretsManagerClient(),
  userPools: new CognitoIdentityProviderClient(),
  userPoolId,
  brokerClientId,
});
