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

/** Where CloudFront looks for its web ACL, whatever the region of everything else. */
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
  /** What the distribution refers to, from any region. */
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
                // Otherwise one token would pass for several: "bearer", "Bearer", two blanks.
                textTransformations: [
                  { priority: 0, type: 'LOWERCASE' },
                  { priority: 1, type: 'COMPRESS_WHITE_SPACE' },
                ],
              },
            },
          ],
        }),
        // Who has no token, or makes up another for each request, is known by the address alone.
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
    new CfnOutput(this, output, { value: acl.attrArn, description: 'The firewall of the distribution' });
    this.webAclArn = Fn.getStackOutput(stackName, output, region);
  }
}

/** Answers 429 to who asks more often than this in five minutes. */
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
    // Samples show headers, and with them access tokens.
    sampledRequestsEnabled: false,
  };
}
