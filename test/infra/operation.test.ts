import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfiguration as readMcpConfiguration } from '../../functions/mcp/configuration.ts';
import { readConfiguration as readSignInConfiguration } from '../../functions/oauth/configuration.ts';
import { edgeScopes, qualifiedScope } from '../../shared/edge.ts';
import { account, arn, edgeDomain, region, synthesize } from './synthesized.ts';

const stack = synthesize();
const forTrial = synthesize({
  removal: 'destroy',
  stage: 'trial',
  mfa: 'off',
  reservedConcurrency: '20',
});
const origin = `https://${edgeDomain}`;

const variables = (functionName: string): Record<string, string> =>
  stack.one('AWS::Lambda::Function', functionName).properties.Environment.Variables;

test('the functions understand what the deployment tells them', () => {
  const mcp = readMcpConfiguration(variables('Mcp'));
  assert.equal(mcp.publicOrigin, origin);
  assert.equal(mcp.readerRoleArn, arn('AWS::IAM::Role', stack.one('AWS::IAM::Role', 'Reader').id));
  assert.ok(mcp.allowedOrigins.has('https://claude.ai') && mcp.allowedOrigins.has(origin));
  assert.equal(mcp.requestsPerCaller, 300);
  const table = stack.one('AWS::DynamoDB::Table').id;
  assert.equal(mcp.tableName, table);
  assert.deepEqual(
    [variables('Claims'), variables('Projections')],
    [{ TABLE_NAME: table }, { TABLE_NAME: table }],
  );

  const signIn = readSignInConfiguration(variables('OAuth'));
  assert.equal(signIn.publicOrigin, origin);
  assert.equal(signIn.userPoolUrl, stack.outputs.SignInDomain);
  assert.equal(signIn.brokerClientId, mcp.brokerClientId);
  assert.equal(
    variables('OAuth').SEALING_SECRET_ARN,
    arn('AWS::SecretsManager::Secret', stack.one('AWS::SecretsManager::Secret', 'Sealing').id),
  );
});

test('settings reach the functions', () => {
  const told = synthesize({
    allowedOrigins: 'https://app.example.com,https://b.example.com',
    clients: [{ client_id: 'typed-in', redirect_uris: ['https://client.example.com/callback'] }],
    clientHostsAllowed: '*.example.com',
    clientHostsDenied: ['evil.example.com'],
    operatorName: 'Acme Ltd',
    supportEmail: 'help@example.com',
    supportUrl: 'https://example.com/help',
    privacyUrl: 'https://example.com/privacy',
    auditDays: 90,
    logDays: 7,
    archive: 'governance',
    archiveDays: 365,
  });
  const environmentOf = (name: string) =>
    told.one('AWS::Lambda::Function', name).properties.Environment.Variables;
  assert.ok(readMcpConfiguration(environmentOf('Mcp')).allowedOrigins.has('https://app.example.com'));
  const { clients, clientHosts, operator, retention } = readSignInConfiguration(environmentOf('OAuth'));
  assert.deepEqual(
    clients.map(({ id }) => id),
    ['typed-in'],
  );
  assert.deepEqual(clientHosts, { allowed: ['*.example.com'], denied: ['evil.example.com'] });
  assert.deepEqual(operator, {
    name: 'Acme Ltd',
    supportEmail: 'help@example.com',
    supportUrl: 'https://example.com/help',
    privacyUrl: 'https://example.com/privacy',
  });
  assert.deepEqual(retention, { auditDays: 90, logDays: 7, archiveDays: 365 });
});

test('the privacy page says of each kind of record how long its log group keeps it', () => {
  const { operator, retention } = readSignInConfiguration(variables('OAuth'));
  assert.deepEqual(new Set(Object.values(operator)), new Set([undefined]));
  const days = (prefix: string) => stack.one('AWS::Logs::LogGroup', prefix).properties.RetentionInDays;
  assert.equal(
    stack.one('AWS::Lambda::Function', 'Mcp').properties.LoggingConfig.LogGroup,
    stack.one('AWS::Logs::LogGroup', 'AuditLog').id,
  );
  assert.deepEqual(retention, {
    auditDays: days('AuditLog'),
    logDays: days('AccessLog'),
    archiveDays: undefined,
  });
});

test('every function is one small ES module for Arm, traced, with a log that ends', () => {
  for (const { id, properties } of stack.all('AWS::Lambda::Function')) {
    const { Architectures, Runtime, Handler, TracingConfig, LoggingConfig, Layers } = properties;
    assert.deepEqual(Architectures, ['arm64'], id);
    assert.deepEqual([Runtime, Handler], ['nodejs24.x', 'handler.handler'], id);
    assert.deepEqual([TracingConfig, Layers], [{ Mode: 'Active' }, undefined], id);
    const group = stack.all('AWS::Logs::LogGroup').find((one) => one.id === LoggingConfig.LogGroup);
    assert.ok(group?.properties.RetentionInDays > 0, id);
    // Audit records are JSON lines that the metric filters and the archive read as they are.
    assert.equal(LoggingConfig.LogFormat, 'Text', id);
  }
  const { MemorySize, Timeout } = forTrial.one('AWS::Lambda::Function', 'Mcp').properties;
  assert.deepEqual([MemorySize, Timeout], [1024, 29]);
});

test('concurrency is reserved only where the setting says how much', () => {
  const reserved = (from: typeof stack) =>
    from
      .all('AWS::Lambda::Function')
      .flatMap(({ properties }) => properties.ReservedConcurrentExecutions ?? []);
  assert.deepEqual([reserved(stack), reserved(forTrial)], [[], [20]]);
});

test('audit records are kept longer than other logs', () => {
  const days = (group: string) => stack.one('AWS::Logs::LogGroup', group).properties.RetentionInDays;
  assert.deepEqual([days('AuditLog'), days('AccessLog'), days('FunctionLog')], [400, 30, 30]);
  const audited = ['Mcp', 'OAuth'].map(
    (name) => stack.one('AWS::Lambda::Function', name).properties.LoggingConfig.LogGroup,
  );
  assert.deepEqual(new Set(audited), new Set([stack.one('AWS::Logs::LogGroup', 'AuditLog').id]));
});

test('the books are encrypted, can be restored to any second and cannot be deleted by mistake', () => {
  const { id, properties, deletionPolicy } = stack.one('AWS::DynamoDB::Table');
  assert.equal(properties.BillingMode, 'PAY_PER_REQUEST');
  assert.equal(properties.DeletionProtectionEnabled, true);
  assert.equal(deletionPolicy, 'Retain');
  assert.equal(properties.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled, true);
  assert.deepEqual(properties.KeySchema, [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ]);
  assert.equal(properties.GlobalSecondaryIndexes ?? properties.LocalSecondaryIndexes, undefined, id);
  // Without a key of the operator's, DynamoDB encrypts with one of its own.
  assert.deepEqual(properties.SSESpecification, { SSEEnabled: false });
  const { SSESpecification } = synthesize({ customerManagedKey: true }).one(
    'AWS::DynamoDB::Table',
  ).properties;
  assert.equal(SSESpecification.SSEType, 'KMS');
  assert.match(SSESpecification.KMSMasterKeyId, /:key\/BooksKey/);
});

test('only a stack for trials goes without a trace', () => {
  assert.equal(stack.terminationProtection, true);
  assert.equal(forTrial.terminationProtection, false);
  const kept = {
    'AWS::DynamoDB::Table': 'Retain',
    'AWS::Cognito::UserPool': 'Retain',
    // Gone again with a stack whose creation failed, when they are empty.
    'AWS::Logs::LogGroup': 'RetainExceptOnCreate',
    'AWS::SecretsManager::Secret': 'RetainExceptOnCreate',
  };
  for (const [type, policy] of Object.entries(kept)) {
    for (const { id, deletionPolicy } of stack.all(type)) {
      // The key between CloudFront and the API is worth nothing without both.
      assert.equal(deletionPolicy, id.startsWith('ApiOriginKey') ? 'Delete' : policy, id);
    }
    for (const { id, deletionPolicy } of forTrial.all(type)) assert.equal(deletionPolicy, 'Delete', id);
  }
  assert.equal(stack.one('AWS::Cognito::UserPool').properties.DeletionProtection, 'ACTIVE');
  assert.equal(forTrial.one('AWS::Cognito::UserPool').properties.DeletionProtection, 'INACTIVE');
  assert.equal(forTrial.one('AWS::DynamoDB::Table').properties.DeletionProtectionEnabled, false);
});

test('people are invited, not let in: no sign-up, long passwords, a second factor', () => {
  const { AdminCreateUserConfig, Policies, UserPoolTier, EnabledMfas, MfaConfiguration } =
    stack.one('AWS::Cognito::UserPool').properties;
  assert.equal(AdminCreateUserConfig.AllowAdminCreateUserOnly, true);
  assert.ok(Policies.PasswordPolicy.MinimumLength >= 12);
  assert.deepEqual(
    [UserPoolTier, EnabledMfas, MfaConfiguration],
    ['ESSENTIALS', ['SOFTWARE_TOKEN_MFA'], 'ON'],
  );
  // Nothing between the two: an optional second factor is one that Cognito's pages offer to nobody.
  const without = forTrial.one('AWS::Cognito::UserPool').properties;
  assert.deepEqual([without.MfaConfiguration, without.EnabledMfas], ['OFF', undefined]);
  assert.equal(stack.one('AWS::Cognito::UserPoolDomain').properties.ManagedLoginVersion, 2);
});

test('an invitation says where to go, and comes from a sender of one’s own where there is one', () => {
  const { AdminCreateUserConfig, EmailConfiguration } = stack.one('AWS::Cognito::UserPool').properties;
  const { EmailMessage } = AdminCreateUserConfig.InviteMessageTemplate;
  for (const part of [`${origin}/mcp`, '{username}', '{####}']) assert.ok(EmailMessage.includes(part), part);
  assert.equal(EmailConfiguration, undefined);
  const sending = synthesize({ emailFrom: 'access@books.example.com' });
  assert.deepEqual(sending.one('AWS::Cognito::UserPool').properties.EmailConfiguration, {
    EmailSendingAccount: 'DEVELOPER',
    From: 'access@books.example.com',
    SourceArn: `arn:aws:ses:${region}:${account}:identity/books.example.com`,
  });
});

test('tokens of machine clients get their organization from the claims function', () => {
  const { PreTokenGenerationConfig } = stack.one('AWS::Cognito::UserPool').properties.LambdaConfig;
  assert.equal(PreTokenGenerationConfig.LambdaVersion, 'V3_0');
  assert.match(PreTokenGenerationConfig.LambdaArn, /function\/Claims/);
});

test('the broker signs people in by code alone, with short tokens, and refresh tokens that are replaced at each use', () => {
  const client = stack.one('AWS::Cognito::UserPoolClient').properties;
  assert.equal(client.GenerateSecret, true);
  assert.deepEqual(client.AllowedOAuthFlows, ['code']);
  assert.deepEqual(client.CallbackURLs, [`${origin}/oauth/callback`]);
  assert.deepEqual(
    client.AllowedOAuthScopes,
    edgeScopes.map(({ name }) => qualifiedScope(origin, name)),
  );
  // What managed login needs for a password, by Cognito's guide, and nothing that it calls incompatible with rotation.
  assert.deepEqual(client.ExplicitAuthFlows, ['ALLOW_USER_SRP_AUTH']);
  assert.equal(client.PreventUserExistenceErrors, 'ENABLED');
  assert.deepEqual([client.AccessTokenValidity, client.TokenValidityUnits.AccessToken], [15, 'minutes']);
  assert.deepEqual(client.RefreshTokenRotation, { Feature: 'ENABLED', RetryGracePeriodSeconds: 10 });
  assert.deepEqual(
    [client.RefreshTokenValidity, client.TokenValidityUnits.RefreshToken],
    [30 * 24 * 60, 'minutes'],
  );
});

test('no secret is in the template: they are made by AWS and named', () => {
  for (const { id, properties } of stack.all('AWS::SecretsManager::Secret')) {
    assert.equal(properties.SecretString, undefined, id);
    assert.ok(properties.GenerateSecretString.PasswordLength >= 40, id);
  }
  assert.ok(!JSON.stringify(stack.template).includes('ClientSecret"'));
  const { RotationRules, RotationLambdaARN } = stack.one('AWS::SecretsManager::RotationSchedule').properties;
  assert.deepEqual(RotationRules, { ScheduleExpression: 'rate(365 days)' });
  assert.match(RotationLambdaARN, /function\/SealingRotation/);
});

const mapping = stack.one('AWS::Lambda::EventSourceMapping').properties;

test('a change that cannot be projected is isolated, retried, and put aside', () => {
  assert.equal(mapping.BisectBatchOnFunctionError, true);
  assert.deepEqual(mapping.FunctionResponseTypes, ['ReportBatchItemFailures']);
  assert.ok(mapping.MaximumRetryAttempts > 0 && mapping.MaximumRecordAgeInSeconds < 86_400);
  const queue = stack.one('AWS::SQS::Queue');
  assert.equal(mapping.DestinationConfig.OnFailure.Destination, arn('AWS::SQS::Queue', queue.id));
  assert.equal(queue.properties.SqsManagedSseEnabled, true);
  const [statement] = stack.one('AWS::SQS::QueuePolicy').properties.PolicyDocument.Statement;
  assert.deepEqual(
    [statement.Effect, statement.Condition],
    ['Deny', { Bool: { 'aws:SecureTransport': 'false' } }],
  );
});

test('the stream brings both images of records, and none of derived items and of what an import derives itself', () => {
  assert.equal(
    stack.one('AWS::DynamoDB::Table').properties.StreamSpecification.StreamViewType,
    'NEW_AND_OLD_IMAGES',
  );
  const event = (eventName: string, pk: string, image: object = {}) => ({
    eventName,
    dynamodb: {
      Keys: { pk: { S: pk }, sk: { S: '1' } },
      ...(eventName !== 'REMOVE' && { NewImage: { pk: { S: pk }, ...image } }),
    },
  });
  const kept = { kept: { BOOL: true } };
  const passes = (given: object): boolean =>
    mapping.FilterCriteria.Filters.some(({ Pattern }: { Pattern: string }) =>
      matches(JSON.parse(Pattern), given),
    );
  assert.ok(passes(event('INSERT', 'R#acme#invoice')));
  assert.ok(passes(event('MODIFY', 'R#acme#payment')));
  assert.ok(passes(event('REMOVE', 'R#acme#invoice')));
  assert.ok(!passes(event('INSERT', 'R#acme#invoice', kept)));
  assert.ok(!passes(event('MODIFY', 'D#acme#head')));
  assert.ok(!passes(event('REMOVE', 'D#acme#invoice.date')));
  assert.ok(!passes(event('INSERT', 'M#client')));
});

/** Event filtering as Lambda has it, for the operators that are used: a value, a prefix, or that nothing is there. */
function matches(pattern: unknown, given: unknown): boolean {
  if (Array.isArray(pattern)) {
    return pattern.some((wanted: string | { prefix?: string; exists?: boolean }) => {
      if (typeof wanted === 'string') return given === wanted;
      if (wanted.exists !== undefined) return (given !== undefined) === wanted.exists;
      return typeof given === 'string' && given.startsWith(wanted.prefix!);
    });
  }
  const members = (given ?? {}) as Record<string, unknown>;
  return Object.entries(pattern as object).every(([name, inner]) => matches(inner, members[name]));
}

test('an operator is told of failures, throttling, slowness, denials, lag, dead letters and gaps in the audit', () => {
  const alarms = stack.all('AWS::CloudWatch::Alarm');
  const names = alarms.map(({ id }) => id.replace(/^Observability(.*)Alarm[\dA-F]{8}$/, '$1'));
  assert.deepEqual(names.toSorted(), [
    'AuditGap',
    'ClaimsErrors',
    'DeadLetters',
    'Denied',
    'Failures',
    'ProjectionLag',
    'RefusedSignIns',
    'SlowAnswers',
    'Throttles',
  ]);
  for (const { id, properties } of alarms) assert.equal(properties.TreatMissingData, 'notBreaching', id);
  const patterns = stack.all('AWS::Logs::MetricFilter').map(({ properties }) => properties.FilterPattern);
  assert.deepEqual(patterns.toSorted(), [
    '{ $.audit = "intent" }',
    '{ ($.audit = "call") && ($.organization = "*") }',
    '{ ($.audit = "denial") || ($.outcome = "denied") }',
    '{ ($.audit = "registration-refused") || ($.audit = "authorization-refused") || ($.audit = "sign-in-failed") || ($.audit = "token-refused") }',
  ]);
});

test('one request in twenty is traced, and none besides', () => {
  const { SamplingRule: rule } = stack.one('AWS::XRay::SamplingRule').properties;
  assert.deepEqual([rule.FixedRate, rule.ReservoirSize], [0.05, 0]);
  const api = stack.one('AWS::ApiGateway::RestApi').properties.Name;
  const stage = stack.one('AWS::ApiGateway::Stage').properties.StageName;
  assert.deepEqual([rule.ServiceType, rule.ServiceName], ['AWS::ApiGateway::Stage', `${api}/${stage}`]);
  assert.ok(rule.RuleName.length <= 32);
});

test('two stages can live in one account: nothing that must be unique is named alike', () => {
  const named = (from: typeof stack) =>
    from.resources.flatMap(({ type, properties }) => {
      const name =
        properties.Name ??
        properties.DashboardName ??
        properties.SamplingRule?.RuleName ??
        properties.CachePolicyConfig?.Name ??
        properties.ResponseHeadersPolicyConfig?.Name;
      return name === undefined || /Authorizer|ResourceServer/.test(type) ? [] : [`${type} ${name}`];
    });
  assert.ok(named(stack).length >= 5);
  assert.deepEqual(
    named(stack).filter((name) => named(forTrial).includes(name)),
    [],
  );
});

test('CloudFormation can put the parts into an order', () => {
  const { Resources } = stack.template;
  const ids = new Set(Object.keys(Resources));
  const needs = (value: unknown): string[] => {
    if (Array.isArray(value)) return value.flatMap(needs);
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([name, member]) => {
      if (name === 'Ref') return [String(member)];
      if (name === 'Fn::GetAtt') return [String((member as string[])[0])];
      if (name === 'DependsOn') return [member as string | string[]].flat();
      return needs(member);
    });
  };
  const done = new Set<string>();
  const visit = (id: string, path: readonly string[]): void => {
    assert.ok(!path.includes(id), `Circle: ${[...path, id].join(' → ')}`);
    if (done.has(id)) return;
    for (const next of new Set(needs(Resources[id]))) if (ids.has(next)) visit(next, [...path, id]);
    done.add(id);
  };
  for (const id of ids) visit(id, []);
});

test('what to do with the stack is said by its outputs', () => {
  assert.deepEqual(stack.outputs, {
    McpUrl: `${origin}/mcp`,
    LandingPage: `${origin}/`,
    SignInDomain: 'https://finance-mcp-0a1b2c3d.auth.eu-west-1.amazoncognito.com',
    TableName: stack.one('AWS::DynamoDB::Table').id,
    UserPoolId: variables('Mcp').USER_POOL_ID,
    OperatorRoleArn: arn('AWS::IAM::Role', stack.one('AWS::IAM::Role', 'Operators').id),
    EdgeDomain: edgeDomain,
    Dashboard: stack.one('AWS::CloudWatch::Dashboard').id,
    AuditLogGroup: stack.one('AWS::Logs::LogGroup', 'AuditLog').id,
    NextStep: 'npm run organizations -- create ID --stack finance-mcp-prod',
  });
});
