import { Duration } from 'aws-cdk-lib';
import {
  ArnPrincipal,
  Effect,
  type IRole,
  PolicyStatement,
  PrincipalWithConditions,
  Role,
  SessionTagsPrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type BooksTable, partitionPrefixes, readActions } from './table.ts';

/** IAM replaces this variable by the session's tag `org`. */
const taggedOrganization = `\${aws:PrincipalTag/org}`;

/**
 * The role that reads books: those of the one organization in the session's tag. The function behind `/mcp` starts a
 * session per organization; from then on AWS decides what it can read, not its code.
 */
export class ReaderRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, props: { books: BooksTable; assumedBy: IRole }) {
    super(scope, id);
    const { books, assumedBy } = props;
    this.role = new Role(this, 'Role', {
      description: 'Reads the books of the one organization in the session tag',
      assumedBy: new SessionTagsPrincipal(
        new PrincipalWithConditions(new ArnPrincipal(assumedBy.roleArn), {
          StringLike: { 'aws:RequestTag/org': '?*' },
          // No other tag comes along; the Null test refuses what the first line alone would pass, a session without tags.
          'ForAllValues:StringEquals': { 'aws:TagKeys': ['org'] },
          Null: { 'aws:TagKeys': 'false' },
        }),
      ),
      // The maximum that AWS allows for role chaining.
      maxSessionDuration: Duration.hours(1),
    });

    const { records, derived } = partitionPrefixes;
    books.allow(this.role, {
      actions: readActions,
      partitions: [records, derived].map((prefix) => `${prefix}${taggedOrganization}#*`),
      // Without the tag the variable has no value. That is asked for by name, and not left to what IAM makes of it.
      requiring: ['aws:PrincipalTag/org'],
    });
    this.role.addToPolicy(
      new PolicyStatement({
        sid: 'NothingElse',
        effect: Effect.DENY,
        notActions: [...readActions, ...books.keyReadActions],
        resources: ['*'],
      }),
    );
    assumedBy.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['sts:AssumeRole', 'sts:TagSession'],
        resources: [this.role.roleArn],
      }),
    );
  }
}
