import { CloudFormationServiceException } from '@aws-sdk/client-cloudformation';

/**
 * One sentence about a failure that any AWS request can have: credentials, region, network or rights. Undefined for
 * every other failure, which the caller explains.
 */
export function awsFailure(error: unknown, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const { name = '', code = '', message = '' } = error as { name?: string; code?: string; message?: string };
  if (name === 'CredentialsProviderError') return missingCredentials(message, environment.AWS_PROFILE);
  if (expired.has(name)) return 'The AWS credentials have expired or are not valid: sign in to AWS again.';
  if (/^region (is missing|not accepted)/i.test(message)) {
    return 'No AWS region is set: expected AWS_REGION or a profile with one.';
  }
  if (unreachable.test(code)) {
    return `AWS does not answer (${code}): check the network connection and the region.`;
  }
  const stack = /^Stack with id (\S+) does not exist/.exec(message)?.[1];
  if (stack) return `There is no stack "${stack}" in this account and region.`;
  if (name === 'AccessDeniedException' || name === 'AccessDenied') {
    const action = /perform: ([\w:-]+)/.exec(message)?.[1];
    if (action === 'sts:AssumeRole') {
      return 'These AWS credentials are not allowed to assume the role of the profile: see "operators" in docs/deploy.md.';
    }
    if (action || error instanceof CloudFormationServiceException) {
      return `These AWS credentials are not allowed to perform ${action ?? 'this action'}: assume the role in the stack's output OperatorRoleArn.`;
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
