import { ProtocolError, Server, type ServerOptions } from '@modelcontextprotocol/server';
import packageJson from '../../package.json' with { type: 'json' };
import { callTool } from './call.ts';
import { internalErrorSentence, logFailure } from './failure.ts';
import { instructionsFor } from './instructions.ts';
import type { Prompt } from './prompt.ts';
import { getPrompt, listPrompts } from './prompting.ts';
import { legacyVersions, modernVersion } from './protocol-versions.ts';
import { listResources, listTemplates, readResource } from './reading.ts';
import type { Registry } from './registry.ts';
import { errorCodes } from './rejection.ts';
import type { Resource, ResourceTemplate } from './resource.ts';
import { DefaultJsonSchemaValidator } from './sdk-shims.ts';
import type { Session } from './session.ts';

/** Everything that clients can find here. */
export interface Catalog {
  registry: Registry;
  resources: readonly Resource[];
  resourceTemplates: readonly ResourceTemplate[];
  prompts: readonly Prompt[];
}

const serverInfo = { name: packageJson.name, title: 'Finance MCP', version: packageJson.version };

/** What is listed depends on the scopes of the token, and the instructions on the day. */
const listLife = { ttlMs: 300_000, cacheScope: 'private' } as const;

const options: ServerOptions = {
  capabilities: {
    tools: { listChanged: false },
    resources: { listChanged: false, subscribe: false },
    prompts: { listChanged: false },
  },
  supportedProtocolVersions: [modernVersion, ...legacyVersions],
  cacheHints: {
    'server/discover': listLife,
    'tools/list': listLife,
    'resources/list': listLife,
    'resources/templates/list': listLife,
    'prompts/list': listLife,
  },
  jsonSchemaValidator: new DefaultJsonSchemaValidator(),
};

/** The methods that introduce the server, and so carry the instructions. */
const introductions: ReadonlySet<string> = new Set(['initialize', 'server/discover']);

/**
 * The SDK's server for one request of one caller. A server that two requests share has mixed up their answers before
 * (CVE-2026-25536), so none is ever kept.
 */
export async function createServer(catalog: Catalog, method: string, session: Session): Promise<Server> {
  const { registry, resources, resourceTemplates, prompts } = catalog;
  const { caller } = session;
  const server = new Server(serverInfo, {
    ...options,
    ...(introductions.has(method) && { instructions: await instructionsFor(session) }),
  });
  server.setRequestHandler('tools/list', () =>
    guarded(session, () => ({ tools: [...registry.list(caller)] })),
  );
  server.setRequestHandler('tools/call', ({ params }) =>
    guarded(session, () => callTool(registry, params.name, params.arguments ?? {}, session)),
  );
  server.setRequestHandler('resources/list', () => guarded(session, () => listResources(resources)));
  server.setRequestHandler('resources/templates/list', () =>
    guarded(session, () => listTemplates(resourceTemplates, caller)),
  );
  server.setRequestHandler('resources/read', ({ params }) =>
    guarded(session, () => readResource(resources, resourceTemplates, params.uri, session)),
  );
  server.setRequestHandler('prompts/list', () => guarded(session, () => listPrompts(prompts, caller)));
  server.setRequestHandler('prompts/get', ({ params }) =>
    guarded(session, () => getPrompt(prompts, params.name, params.arguments ?? {}, caller)),
  );
  return server;
}

/** The SDK would hand the message of any error to the client. */
async function guarded<Result>(
  { log, requestId }: Session,
  run: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ProtocolError) throw error;
    logFailure(log, requestId, error);
    throw new ProtocolError(errorCodes.internalError, internalErrorSentence(requestId));
  }
}
