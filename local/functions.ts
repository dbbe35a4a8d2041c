import type { EdgeFunctions } from './gateway.ts';

/** What the functions are told by their environment. */
export type FunctionEnvironment = Readonly<Record<string, string>>;

/** What a developer's own settings may hold, and must not lead a call to the real AWS. */
const foreign = [
  'SEALING_SECRET_ARN',
  'AWS_SESSION_TOKEN',
  'AWS_PROFILE',
  'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
];

/**
 * Loads the functions of this repository into this process. They take their configuration from its environment, as on
 * Lambda, and when they are imported: a process can have them once.
 */
export async function functionsInProcess(environment: FunctionEnvironment): Promise<EdgeFunctions> {
  for (const name of foreign) delete process.env[name];
  Object.assign(process.env, environment);
  const [mcp, oauth] = await Promise.all([
    import('../functions/mcp/handler.ts'),
    import('../functions/oauth/handler.ts'),
  ]);
  return { mcp: mcp.handler, oauth: oauth.handler };
}
