import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, PrincipalWithConditions, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import { CfnSubscriptionFilter, FilterPattern, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { Settings } from './settings.ts';

/**
 * Audit records where nobody can change or delete them for years. `governance` lets who has the right
 * s3:BypassGovernanceRetention do it all the same; `compliance` lets nobody.
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
    // CloudWatch Logs sends a trial record when it is told.
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
      // Whatever becomes of the stack: an archive that a command removes is none.
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledge(bucket, {
      S1: 'Nobody reads it in the course of events; recording calls for its objects is up to the trail of the account.',
    });
    return bucket;
  }

  /** Not the construct that the CDK has for it: that one may also delete objects and change how long they are kept. */
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
        'Objects are named by their time, so none can be named here.',
    });
    const stream = new CfnDeliveryStream(this, 'Stream', {
      deliveryStreamType: 'DirectPut',
      deliveryStreamEncryptionConfigurationInput: { keyType: 'AWS_OWNED_CMK' },
      extendedS3DestinationConfiguration: {
        bucketArn: bucket.bucketArn,
        roleArn: writer.roleArn,
        // CloudWatch Logs hands the records over compressed already.
        compressionFormat: 'UNCOMPRESSED',
        fileExtension: '.json.gz',
        prefix: 'audit/!{timestamp:yyyy/MM/dd}/',
        errorOutputPrefix: 'failed/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/',
        // Objects cost by the piece, and the log group has the records meanwhile.
        bufferingHints: { intervalInSeconds: 900, sizeInMBs: 5 },
      },
    });
    stream.node.addDependency(writer);
    return stream;
  }

  /** A role for a service of AWS, when it acts for this account and not for another. */
  #role(id: string, service: string): Role {
    return new Role(this, id, {
      assumedBy: new PrincipalWithConditions(new ServicePrincipal(service), {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      }),
    });
  }
}
