import type { Stage } from 'aws-cdk-lib/aws-apigateway';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { Settings } from './settings.ts';

/**
 * AWS's rules that fit here. Its common rules do not: they refuse addresses such as `http://127.0.0.1:33418/` in a
 * query and long bodies, and both are how clients sign in and call.
 */
const managedRules = ['AWSManagedRulesKnownBadInputsRuleSet', 'AWSManagedRulesAmazonIpReputationList'];

const countedAs = (metricName: string): CfnWebACL.VisibilityConfigProperty => ({
  cloudWatchMetricsEnabled: true,
  metricName,
  // Samples show headers, and with them access tokens.
  sampledRequestsEnabled: false,
});

/** The web application firewall before the API: a setting, because it costs even when nobody calls. */
export class Firewall extends Construct {
  constructor(scope: Construct, id: string, { settings, stage }: { settings: Settings; stage: Stage }) {
    super(scope, id);
    const acl = new CfnWebACL(this, 'Rules', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: countedAs('all'),
      rules: [
        {
          name: 'calls-per-token',
          priority: 0,
          action: { block: {} },
          statement: {
            rateBasedStatement: {
              limit: settings.wafCallsPerToken,
              evaluationWindowSec: 300,
              // Not by address: Claude and ChatGPT call for everybody from a few.
              aggregateKeyType: 'CUSTOM_KEYS',
              customKeys: [
                { header: { name: 'authorization', textTransformations: [{ priority: 0, type: 'NONE' }] } },
              ],
            },
          },
          visibilityConfig: countedAs('calls-per-token'),
        },
        ...managedRules.map((name, index) => ({
          name,
          priority: index + 1,
          overrideAction: { none: {} },
          statement: { managedRuleGroupStatement: { vendorName: 'AWS', name } },
          visibilityConfig: countedAs(name),
        })),
      ],
    });
    new CfnWebACLAssociation(this, 'Association', { resourceArn: stage.stageArn, webAclArn: acl.attrArn });
  }
}
