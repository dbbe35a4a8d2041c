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
  /** What CloudFront proves itself with. */
  readonly originKey: Secret;

  constructor(scope: Construct, id: string, { settings, logGroup }: ApiProps) {
    super(scope, id);
    this.api = new RestApi(this, 'Api', {
      restApiName: `finance-mcp-${settings.stage}`,
      description: 'Finance MCP behind CloudFront',
      endpointTypes: [EndpointType.REGIONAL],
      // One setting of API Gateway per account and region, which other APIs use too: it stays when this stack goes.
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
      APIG2:
        'The functions check every request against schemas of their own and say in a sentence what was expected.',
      APIG3:
        'The firewall, a setting, stands before CloudFront, the only way to this API. Without it the stage throttles.',
      APIG6:
        'The access log has a line per request; the execution log would repeat headers, and with them tokens.',
      'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]':
        'The role is of all APIs in the account and region, and this policy is the one that API Gateway asks for.',
    });
    // The address in this output answers nobody; the outputs of the stack name the one that does.
    this.api.node.tryRemoveChild('Endpoint');

    // A higher number is another key: CloudFormation makes the new one, gives it to CloudFront, then removes the old.
    const generation = settings.originKey;
    this.originKey = new Secret(this, `OriginKey${generation}`, {
      description: 'The key by which the API of Finance MCP knows CloudFront',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
    });
    acknowledge(this.originKey, {
      SMG4: 'CloudFront and the API must change together, which a deployment with the next originKey does.',
    });
    const key = new ApiKey(this, `CloudFrontKey${generation}`, {
      value: this.originKey.secretValue.unsafeUnwrap(),
      description: 'CloudFront sends it; without it no method answers',
    });
    const plan = this.api.addUsagePlan('CloudFront', {
      description: 'Ties the key to the stage; the stage throttles',
      apiStages: [{ stage: this.api.deploymentStage }],
    });
    plan.addApiKey(key);
  }

  /** Adds what answers. Apart from the rest because it knows the public origin, which the edge gives. */
  serve({ publicOrigin, functions, pool }: RoutesProps): void {
    const authorizer = new CognitoUserPoolsAuthorizer(this, 'Authorizer', {
      cognitoUserPools: [pool],
      // A remembered decision could outlive the token that it was about.
      resultsCacheTtl: Duration.seconds(0),
    });
    const guarded: MethodOptions = {
      authorizer,
      authorizationType: AuthorizationType.COGNITO,
      // One of them is enough to come in; which tools there are is decided by all that were granted.
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
          APIG4: 'A preflight carries no token, and is answered with nothing but which origins may call.',
        });
      } else {
        acknowledge(resource.addMethod('ANY', integration), {
          APIG4:
            'Discovery, sign-in and the page for people come before any token; the function has no data access.',
          COG4: 'Discovery, sign-in and the page for people come before any token; the function has no data access.',
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

/** Who asked for what, when, and how it ended. No addresses: they are CloudFront's; no query: it can hold a code. */
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
