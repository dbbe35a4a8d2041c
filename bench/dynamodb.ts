import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('children/dynamodb.ts', import.meta.url));

/** A hundred thousand invoices with all that is derived of them take some gigabytes. */
const megabytes = 12_000;

export interface DynamoDB {
  endpoint: string;
  close(): Promise<void>;
}

/** Starts an empty table in memory, in a process of its own. */
export async function startDynamoDB(): Promise<DynamoDB> {
  const child = fork(program, { execArgv: [`--max-old-space-size=${megabytes}`] });
  const exited = once(child, 'exit');
  const [endpoint] = await Promise.race([
    once(child, 'message'),
    exited.then(([code]) => {
      throw new Error(`The table's process ended with code ${code} before it was ready.`);
    }),
  ]);
  return {
    endpoint: String(endpoint),
    async close() {
      child.disconnect();
      await exited;
    },
  };
}
