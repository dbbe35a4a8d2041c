import packageJson from '../../package.json' with { type: 'json' };
import { callTool } from './call.ts';
import { internalErrorSentence, logFailure } from './failure.ts';
import { instructionsFor } from './instructions.ts';
import { type JsonRpcResponse, ProtocolError } from './json-rpc.ts';
import { paramsProblem } from './params.ts';
import type { Prompt } from './prompt.ts';
import { getPrompt, listPrompts } from './prompting.ts';
import { legacyVersions, modernVersion } from './protocol-versions.ts';
import { listResources, listTemplates, readResource } from './reading.ts';
import type { Registry } from './registry.ts';
import { errorCodes } from './rejection.ts';
import type { Resource, ResourceTemplate } from './resource.ts';
import type { Question } from './route.ts';
import type { Session } from './session.ts';

/*
 * The server side of MCP, both generations, for a server that only answers: no sessions, no streams, no requests or
 * notifications of its own. The SDK's server does all that as well, at about a third of a cold start; here it serves
 * the tests, and its types say what an answer is. Nothing is kept from one request to the next, so nothing can leak
 * between callers (CVE-2026-25536).
 */

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

const capabilities = {
  tools: { listChanged: false },
  resources: { listChanged: false, subscribe: false },
  prompts: { listChanged: false },
};

type Params = Readonly<Record<string, unknown>>;
type Method = (catalog: Catalog, session: Session, params: Params) => object | Promise<object>;

/** What both generations have. The parameters have been checked by `paramsProblem`. */
const methods: Readonly<Record<string, Method>> = {
  'tools/list': ({ registry }, { caller }) => ({ tools: registry.list(caller), ...listLife }),
  'tools/call': ({ registry }, session, { name, arguments: given = {} }) =>
    callTool(registry, name as string, given as Params, session),
  'resources/list': ({ resources }) => ({ ...listResources(resources), ...listLife }),
  'resources/templates/list': ({ resourceTemplates }, { caller }) => ({
    ...listTemplates(resourceTemplates, caller),
    ...listLife,
  }),
  'resources/read': ({ resources, resourceTemplates }, session, { uri }) =>
    readResource(resources, resourceTemplates, uri as string, session),
  'prompts/list': ({ prompts }, { caller }) => ({ ...listPrompts(prompts, caller), ...listLife }),
  'prompts/get': ({ prompts }, { caller }, { name, arguments: given = {} }) =>
    getPrompt(prompts, name as string, given as Record<string, string>, caller),
};

/** What introduces the server, and so carries the instructions, and what only one generation has. */
const methodsOf: Readonly<Record<Question['kind'], Readonly<Record<string, Method>>>> = {
  modern: {
    ...methods,
    'server/discover': async (_catalog, session) => ({
      supportedVersions: [modernVersion],
      capabilities,
      instructions: await instructionsFor(session),
      ...listLife,
    }),
  },
  legacy: {
    ...methods,
    initialize: async (_catalog, session, { protocolVersion }) => ({
      // Whoever asks for a revision that is not served is offered the newest of that generation.
      protocolVersion: legacyVersions.find((version) => version === protocolVersion) ?? legacyVersions[0],
      capabilities,
      serverInfo,
      instructions: await instructionsFor(session),
    }),
    ping: () => ({}),
  },
};

/** Answers one request of one caller. */
export async function answerTo(
  question: Question,
  catalog: Catalog,
  session: Session,
): Promise<JsonRpcResponse> {
  const { kind, message } = question;
  const { id, method, params = {} } = message;
  try {
    const own = methodsOf[kind];
    const run = Object.hasOwn(own, method) ? own[method] : undefined;
    if (!run) throw new ProtocolError(errorCodes.methodNotFound, 'Method not found');
    const problem = paramsProblem(method, params);
    if (problem !== undefined) throw new ProtocolError(errorCodes.invalidParams, problem);
    const result = await run(catalog, session, params);
    return { jsonrpc: '2.0', id, result: kind === 'modern' ? modernResult(result) : legacyResult(result) };
  } catch (error) {
    const { code, message, data } = protocolError(error, session);
    return { jsonrpc: '2.0', id, error: { code, message, ...(data !== undefined && { data }) } };
  }
}

const modernResult = (result: object): object => ({
  ...result,
  resultType: 'complete',
  _meta: { ...(result as { _meta?: object })._meta, 'io.modelcontextprotocol/serverInfo': serverInfo },
});

/** The older generation knows no hints about how long an answer may be kept. */
function legacyResult(result: object): object {
  const { ttlMs: _ttlMs, cacheScope: _cacheScope, ...rest } = result as Params;
  return rest;
}

function protocolError(error: unknown, { log, requestId }: Session): ProtocolError {
  if (error instanceof ProtocolError) return error;
  logFailure(log, requestId, error);
  return new ProtocolError(errorCodes.internalError, internalErrorSentence(requestId));
}
