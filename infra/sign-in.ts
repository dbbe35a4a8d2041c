import { Aws, Duration, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  AccountRecovery,
  CfnManagedLoginBranding,
  type CfnUserPool,
  FeaturePlan,
  LambdaVersion,
  ManagedLoginVersion,
  Mfa,
  OAuthScope,
  ResourceServerScope,
  UserPool,
  type UserPoolClient,
  UserPoolClientIdentityProvider,
  UserPoolOperation,
} from 'aws-cdk-lib/aws-cognito';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { edgeScopes, mcpUrl, refreshTokens } from '../shared/edge.ts';
import { acknowledge } from './acknowledge.ts';
import type { Settings } from './settings.ts';

export interface SignInProps {
  readonly settings: Settings;
  /** Adds a machine client's organization to its tokens. */
  readonly claims: IFunction;
  readonly publicOrigin: string;
}

/**
 * The user pool: people, their organizations (groups `org_<id>`, which the commands make) and programs (app clients,
 * likewise). People enter passwords on its own pages; no code of this project ever sees one.
 */
export class SignIn extends Construct {
  readonly pool: UserPool;
  /** Base URL of the pool's pages and of its token endpoint. */
  readonly url: string;

  constructor(scope: Construct, id: string, { settings, claims, publicOrigin }: SignInProps) {
    super(scope, id);
    this.pool = new UserPool(this, 'Pool', {
      // Essentials is the lowest plan with managed login, refresh token rotation, resource binding and triggers for
      // machine tokens. Threat protection would need Plus, which costs more per active person and has no free tier.
      featurePlan: FeaturePlan.ESSENTIALS,
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      autoVerify: { email: true },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      // Not optional: Cognito's pages prompt for a second factor only where one is required, so nobody could opt in.
      ...(settings.mfa === 'required'
        ? { mfa: Mfa.REQUIRED, mfaSecondFactor: { otp: true, sms: false } }
        : { mfa: Mfa.OFF }),
      passwordPolicy: {
        minLength: 12,
        requireDigits: true,
        requireLowercase: true,
        requireSymbols: true,
        requireUppercase: true,
        tempPasswordValidity: Duration.days(7),
      },
      userInvitation: {
        emailSubject: 'Your access to Finance MCP',
        emailBody: [
          `Add <b>${mcpUrl(publicOrigin)}</b> to your MCP client. ${publicOrigin}/ shows how.`,
          'When it asks you to sign in, your user name is <b>{username}</b>',
          'and your temporary password is <b>{####}</b>. It is valid for seven days. You choose a new password when you sign in.',
        ].join('<br>'),
      },
      // Also sent to people who forgot their password; the CDK's default text is about new accounts only.
      userVerification: {
        emailSubject: 'Your code for Finance MCP',
        emailBody: 'Your code for Finance MCP is {####}. If you did not request a code, ignore this email.',
      },
      deletionProtection: settings.removal === 'retain',
      removalPolicy: settings.removal === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    acknowledge(this.pool, {
      COG8: 'Essentials has every feature in use; Plus adds threat protection, costs more per active person and has no free tier.',
      COG2: 'MFA is required unless the operator sets mfa=off.',
    });
    if (settings.emailFrom !== undefined) {
      (this.pool.node.defaultChild as CfnUserPool).emailConfiguration = sesSender(this, settings.emailFrom);
    }
    // Only version 3 is also called for the tokens of machine clients.
    this.pool.addTrigger(UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG, claims, LambdaVersion.V3_0);

    // Unique in the region, and the same for the life of the stack: the first part of the id that AWS gave it.
    const stackId = Fn.select(2, Fn.split('/', Aws.STACK_ID));
    const prefix = settings.signInPrefix ?? `finance-mcp-${Fn.select(0, Fn.split('-', stackId))}`;
    this.pool.addDomain('Domain', {
      cognitoDomain: { domainPrefix: prefix },
      managedLoginVersion: ManagedLoginVersion.NEWER_MANAGED_LOGIN,
    });
    this.url = `https://${prefix}.auth.${Aws.REGION}.amazoncognito.com`;
  }
}

/**
 * Amazon SES as the sender, in the region of the stack. Without it Cognito sends by itself, fifty messages a day.
 * @param from an address whose domain SES has verified
 */
function sesSender(scope: Construct, from: string): CfnUserPool.EmailConfigurationProperty {
  const domain = from.slice(from.lastIndexOf('@') + 1);
  return {
    emailSendingAccount: 'DEVELOPER',
    from,
    sourceArn: Stack.of(scope).formatArn({ service: 'ses', resource: 'identity', resourceName: domain }),
  };
}

/** The pool's entries for the server at one origin: its scopes, and the app client through which people sign in. */
export class SignInBroker extends Construct {
  readonly client: UserPoolClient;

  constructor(scope: Construct, id: string, { pool }: SignIn, publicOrigin: string) {
    super(scope, id);
    const scopes = edgeScopes.map(
      ({ name, sentence }) => new ResourceServerScope({ scopeName: name, scopeDescription: sentence }),
    );
    const server = pool.addResourceServer('Server', {
      identifier: mcpUrl(publicOrigin),
      // A URL is not allowed as a name, and the name is required.
      userPoolResourceServerName: 'finance-mcp',
      scopes,
    });
    this.client = pool.addClient('Client', {
      userPoolClientName: 'sign-in broker',
      generateSecret: true,
      supportedIdentityProviders: [UserPoolClientIdentityProvider.COGNITO],
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: scopes.map((one) => OAuthScope.resourceServer(server, one)),
        callbackUrls: [`${publicOrigin}/oauth/callback`],
      },
      // How the pool's own pages sign people in with a password; custom authentication is not compatible with them.
      // Around the pages it takes the client's secret, and gives tokens that are made for no resource. Left out, Cognito
      // would add more flows, among them that of refreshing, which rotation excludes.
      authFlows: { userSrp: true },
      preventUserExistenceErrors: true,
      // A token works until it expires, even if the account or its groups change in the meantime.
      accessTokenValidity: Duration.minutes(15),
      idTokenValidity: Duration.minutes(15),
      refreshTokenValidity: Duration.days(refreshTokens.lifetimeDays),
      refreshTokenRotationGracePeriod: Duration.seconds(refreshTokens.graceSeconds),
      enableTokenRevocation: true,
    });
    new CfnManagedLoginBranding(this, 'Branding', {
      userPoolId: pool.userPoolId,
      clientId: this.client.userPoolClientId,
      useCognitoProvidedValues: true,
    });
  }
}
