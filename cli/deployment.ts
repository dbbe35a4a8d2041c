import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
  CloudFormationClient,
  DescribeStacksCommand,
  type Stack,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { tell } from './command.ts';

/*
 * A deployment that can be retried. The CDK turns on termination protection before it creates a stack. If the creation
 * fails, the next deployment first tries to delete the stack, which AWS then refuses.
 */

export interface DeploymentOptions {
  /** Runs `cdk` with arguments, and returns its exit code. */
  readonly cdk?: (args: readonly string[]) => Promise<number>;
  /** Folder in which `cdk` writes the cloud assembly. */
  readonly assembly?: string;
}

/**
 * Deploys every stack of the app. If the creation of a stack failed, turns off its termination protection, so that the
 * next deployment can replace it. A stack that was created successfully keeps its protection.
 * @param args for `cdk deploy`
 * @returns the exit code of `cdk`
 */
export async function deploy(
  args: readonly string[],
  { cdk = runCdk, assembly = 'cdk.out' }: DeploymentOptions = {},
): Promise<number> {
  const code = await cdk(['deploy', '--all', ...args]);
  if (code !== 0) for (const stack of stacksOf(assembly)) await allowRetry(stack);
  return code;
}

interface DeployedStack {
  readonly name: string;
  /** Undefined for the region of the environment. */
  readonly region: string | undefined;
}

/** The stacks of a cloud assembly; none if there is no assembly. */
function stacksOf(assembly: string): DeployedStack[] {
  const manifest = join(assembly, 'manifest.json');
  if (!existsSync(manifest)) return [];
  const { artifacts } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    artifacts: Record<string, { type: string; environment?: string; properties?: { stackName?: string } }>;
  };
  return Object.values(artifacts)
    .filter(({ type }) => type === 'aws:cloudformation:stack')
    .map(({ environment = '', properties = {} }) => {
      const region = environment.split('/').at(-1);
      return {
        name: properties.stackName ?? '',
        region: region === 'unknown-region' ? undefined : region,
      };
    });
}

/** Statuses of a stack whose creation failed, and which the CDK deletes before it tries again. */
const failedCreation = new Set(['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED']);

async function allowRetry({ name, region }: DeployedStack): Promise<void> {
  const client = new CloudFormationClient({ ...(region !== undefined && { region }) });
  try {
    const stack = await described(client, name);
    if (!failedCreation.has(stack?.StackStatus ?? '')) return;
    tell(`\nThe first deployment of the stack "${name}" failed, and CloudFormation rolled it back.`);
    if (stack?.EnableTerminationProtection && !(await unprotected(client, name))) {
      tell(`These AWS credentials cannot turn off its termination protection. Before you deploy again, run this as an administrator:
  aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${name}`);
    }
    tell(`Fix the errors above, then run npm run deploy again: it replaces the stack. To find the cause, and to remove what was
left behind, see docs/deploy.md, "The first deployment failed".`);
  } finally {
    client.destroy();
  }
}

/** Undefined if there is no such stack, or if AWS cannot be reached; then `cdk` has reported why. */
async function described(client: CloudFormationClient, name: string): Promise<Stack | undefined> {
  try {
    return (await client.send(new DescribeStacksCommand({ StackName: name }))).Stacks?.[0];
  } catch {
    return undefined;
  }
}

async function unprotected(client: CloudFormationClient, name: string): Promise<boolean> {
  try {
    await client.send(
      new UpdateTerminationProtectionCommand({ StackName: name, EnableTerminationProtection: false }),
    );
    return true;
  } catch {
    return false;
  }
}

function runCdk(args: readonly string[]): Promise<number> {
  const program = createRequire(import.meta.url).resolve('aws-cdk/bin/cdk');
  const child = spawn(process.execPath, [program, ...args], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}
