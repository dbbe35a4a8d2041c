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
  const megabytesAndSeconds = {
    Mcp: [1024, 29],
    OAuth: [512, 29],
    // Cognito waits at most five seconds.
    Claims: [512, 5],
    Projections: [1024, 300],
    Sealing: [256, 30],
  };
  for (const [name, expected] of Object.entries(megabytesAndSeconds)) {
    const { MemorySize, Timeout } = stack.one('AWS::Lambda::Function', name).properties;
    assert.deepEqual([MemorySize, Timeout], expected, name);
  }
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
  assert.deepEqual(properties.AttributeDefinitions, [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
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
    for (const { id, deletionPolicy, replacePolicy } of stack.all(type)) {
      // The key between CloudFront and the API is worth nothing without both.
      const expected = id.startsWith('ApiOriginKey') ? ['Delete', 'Delete'] : [policy, 'Retain'];
      assert.deepEqual([deletionPolicy, replacePolicy], expected, id);
    }
    for (const { id, deletionPolicy } of forTrial.all(type)) assert.equal(deletionPolicy, 'Delete', id);
  }
  // All APIs of the account log through this role.
  const { deletionPolicy, replacePolicy } = stack.one('AWS::IAM::Role', 'ApiCloudWatchRole');
  assert.deepEqual([deletionPolicy, replacePolicy], ['Retain', 'Retain']);
  assert.equal(stack.one('AWS::Cognito::UserPool').properties.DeletionProtection, 'ACTIVE');
  assert.equal(forTrial.one('AWS::Cognito::UserPool').properties.DeletionProtection, 'INACTIVE');
  assert.equal(forTrial.one('AWS::DynamoDB::Table').properties.DeletionProtectionEnabled, false);
});

test('an update keeps the books and the accounts: a new logical id or sign-in by other names would replace them', () => {
  assert.equal(stack.one('AWS::DynamoDB::Table').id, 'BooksTable2F311BF9');
  const pool = stack.one('AWS::Cognito::UserPool');
  assert.equal(pool.id, 'SignInPoolFD298EFA');
  const { AliasAttributes, Schema, UsernameAttributes, UsernameConfiguration } = pool.properties;
  assert.deepEqual([AliasAttributes, Schema], [undefined, undefined]);
  assert.deepEqual(UsernameAttributes, ['email']);
  assert.deepEqual(UsernameConfiguration, { CaseSensitive: false });
});

test('people are invited, not let in: no sign-up, long passwords, a second factor', () => {
  const { AdminCreateUserConfig, Policies, UserPoolTier, EnabledMfas, MfaConfiguration } =
    stack.one('AWS::Cognito::UserPool').properties;
  assert.equal(AdminCreateUserConfig.AllowAdminCreateUserOnly, true);
  assert.deepEqual(Policies.PasswordPolicy, {
    MinimumLength: 12,
    RequireLowercase: true,
    RequireNumbers: true,
    RequireSymbols: true,
    RequireUppercase: true,
    TemporaryPasswordValidityDays: 7,
  });
  assert.deepEqual(
    [UserPoolTier, EnabledMfas, MfaConfiguration],
    ['ESSENTIALS', ['SOFTWARE_TOKEN_MFA'], 'ON'],
  );
  // Nothing between the two: an optional second factor is one that Cognito's pages offer to nobody.
  const without = forTrial.one('AWS::Cognito::UserPool').properties;
  assert.deepEqual([without.MfaConfiguration, without.EnabledMfas], ['OFF', undefined]);
  assert.equal(stack.one('AWS::Cognito::UserPoolDomain').properties.ManagedLoginVersion, 2);
  // Without a branding, the pool's pages do not open.
  assert.deepEqual(stack.one('AWS::Cognito::ManagedLoginBranding').properties, {
    ClientId: stack.one('AWS::Cognito::UserPoolClient').id,
    UseCognitoProvidedValues: true,
    UserPoolId: variables('Mcp').USER_POOL_ID,
  });
});

test('a forgotten password is reset with a code by email, at a verified address only', () => {
  const pool = stack.one('AWS::Cognito::UserPool').properties;
  assert.deepEqual(pool.AccountRecoverySetting, {
    RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }],
  });
  assert.deepEqual(pool.AutoVerifiedAttributes, ['email']);
  assert.equal(pool.VerificationMessageTemplate.DefaultEmailOption, 'CONFIRM_WITH_CODE');
  assert.match(pool.VerificationMessageTemplate.EmailMessage, /Finance MCP is \{####\}/);
});

test('an invitation says where to go, and comes from a sender of one’s own where there is one', () => {
  const { AdminCreateUserConfig, EmailConfiguration } = stack.one('AWS::Cognito::UserPool').properties;
  const { EmailMessage, EmailSubject } = AdminCreateUserConfig.InviteMessageTemplate;
  assert.equal(EmailSubject, 'Your access to Finance MCP');
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
  assert.deepEqual([client.AllowedOAuthFlowsUserPoolClient, client.AllowedOAuthFlows], [true, ['code']]);
  assert.deepEqual(client.SupportedIdentityProviders, ['COGNITO']);
  assert.equal(client.EnableTokenRevocation, true);
  assert.deepEqual(client.CallbackURLs, [`${origin}/oauth/callback`]);
  assert.deepEqual(
    client.AllowedOAuthScopes,
    edgeScopes.map(({ name }) => qualifiedScope(origin, name)),
  );
  // What managed login needs for a password, by Cognito's guide, and nothing that it calls incompatible with rotation.
  assert.deepEqual(client.ExplicitAuthFlows, ['ALLOW_USER_SRP_AUTH']);
  assert.equal(client.PreventUserExistenceErrors, 'ENABLED');
  assert.deepEqual([client.AccessTokenValidity, client.TokenValidityUnits.AccessToken], [15, 'minutes']);
  assert.deepEqual([client.IdTokenValidity, client.TokenValidityUnits.IdToken], [15, 'minutes']);
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
  const sealing = stack.one('AWS::SecretsManager::Secret', 'Sealing');
  const { GenerateStringKey, SecretStringTemplate } = sealing.properties.GenerateSecretString;
  assert.deepEqual([GenerateStringKey, SecretStringTemplate], ['sealing', '{}']);
  assert.ok(!JSON.stringify(stack.template).includes('ClientSecret"'));
  const { RotateImmediatelyOnUpdate, RotationRules, RotationLambdaARN, SecretId } = stack.one(
    'AWS::SecretsManager::RotationSchedule',
  ).properties;
  // The first rotation adds the app client's secret: nobody could sign in before it.
  assert.deepEqual([SecretId, RotateImmediatelyOnUpdate], [arn(sealing.type, sealing.id), true]);
  assert.deepEqual(RotationRules, { ScheduleExpression: 'rate(365 days)' });
  assert.match(RotationLambdaARN, /function\/SealingRotation/);
});

const mapping = stack.one('AWS::Lambda::EventSourceMapping').properties;

test('a change that cannot be projected is isolated, retried, and put aside', () => {
  assert.equal(mapping.BisectBatchOnFunctionError, true);
  assert.deepEqual(mapping.FunctionResponseTypes, ['ReportBatchItemFailures']);
  assert.deepEqual([mapping.MaximumRetryAttempts, mapping.MaximumRecordAgeInSeconds], [10, 6 * 60 * 60]);
  const queue = stack.one('AWS::SQS::Queue');
  assert.equal(queue.properties.MessageRetentionPeriod, 14 * 24 * 60 * 60);
  assert.equal(mapping.DestinationConfig.OnFailure.Destination, arn('AWS::SQS::Queue', queue.id));
  assert.equal(queue.properties.SqsManagedSseEnabled, true);
  const { PolicyDocument, Queues } = stack.one('AWS::SQS::QueuePolicy').properties;
  assert.deepEqual(Queues, [queue.id]);
  assert.deepEqual(PolicyDocument.Statement, [
    {
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 'sqs:*',
      Resource: arn('AWS::SQS::Queue', queue.id),
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ]);
});

test('changes reach the projections from the first one on, in large batches, and never two of a shard at a time', () => {
  assert.match(mapping.EventSourceArn, /:table\/BooksTable\w+\/stream\//);
  assert.equal(mapping.FunctionName, stack.one('AWS::Lambda::Function', 'Projections').id);
  const { BatchSize, MaximumBatchingWindowInSeconds, ParallelizationFactor, StartingPosition } = mapping;
  assert.deepEqual(
    [StartingPosition, BatchSize, MaximumBatchingWindowInSeconds, ParallelizationFactor],
    ['TRIM_HORIZON', 500, 1, 1],
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
  assert.ok(!passes(event('MODIFY', 'D#acme#summary')));
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
  const alarms = stack.all('AWS::CloudWatch::Alarm').map(({ id, properties }) => {
    assert.equal(properties.TreatMissingData, 'notBreaching', id);
    assert.equal(properties.ComparisonOperator, 'GreaterThanOrEqualToThreshold', id);
    const name = id.replace(/^Observability(.*)Alarm[\dA-F]{8}$/, '$1');
    return [name, [properties.Threshold, properties.EvaluationPeriods, ...measured(properties)]];
  });
  const named = (name: string) => stack.one('AWS::Lambda::Function', name).id;
  const api = stack.one('AWS::ApiGateway::RestApi').properties.Name;
  const queue = `${stack.one('AWS::SQS::Queue').id}.QueueName`;
  assert.deepEqual(Object.fromEntries(alarms), {
    Failures: [5, 1, `AWS/ApiGateway 5XXError Sum ${api}`],
    SlowAnswers: [5_000, 3, `AWS/ApiGateway Latency p99 ${api}`],
    ClaimsErrors: [1, 1, `AWS/Lambda Errors Sum ${named('Claims')}`],
    Throttles: [
      1,
      1,
      'mcp + oauth',
      `mcp: AWS/Lambda Throttles Sum ${named('Mcp')}`,
      `oauth: AWS/Lambda Throttles Sum ${named('OAuth')}`,
    ],
    RefusedSignIns: [100, 1, 'FinanceMcp/prod RefusedSignIns Sum'],
    Denied: [50, 1, 'FinanceMcp/prod Denied Sum'],
    ProjectionLag: [300_000, 1, `AWS/Lambda IteratorAge Maximum ${named('Projections')}`],
    DeadLetters: [1, 1, `AWS/SQS ApproximateNumberOfMessagesVisible Maximum ${queue}`],
    AuditGap: [
      1,
      1,
      'IF(FILL(errors, 0) > 0 AND intents > FILL(followed, 0), intents - FILL(followed, 0), 0)',
      'intents: FinanceMcp/prod Intents Sum',
      'followed: FinanceMcp/prod FollowedIntents Sum',
      `errors: AWS/Lambda Errors Sum ${named('Mcp')}`,
    ],
  });
});

interface Metric {
  Namespace: string;
  MetricName: string;
  Dimensions?: { Value: string }[];
}

interface Measured extends Metric {
  Period: number;
  Statistic?: string;
  ExtendedStatistic?: string;
  Metrics?: {
    Id: string;
    Expression?: string;
    ReturnData: boolean;
    MetricStat?: { Metric: Metric; Period: number; Stat: string };
  }[];
}

/** What an alarm looks at, in words: one metric, or the expression that it evaluates and the metrics in it. */
function measured({ Metrics, Period, Statistic, ExtendedStatistic = '', ...metric }: Measured): string[] {
  const inWords = ({ Namespace, MetricName, Dimensions = [] }: Metric, period: number, statistic: string) => {
    assert.equal(period, 300, MetricName);
    return [Namespace, MetricName, statistic, ...Dimensions.map(({ Value }) => Value)].join(' ');
  };
  if (!Metrics) return [inWords(metric, Period, Statistic ?? ExtendedStatistic)];
  return Metrics.map(({ Id, Expression, ReturnData, MetricStat }) => {
    assert.equal(ReturnData, Expression !== undefined, Id);
    return MetricStat
      ? `${Id}: ${inWords(MetricStat.Metric, MetricStat.Period, MetricStat.Stat)}`
      : Expression!;
  });
}

test('audit records are counted by kind', () => {
  const counted = stack.all('AWS::Logs::MetricFilter').map(({ properties }) => {
    const [{ MetricName, MetricNamespace, MetricValue }] = properties.MetricTransformations;
    assert.equal(properties.LogGroupName, stack.one('AWS::Logs::LogGroup', 'AuditLog').id);
    assert.deepEqual([MetricNamespace, MetricValue], ['FinanceMcp/prod', '1']);
    return [MetricName, properties.FilterPattern];
  });
  assert.deepEqual(Object.fromEntries(counted), {
    Intents: '{ $.audit = "intent" }',
    FollowedIntents: '{ ($.audit = "call") && ($.organization = "*") }',
    Denied: '{ ($.audit = "denial") || ($.outcome = "denied") }',
    RefusedSignIns:
      '{ ($.audit = "registration-refused") || ($.audit = "authorization-refused") || ($.audit = "sign-in-failed") || ($.audit = "token-refused") }',
  });
});

test('the dashboard draws what the alarms look at, and the calls by organization and tool', () => {
  const { DashboardBody, DashboardName } = stack.one('AWS::CloudWatch::Dashboard').properties;
  assert.equal(DashboardName, 'finance-mcp-prod');
  const { widgets } = JSON.parse(DashboardBody) as {
    widgets: { properties: { title: string; query?: string; region: string; metrics?: unknown[][] } }[];
  };
  for (const { properties } of widgets) assert.equal(properties.region, region, properties.title);
  const drawn = JSON.stringify(widgets.flatMap(({ properties }) => properties.metrics ?? []));
  for (const { id, properties } of stack.all('AWS::CloudWatch::Alarm')) {
    for (const { MetricName, MetricStat } of properties.Metrics ?? [properties]) {
      const name = MetricName ?? MetricStat?.Metric.MetricName;
      assert.ok(name === undefined || drawn.includes(`"${name}"`), `${id}: ${name}`);
    }
  }
  const [query = '', ...others] = widgets.flatMap(({ properties }) => properties.query ?? []);
  assert.deepEqual(others, []);
  assert.ok(query.startsWith(`SOURCE '${stack.one('AWS::Logs::LogGroup', 'AuditLog').id}'`), query);
  assert.match(query, /filter audit = "call"\n.* by organization, tool, outcome/);
});

test('one request in twenty is traced, and none besides', () => {
  const { SamplingRule: rule } = stack.one('AWS::XRay::SamplingRule').properties;
  assert.deepEqual([rule.FixedRate, rule.ReservoirSize], [0.05, 0]);
  const { Host, HTTPMethod, ResourceARN, URLPath } = rule;
  assert.deepEqual([Host, HTTPMethod, ResourceARN, URLPath], ['*', '*', '*', '*']);
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

test('the stack has resources of these types, and of no others', () => {
  assert.deepEqual([...new Set(stack.resources.map(({ type }) => type.replace('AWS::', '')))].toSorted(), [
    'ApiGateway::Account',
    'ApiGateway::ApiKey',
    'ApiGateway::Authorizer',
    'ApiGateway::Deployment',
    'ApiGateway::GatewayResponse',
    'ApiGateway::Method',
    'ApiGateway::Resource',
    'ApiGateway::RestApi',
    'ApiGateway::Stage',
    'ApiGateway::UsagePlan',
    'ApiGateway::UsagePlanKey',
    'CloudFront::CachePolicy',
    'CloudFront::Distribution',
    'CloudFront::Function',
    'CloudFront::ResponseHeadersPolicy',
    'CloudWatch::Alarm',
    'CloudWatch::Dashboard',
    'Cognito::ManagedLoginBranding',
    'Cognito::UserPool',
    'Cognito::UserPoolClient',
    'Cognito::UserPoolDomain',
    'Cognito::UserPoolResourceServer',
    'DynamoDB::Table',
    'IAM::Policy',
    'IAM::Role',
    'Lambda::EventSourceMapping',
    'Lambda::Function',
    'Lambda::Permission',
    'Logs::LogGroup',
    'Logs::MetricFilter',
    'S3::Bucket',
    'S3::BucketPolicy',
    'SQS::Queue',
    'SQS::QueuePolicy',
    'SecretsManager::RotationSchedule',
    'SecretsManager::Secret',
    'XRay::SamplingRule',
  ]);
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
    FilesBucket: stack.one('AWS::S3::Bucket').id,
    UserPoolId: variables('Mcp').USER_POOL_ID,
    OperatorRoleArn: arn('AWS::IAM::Role', stack.one('AWS::IAM::Role', 'Operators').id),
    EdgeDomain: edgeDomain,
    Dashboard: stack.one('AWS::CloudWatch::Dashboard').id,
    AuditLogGroup: stack.one('AWS::Logs::LogGroup', 'AuditLog').id,
    NextStep: 'npm run organizations -- create ID --stack finance-mcp-prod',
  });
});
