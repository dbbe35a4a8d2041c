import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, PrincipalWithConditions, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import { CfnSubscriptionFilter, FilterPattern, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { Settings } from './settings.ts';

/**
 * Audit records where nobody can change or delete them for years. With `governance`, principals with the permission
 * s3:BypassGovernanceRetention still can; with `compliance`, nobody can.
 */
export class Archive extends Construct {
  constructor(scope: Construct, id: string, props: { settings: Settings; auditLog: ILogGroup }) {
    super(scope, id);
    const { settings, auditLog } = props;
    const bucket = this.#bucket(settings);
    const stream = this.#stream(bucket);

    const subscriber = this.#role('Subscriber', 'logs.amazonaws.com');
    subscriber.addToPolicy(
      new PolicyStatement({
        actions: ['firehose:PutRecord', 'firehose:PutRecordBatch'],
        resources: [stream.attrArn],
      }),
    );
    const subscription = new CfnSubscriptionFilter(this, 'AuditRecords', {
      logGroupName: auditLog.logGroupName,
      filterPattern: FilterPattern.exists('$.audit').logPatternString,
      destinationArn: stream.attrArn,
      roleArn: subscriber.roleArn,
    });
    // CloudWatch Logs sends a test record when the subscription is created.
    subscription.node.addDependency(subscriber);
  }

  #bucket({ archive, archiveDays }: Settings): Bucket {
    const days = Duration.days(archiveDays);
    const bucket = new Bucket(this, 'Bucket', {
      objectLockEnabled: true,
      objectLockDefaultRetention:
        archive === 'compliance'
          ? ObjectLockRetention.compliance(days)
          : ObjectLockRetention.governance(days),
      versioned: true,
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      // The archive must survive the deletion of the stack.
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledge(bucket, {
      S1: 'It is not read in normal operation; the account’s CloudTrail trail can record access to its objects.',
    });
    return bucket;
  }

  /** Not the CDK's own construct, which would also allow deleting objects and changing how long they are kept. */
  #stream(bucket: Bucket): CfnDeliveryStream {
    const writer = this.#role('Writer', 'firehose.amazonaws.com');
    writer.addToPolicy(
      new PolicyStatement({
        actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
        resources: [bucket.bucketArn],
      }),
    );
    writer.addToPolicy(
      new PolicyStatement({
        actions: ['s3:PutObject', 's3:AbortMultipartUpload'],
        resources: [bucket.arnForObjects('*')],
      }),
    );
    acknowledge(writer, {
      'IAM5[Resource::<ArchiveBucket49F1AC64.Arn>/*]':
        'Object names contain the time, so they cannot be listed here.',
    });
    const stream = new CfnDeliveryStream(this, 'Stream', {
      deliveryStreamType: 'DirectPut',
      deliveryStreamEncryptionConfigurationInput: { keyType: 'AWS_OWNED_CMK' },
      extendedS3DestinationConfiguration: {
        bucketArn: bucket.bucketArn,
        roleArn: writer.roleArn,
        // CloudWatch Logs delivers the records already compressed.
        compressionFormat: 'UNCOMPRESSED',
        fileExtension: '.json.gz',
        prefix: 'audit/!{timestamp:yyyy/MM/dd}/',
        errorOutputPrefix: 'failed/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/',
        // S3 charges per object, and until then the log group has the records.
        bufferingHints: { intervalInSeconds: 900, sizeInMBs: 5 },
      },
    });
    stream.node.addDependency(writer);
    return stream;
  }

  /** A role for an AWS service, only when it acts for this account. */
  #role(id: string, service: string): Role {
    return new Role(this, id, {
      assumedBy: new PrincipalWithConditions(new ServicePrincipal(service), {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      }),
    });
  }
}
