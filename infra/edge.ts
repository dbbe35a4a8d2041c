import { Duration, Stack } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  OriginSslPolicy,
  ResponseHeadersPolicy,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { edgeLimits, edgeRoutes, missingToken } from '../shared/edge.ts';
import { acknowledge } from './acknowledge.ts';
import type { Settings } from './settings.ts';

/** Placeholder for the origin: CloudFront's own domain is known only when the function runs. */
const anyOrigin = 'https://origin.invalid';

/**
 * What runs at CloudFront for each request: `forwardedPath`, `lacksToken` and `missingToken` of `shared/edge.ts`, in
 * the JavaScript that CloudFront supports.
 * @param domain the operator's own host name, if there is one
 */
export function viewerRequest(domain: string | undefined): string {
  const guarded = edgeRoutes
    .filter(({ authorizer }) => authorizer === 'cognito')
    .map(({ resource }) => resource);
  const { statusCode, headers, templates } = missingToken(anyOrigin);
  const [[mediaType = '', body] = []] = Object.entries(templates);
  const fixed: Record<string, { value: string }> = { 'content-type': { value: mediaType } };
  const copied: [name: string, from: string][] = [];
  for (const [name, mapping] of Object.entries(headers)) {
    const from = /^method\.request\.header\.(.+)$/.exec(mapping)?.[1];
    if (from) copied.push([name.toLowerCase(), from.toLowerCase()]);
    else fixed[name.toLowerCase()] = { value: mapping.slice(1, -1) };
  }
  const answer = JSON.stringify({ statusCode, headers: fixed, body });
  return `function handler(event) {
  var request = event.request;
  if (request.uri.length > 1 && request.uri.endsWith('/')) request.uri = request.uri.slice(0, -1);
  var authorization = request.headers.authorization;
  var hasToken = authorization && authorization.value;
  if (!${JSON.stringify(guarded)}.includes(request.uri) || request.method === 'OPTIONS' || hasToken) return request;

  var origin = 'https://' + ${domain ? JSON.stringify(domain) : 'event.context.distributionDomainName'};
  var answer = JSON.parse(${JSON.stringify(answer)}.split('${anyOrigin}').join(origin));
  ${JSON.stringify(copied)}.forEach(function (pair) {
    var header = request.headers[pair[1]];
    if (header) answer.headers[pair[0]] = { value: header.value };
  });
  return answer;
}
`;
}

/** Statuses of responses that CloudFront would cache. */
const keptErrors = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

export interface EdgeProps {
  readonly settings: Settings;
  /** Only its id is used: the functions' environment depends on the edge, so the edge must not depend on the functions. */
  readonly api: RestApi;
  readonly originKey: Secret;
  readonly webAclArn: string | undefined;
}

/** CloudFront: one host name with the paths at its root, and the only way to the API. */
export class Edge extends Construct {
  readonly distribution: Distribution;
  /** Origin of the product, without a trailing slash. */
  readonly publicOrigin: string;

  constructor(scope: Construct, id: string, { settings, api, originKey, webAclArn }: EdgeProps) {
    super(scope, id);
    const { region, urlSuffix } = Stack.of(this);
    // CloudFront requires names that are unique in the account, across regions.
    const named = (part: string): string => `finance-mcp-${settings.stage}-${part}-${region}`;
    const origin = new HttpOrigin(`${api.restApiId}.execute-api.${region}.${urlSuffix}`, {
      originPath: `/${settings.stage}`,
      protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
      originSslProtocols: [OriginSslPolicy.TLS_V1_2],
      readTimeout: Duration.millis(edgeLimits.integrationTimeoutMs + 1_000),
      // CloudFormation inserts the value when it deploys. A caller's own header of this name is replaced.
      customHeaders: { 'x-api-key': originKey.secretValue.unsafeUnwrap() },
    });
    const common = {
      origin,
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      responseHeadersPolicy: this.#securityHeaders(named('headers')),
      functionAssociations: [
        {
          eventType: FunctionEventType.VIEWER_REQUEST,
          function: new EdgeFunction(this, 'ViewerRequest', {
            functionName: named('request'),
            code: FunctionCode.fromInline(viewerRequest(settings.domain)),
            runtime: FunctionRuntime.JS_2_0,
            comment:
              'Removes one trailing slash from the path, and refuses requests without a required token',
          }),
        },
      ],
    };
    // Every client asks for the documents of discovery before it can sign in; their own Cache-Control decides for how long
    // they stay. Nothing of the request is passed on, so nothing of it can get into what others are answered.
    const documents = {
      ...common,
      allowedMethods: AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
      cachePolicy: new CachePolicy(this, 'Discovery', {
        cachePolicyName: named('discovery'),
        comment: 'Caches by path alone, for as long as the document allows',
        minTtl: Duration.seconds(0),
        defaultTtl: Duration.seconds(0),
        maxTtl: Duration.days(1),
        enableAcceptEncodingGzip: true,
        enableAcceptEncodingBrotli: true,
      }),
    };
    this.distribution = new Distribution(this, 'Distribution', {
      comment: `Finance MCP (${settings.stage})`,
      httpVersion: HttpVersion.HTTP2_AND_3,
      ...(webAclArn !== undefined && { webAclId: webAclArn }),
      ...(settings.domain &&
        settings.certificate && {
          domainNames: [settings.domain],
          certificate: Certificate.fromCertificateArn(this, 'Certificate', settings.certificate),
        }),
      defaultBehavior: {
        ...common,
        allowedMethods: AllowedMethods.ALLOW_ALL,
        cachePolicy: CachePolicy.CACHING_DISABLED,
        originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      },
      additionalBehaviors: { '/.well-known/*': documents, '/openapi.json': documents },
      errorResponses: keptErrors.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) })),
    });
    acknowledge(this.distribution, {
      CFR1: 'Access depends on the account, not the location: people travel, and agents call from their vendors’ clouds.',
      CFR2: 'The firewall is optional (waf=true), because it costs money even when nobody calls.',
      CFR3: 'The API logs every request except discovery; CloudFront logs would add people’s network addresses.',
      CFR4: 'CloudFront’s own domain determines this; with the settings domain and certificate it is TLS 1.2.',
    });
    this.publicOrigin = `https://${settings.domain ?? this.distribution.domainName}`;
  }

  /** Restrictions for browsers. A header that a function sends itself takes precedence. */
  #securityHeaders(responseHeadersPolicyName: string): ResponseHeadersPolicy {
    return new ResponseHeadersPolicy(this, 'SecurityHeaders', {
      responseHeadersPolicyName,
      comment: 'Security headers for pages that people open in a browser',
      securityHeadersBehavior: {
        strictTransportSecurity: {
          accessControlMaxAge: Duration.days(365),
          includeSubdomains: false,
          override: true,
        },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: false },
        // Not `no-referrer`: browsers would then send `Origin: null` with the consent form.
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.SAME_ORIGIN, override: false },
        contentSecurityPolicy: {
          contentSecurityPolicy: "default-src 'none'; frame-ancestors 'none'",
          override: false,
        },
      },
    });
  }
}
