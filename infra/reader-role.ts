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
import { type FilesBucket, fileReadAction } from './files.ts';
import { type BooksTable, partitionPrefixes, readActions } from './table.ts';

const organizationTag = 'aws:PrincipalTag/org';

/** IAM replaces this variable by the session's tag `org`. */
const taggedOrganization = `\${${organizationTag}}`;

/**
 * The role that reads books and files: those of the one organization in the session's tag. The function behind `/mcp` starts a
 * session per organization; from then on AWS decides what it can read, not its code.
 */
export class ReaderRole extends Construct {
  readonly role: Role;

  constructor(
    scope: Construct,
    id: string,
    props: { books: BooksTable; files: FilesBucket; assumedBy: IRole },
  ) {
    super(scope, id);
    const { books, files, assumedBy } = props;
    this.role = new Role(this, 'Role', {
      description: 'Reads the books and files of the one organization in the session tag',
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
      requiring: [organizationTag],
    });
    this.role.addToPolicy(
      new PolicyStatement({
        sid: 'NothingElse',
        effect: Effect.DENY,
        notActions: [...readActions, fileReadAction, ...books.keyReadActions],
        resources: ['*'],
      }),
    );
    files.allowReading(this.role, { variable: taggedOrganization, key: organizationTag });
    assumedBy.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['sts:AssumeRole', 'sts:TagSession'],
        resources: [this.role.roleArn],
      }),
    );
  }
}
