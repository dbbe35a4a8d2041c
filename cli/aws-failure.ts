import { CloudFormationServiceException } from '@aws-sdk/client-cloudformation';

/**
 * One sentence about why AWS did not come to the question, whatever was asked; undefined where it did, and what went
 * wrong is up to the service that was asked.
 */
export function awsFailure(error: unknown, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const { name = '', code = '', message = '' } = error as { name?: string; code?: string; message?: string };
  if (name === 'CredentialsProviderError') return missingCredentials(message, environment.AWS_PROFILE);
  if (expired.has(name)) return 'The AWS credentials have expired or are not valid: sign in to AWS again.';
  if (/^region (is missing|not accepted)/i.test(message)) {
    return 'No AWS region is set: expected AWS_REGION or a profile with one.';
  }
  if (unreachable.test(code)) {
    return `AWS gives no answer (${code}): is there a network, and is the region right?`;
  }
  const stack = /^Stack with id (\S+) does not exist/.exec(message)?.[1];
  if (stack) return `There is no stack "${stack}" in this account and region.`;
  if (name === 'AccessDeniedException' || name === 'AccessDenied') {
    const action = /perform: ([\w:-]+)/.exec(message)?.[1];
    if (action === 'sts:AssumeRole') {
      return 'These AWS credentials may not take on the role of the profile: see "operators" in docs/deploy.md.';
    }
    if (action || error instanceof CloudFormationServiceException) {
      return `These AWS credentials may not do ${action ?? 'this'}: use the role of the stack's output OperatorRoleArn.`;
    }
  }
  return undefined;
}

function missingCredentials(message: string, profile: string | undefined): string {
  if (/multi-factor/i.test(message)) {
    return `The AWS profile "${profile ?? 'default'}" asks for a second factor, which only the AWS CLI can do: see "The operator role" in docs/deploy.md.`;
  }
  return profile
    ? `The AWS profile "${profile}" gives no credentials: is the name right, and are you signed in to AWS?`
    : 'There are no AWS credentials: expected a profile or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.';
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
