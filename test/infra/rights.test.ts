import assert from 'node:assert/strict';
import { test } from 'node:test';
import { edgeRoutes } from '../../shared/edge.ts';
import { account, arn, list, type Resource, region, type Statement, synthesize } from './synthesized.ts';

const stack = synthesize();
const withEverything = synthesize({
  archive: 'compliance',
  customerManagedKey: 'true',
  alarmEmail: 'ops@example.com',
});

const functions = ['Mcp', 'OAuth', 'Claims', 'Projections', 'Sealing'];
const reader = stack.one('AWS::IAM::Role', 'Reader');

function allowedTo(role: Resource, from = stack): readonly Statement[] {
  return from.policyOf(role.id).Statement.filter(({ Effect }) => Effect === 'Allow');
}

const actionsOf = (statements: readonly Statement[]): readonly string[] =>
  statements.flatMap(({ Action }) => list(Action));

/** What every function does besides its work. */
const everyFunction = [
  'logs:CreateLogStream',
  'logs:PutLogEvents',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];

const reads = ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'];
const writes = ['dynamodb:BatchWriteItem', 'dynamodb:DeleteItem', 'dynamodb:PutItem'];

const ofItsOwn: Readonly<Record<string, readonly string[]>> = {
  Mcp: ['sts:AssumeRole', 'sts:TagSession'],
  OAuth: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
  Claims: ['dynamodb:GetItem'],
  Projections: [
    ...reads,
    ...writes,
    'dynamodb:DescribeStream',
    'dynamodb:GetRecords',
    'dynamodb:GetShardIterator',
    'dynamodb:ListStreams',
    'sqs:GetQueueAttributes',
    'sqs:GetQueueUrl',
    'sqs:SendMessage',
  ],
  Sealing: [
    'cognito-idp:DescribeUserPoolClient',
    'secretsmanager:DescribeSecret',
    'secretsmanager:GetSecretValue',
    'secretsmanager:PutSecretValue',
    'secretsmanager:UpdateSecretVersionStage',
  ],
};

test('each function may do what its work needs and nothing else', () => {
  assert.equal(stack.all('AWS::Lambda::Function').length, functions.length);
  for (const name of functions) {
    const role = stack.roleOf(name);
    assert.deepEqual(
      actionsOf(allowedTo(role)).toSorted(),
      [...everyFunction, ...ofItsOwn[name]!].toSorted(),
      name,
    );
    assert.equal(role.properties.ManagedPolicyArns, undefined, name);
    assert.equal(role.properties.Policies, undefined, name);
  }
});

/** The one resource that every right of a function on a service is about. */
const table = arn('AWS::DynamoDB::Table', stack.one('AWS::DynamoDB::Table').id);
const files = arn('AWS::S3::Bucket', stack.one('AWS::S3::Bucket').id);
const resourceOf: Readonly<Record<string, string>> = {
  'cognito-idp': arn('AWS::Cognito::UserPool', stack.one('AWS::Cognito::UserPool').id),
  dynamodb: table,
  secretsmanager: arn('AWS::SecretsManager::Secret', stack.one('AWS::SecretsManager::Secret', 'Sealing').id),
  sqs: arn('AWS::SQS::Queue', stack.one('AWS::SQS::Queue').id),
  sts: arn('AWS::IAM::Role', reader.id),
};

test('each right of a function is on the one resource that its work is about', () => {
  for (const { id, properties } of stack.all('AWS::Lambda::Function')) {
    const log = arn('AWS::Logs::LogGroup', properties.LoggingConfig.LogGroup);
    for (const { Action, Resource } of allowedTo(stack.roleOf(id))) {
      if (Resource === '*') continue;
      for (const action of list(Action)) {
        const [service = ''] = action.split(':');
        const expected = /:(DescribeStream|GetRecords|GetShardIterator)$/.test(action)
          ? stack.one('AWS::Lambda::EventSourceMapping').properties.EventSourceArn
          : ({ logs: log, ...resourceOf }[service] ?? assert.fail(action));
        assert.equal(Resource, expected, `${id} ${action}`);
      }
    }
  }
});

test('operators have the rights that the commands need, on the books, the accounts and the stack', () => {
  const operators = stack.one('AWS::IAM::Role', 'Operators');
  const rights = allowedTo(operators).map(({ Action, Resource }) => [Resource, [...list(Action)].toSorted()]);
  const accounts = [
    'AdminAddUserToGroup',
    'AdminCreateUser',
    'AdminDisableUser',
    'AdminEnableUser',
    'AdminListGroupsForUser',
    'AdminRemoveUserFromGroup',
    'AdminUserGlobalSignOut',
    'CreateGroup',
    'CreateUserPoolClient',
    'DeleteGroup',
    'DeleteUserPoolClient',
    'GetGroup',
    'ListGroups',
    'ListUserPoolClients',
    'ListUsers',
    'ListUsersInGroup',
  ].map((action) => `cognito-idp:${action}`);
  assert.deepEqual(rights, [
    [table, [...reads, ...writes].toSorted()],
    [`${files}/*`, ['s3:DeleteObject', 's3:GetObject', 's3:PutObject']],
    [resourceOf['cognito-idp'], accounts],
    [
      `arn:aws:cloudformation:${region}:${account}:stack/finance-mcp/0a1b2c3d-0000-0000-0000-000000000000`,
      ['cloudformation:DescribeStacks'],
    ],
  ]);
});

test('a function’s role is assumed by Lambda alone, and API Gateway’s may only write logs', () => {
  const trusting = (service: string) => [
    { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: service } },
  ];
  const trustOf = ({ properties }: Resource) => properties.AssumeRolePolicyDocument.Statement;
  const roles = functions.map((name) => stack.roleOf(name));
  for (const role of roles) assert.deepEqual(trustOf(role), trusting('lambda.amazonaws.com'), role.id);

  const logging = stack.one('AWS::IAM::Role', 'ApiCloudWatchRole');
  assert.deepEqual(trustOf(logging), trusting('apigateway.amazonaws.com'));
  assert.deepEqual(logging.properties.ManagedPolicyArns, [
    'arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs',
  ]);
  assert.deepEqual(allowedTo(logging), []);
  const known = [...roles, logging, reader, stack.one('AWS::IAM::Role', 'Operators')];
  assert.equal(stack.all('AWS::IAM::Role').length, known.length);
  assert.equal(reader.properties.MaxSessionDuration, 3600);
});

test('the function behind /mcp has no right on DynamoDB, and the sign-in none on data or accounts', () => {
  for (const name of ['Mcp', 'OAuth']) {
    const actions = actionsOf(allowedTo(stack.roleOf(name)));
    assert.deepEqual(
      actions.filter((action) => /^(dynamodb|cognito|s3|\*)/.test(action)),
      [],
      name,
    );
  }
});

test('only the projections function writes items, and only derived ones', () => {
  for (const name of functions) {
    const writing = allowedTo(stack.roleOf(name)).filter((statement) =>
      actionsOf([statement]).some((action) => action.startsWith('dynamodb:') && !isReading(action)),
    );
    if (name !== 'Projections') {
      assert.deepEqual(writing, [], name);
      continue;
    }
    for (const { Condition } of writing) {
      assert.deepEqual(Condition?.['ForAllValues:StringLike'], { 'dynamodb:LeadingKeys': ['D#*'] });
      assert.deepEqual(Condition?.Null, { 'dynamodb:LeadingKeys': 'false' });
    }
  }
});

const isReading = (action: string): boolean =>
  reads.includes(action) || /:(DescribeStream|GetRecords|GetShardIterator|ListStreams)$/.test(action);

test('the roles that /mcp can take on are the reader role alone, which only reads', () => {
  const mcp = stack.roleOf('Mcp');
  const assuming = allowedTo(mcp).filter((statement) => actionsOf([statement]).includes('sts:AssumeRole'));
  assert.deepEqual(
    assuming.map(({ Resource }) => Resource),
    [arn('AWS::IAM::Role', reader.id)],
  );
  for (const role of stack.all('AWS::IAM::Role')) {
    const trusts = JSON.stringify(role.properties.AssumeRolePolicyDocument).includes(mcp.id);
    assert.equal(trusts, role.id === reader.id, role.id);
  }
  assert.deepEqual(actionsOf(allowedTo(reader)).toSorted(), [...reads, 's3:GetObject']);
});

test('with a key of one’s own, the reader may decrypt with it, and its denial leaves room for that', () => {
  const [key] = withEverything.all('AWS::KMS::Key');
  assert.equal(key?.properties.EnableKeyRotation, true);
  const role = withEverything.one('AWS::IAM::Role', 'Reader');
  const using = allowedTo(role, withEverything).filter((statement) =>
    actionsOf([statement]).some((action) => action.startsWith('kms:')),
  );
  assert.deepEqual(
    using.map(({ Action, Resource }) => ({ Action, Resource })),
    [{ Action: ['kms:Decrypt', 'kms:DescribeKey'], Resource: arn('AWS::KMS::Key', key?.id ?? '') }],
  );
  const [denied] = withEverything.policyOf(role.id).Statement.filter(({ Effect }) => Effect === 'Deny');
  assert.deepEqual([...list(denied?.NotAction)].toSorted(), [
    ...reads,
    'kms:Decrypt',
    'kms:DescribeKey',
    's3:GetObject',
  ]);
});

test('rights without a resource are those that cannot have one', () => {
  const unbounded = [...stack.all('AWS::IAM::Policy'), ...withEverything.all('AWS::IAM::Policy')].flatMap(
    ({ properties }) =>
      (properties.PolicyDocument.Statement as Statement[]).filter(
        (statement) => statement.Effect === 'Allow' && list(statement.Resource).includes('*'),
      ),
  );
  assert.deepEqual(
    new Set(actionsOf(unbounded)),
    new Set(['dynamodb:ListStreams', 'xray:PutTraceSegments', 'xray:PutTelemetryRecords']),
  );
});

test('no policy lets just anybody do anything', () => {
  const documents = [stack, withEverything].flatMap(({ resources }) =>
    resources.flatMap(({ id, properties }) => policiesIn(properties).map((document) => ({ id, document }))),
  );
  assert.ok(documents.length > 10);
  for (const { id, document } of documents) {
    for (const { Effect, Principal } of document.Statement) {
      if (Effect === 'Allow') assert.ok(!JSON.stringify(Principal ?? '').includes('"*"'), id);
    }
  }
});

function policiesIn(value: unknown): { Statement: Statement[] }[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('Statement' in value && Array.isArray(value.Statement)) return [value as { Statement: Statement[] }];
  return Object.values(value).flatMap(policiesIn);
}

test('functions are called by the services of this account alone, each where it is needed', () => {
  assert.deepEqual(stack.all('AWS::Lambda::Url'), []);
  const permissions = stack.all('AWS::Lambda::Permission').map(({ properties }) => {
    const { Action, FunctionName, Principal, SourceArn, SourceAccount } = properties;
    assert.equal(Action, 'lambda:InvokeFunction');
    return [FunctionName, Principal, SourceArn ?? SourceAccount].join(' ');
  });
  const functionArn = (name: string) =>
    arn('AWS::Lambda::Function', stack.one('AWS::Lambda::Function', name).id);
  const api = stack.one('AWS::ApiGateway::RestApi').id;
  const stage = stack.one('AWS::ApiGateway::Stage').id;
  const called = edgeRoutes.flatMap(({ resource, function: name, authorizer }) =>
    (authorizer === 'cognito' ? ['*', 'OPTIONS'] : ['*']).map((method) =>
      [
        functionArn(name === 'mcp' ? 'Mcp' : 'OAuth'),
        'apigateway.amazonaws.com',
        `arn:aws:execute-api:${region}:${account}:${api}/${stage}/${method}${resource.replace(/\{.*\}/, '*')}`,
      ].join(' '),
    ),
  );
  assert.deepEqual(
    permissions.toSorted(),
    [
      ...called,
      `${functionArn('Claims')} cognito-idp.amazonaws.com ${resourceOf['cognito-idp']}`,
      `${functionArn('Sealing')} secretsmanager.amazonaws.com ${account}`,
    ].toSorted(),
  );
});

test('operators take on their role with a session of a role, or as a user with a second factor', () => {
  const { AssumeRolePolicyDocument: trust } = stack.one('AWS::IAM::Role', 'Operators').properties;
  const ofTheAccount = {
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Principal: { AWS: `arn:aws:iam::${account}:root` },
  };
  assert.deepEqual(trust.Statement, [
    {
      ...ofTheAccount,
      Condition: { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/*` } },
    },
    { ...ofTheAccount, Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } },
  ]);
});

test('operators that are named are the only ones', () => {
  const operators = [`arn:aws:iam::${account}:role/Ops`, `arn:aws:iam::${account}:user/nancy`];
  const named = synthesize({ operators: operators.join(', ') });
  const { AssumeRolePolicyDocument: trust } = named.one('AWS::IAM::Role', 'Operators').properties;
  assert.deepEqual(
    trust.Statement.flatMap(({ Principal }: { Principal: { AWS: string | string[] } }) =>
      list(Principal.AWS),
    ),
    operators,
  );
});

test('the archive can be added to, and nothing in it deleted or kept for less', () => {
  const { ObjectLockConfiguration, ObjectLockEnabled, PublicAccessBlockConfiguration } = withEverything.one(
    'AWS::S3::Bucket',
    'Archive',
  ).properties;
  assert.equal(ObjectLockEnabled, true);
  assert.deepEqual(ObjectLockConfiguration.Rule.DefaultRetention, { Days: 2557, Mode: 'COMPLIANCE' });
  assert.deepEqual(new Set(Object.values(PublicAccessBlockConfiguration)), new Set([true]));
  assert.equal(withEverything.one('AWS::S3::Bucket', 'Archive').deletionPolicy, 'Retain');
  const onObjects = withEverything
    .all('AWS::IAM::Policy')
    .filter(({ id }) => id.startsWith('Archive'))
    .flatMap(({ properties }) => actionsOf(properties.PolicyDocument.Statement))
    .filter((action) => action.startsWith('s3:'));
  assert.deepEqual(onObjects.toSorted(), [
    's3:AbortMultipartUpload',
    's3:GetBucketLocation',
    's3:ListBucket',
    's3:ListBucketMultipartUploads',
    's3:PutObject',
  ]);
  const { FilterPattern, LogGroupName } = withEverything.one('AWS::Logs::SubscriptionFilter').properties;
  assert.equal(FilterPattern, '{ $.audit = "*" }');
  assert.equal(LogGroupName, withEverything.one('AWS::Logs::LogGroup', 'AuditLog').id);
});

test('the bucket of files is closed, encrypted and kept', () => {
  const bucket = stack.one('AWS::S3::Bucket', 'Files');
  const { PublicAccessBlockConfiguration, OwnershipControls, VersioningConfiguration, BucketEncryption } =
    bucket.properties;
  assert.equal(bucket.deletionPolicy, 'Retain');
  assert.equal(synthesize({ removal: 'destroy' }).one('AWS::S3::Bucket', 'Files').deletionPolicy, 'Delete');
  assert.deepEqual(new Set(Object.values(PublicAccessBlockConfiguration)), new Set([true]));
  assert.deepEqual(OwnershipControls.Rules, [{ ObjectOwnership: 'BucketOwnerEnforced' }]);
  assert.equal(VersioningConfiguration.Status, 'Enabled');
  assert.equal(
    bucket.properties.LifecycleConfiguration.Rules[0].NoncurrentVersionExpiration.NoncurrentDays,
    35,
  );
  assert.equal(bucket.properties.CorsConfiguration, undefined);
  const encrypted = ({ ServerSideEncryptionConfiguration }: Record<string, unknown>) => {
    const [rule] = ServerSideEncryptionConfiguration as { ServerSideEncryptionByDefault: object }[];
    return rule?.ServerSideEncryptionByDefault;
  };
  assert.deepEqual(encrypted(BucketEncryption), { SSEAlgorithm: 'AES256' });
  assert.deepEqual(encrypted(withEverything.one('AWS::S3::Bucket', 'Files').properties.BucketEncryption), {
    SSEAlgorithm: 'aws:kms',
    KMSMasterKeyID: arn('AWS::KMS::Key', withEverything.one('AWS::KMS::Key').id),
  });
});

test('alarms reach the mailbox: CloudWatch may publish to the topic', () => {
  const { Statement: statements } = withEverything.one('AWS::SNS::TopicPolicy').properties.PolicyDocument;
  const publishing = statements.filter(({ Effect }: Statement) => Effect === 'Allow');
  assert.deepEqual(
    publishing.map(({ Principal, Action }: Statement) => ({ Principal, Action })),
    [{ Principal: { Service: 'cloudwatch.amazonaws.com' }, Action: 'sns:Publish' }],
  );
  const topic = withEverything.one('AWS::SNS::Topic').id;
  for (const { id, properties } of withEverything.all('AWS::CloudWatch::Alarm')) {
    assert.deepEqual([properties.AlarmActions, properties.OKActions], [[topic], [topic]], id);
  }
});
