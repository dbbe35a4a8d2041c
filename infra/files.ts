import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { linkSeconds } from '../shared/files/bucket.ts';
import { acknowledge } from './acknowledge.ts';
import type { Settings } from './settings.ts';
import type { BooksTable } from './table.ts';

export const fileReadAction = 's3:GetObject';
export const fileWriteActions = ['s3:PutObject', 's3:DeleteObject'];

/** Days that the table can be restored to, and that a file which was replaced or deleted is kept. */
const daysToRestore = 35;

/** The bucket with the files of attachments: the keys of an organization begin with its id and a slash. */
export class FilesBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: { settings: Settings; books: BooksTable }) {
    super(scope, id);
    const { settings, books } = props;
    this.bucket = new Bucket(this, 'Bucket', {
      // Like the table's, the content of the last weeks can be restored, but no reader has the right to older versions.
      versioned: true,
      lifecycleRules: [
        {
          noncurrentVersionExpiration: Duration.days(daysToRestore),
          expiredObjectDeleteMarker: true,
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
      ...(books.key
        ? { encryption: BucketEncryption.KMS, encryptionKey: books.key, bucketKeyEnabled: true }
        : { encryption: BucketEncryption.S3_MANAGED }),
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      removalPolicy: settings.removal === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    acknowledge(this.bucket, {
      S1: 'The audit records say who was given a link to which file; the account’s CloudTrail trail can record access to its objects.',
    });
  }

  /**
   * Gives a role the right to read the files of the organization in its session's tag, and denies it all others, whatever
   * other policies allow.
   * @param organization the policy variable of the tag, and the name of its context key
   */
  allowReading(role: IRole, organization: { variable: string; key: string }): void {
    const own = this.bucket.arnForObjects(`${organization.variable}/*`);
    role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: [fileReadAction],
        resources: [own],
        conditions: { Null: { [organization.key]: 'false' } },
      }),
    );
    role.addToPrincipalPolicy(
      new PolicyStatement({
        sid: 'NoOtherFiles',
        effect: Effect.DENY,
        actions: [fileReadAction],
        notResources: [own],
      }),
    );
    acknowledge(role, {
      [`IAM5[Resource::<FilesBucket7C17EE2E.Arn>/<${organization.key}>/*]`]:
        'The ids of attachments are not known here. The organization is that of the session.',
    });
  }

  /** Gives a role the right to read, store and delete every file. */
  allowWriting(role: IRole): void {
    role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: [fileReadAction, ...fileWriteActions],
        resources: [this.bucket.arnForObjects('*')],
      }),
    );
    acknowledge(role, {
      'IAM5[Resource::<FilesBucket7C17EE2E.Arn>/*]':
        'Operators store the files of every organization, whose ids are not known here.',
    });
  }

  /**
   * Denies reading and storing files to every principal of the account except these, whatever its own policies allow,
   * and a link to everybody once it is older than links may be. Deleting is not denied, so that an administrator can
   * empty the bucket before it is removed.
   */
  closeToAllBut(principalArns: readonly string[]): void {
    const denied = {
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      resources: [this.bucket.arnForObjects('*')],
    };
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        ...denied,
        actions: ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject'],
        conditions: { ArnNotEquals: { 'aws:PrincipalArn': principalArns } },
      }),
    );
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        ...denied,
        actions: ['s3:*'],
        conditions: {
          StringEquals: { 's3:authType': 'REST-QUERY-STRING' },
          NumericGreaterThan: { 's3:signatureAge': String(linkSeconds * 1000) },
        },
      }),
    );
  }
}
