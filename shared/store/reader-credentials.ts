import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { isOrganizationId } from '../organization.ts';

type CredentialProvider = Extract<
  NonNullable<DynamoDBClientConfig['credentials']>,
  (...args: never[]) => unknown
>;

/** The shortest session that AWS allows. The client requests a new one before it ends, one request at a time. */
const sessionSeconds = 900;

const longestSessionName = 64;

/**
 * Gives credentials for one organization at a time: the reader role, assumed with the session tag `org`, which the
 * role's policy compares with every key that is read.
 *
 * @throws {RangeError} for anything that is not an organization id: it could widen the pattern in the policy.
 */
export function readerCredentials(roleArn: string): (organization: string) => CredentialProvider {
  // Loaded on first use, and only if there is a role to assume.
  const sts = import('@aws-sdk/client-sts').then(({ AssumeRoleCommand, STSClient }) => {
    const client = new STSClient({});
    return (organization: string) =>
      client.send(
        new AssumeRoleCommand({
          RoleArn: roleArn,
          RoleSessionName: `org-${organization}`.slice(0, longestSessionName),
          DurationSeconds: sessionSeconds,
          Tags: [{ Key: 'org', Value: organization }],
        }),
      );
  });
  return (organization) => {
    if (!isOrganizationId(organization)) throw new RangeError('Not an organization id.');
    return async () => {
      const assumeRole = await sts;
      const { Credentials: given } = await assumeRole(organization);
      const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given ?? {};
      if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) {
        throw new Error('STS gave no credentials for the reader role.');
      }
      return {
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey,
        sessionToken: SessionToken,
        expiration: Expiration,
      };
    };
  };
}
