import { CfnOutput, Fn, Stack, type StackProps } from 'aws-cdk-lib';
import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import { tooManyRequests } from '../shared/edge.ts';
import type { Settings } from './settings.ts';

/**
 * AWS's rules that fit here. Its common rules do not: they refuse addresses such as `http://127.0.0.1:33418/` in a
 * query and long bodies, and both are how clients sign in and call.
 */
const managedRules = ['AWSManagedRulesKnownBadInputsRuleSet', 'AWSManagedRulesAmazonIpReputationList'];

/** CloudFront requires its web ACL here, whatever the region of everything else. */
const region = 'us-east-1';

const output = 'WebAclArn';

/** Minutes over which requests are counted. */
const window = 5;

/**
 * The web application firewall before CloudFront, the only place where it sees who calls: behind it, every request
 * comes from an address of CloudFront's. A stack of its own because of its region, and a setting because it costs even
 * when nobody calls.
 */
export class FirewallStack extends Stack {
  /** For the distribution, in any region. */
  readonly webAclArn: string;

  constructor(scope: Construct, id: string, { settings, ...props }: StackProps & { settings: Settings }) {
    const stackName = `finance-mcp-${settings.stage}-firewall`;
    super(scope, id, { ...props, stackName, env: { region } });
    const acl = new CfnWebACL(this, 'Rules', {
      scope: 'CLOUDFRONT',
      defaultAction: { allow: {} },
      visibilityConfig: countedAs('all'),
      customResponseBodies: {
        tooMany: { contentType: 'APPLICATION_JSON', content: tooManyRequests['application/json'] ?? '' },
      },
      rules: [
        limit(0, 'requests-of-one-token', settings.requestsPerCaller * window, {
          aggregateKeyType: 'CUSTOM_KEYS',
          customKeys: [
            {
              header: {
                name: 'authorization',
                // Otherwise one token would count as several: "bearer", "Bearer", two spaces.
                textTransformations: [
                  { priority: 0, type: 'LOWERCASE' },
                  { priority: 1, type: 'COMPRESS_WHITE_SPACE' },
                ],
              },
            },
          ],
        }),
        // A caller without a token, or with another made-up token for each request, is known by address only.
        limit(1, 'requests-of-one-address', settings.wafRequestsPerAddress, { aggregateKeyType: 'IP' }),
        ...managedRules.map((name, index) => ({
          name,
          priority: index + 2,
          overrideAction: { none: {} },
          statement: { managedRuleGroupStatement: { vendorName: 'AWS', name } },
          visibilityConfig: countedAs(name),
        })),
      ],
    });
    new CfnOutput(this, output, {
      value: acl.attrArn,
      description: 'The web ACL for the CloudFront distribution',
    });
    this.webAclArn = Fn.getStackOutput(stackName, output, region);
  }
}

/** Answers 429 to callers that send more requests than this in five minutes. */
function limit(
  priority: number,
  name: string,
  most: number,
  by: Pick<CfnWebACL.RateBasedStatementProperty, 'aggregateKeyType' | 'customKeys'>,
): CfnWebACL.RuleProperty {
  return {
    name,
    priority,
    action: {
      block: {
        customResponse: {
          responseCode: 429,
          customResponseBodyKey: 'tooMany',
          responseHeaders: [{ name: 'Retry-After', value: '60' }],
        },
      },
    },
    statement: { rateBasedStatement: { limit: most, evaluationWindowSec: window * 60, ...by } },
    visibilityConfig: countedAs(name),
  };
}

function countedAs(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return {
    cloudWatchMetricsEnabled: true,
    metricName,
    // Samples contain headers, and with them access tokens.
    sampledRequestsEnabled: false,
  };
}
