import { CloudFormationServiceException } from '@aws-sdk/client-cloudformation';
import { CognitoIdentityProviderServiceException } from '@aws-sdk/client-cognito-identity-provider';
import { awsFailure } from '../aws-failure.ts';
import { storeFailure } from '../store.ts';
import type { PoolLocation } from './location.ts';

/** One sentence about why a request to the user pool, the table or the stack failed. */
export function poolFailure(error: unknown, location: PoolLocation, tableName = ''): string {
  const { name = '', code = '', message = '' } = error as { name?: string; code?: string; message?: string };
  const ofPool = error instanceof CognitoIdentityProviderServiceException;

  if ('localPort' in location) {
    const { localPort } = location;
    if (code === 'ECONNREFUSED') {
      return `The local edition does not answer on port ${localPort}: start it with npm start -- --port ${localPort}.`;
    }
    if (!ofPool) return storeFailure(error, { localPort });
  }
  const general = awsFailure(error);
  if (general !== undefined) return general;
  if (!ofPool && !(error instanceof CloudFormationServiceException))
    return storeFailure(error, { tableName });
  if (name === 'ResourceNotFoundException') {
    return 'The user pool does not exist in this account and region: expected the one of the stack.';
  }
  if (name === 'TooManyRequestsException') return 'AWS is throttling requests: try again in a minute.';
  if (name === 'LimitExceededException')
    return 'A quota of the user pool has been reached: request an increase from AWS.';
  return `The user pool refused the request: ${message || name || 'unknown reason'}`;
}
