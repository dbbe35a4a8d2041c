import { basename, dirname, resolve } from 'node:path';
import { type Duration, Stage } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { bundle, bundleHandler } from './bundle.ts';

export interface BundledFunctionProps {
  /** The file that exports `handler`, from the repository's root. */
  readonly entry: string;
  readonly description: string;
  /** Megabytes; processor time comes with them (1,769 are one whole processor). */
  readonly memory: number;
  readonly timeout: Duration;
  readonly environment: Record<string, string>;
  readonly logGroup: ILogGroup;
  readonly reservedConcurrency?: number | undefined;
}

/** A Lambda function of this project. Its role may write its log and its traces; everything else is granted by name. */
export class BundledFunction extends LambdaFunction {
  constructor(scope: Construct, id: string, props: BundledFunctionProps) {
    const name = basename(dirname(props.entry));
    const code = bundle(props.entry, resolve(Stage.of(scope)!.outdir, 'functions', name));
    const role = new Role(scope, `${id}Role`, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What the function ${name} of Finance MCP may do`,
    });
    super(scope, id, {
      code: Code.fromAsset(code),
      handler: bundleHandler,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      role,
      description: props.description,
      memorySize: props.memory,
      timeout: props.timeout,
      environment: props.environment,
      tracing: Tracing.ACTIVE,
      logGroup: props.logGroup,
      // As text: what a function writes to its output goes to the log as it stands, and audit records are JSON already.
      loggingFormat: LoggingFormat.TEXT,
      ...(props.reservedConcurrency !== undefined && {
        reservedConcurrentExecutions: props.reservedConcurrency,
      }),
    });
    props.logGroup.grantWrite(role);
    acknowledge(role, {
      'IAM5[Resource::*]':
        'Traces (X-Ray) and the list of streams belong to no resource that could be named.',
    });
  }
}
