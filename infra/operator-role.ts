import { Stack } from 'aws-cdk-lib';
import {
  AccountRootPrincipal,
  ArnPrincipal,
  CompositePrincipal,
  type IPrincipal,
  PolicyStatement,
  PrincipalWithConditions,
  Role,
} from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { FilesBucket } from './files.ts';
import type { Settings } from './settings.ts';
import type { SignIn } from './sign-in.ts';
import { type BooksTable, partitionPrefixes, readActions, writeActions } from './table.ts';

/** What the commands for organizations, accounts and machine clients need in the user pool. */
const userPoolActions = [
  'CreateGroup',
  'GetGroup',
  'ListGroups',
  'DeleteGroup',
  'ListUsersInGroup',
  'AdminCreateUser',
  'AdminDisableUser',
  'AdminEnableUser',
  'AdminUserGlobalSignOut',
  'AdminAddUserToGroup',
  'AdminRemoveUserFromGroup',
  'AdminListGroupsForUser',
  'ListUsers',
  'CreateUserPoolClient',
  'ListUserPoolClients',
  'DeleteUserPoolClient',
].map((action) => `cognito-idp:${action}`);

/** The role for people who run the commands: the only one that writes records, files, accounts and machine clients. */
export class OperatorRole extends Construct {
  readonly role: Role;

  constructor(
    scope: Construct,
    id: string,
    props: { settings: Settings; books: BooksTable; files: FilesBucket; signIn: SignIn },
  ) {
    super(scope, id);
    const { settings, books, files, signIn } = props;
    this.role = new Role(this, 'Role', {
      description: 'Imports books, and manages organizations, accounts and machine clients',
      assumedBy: trusted(this, settings.operators),
    });
    books.allow(this.role, {
      actions: [...readActions, ...writeActions],
      partitions: Object.values(partitionPrefixes).map((prefix) => `${prefix}*`),
    });
    files.allowWriting(this.role);
    this.role.addToPolicy(
      new PolicyStatement({ actions: userPoolActions, resources: [signIn.pool.userPoolArn] }),
    );
    // The commands find the table and the user pool in the stack's outputs.
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ['cloudformation:DescribeStacks'],
        resources: [Stack.of(this).stackId],
      }),
    );
  }
}

/**
 * The operators in the setting. Without the setting, the account's own policies on sts:AssumeRole decide, but a user's
 * access key alone is not enough: a role session or MFA is required.
 */
function trusted(scope: Construct, operators: readonly string[]): IPrincipal {
  if (operators.length > 0) return new CompositePrincipal(...operators.map((arn) => new ArnPrincipal(arn)));
  const account = new AccountRootPrincipal();
  const { partition, account: id } = Stack.of(scope);
  return new CompositePrincipal(
    new PrincipalWithConditions(account, {
      ArnLike: { 'aws:PrincipalArn': `arn:${partition}:iam::${id}:role/*` },
    }),
    new PrincipalWithConditions(account, { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }),
  );
}
