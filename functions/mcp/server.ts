import {
  type JSONRPCErrorResponse,
  type JSONRPCResponse,
  ProtocolError,
  type RequestMethod,
  Server,
  type ServerOptions,
} from '@modelcontextprotocol/server';
import packageJson from '../../package.json' with { type: 'json' };
import { callTool } from './call.ts';
import { exchange } from './exchange.ts';
import { instructionsFor } from './instructions.ts';
import { kindsHeld } from './kinds-held.ts';
import { getPrompt, listPrompts, type Prompt } from './prompt.ts';
import { legacyVersions, modernVersion } from './protocol-versions.ts';
import type { Registry } from './registry.ts';
import { errorCodes, internalErrorSentence, logFailure } from './rejection.ts';
import {
  listResources,
  listTemplates,
  type Resource,
  type ResourceTemplate,
  readResource,
} from './resource.ts';
import type { Question } from './route.ts';
import type { Session } from './session.ts';
import { cleanText } from './untrusted.ts';
import type { Views } from './view.ts';

/*
 * The SDK's server answers the protocol, in both generations. One is made for each request, so that nothing can leak
 * from one caller to another (CVE-2026-25536). The low-level one, since the tools describe themselves.
 */

/** Everything that clients can find here. */
export interface Catalog {
  registry: Registry;
  resources: readonly Resource[];
  resourceTemplates: readonly ResourceTemplate[];
  prompts: readonly Prompt[];
  /** Left out where there are none. */
  views?: Views;
}

const serverInfo = { name: packageJson.name, title: 'Finance MCP', version: packageJson.version };

/** What is listed depends on the scopes of the token, and the instructions on the day. */
const listLife = { ttlMs: 300_000, cacheScope: 'private' } as const;

const options: ServerOptions = {
  supportedProtocolVersions: [modernVersion, ...legacyVersions],
  capabilities: {
    tools: { listChanged: false },
    resources: { listChanged: false, subscribe: false },
    prompts: { listChanged: false },
  },
  cacheHints: {
    'server/discover': listLife,
    'tools/list': listLife,
    'resources/list': listLife,
    'resources/templates/list': listLife,
    'prompts/list': listLife,
  },
};

/** Answers one request of one caller. */
export async function answerTo(
  question: Question,
  catalog: Catalog,
  session: Session,
): Promise<JSONRPCResponse> {
  const { method } = question.message;
  const introduces = method === 'initialize' || method === 'server/discover';
  const server = new Server(serverInfo, {
    ...options,
    ...(introduces && { instructions: await instructionsFor(session, method) }),
  });
  let outcome = 'not asked' as Outcome;
  /** The SDK would hand the message of any error to the client. */
  const shielded: Shield = async (answer) => {
    try {
      const result = await answer();
      outcome = 'answered';
      return result;
    } catch (error) {
      outcome = 'refused';
      if (error instanceof ProtocolError) throw error;
      logFailure(session.log, session.requestId, error);
      throw new ProtocolError(errorCodes.internalError, internalErrorSentence(session.requestId));
    }
  };
  handleRequest(server, shielded, question, catalog, session);
  let reported: Error | undefined;
  server.onerror = (error) => {
    reported = error;
  };
  const response = await exchange(server, question);
  if (!('error' in response) || outcome === 'refused') return response;
  const explained = outcome === 'answered' ? undefined : explainedError(response.error);
  if (explained) return { ...response, error: explained };
  logFailure(session.log, session.requestId, reported ?? new Error(response.error.message));
  const message = internalErrorSentence(session.requestId);
  return { ...response, error: { code: errorCodes.internalError, message } };
}

/** What the handler did: the SDK does not ask it about malformed parameters, and may fail to encode its answer. */
type Outcome = 'not asked' | 'answered' | 'refused';

type Shield = <Result>(answer: () => Result | Promise<Result>) => Promise<Result>;

/** Tells the server how the request is answered. The protocol's shape of the parameters has been checked by then. */
function handleRequest(
  server: Server,
  shielded: Shield,
  { kind, message: { method } }: Question,
  { registry, resources, resourceTemplates, prompts, views }: Catalog,
  session: Session,
): void {
  const { caller } = session;
  const shownViews = session.showsViews ? views : undefined;
  const list = <Method extends RequestMethod>(method: Method, answer: () => object | Promise<object>) =>
    server.setRequestHandler(method, ({ params }) =>
      shielded(() => {
        if (params && 'cursor' in params && params.cursor !== undefined) {
          throw new ProtocolError(
            errorCodes.invalidParams,
            'Invalid cursor: this list has a single page and gives out no cursors.',
          );
        }
        return answer() as never;
      }),
    );

  // The server lives for one request, so it is told of one method.
  switch (method) {
    case 'tools/list':
      list(method, async () => ({ tools: registry.list(caller, await kindsHeld(session), shownViews) }));
      break;
    case 'resources/list':
      list(method, () => listResources(resources, shownViews));
      break;
    case 'resources/templates/list':
      list(method, () => listTemplates(resourceTemplates, caller));
      break;
    case 'prompts/list':
      list(method, () => listPrompts(prompts, caller));
      break;
    case 'tools/call':
      server.setRequestHandler(method, ({ params: { name, arguments: given = {} } }) =>
        shielded(() => callTool(registry, name, given, session)),
      );
      break;
    case 'resources/read':
      server.setRequestHandler(method, ({ params: { uri } }) =>
        shielded(async () => {
          const { life, ...result } = await readResource(resources, resourceTemplates, views, uri, session);
          // The older generation knows no hints about how long an answer may be kept.
          return kind === 'modern' ? { ...result, ...life } : result;
        }),
      );
      break;
    case 'prompts/get':
      server.setRequestHandler(method, ({ params: { name, arguments: given = {} } }) =>
        shielded(() => getPrompt(prompts, name, given, caller)),
      );
      break;
  }
}

/**
 * The SDK's error about a request as a sentence: where parameters do not have the protocol's shape, its message is
 * Zod's list of issues as JSON, and its code may be that of an internal error.
 * @returns undefined for an error that is not about the request
 */
function explainedError(error: JSONRPCErrorResponse['error']): JSONRPCErrorResponse['error'] | undefined {
  const { code, message } = error;
  if (code !== errorCodes.invalidParams && code !== errorCodes.internalError) return error;
  const problems = issuesIn(message).map((issue) => {
    const where = issue.path.filter((part) => part !== 'params').join('.');
    return `${where}: ${issue.message.replace(/^Invalid input: /, '').replace('record', 'object')}`;
  });
  if (problems.length === 0 && code === errorCodes.internalError) return undefined;
  const sentence = problems.length > 0 ? `Invalid params: ${problems.join('; ')}.` : 'Invalid params.';
  return { code: errorCodes.invalidParams, message: cleanText(sentence, 500) };
}

function issuesIn(message: string): { path: string[]; message: string }[] {
  const start = message.indexOf('[');
  try {
    return start === -1 ? [] : JSON.parse(message.slice(start));
  } catch {
    return [];
  }
}
