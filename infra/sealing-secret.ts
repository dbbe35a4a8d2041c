import { Duration, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { UserPool, UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnRotationSchedule, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { BundledFunction } from './function.ts';
import type { Settings } from './settings.ts';

export interface RotationProps {
  readonly settings: Settings;
  readonly pool: UserPool;
  /** The app client whose secret the entry holds. */
  readonly client: UserPoolClient;
  readonly logGroup: ILogGroup;
}

/**
 * The secrets of the sign-in function, as one JSON entry: `sealing`, `previousSealing` and `brokerClientSecret`.
 *
 * A function that Secrets Manager calls right after the deployment, and then once in a while, puts them there. So the
 * app client's secret passes neither through the template nor through CloudFormation; the sign-in function needs no
 * right on the user pool, which would show it the secret of every machine client too; and the one function that has
 * that right can be called by nobody from outside.
 */
export class SealingSecret extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string, { removalPolicy }: { removalPolicy: RemovalPolicy }) {
    super(scope, id);
    this.secret = new Secret(this, 'Secret', {
      description: 'What the sign-in of Finance MCP seals with, and the secret of its app client',
      generateSecretString: {
        secretStringTemplate: '{}',
        generateStringKey: 'sealing',
        passwordLength: 64,
        excludePunctuation: true,
      },
      removalPolicy,
    });
  }

  /** Lets the entry be filled, and renewed. Apart from the rest because it knows the app client, and so the edge. */
  rotate({ settings, pool, client, logGroup }: RotationProps): void {
    const rotation = new BundledFunction(this, 'Rotation', {
      entry: 'infra/rotation/handler.ts',
      description: 'Renews the secrets of the sign-in; called by Secrets Manager only',
      // A handful of calls, once a year.
      memory: 256,
      timeout: Duration.seconds(30),
      environment: { USER_POOL_ID: pool.userPoolId, BROKER_CLIENT_ID: client.userPoolClientId },
      logGroup,
    });
    rotation.addToRolePolicy(
      new PolicyStatement({
        actions: ['cognito-idp:DescribeUserPoolClient'],
        resources: [pool.userPoolArn],
      }),
    );
    rotation.addToRolePolicy(
      new PolicyStatement({
        actions: ['DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'].map(
          (action) => `secretsmanager:${action}`,
        ),
        resources: [this.secret.secretArn],
      }),
    );
    rotation.addPermission('SecretsManager', {
      principal: new ServicePrincipal('secretsmanager.amazonaws.com'),
      sourceAccount: Stack.of(this).account,
    });
    const schedule = new CfnRotationSchedule(this, 'Schedule', {
      secretId: this.secret.secretArn,
      rotationLambdaArn: rotation.functionArn,
      rotationRules: { scheduleExpression: `rate(${settings.sealingRotationDays} days)` },
      rotateImmediatelyOnUpdate: true,
    });
    // Secrets Manager tries the function when it is given the schedule.
    schedule.node.addDependency(rotation);
  }
}
