import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { NotDone } from './command.ts';

/** The outputs of a deployed stack. */
export interface StackOutputs {
  readonly userPoolId: string;
  readonly tableName: string;
  /** Undefined for a stack that was deployed before it had one. */
  readonly filesBucket: string | undefined;
  readonly mcpUrl: string | undefined;
}

/**
 * Reads the outputs of a deployed stack.
 * @throws {NotDone} when it is not a stack of this project, or its deployment is not complete
 */
export async function outputsOf(stack: string): Promise<StackOutputs> {
  const client = new CloudFormationClient();
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stack }));
    const outputs = new Map(
      Stacks?.[0]?.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue] as const),
    );
    const [userPoolId, tableName] = [outputs.get('UserPoolId'), outputs.get('TableName')];
    if (!userPoolId || !tableName) {
      throw new NotDone(
        `The stack "${stack}" has no outputs UserPoolId and TableName: expected a stack of this project whose deployment is complete.`,
      );
    }
    return { userPoolId, tableName, filesBucket: outputs.get('FilesBucket'), mcpUrl: outputs.get('McpUrl') };
  } finally {
    client.destroy();
  }
}
