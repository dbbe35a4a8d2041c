import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { viewerRequest } from '../../infra/edge.ts';
import {
  edgeLimits,
  edgeRoutes,
  edgeScopes,
  forwardedPath,
  gatewayResponses,
  lacksToken,
  mcpUrl,
  missingToken,
  qualifiedScope,
  resourceMetadataUrl,
  scopeNames,
} from '../../shared/edge.ts';
import { arn, edgeDomain, type Resource, region, synthesize, synthesizeAll } from './synthesized.ts';

const stack = synthesize();
/** With the settings that change the edge. */
const changed = synthesize({
  originKey: '2',
  domain: 'mcp.example.com',
  certificate: 'arn:aws:acm:us-east-1:111111111111:certificate/0',
});
const withFirewall = synthesizeAll({ waf: 'true', requestsPerCaller: '24', wafRequestsPerAddress: '700' });
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
  assert.deepEqual(stack.one('AWS::ApiGateway::RestApi').properties.EndpointConfiguration, {
    Types: ['REGIONAL'],
  });
  for (const { resource, function: name, authorizer } of edgeRoutes) {
    const here = methods.filter(({ path }) => path === resource);
    assert.deepEqual(
      here.map(({ method }) => method),
      authorizer === 'cognito' ? ['ANY', 'OPTIONS'] : ['ANY'],
      resource,
    );
    const { id } = stack.one('AWS::Lambda::Function', name === 'mcp' ? 'Mcp' : 'OAuth');
    const called = `2015-03-31/functions/${arn('AWS::Lambda::Function', id)}/invocations`;
    for (const { properties } of here) {
      assert.deepEqual(properties.Integration, {
        Type: 'AWS_PROXY',
        IntegrationHttpMethod: 'POST',
        TimeoutInMillis: edgeLimits.integrationTimeoutMs,
        Uri: `arn:aws:apigateway:${region}:lambda:path/${called}`,
      });
    }
  }
});

test('the user pool guards every method of every guarded route but the preflight', () => {
  const authorizer = stack.one('AWS::ApiGateway::Authorizer');
  assert.equal(authorizer.properties.Type, 'COGNITO_USER_POOLS');
  assert.equal(authorizer.properties.AuthorizerResultTtlInSeconds, 0);
  assert.equal(authorizer.properties.IdentitySource, 'method.request.header.Authorization');
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
  assert.equal(key.properties.Enabled, true);
  assert.deepEqual(server.OriginCustomHeaders, [
    { HeaderName: 'x-api-key', HeaderValue: key.properties.Value },
  ]);
  // The value is made and kept by Secrets Manager; the template only says where to find it.
  const secret = stack.one('AWS::SecretsManager::Secret', 'ApiOriginKey');
  assert.equal(secret.properties.GenerateSecretString.ExcludePunctuation, true);
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
  assert.deepEqual(stack.one('AWS::ApiGateway::UsagePlanKey').properties, {
    KeyId: key.id,
    KeyType: 'API_KEY',
    UsagePlanId: plan.id,
  });
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
    ['/.well-known/*', '/openapi.json'],
  );
  const discovery = stack.one('AWS::CloudFront::CachePolicy');
  for (const behavior of others) {
    assert.equal(behavior.CachePolicyId, discovery.id);
    assert.deepEqual(behavior.AllowedMethods, ['GET', 'HEAD', 'OPTIONS']);
    assert.equal(behavior.OriginRequestPolicyId, undefined);
  }
  const {
    MinTTL,
    DefaultTTL,
    MaxTTL,
    ParametersInCacheKeyAndForwardedToOrigin: key,
  } = discovery.properties.CachePolicyConfig;
  assert.deepEqual([MinTTL, DefaultTTL, MaxTTL], [0, 0, 24 * 60 * 60]);
  assert.deepEqual([key.EnableAcceptEncodingBrotli, key.EnableAcceptEncodingGzip], [true, true]);
  assert.equal(key.HeadersConfig.HeaderBehavior, 'none');
  assert.equal(key.CookiesConfig.CookieBehavior, 'none');
  assert.equal(key.QueryStringsConfig.QueryStringBehavior, 'none');

  assert.deepEqual(
    distribution.CustomErrorResponses,
    [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504].map((status) => ({
      ErrorCachingMinTTL: 0,
      ErrorCode: status,
    })),
  );
});

test('browsers are told to use TLS, to embed and sniff nothing, and to load only what a page allows itself', () => {
  const { SecurityHeadersConfig } = stack.one('AWS::CloudFront::ResponseHeadersPolicy').properties
    .ResponseHeadersPolicyConfig;
  assert.deepEqual(SecurityHeadersConfig, {
    StrictTransportSecurity: {
      AccessControlMaxAgeSec: 365 * 24 * 60 * 60,
      IncludeSubdomains: false,
      Override: true,
    },
    ContentTypeOptions: { Override: true },
    // What a page sends itself takes precedence.
    FrameOptions: { FrameOption: 'DENY', Override: false },
    ReferrerPolicy: { ReferrerPolicy: 'same-origin', Override: false },
    ContentSecurityPolicy: {
      ContentSecurityPolicy: "default-src 'none'; frame-ancestors 'none'",
      Override: false,
    },
  });
});

test('CloudFront reaches the stage over TLS, and people reach CloudFront over TLS', () => {
  const [server] = distribution.Origins;
  assert.deepEqual(
    [distribution.Enabled, distribution.HttpVersion, distribution.IPV6Enabled],
    [true, 'http2and3', true],
  );
  const api = stack.one('AWS::ApiGateway::RestApi').id;
  assert.equal(server.DomainName, `${api}.execute-api.${region}.amazonaws.com`);
  // A second more than a function has, so that the API's own answer arrives.
  assert.equal(server.CustomOriginConfig.OriginReadTimeout, edgeLimits.integrationTimeoutMs / 1000 + 1);
  assert.equal(server.CustomOriginConfig.OriginProtocolPolicy, 'https-only');
  assert.deepEqual(server.CustomOriginConfig.OriginSSLProtocols, ['TLSv1.2']);
  assert.equal(server.OriginPath, `/${stack.one('AWS::ApiGateway::Stage').properties.StageName}`);
  const viewer = stack.one('AWS::CloudFront::Function');
  for (const behavior of [distribution.DefaultCacheBehavior, ...distribution.CacheBehaviors]) {
    assert.equal(behavior.ViewerProtocolPolicy, 'redirect-to-https');
    assert.equal(behavior.ResponseHeadersPolicyId, stack.one('AWS::CloudFront::ResponseHeadersPolicy').id);
    assert.equal(behavior.Compress, true);
    assert.deepEqual(behavior.FunctionAssociations, [
      { EventType: 'viewer-request', FunctionARN: arn(viewer.type, viewer.id) },
    ]);
  }
  const { AutoPublish, FunctionCode, FunctionConfig } = viewer.properties;
  assert.deepEqual([AutoPublish, FunctionConfig.Runtime], [true, 'cloudfront-js-2.0']);
  assert.equal(FunctionCode, viewerRequest(undefined));
});

interface ViewerRequest {
  uri: string;
  method: string;
  headers: Record<string, { value: string }>;
}

interface ViewerAnswer {
  statusCode: number;
  headers: Record<string, { value: string }>;
  body: string;
}

/** Runs a stack's CloudFront function as CloudFront does: what it answers is forwarded, or is the answer. */
function atCloudFront(from: typeof stack): (request: ViewerRequest) => ViewerRequest | ViewerAnswer {
  const context: { handler?: (event: object) => ViewerRequest | ViewerAnswer } = {};
  runInNewContext(from.one('AWS::CloudFront::Function').properties.FunctionCode, context);
  // Through JSON, as everything from another realm has other prototypes.
  return (request) =>
    JSON.parse(
      JSON.stringify(
        context.handler?.({ context: { distributionDomainName: edgeDomain }, request: { ...request } }),
      ),
    );
}

const someRequest = fc.record({
  uri: fc.oneof(
    fc.webPath().filter((path) => path.startsWith('/')),
    fc.stringMatching(/^\/[a-z./]{0,6}$/),
    fc.constantFrom('/mcp', '/mcp/', '/mcp//', '/mcpx', '/oauth/token'),
  ),
  method: fc.constantFrom('GET', 'HEAD', 'POST', 'OPTIONS', 'DELETE', 'PUT', 'PATCH'),
  headers: fc.record(
    {
      authorization: fc.record({ value: fc.constantFrom('', 'Bearer x', 'Basic eDp5') }),
      origin: fc.record({ value: fc.webUrl() }),
      accept: fc.record({ value: fc.constant('*/*') }),
    },
    { requiredKeys: [] },
  ),
});

test('CloudFront forwards the same path as the local gateway, and asks for a token where there is none', () => {
  const own = 'https://mcp.example.com';
  for (const [run, at] of [
    [atCloudFront(stack), origin],
    [atCloudFront(changed), own],
  ] as const) {
    const { statusCode, headers, templates } = missingToken(at);
    fc.assert(
      fc.property(someRequest, (request) => {
        const uri = forwardedPath(request.uri);
        const answer = run(request);
        if (!lacksToken(request.method, uri, request.headers.authorization?.value)) {
          assert.deepEqual(answer, JSON.parse(JSON.stringify({ ...request, uri })));
          return;
        }
        assert.ok('statusCode' in answer);
        assert.deepEqual([answer.statusCode, answer.body], [statusCode, templates['application/json']]);
        const expected = Object.entries({ ...headers, 'Content-Type': "'application/json'" }).flatMap(
          ([name, mapping]) => {
            const value =
              mapping === 'method.request.header.Origin'
                ? request.headers.origin?.value
                : mapping.slice(1, -1);
            return value === undefined ? [] : [[name.toLowerCase(), { value }]];
          },
        );
        assert.deepEqual(answer.headers, Object.fromEntries(expected));
      }),
    );
  }
});

test('CloudFront’s own challenge names no error, and API Gateway’s says that the token is bad', () => {
  const refused = atCloudFront(stack)({ uri: '/mcp', method: 'POST', headers: {} });
  assert.ok('statusCode' in refused);
  const parameters = `resource_metadata="${resourceMetadataUrl(origin)}", scope="${scopeNames.join(' ')}"`;
  assert.equal(refused.headers['www-authenticate']?.value, `Bearer ${parameters}`);
  const { error, ...rest } = JSON.parse(refused.body);
  assert.deepEqual(rest, { jsonrpc: '2.0', id: null });
  assert.deepEqual([error.code, typeof error.message], [401, 'string']);
  for (const type of ['UNAUTHORIZED', 'EXPIRED_TOKEN']) {
    const { properties } = stack
      .all('AWS::ApiGateway::GatewayResponse')
      .find((one) => one.properties.ResponseType === type)!;
    assert.equal(properties.StatusCode, '401');
    assert.equal(
      properties.ResponseParameters['gatewayresponse.header.WWW-Authenticate'],
      `'Bearer error="invalid_token", ${parameters}'`,
    );
  }
});

test('every gateway response that the MCP URL can be answered with is an error of JSON-RPC', () => {
  const elsewhereOnly = new Set(['MISSING_AUTHENTICATION_TOKEN', 'INVALID_SIGNATURE']);
  for (const { type, templates } of gatewayResponses(origin)) {
    const text = templates['application/json']?.replace('$context.error.messageString', '"Why."') ?? '';
    const { jsonrpc, id, error, message } = JSON.parse(text);
    if (elsewhereOnly.has(type)) {
      assert.deepEqual([jsonrpc, typeof message], [undefined, 'string'], type);
    } else {
      assert.deepEqual([jsonrpc, id, message], ['2.0', null, undefined], type);
      assert.ok(Number.isInteger(error.code) && error.message.length > 0, type);
    }
  }
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

test('the firewall stands before CloudFront, from any region', () => {
  assert.deepEqual(stack.all('AWS::WAFv2::WebACL'), []);
  assert.equal(distribution.WebACLId, undefined);
  assert.equal(synthesizeAll({}).firewall, undefined);
  const { stack: behind, firewall } = withFirewall;
  assert.ok(firewall);
  // CloudFront takes only web ACLs of this scope, which exist in this region alone.
  assert.equal(firewall.region, 'us-east-1');
  assert.equal(firewall.one('AWS::WAFv2::WebACL').properties.Scope, 'CLOUDFRONT');
  assert.equal(behind.region, undefined);
  assert.deepEqual(behind.after, [firewall.stackName]);
  assert.ok(firewall.outputs.WebAclArn);
  assert.equal(
    behind.one('AWS::CloudFront::Distribution').properties.DistributionConfig.WebACLId,
    `us-east-1/${firewall.stackName}/WebAclArn`,
  );
  assert.deepEqual(behind.all('AWS::WAFv2::WebACLAssociation'), []);
});

test('the firewall limits each token and each address, and says so as the API does', () => {
  const { Rules, CustomResponseBodies } = withFirewall.firewall!.one('AWS::WAFv2::WebACL').properties;
  const [token, address, ...others] = Rules;
  assert.deepEqual(
    [token, address].map(({ Statement: { RateBasedStatement: rate } }) => [
      rate.Limit,
      rate.EvaluationWindowSec,
      rate.AggregateKeyType,
    ]),
    [
      [120, 300, 'CUSTOM_KEYS'],
      [700, 300, 'IP'],
    ],
  );
  // Nothing narrows the second one down: requests without a token, and with one that was made up, are counted by it.
  assert.equal(address.Statement.RateBasedStatement.ScopeDownStatement, undefined);
  const [{ Header: header }] = token.Statement.RateBasedStatement.CustomKeys;
  assert.equal(header.Name, 'authorization');
  assert.deepEqual(
    header.TextTransformations.map(({ Type }: { Type: string }) => Type),
    ['LOWERCASE', 'COMPRESS_WHITE_SPACE'],
  );
  for (const { Action } of [token, address]) {
    const { ResponseCode, CustomResponseBodyKey, ResponseHeaders } = Action.Block.CustomResponse;
    assert.equal(ResponseCode, 429);
    assert.deepEqual(ResponseHeaders, [{ Name: 'Retry-After', Value: '60' }]);
    const throttled = gatewayResponses(origin).find(({ type }) => type === 'THROTTLED');
    assert.equal(
      CustomResponseBodies[CustomResponseBodyKey].Content,
      throttled?.templates['application/json'],
    );
  }
  assert.equal(others.length, 2);
  for (const { VisibilityConfig } of Rules) assert.equal(VisibilityConfig.SampledRequestsEnabled, false);
});
