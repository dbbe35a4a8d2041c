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
 * A rotation function writes them. Secrets Manager calls it right after the deployment and at each rotation. So the
 * app client's secret never passes through the template or CloudFormation. The sign-in function needs no permission on
 * the user pool, which would also reveal the secret of every machine client. The one function that has that permission
 * cannot be called from outside.
 */
export class SealingSecret extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string, { removalPolicy }: { removalPolicy: RemovalPolicy }) {
    super(scope, id);
    this.secret = new Secret(this, 'Secret', {
      description: 'The sealing secret of the sign-in of Finance MCP, and the secret of its app client',
      generateSecretString: {
        secretStringTemplate: '{}',
        generateStringKey: 'sealing',
        passwordLength: 64,
        excludePunctuation: true,
      },
      removalPolicy,
    });
  }

  /** Adds the rotation that fills the secret. Separate from the constructor because it needs the app client, and so the edge. */
  rotate({ settings, pool, client, logGroup }: RotationProps): void {
    const rotation = new BundledFunction(this, 'Rotation', {
      entry: 'infra/rotation/handler.ts',
      description: 'Rotates the secrets of the sign-in; called by Secrets Manager only',
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
    // Secrets Manager calls the function as soon as the schedule is created.
    schedule.node.addDependency(rotation);
  }
}
