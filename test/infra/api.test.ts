import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { dropTrailingSlash } from '../../infra/edge.ts';
import {
  edgeRoutes,
  edgeScopes,
  forwardedPath,
  gatewayResponses,
  mcpUrl,
  qualifiedScope,
  resourceMetadataUrl,
  scopeNames,
} from '../../shared/edge.ts';
import { edgeDomain, type Resource, synthesize } from './synthesized.ts';

const stack = synthesize();
/** With the settings that change the edge. */
const changed = synthesize({
  originKey: '2',
  domain: 'mcp.example.com',
  certificate: 'arn:aws:acm:us-east-1:111111111111:certificate/0',
  waf: 'true',
  wafCallsPerToken: '120',
});
const origin = `https://${edgeDomain}`;
const distribution = stack.one('AWS::CloudFront::Distribution').properties.DistributionConfig;

/** The path of an API's resource, from its parts. */
function pathOf(id: string): string {
  const found = stack.all('AWS::ApiGateway::Resource').find((resource) => resource.id === id);
  if (!found) return '';
  return `${pathOf(found.properties.ParentId)}/${found.properties.PathPart}`;
}

const methods = stack.all('AWS::ApiGateway::Method').map(({ properties }) => ({
  path: pathOf(properties.ResourceId) || '/',
  method: properties.HttpMethod as string,
  properties,
}));

test('the API serves the routes of the edge contract, and no others', () => {
  const served = new Set(methods.map(({ path }) => path));
  assert.deepEqual(served, new Set(edgeRoutes.map(({ resource }) => resource)));
  for (const { resource, function: name } of edgeRoutes) {
    const any = methods.find(({ path, method }) => path === resource && method === 'ANY');
    assert.equal(any?.properties.Integration.Type, 'AWS_PROXY');
    assert.match(any?.properties.Integration.Uri, name === 'mcp' ? /function\/Mcp/ : /function\/OAuth/);
  }
});

test('the user pool guards every method of every guarded route but the preflight', () => {
  const authorizer = stack.one('AWS::ApiGateway::Authorizer');
  assert.equal(authorizer.properties.Type, 'COGNITO_USER_POOLS');
  assert.equal(authorizer.properties.AuthorizerResultTtlInSeconds, 0);
  assert.deepEqual(
    authorizer.properties.ProviderARNs.map((arn: string) => arn.split('/').at(-1)),
    [stack.one('AWS::Cognito::UserPool').id],
  );
  for (const { path, method, properties } of methods) {
    const route = edgeRoutes.find(({ resource }) => resource === path);
    if (route?.authorizer === 'cognito' && method !== 'OPTIONS') {
      assert.equal(properties.AuthorizationType, 'COGNITO_USER_POOLS', `${method} ${path}`);
      assert.equal(properties.AuthorizerId, authorizer.id);
      assert.deepEqual(
        properties.AuthorizationScopes,
        scopeNames.map((name) => qualifiedScope(origin, name)),
      );
    } else {
      assert.equal(properties.AuthorizationType, 'NONE', `${method} ${path}`);
    }
  }
});

test('the gateway responses are those of the edge contract, the challenge included', () => {
  const deployed = stack.all('AWS::ApiGateway::GatewayResponse').map(({ properties }) => ({
    type: properties.ResponseType,
    ...(properties.StatusCode !== undefined && { statusCode: Number(properties.StatusCode) }),
    headers: Object.fromEntries(
      Object.entries(properties.ResponseParameters).map(([name, value]) => [
        name.replace('gatewayresponse.header.', ''),
        value,
      ]),
    ),
    templates: properties.ResponseTemplates,
  }));
  const byType = (a: { type: string }, b: { type: string }) => (a.type < b.type ? -1 : 1);
  assert.deepEqual(deployed.toSorted(byType), gatewayResponses(origin).toSorted(byType));

  const unauthorized = deployed.find(({ type }) => type === 'UNAUTHORIZED');
  assert.equal(unauthorized?.statusCode, 401);
  assert.equal(
    unauthorized?.headers['WWW-Authenticate'],
    `'Bearer resource_metadata="${resourceMetadataUrl(origin)}", scope="${scopeNames.join(' ')}"'`,
  );
});

test('what is deployed is made again whenever a method or a gateway response changes', () => {
  const [deployment] = Object.values(stack.template.Resources).filter(
    ({ Type }) => Type === 'AWS::ApiGateway::Deployment',
  );
  const dependsOn = (deployment as { DependsOn?: string[] }).DependsOn ?? [];
  const needed = [...stack.all('AWS::ApiGateway::Method'), ...stack.all('AWS::ApiGateway::GatewayResponse')];
  assert.deepEqual(
    needed.map(({ id }) => id).filter((id) => !dependsOn.includes(id)),
    [],
  );
});

test('nobody can call the API around CloudFront', () => {
  for (const { path, method, properties } of methods) {
    assert.equal(properties.ApiKeyRequired, true, `${method} ${path}`);
  }
  const [server, ...others] = distribution.Origins;
  assert.deepEqual(others, []);
  const key = stack.one('AWS::ApiGateway::ApiKey');
  assert.deepEqual(server.OriginCustomHeaders, [
    { HeaderName: 'x-api-key', HeaderValue: key.properties.Value },
  ]);
  // The value is made and kept by Secrets Manager; the template only says where to find it.
  const secret = stack.one('AWS::SecretsManager::Secret', 'ApiOriginKey');
  assert.match(
    key.properties.Value,
    new RegExp(`^{{resolve:secretsmanager:.*${secret.id}:SecretString:::}}$`),
  );
  assert.ok(secret.properties.GenerateSecretString.PasswordLength >= 40);

  const plan = stack.one('AWS::ApiGateway::UsagePlan');
  const stage = stack.one('AWS::ApiGateway::Stage');
  assert.deepEqual(plan.properties.ApiStages, [
    { ApiId: stack.one('AWS::ApiGateway::RestApi').id, Stage: stage.id, Throttle: {} },
  ]);
  assert.equal(stack.one('AWS::ApiGateway::UsagePlanKey').properties.KeyId, key.id);
});

test('a further generation of the key replaces it at both ends', () => {
  const key = changed.one('AWS::ApiGateway::ApiKey');
  assert.notEqual(key.id, stack.one('AWS::ApiGateway::ApiKey').id);
  const [server] = changed.one('AWS::CloudFront::Distribution').properties.DistributionConfig.Origins;
  assert.equal(server.OriginCustomHeaders[0].HeaderValue, key.properties.Value);
  assert.match(key.properties.Value, /OriginKey2/);
});

test('CloudFront forwards everything and keeps nothing but discovery documents', () => {
  const cachingDisabled = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
  const allViewerExceptHostHeader = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';
  const { DefaultCacheBehavior: main, CacheBehaviors: others } = distribution;
  assert.equal(main.CachePolicyId, cachingDisabled);
  assert.equal(main.OriginRequestPolicyId, allViewerExceptHostHeader);
  assert.deepEqual(
    new Set(main.AllowedMethods),
    new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE']),
  );

  assert.deepEqual(
    others.map(({ PathPattern }: { PathPattern: string }) => PathPattern),
    ['/.well-known/*'],
  );
  const discovery = stack.one('AWS::CloudFront::CachePolicy');
  assert.equal(others[0].CachePolicyId, discovery.id);
  assert.equal(others[0].OriginRequestPolicyId, undefined);
  const {
    MinTTL,
    DefaultTTL,
    ParametersInCacheKeyAndForwardedToOrigin: key,
  } = discovery.properties.CachePolicyConfig;
  assert.deepEqual([MinTTL, DefaultTTL], [0, 0]);
  assert.equal(key.HeadersConfig.HeaderBehavior, 'none');
  assert.equal(key.CookiesConfig.CookieBehavior, 'none');
  assert.equal(key.QueryStringsConfig.QueryStringBehavior, 'none');

  for (const status of [400, 403, 404, 405, 500, 502, 503, 504]) {
    const kept = distribution.CustomErrorResponses.find(
      ({ ErrorCode }: { ErrorCode: number }) => ErrorCode === status,
    );
    assert.deepEqual(kept, { ErrorCachingMinTTL: 0, ErrorCode: status });
  }
});

test('CloudFront reaches the stage over TLS, and people reach CloudFront over TLS', () => {
  const [server] = distribution.Origins;
  assert.equal(server.CustomOriginConfig.OriginProtocolPolicy, 'https-only');
  assert.deepEqual(server.CustomOriginConfig.OriginSSLProtocols, ['TLSv1.2']);
  assert.equal(server.OriginPath, `/${stack.one('AWS::ApiGateway::Stage').properties.StageName}`);
  for (const behavior of [distribution.DefaultCacheBehavior, ...distribution.CacheBehaviors]) {
    assert.equal(behavior.ViewerProtocolPolicy, 'redirect-to-https');
    assert.equal(behavior.ResponseHeadersPolicyId, stack.one('AWS::CloudFront::ResponseHeadersPolicy').id);
    assert.equal(behavior.FunctionAssociations[0].EventType, 'viewer-request');
  }
  assert.equal(stack.one('AWS::CloudFront::Function').properties.FunctionCode, dropTrailingSlash);
});

test('CloudFront forwards the same path as the local gateway', () => {
  const context: { handler?: (event: { request: { uri: string } }) => { uri: string } } = {};
  runInNewContext(dropTrailingSlash, context);
  fc.assert(
    fc.property(
      fc.oneof(fc.webPath(), fc.stringMatching(/^\/[a-z./]{0,6}$/)).filter((path) => path.startsWith('/')),
      (path) => context.handler?.({ request: { uri: path } }).uri === forwardedPath(path),
    ),
  );
});

test('a domain of one’s own takes the place of CloudFront’s everywhere', () => {
  const { Aliases, ViewerCertificate } = changed.one('AWS::CloudFront::Distribution').properties
    .DistributionConfig;
  assert.deepEqual(Aliases, ['mcp.example.com']);
  assert.equal(ViewerCertificate.MinimumProtocolVersion, 'TLSv1.2_2021');
  assert.equal(changed.outputs.McpUrl, 'https://mcp.example.com/mcp');
  assert.equal(changed.outputs.EdgeDomain, edgeDomain);
  const names = (resource: Resource) => JSON.stringify(resource.properties).includes(edgeDomain);
  assert.deepEqual(changed.resources.filter(names), []);
});

test('the user pool knows the MCP URL as a resource server with the scopes of the edge contract', () => {
  const { Identifier, Name, Scopes } = stack.one('AWS::Cognito::UserPoolResourceServer').properties;
  assert.equal(Identifier, mcpUrl(origin));
  assert.equal(URL.canParse(Name), false);
  assert.deepEqual(
    Scopes,
    edgeScopes.map(({ name, sentence }) => ({ ScopeName: name, ScopeDescription: sentence })),
  );
});

test('requests are throttled, logged without secrets, and traced', () => {
  const { AccessLogSetting, MethodSettings, TracingEnabled } = stack.one('AWS::ApiGateway::Stage').properties;
  assert.equal(TracingEnabled, true);
  assert.deepEqual(MethodSettings, [
    {
      DataTraceEnabled: false,
      HttpMethod: '*',
      LoggingLevel: 'OFF',
      MetricsEnabled: false,
      ResourcePath: '/*',
      ThrottlingBurstLimit: 100,
      ThrottlingRateLimit: 50,
    },
  ]);
  assert.match(AccessLogSetting.DestinationArn, /log-group:AccessLog/);
  const fields = Object.values(JSON.parse(AccessLogSetting.Format) as Record<string, string>);
  for (const field of fields) assert.match(field, /^\$context\.[\w.]+$/);
  assert.ok(fields.includes('$context.status') && fields.includes('$context.error.responseType'));
  assert.ok(!fields.some((field) => /sourceIp|querystring|apiKey/i.test(field)));
});

test('the firewall counts calls by token, not by address', () => {
  assert.deepEqual(stack.all('AWS::WAFv2::WebACL'), []);
  const { Rules, Scope } = changed.one('AWS::WAFv2::WebACL').properties;
  assert.equal(Scope, 'REGIONAL');
  const { RateBasedStatement: rate } = Rules[0].Statement;
  assert.equal(rate.Limit, 120);
  assert.equal(rate.AggregateKeyType, 'CUSTOM_KEYS');
  assert.equal(rate.CustomKeys[0].Header.Name, 'authorization');
  assert.match(
    changed.one('AWS::WAFv2::WebACLAssociation').properties.ResourceArn,
    new RegExp(`/stages/${changed.one('AWS::ApiGateway::Stage').id}$`),
  );
});
