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
  /** Adds files beside the bundle, in the folder that is uploaded. */
  readonly addFiles?: (code: string) => void;
  readonly description: string;
  /** Megabytes. CPU time is proportional: 1,769 MB are one vCPU. */
  readonly memory: number;
  readonly timeout: Duration;
  readonly environment: Record<string, string>;
  readonly logGroup: ILogGroup;
  readonly reservedConcurrency?: number | undefined;
}

/** A Lambda function of this project. Its role can write its log and traces; everything else is granted explicitly. */
export class BundledFunction extends LambdaFunction {
  constructor(scope: Construct, id: string, props: BundledFunctionProps) {
    const name = basename(dirname(props.entry));
    const code = bundle(props.entry, resolve(Stage.of(scope)!.outdir, 'functions', name));
    props.addFiles?.(code);
    const role = new Role(scope, `${id}Role`, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Permissions of the function ${name} of Finance MCP`,
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
      // Text, so that output goes to the log unchanged: audit records are JSON already.
      loggingFormat: LoggingFormat.TEXT,
      ...(props.reservedConcurrency !== undefined && {
        reservedConcurrentExecutions: props.reservedConcurrency,
      }),
    });
    props.logGroup.grantWrite(role);
    acknowledge(role, {
      'IAM5[Resource::*]': 'X-Ray traces and the list of streams have no resource that could be named.',
    });
  }
}
