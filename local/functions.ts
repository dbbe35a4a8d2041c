import type { EdgeFunctions } from './gateway.ts';

/** The functions' environment variables. */
export type FunctionEnvironment = Readonly<Record<string, string>>;

/** Variables that a developer may have set, and that could send a call to the real AWS. */
const foreign = [
  'SEALING_SECRET_ARN',
  'AWS_SESSION_TOKEN',
  'AWS_PROFILE',
  'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
];

/**
 * Loads the functions of this repository into this process. As on Lambda, they read their configuration from the
 * environment when they are imported, so a process can load them only once.
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
