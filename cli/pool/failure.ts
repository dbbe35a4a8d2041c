import { CloudFormationServiceException } from '@aws-sdk/client-cloudformation';
import { CognitoIdentityProviderServiceException } from '@aws-sdk/client-cognito-identity-provider';
import { storeFailure } from '../store.ts';
import type { PoolLocation } from './location.ts';

/** One sentence about why the pool, the table or the stack did not do what it was asked. */
export function poolFailure(error: unknown, location: PoolLocation, tableName = ''): string {
  const { name = '', code = '', message = '' } = error as { name?: string; code?: string; message?: string };
  const ofPool = error instanceof CognitoIdentityProviderServiceException;
  const ofStack = error instanceof CloudFormationServiceException;

  if ('localPort' in location) {
    const { localPort } = location;
    if (code === 'ECONNREFUSED') {
      return `Nothing answers for the local edition on port ${localPort}: is it running there (npm start -- --port ${localPort})?`;
    }
    if (!ofPool) return storeFailure(error, { localPort });
  }
  if (expired.has(name)) return 'The AWS credentials have expired or are not valid: sign in to AWS again.';
  if (/^region (is missing|not accepted)/i.test(message)) {
    return 'No AWS region is set: expected AWS_REGION or a profile with one.';
  }
  if (unreachable.test(code)) {
    return `AWS gives no answer (${code}): is there a network, and is the region right?`;
  }
  if (ofStack && 'stack' in location && /does not exist/.test(message)) {
    return `There is no stack "${location.stack}" in this account and region.`;
  }
  if (name === 'AccessDeniedException' || name === 'AccessDenied') {
    const action = /perform: ([\w:-]+)/.exec(message)?.[1];
    if (action || ofPool || ofStack) {
      return `These AWS credentials may not do ${action ?? 'this'}: use the role of the stack's output OperatorRoleArn.`;
    }
  }
  if (!ofPool && !ofStack) return storeFailure(error, { tableName });
  if (name === 'ResourceNotFoundException') {
    return 'There is no such user pool in this account and region: expected the one of the stack.';
  }
  if (name === 'TooManyRequestsException')
    return 'AWS allows no more requests at the moment: try again in a minute.';
  if (name === 'LimitExceededException')
    return 'A quota of the user pool is used up: AWS raises it on request.';
  return `The user pool refused: ${message || name || 'unknown reason'}`;
}

const unreachable = /^(ECONN|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH)/;

const expired = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'TokenProviderError',
]);
