import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { account, arn, type PolicyDocument, type Resource, synthesize } from '../infra/synthesized.ts';
import { Simulator } from './simulation.ts';

const breakGlass = `arn:aws:iam::${account}:role/BreakGlass`;
const stack = synthesize({ breakGlassRole: breakGlass });
const simulator = new Simulator();
after(() => simulator.close());

const table = stack.one('AWS::DynamoDB::Table');
const tableArn = arn('AWS::DynamoDB::Table', table.id);
const tablePolicy: PolicyDocument = table.properties.ResourcePolicy.PolicyDocument;
const streamPolicy: PolicyDocument = table.properties.StreamSpecification.ResourcePolicy.PolicyDocument;

const everythingAllowed: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

const sessionOf = (roleArn: string): string =>
  `${roleArn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/session`;

/** Whether a role may do this, by its own policies (or by those given) and by that of the table. */
async function may(
  roleArn: string,
  action: string,
  keys: readonly string[],
  identityPolicy: PolicyDocument,
  { resource = tableArn, resourcePolicy = tablePolicy } = {},
): Promise<boolean> {
  const decision = await simulator.decide({
    action: `dynamodb:${action}`,
    resource,
    principal: sessionOf(roleArn),
    context: {
      'aws:PrincipalArn': roleArn,
      'aws:PrincipalTag/org': 'acme',
      ...(keys.length > 0 && { 'dynamodb:LeadingKeys': keys }),
    },
    identityPolicies: [identityPolicy],
    resourcePolicy,
  });
  return decision === 'Allowed';
}

const reads = ['GetItem', 'BatchGetItem', 'Query'];
const writes = ['PutItem', 'DeleteItem', 'BatchWriteItem'];
const [record, derived, machine] = ['R#acme#invoice', 'D#acme#invoice.date', 'M#client'];

/** What each role may do with which partition. */
const rights: Record<string, { role: Resource; may: Record<string, readonly string[]> }> = {
  reader: {
    role: stack.one('AWS::IAM::Role', 'Reader'),
    may: { [record]: reads, [derived]: reads, [machine]: [] },
  },
  claims: { role: stack.roleOf('Claims'), may: { [record]: [], [derived]: [], [machine]: ['GetItem'] } },
  projections: {
    role: stack.roleOf('Projections'),
    may: { [record]: reads, [derived]: [...reads, ...writes], [machine]: [] },
  },
  operators: {
    role: stack.one('AWS::IAM::Role', 'Operators'),
    may: {
      [record]: [...reads, ...writes],
      [derived]: [...reads, ...writes],
      [machine]: [...reads, ...writes],
    },
  },
};

const everyAction = [
  ...reads,
  ...writes,
  'UpdateItem',
  'ConditionCheckItem',
  'Scan',
  'PartiQLSelect',
  'PartiQLInsert',
];

for (const [name, { role, may: allowed }] of Object.entries(rights)) {
  test(`${name}: each partition as far as the work needs it, and no way around keys`, async () => {
    const own = stack.policyOf(role.id);
    const roleArn = arn('AWS::IAM::Role', role.id);
    for (const action of everyAction) {
      for (const [key, actions] of Object.entries(allowed)) {
        assert.equal(await may(roleArn, action, [key], own), actions.includes(action), `${action} ${key}`);
      }
      assert.equal(await may(roleArn, action, [], own), false, `${action} without a key`);
      assert.equal(await may(roleArn, action, ['X#other'], own), false, `${action} on another partition`);
    }
    const mixed = await may(roleArn, 'BatchGetItem', [record, machine], own);
    assert.equal(mixed, name === 'operators', 'a batch with keys of several kinds');
  });
}

const functionsWithoutData = ['Mcp', 'OAuth', 'SealingRotation'];

test('the functions without data rights have none', async () => {
  for (const name of functionsWithoutData) {
    const role = stack.roleOf(name);
    for (const action of everyAction) {
      const allowed = await may(arn('AWS::IAM::Role', role.id), action, [record], stack.policyOf(role.id));
      assert.equal(allowed, false, `${name} ${action}`);
    }
  }
});

test('an administrator of the account cannot read or copy the books, but manage the table', async () => {
  const administrator = `arn:aws:iam::${account}:role/Administrator`;
  for (const action of [
    ...everyAction,
    'ExportTableToPointInTime',
    'RestoreTableToPointInTime',
    'CreateBackup',
    'EnableKinesisStreamingDestination',
    'UpdateKinesisStreamingDestination',
  ]) {
    assert.equal(await may(administrator, action, [record], everythingAllowed), false, action);
    assert.equal(await may(breakGlass, action, [record], everythingAllowed), true, action);
  }
  for (const action of [
    'DescribeTable',
    'UpdateTable',
    'PutResourcePolicy',
    'UpdateContinuousBackups',
    'DeleteTable',
  ]) {
    assert.equal(await may(administrator, action, [], everythingAllowed), true, action);
  }
});

test('the changes of the books are read by the projections alone', async () => {
  const stream = { resource: `${tableArn}/stream/2026-11-21T00:00:00.000`, resourcePolicy: streamPolicy };
  const projections = arn('AWS::IAM::Role', stack.roleOf('Projections').id);
  for (const action of ['GetRecords', 'GetShardIterator']) {
    assert.equal(await may(projections, action, [], everythingAllowed, stream), true, action);
    for (const roleArn of [breakGlass, arn('AWS::IAM::Role', stack.one('AWS::IAM::Role', 'Operators').id)]) {
      assert.equal(await may(roleArn, action, [], everythingAllowed, stream), false, `${roleArn} ${action}`);
    }
  }
});
