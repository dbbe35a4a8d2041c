import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  type CfnTable,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import { AnyPrincipal, Effect, type IRole, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Settings } from './settings.ts';

/** The prefix of a partition key, by what the partition contains. */
export const partitionPrefixes = { records: 'R#', derived: 'D#', machineClients: 'M#' } as const;

export const readActions = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'];
export const writeActions = ['dynamodb:PutItem', 'dynamodb:DeleteItem', 'dynamodb:BatchWriteItem'];

const keyReadActions = ['kms:Decrypt', 'kms:DescribeKey'];
const keyWriteActions = ['kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'];

/** Every action that reads or copies a table's items and that a resource policy supports, according to DynamoDB's guide. */
const dataActions = [
  ...readActions,
  ...writeActions,
  'dynamodb:Scan',
  'dynamodb:UpdateItem',
  'dynamodb:ConditionCheckItem',
  'dynamodb:PartiQLSelect',
  'dynamodb:PartiQLInsert',
  'dynamodb:PartiQLUpdate',
  'dynamodb:PartiQLDelete',
  'dynamodb:ExportTableToPointInTime',
  'dynamodb:RestoreTableToPointInTime',
  'dynamodb:CreateBackup',
  'dynamodb:EnableKinesisStreamingDestination',
  'dynamodb:UpdateKinesisStreamingDestination',
];

/** Both images: the old one shows which totals a record has left. */
const streamViewType = StreamViewType.NEW_AND_OLD_IMAGES;

const streamActions = ['dynamodb:GetRecords', 'dynamodb:GetShardIterator'];

/** Permission for some partitions. */
export interface Access {
  readonly actions: readonly string[];
  /** Patterns of the partition keys. */
  readonly partitions: readonly string[];
  /** Context keys that a call must also have. */
  readonly requiring?: readonly string[];
}

/** The one table, and who may do what with which of its partitions. */
export class BooksTable extends Construct {
  readonly table: Table;
  /** What encrypts the books where the operator wants a key of their own. */
  readonly key: Key | undefined;

  constructor(scope: Construct, id: string, { customerManagedKey, removal }: Settings) {
    super(scope, id);
    const removalPolicy = removal === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    this.key = customerManagedKey
      ? new Key(this, 'Key', {
          description: 'Encrypts the books of Finance MCP',
          enableKeyRotation: true,
          removalPolicy,
        })
      : undefined;
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      stream: streamViewType,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: removal === 'retain',
      removalPolicy,
      ...(this.key
        ? { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: this.key }
        : { encryption: TableEncryption.DEFAULT }),
    });
  }

  /** What readers need on the key, if there is one: DynamoDB decrypts on behalf of the caller. */
  get keyReadActions(): readonly string[] {
    return this.key ? keyReadActions : [];
  }

  /**
   * Gives a role access to partitions, and to nothing else. `ForAllValues` alone is true of a call that names no key
   * at all, such as Scan; the `Null` test refuses those.
   */
  allow(role: IRole, { actions, partitions, requiring = [] }: Access): void {
    role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: [...actions],
        resources: [this.table.tableArn],
        conditions: {
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions },
          Null: Object.fromEntries(['dynamodb:LeadingKeys', ...requiring].map((key) => [key, 'false'])),
        },
      }),
    );
    const writes = actions.some((action) => writeActions.includes(action));
    this.key?.grant(role, ...keyReadActions, ...(writes ? keyWriteActions : []));
  }

  /**
   * Denies access to the items to every principal of the account except these, whatever its own policies allow, and to
   * the stream to everyone except its reader. Managing the table is still possible, and so is changing this policy,
   * which CloudTrail records.
   */
  closeToAllBut(principalArns: readonly string[], streamReader: IRole): void {
    const denied = (actions: readonly string[], but: readonly string[]): PolicyStatement =>
      new PolicyStatement({
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: [...actions],
        // The resource that the policy is attached to; it cannot name itself.
        resources: ['*'],
        conditions: { ArnNotEquals: { 'aws:PrincipalArn': but } },
      });
    this.table.addToResourcePolicy(denied(dataActions, principalArns));
    (this.table.node.defaultChild as CfnTable).streamSpecification = {
      streamViewType,
      resourcePolicy: {
        policyDocument: new PolicyDocument({ statements: [denied(streamActions, [streamReader.roleArn])] }),
      },
    };
  }
}
