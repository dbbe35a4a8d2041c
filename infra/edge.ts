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

/** Stands in for the origin until the function runs: only then is CloudFront's own domain known. */
const anyOrigin = 'https://origin.invalid';

/**
 * What runs at CloudFront for each request: `forwardedPath`, `lacksToken` and `missingToken` of `shared/edge.ts`, in
 * the JavaScript that CloudFront knows.
 * @param domain the operator's own host name, where there is one
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

/** Statuses of which CloudFront would keep an answer for a while. */
const keptErrors = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

export interface EdgeProps {
  readonly settings: Settings;
  /** Only its id is used: what the functions are told depends on the edge, so the edge must not depend on them. */
  readonly api: RestApi;
  readonly originKey: Secret;
  readonly webAclArn: string | undefined;
}

/** CloudFront: one host name with the paths at its root, and the only way to the API. */
export class Edge extends Construct {
  readonly distribution: Distribution;
  /** Origin of the product, without a slash at its end. */
  readonly publicOrigin: string;

  constructor(scope: Construct, id: string, { settings, api, originKey, webAclArn }: EdgeProps) {
    super(scope, id);
    const { region, urlSuffix } = Stack.of(this);
    // CloudFront knows its parts by names that are unique in the account, across regions.
    const named = (part: string): string => `finance-mcp-${settings.stage}-${part}-${region}`;
    const origin = new HttpOrigin(`${api.restApiId}.execute-api.${region}.${urlSuffix}`, {
      originPath: `/${settings.stage}`,
      protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
      originSslProtocols: [OriginSslPolicy.TLS_V1_2],
      readTimeout: Duration.millis(edgeLimits.integrationTimeoutMs + 1_000),
      // CloudFormation puts the value in when it deploys; a header of this name that a caller sends is replaced.
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
            comment: 'Drops one slash at the end of the path, and asks for a token where there is none',
          }),
        },
      ],
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
      additionalBehaviors: {
        // Every client asks for these documents before it can sign in; their own Cache-Control decides for how long
        // they stay. Nothing of the request is passed on, so nothing of it can get into what others are answered.
        '/.well-known/*': {
          ...common,
          allowedMethods: AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
          cachePolicy: new CachePolicy(this, 'Discovery', {
            cachePolicyName: named('discovery'),
            comment: 'As long as the document says, and by its path alone',
            minTtl: Duration.seconds(0),
            defaultTtl: Duration.seconds(0),
            maxTtl: Duration.days(1),
            enableAcceptEncodingGzip: true,
            enableAcceptEncodingBrotli: true,
          }),
        },
      },
      errorResponses: keptErrors.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) })),
    });
    acknowledge(this.distribution, {
      CFR1: 'Who may sign in decides, and not from where: people travel, and agents call from the clouds of their makers.',
      CFR2: 'The firewall is the setting waf=true, because it costs even when nobody calls.',
      CFR3: 'The API logs every request that is not discovery; CloudFront would add the addresses of people at home.',
      CFR4: 'The certificate of a domain of CloudFront fixes this; with the settings domain and certificate it is TLS 1.2.',
    });
    this.publicOrigin = `https://${settings.domain ?? this.distribution.domainName}`;
  }

  /** For browsers: what a page of ours may not be used for. Where a function sends a header itself, its own stands. */
  #securityHeaders(responseHeadersPolicyName: string): ResponseHeadersPolicy {
    return new ResponseHeadersPolicy(this, 'SecurityHeaders', {
      responseHeadersPolicyName,
      comment: 'Headers that protect people who open a page in a browser',
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
