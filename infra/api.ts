import { Duration } from 'aws-cdk-lib';
import {
  AccessLogField,
  AccessLogFormat,
  ApiKey,
  AuthorizationType,
  CognitoUserPoolsAuthorizer,
  EndpointType,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  type MethodOptions,
  ResponseType,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { UserPool } from 'aws-cdk-lib/aws-cognito';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import {
  type EdgeFunction,
  edgeLimits,
  edgeRoutes,
  gatewayResponses,
  qualifiedScope,
  scopeNames,
} from '../shared/edge.ts';
import { acknowledge } from './acknowledge.ts';
import type { Settings } from './settings.ts';

export interface ApiProps {
  readonly settings: Settings;
  readonly logGroup: ILogGroup;
}

export interface RoutesProps {
  readonly publicOrigin: string;
  readonly functions: Readonly<Record<EdgeFunction, IFunction>>;
  readonly pool: UserPool;
}

/**
 * The REST API. A REST one because only its gateway responses can put `WWW-Authenticate` on a refusal: every other
 * way through API Gateway or Lambda renames that header.
 */
export class Api extends Construct {
  readonly api: RestApi;
  /** The key with which CloudFront authenticates. */
  readonly originKey: Secret;

  constructor(scope: Construct, id: string, { settings, logGroup }: ApiProps) {
    super(scope, id);
    this.api = new RestApi(this, 'Api', {
      restApiName: `finance-mcp-${settings.stage}`,
      description: 'Finance MCP behind CloudFront',
      endpointTypes: [EndpointType.REGIONAL],
      // API Gateway has one such role per account and region, which other APIs use too: it remains when this stack is deleted.
      cloudWatchRole: settings.apiLogsRole === 'create',
      deployOptions: {
        stageName: settings.stage,
        tracingEnabled: true,
        throttlingRateLimit: settings.requestsPerSecond,
        throttlingBurstLimit: settings.burst,
        metricsEnabled: false,
        // The access log has a line per request. The execution log would repeat headers and bodies.
        loggingLevel: MethodLoggingLevel.OFF,
        dataTraceEnabled: false,
        accessLogDestination: new LogGroupLogDestination(logGroup),
        accessLogFormat: AccessLogFormat.custom(JSON.stringify(accessLogFields)),
      },
      defaultMethodOptions: { apiKeyRequired: true },
    });
    acknowledge(this.api, {
      APIG2: 'The functions check every request against their own schemas and report what was expected.',
      APIG3:
        'The optional firewall protects CloudFront, the only way to this API. Without it the stage throttles.',
      APIG6:
        'The access log has a line per request; the execution log would also contain headers, and with them tokens.',
      'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]':
        'All APIs in the account and region share this role, and API Gateway requires this policy.',
    });
    // Requests to the address in this output are refused; the stack's own outputs have the address that works.
    this.api.node.tryRemoveChild('Endpoint');

    // A higher number makes a new key: CloudFormation creates it, passes it to CloudFront, then deletes the old one.
    const generation = settings.originKey;
    this.originKey = new Secret(this, `OriginKey${generation}`, {
      description: 'The key with which CloudFront authenticates to the API of Finance MCP',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
    });
    acknowledge(this.originKey, {
      SMG4: 'CloudFront and the API must change together: a deployment with a higher originKey does that.',
    });
    const key = new ApiKey(this, `CloudFrontKey${generation}`, {
      value: this.originKey.secretValue.unsafeUnwrap(),
      description: 'CloudFront sends it; every method requires it',
    });
    const plan = this.api.addUsagePlan('CloudFront', {
      description: 'Associates the key with the stage; the stage throttles',
      apiStages: [{ stage: this.api.deploymentStage }],
    });
    plan.addApiKey(key);
  }

  /** Adds the routes. Separate from the constructor because it needs the public origin, which the edge provides. */
  serve({ publicOrigin, functions, pool }: RoutesProps): void {
    const authorizer = new CognitoUserPoolsAuthorizer(this, 'Authorizer', {
      cognitoUserPools: [pool],
      // A cached decision could outlive its token.
      resultsCacheTtl: Duration.seconds(0),
    });
    const guarded: MethodOptions = {
      authorizer,
      authorizationType: AuthorizationType.COGNITO,
      // One of them is enough to be admitted; all granted scopes together decide which tools are offered.
      authorizationScopes: scopeNames.map((name) => qualifiedScope(publicOrigin, name)),
    };
    for (const route of edgeRoutes) {
      const resource = this.api.root.resourceForPath(route.resource);
      const integration = new LambdaIntegration(functions[route.function], {
        timeout: Duration.millis(edgeLimits.integrationTimeoutMs),
        allowTestInvoke: false,
      });
      if (route.authorizer === 'cognito') {
        resource.addMethod('ANY', integration, guarded);
        acknowledge(resource.addMethod('OPTIONS', integration), {
          APIG4: 'A preflight request has no token, and the answer contains only which origins may call.',
        });
      } else {
        acknowledge(resource.addMethod('ANY', integration), {
          APIG4:
            'Discovery, sign-in and the landing page work before there is a token; the function has no data access.',
          COG4: 'Discovery, sign-in and the landing page work before there is a token; the function has no data access.',
        });
      }
    }
    for (const { type, statusCode, headers, templates } of gatewayResponses(publicOrigin)) {
      this.api.addGatewayResponse(type, {
        type: ResponseType.of(type),
        ...(statusCode !== undefined && { statusCode: String(statusCode) }),
        responseHeaders: { ...headers },
        templates: { ...templates },
      });
    }
  }
}

/** Who requested what, when, and with which result. No addresses (they are CloudFront's) and no query (it may contain a code). */
const accessLogFields = {
  time: AccessLogField.contextRequestTime(),
  requestId: AccessLogField.contextRequestId(),
  trace: AccessLogField.contextXrayTraceId(),
  method: AccessLogField.contextHttpMethod(),
  path: AccessLogField.contextPath(),
  status: AccessLogField.contextStatus(),
  bytes: AccessLogField.contextResponseLength(),
  milliseconds: AccessLogField.contextResponseLatency(),
  functionMilliseconds: AccessLogField.contextIntegrationLatency(),
  refusal: AccessLogField.contextErrorResponseType(),
  subject: AccessLogField.contextAuthorizerClaims('sub'),
  client: AccessLogField.contextAuthorizerClaims('client_id'),
};
