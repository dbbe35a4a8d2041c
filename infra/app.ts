import { App, type AppProps, Validations } from 'aws-cdk-lib';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { AwsSolutionsChecks } from 'cdk-nag';
import { FirewallStack } from './firewall.ts';
import { readSettings } from './settings.ts';
import { FinanceMcpStack } from './stack.ts';

export interface Deployment {
  readonly app: App;
  readonly stack: FinanceMcpStack;
  readonly firewall: FirewallStack | undefined;
}

/**
 * The deployment: one stack, and a second one for the firewall if it is enabled, with the settings from the context,
 * checked against the AWS Solutions rules.
 * @throws {SettingError}
 */
export function createApp(props: AppProps = {}): Deployment {
  // The recommended behaviour for new apps in the pinned version of the CDK.
  const app = new App({
    analyticsReporting: false,
    ...props,
    context: { ...recommendedFlags, ...props.context },
  });
  const settings = readSettings(app.node.getAllContext());
  const firewall = settings.waf
    ? new FirewallStack(app, 'FinanceMcpFirewall', { settings, description: 'The firewall of Finance MCP' })
    : undefined;
  const stack = new FinanceMcpStack(app, 'FinanceMcp', {
    settings,
    webAclArn: firewall?.webAclArn,
    // Deleting the stack by mistake must not delete retained data or what people connect to.
    terminationProtection: settings.removal === 'retain',
    stackName: `finance-mcp-${settings.stage}`,
    description: 'Finance MCP: read-only finance answers for any MCP client',
  });
  if (firewall) stack.addStackDependency(firewall);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return { app, stack, firewall };
}
