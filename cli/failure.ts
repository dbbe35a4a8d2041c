import { CloudFormationServiceException } from '@aws-sdk/client-cloudformation';
import { CognitoIdentityProviderServiceException } from '@aws-sdk/client-cognito-identity-provider';
import { BucketError } from '../shared/files/bucket.ts';
import { Refusal } from '../shared/ledger/errors.ts';
import type { Location } from './location.ts';

/**
 * One sentence about why a request to the user pool, the table or the stack failed.
 * @param tableName of a stack whose outputs have been read
 */
export function failureOf(error: unknown, location: Location, tableName?: string): string {
  if (error instanceof Refusal) return error.message;
  const { name = '', code = '', message = '' } = error as { name?: string; code?: string; message?: string };
  if ('localPort' in location && code === 'ECONNREFUSED') {
    return `The local edition does not answer on port ${location.localPort}: start it with npm start -- --port ${location.localPort}.`;
  }
  const general = awsFailure(error);
  if (general !== undefined) return general;
  if (error instanceof CognitoIdentityProviderServiceException) return poolFailure(name, message);
  if (error instanceof BucketError) return bucketFailure(error.code);
  const table = tableIn(location, tableName);
  if (name === 'ResourceNotFoundException') return `There is no ${table} in this account and region.`;
  return `The ${table} cannot be used (${name || code || 'unknown reason'}).`;
}

const bucketFailure = (code: string): string =>
  code === 'AccessDenied'
    ? "These AWS credentials are not authorized to change files: assume the role in the stack's output OperatorRoleArn."
    : `The bucket with the files cannot be used (${code || 'unknown reason'}).`;

function tableIn(location: Location, tableName: string | undefined): string {
  if (tableName !== undefined) return `table "${tableName}"`;
  if ('tableName' in location) return `table "${location.tableName}"`;
  return 'stack' in location ? `table of the stack "${location.stack}"` : 'table of the local edition';
}

/** About a failure that any AWS request can have: credentials, region, network or permissions. */
function awsFailure(error: unknown): string | undefined {
  const { name = '', code = '', message = '' } = error as { name?: string; code?: string; message?: string };
  if (name === 'CredentialsProviderError') return missingCredentials(message, process.env.AWS_PROFILE);
  if (expired.has(name)) return 'The AWS credentials have expired or are not valid: sign in to AWS again.';
  if (/^region (is missing|not accepted)/i.test(message)) {
    return 'No AWS region is set: expected AWS_REGION or a profile with one.';
  }
  if (unreachable.test(code)) {
    return `AWS cannot be reached (${code}): check the network connection and the region.`;
  }
  const stack = /^Stack with id (\S+) does not exist/.exec(message)?.[1];
  if (stack) return `There is no stack "${stack}" in this account and region.`;
  if (name === 'AccessDeniedException' || name === 'AccessDenied') {
    const action = /perform: ([\w:-]+)/.exec(message)?.[1];
    if (action === 'sts:AssumeRole') {
      return 'These AWS credentials are not authorized to assume the role of the profile: see "The operator role" in docs/deploy.md.';
    }
    if (action || error instanceof CloudFormationServiceException) {
      return `These AWS credentials are not authorized to perform ${action ?? 'this action'}: assume the role in the stack's output OperatorRoleArn.`;
    }
  }
  return undefined;
}

function missingCredentials(message: string, profile: string | undefined): string {
  if (/multi-factor/i.test(message)) {
    return `The AWS profile "${profile ?? 'default'}" requires MFA, which only the AWS CLI supports: see "The operator role" in docs/deploy.md.`;
  }
  return profile
    ? `The AWS profile "${profile}" has no credentials: check its name, and sign in to AWS.`
    : 'No AWS credentials were found: expected a profile, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.';
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

function poolFailure(name: string, message: string): string {
  switch (name) {
    case 'ResourceNotFoundException':
      return 'The user pool does not exist in this account and region: expected the user pool of the stack.';
    case 'TooManyRequestsException':
      return 'AWS is throttling requests: try again in a minute.';
    case 'LimitExceededException':
      return 'A quota of the user pool is exceeded: request a quota increase from AWS.';
    default:
      return `The user pool refused the request: ${message || name || 'unknown reason'}`;
  }
}
