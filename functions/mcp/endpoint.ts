import type { JSONRPCResponse } from '@modelcontextprotocol/server';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { isPlainObject } from '../../shared/json.ts';
import { type HttpRequest, type HttpResponse, requestOf, resultOf } from '../http.ts';
import { auditOf, type Write } from './audit.ts';
import { type Caller, callerCheck } from './caller.ts';
import { callerLimit } from './caller-limit.ts';
import type { Configuration } from './configuration.ts';
import { readMessage } from './message.ts';
import { judgeOrigin, preflightHeaders } from './origins.ts';
import type { Prompt } from './prompt.ts';
import { registryOf } from './registry.ts';
import { Denial, errorCodes, internalErrorSentence, logFailure, Rejection } from './rejection.ts';
import type { Resource, ResourceTemplate } from './resource.ts';
import { type Question, routeOf } from './route.ts';
import { answerTo, type Catalog } from './server.ts';
import { clientNameOf, type Session } from './session.ts';
import type { Library, Tool } from './tool.ts';
import { showsViews, type Views, viewsSession } from './view.ts';

export interface Parts extends Library {
  configuration: Configuration;
  tools: readonly Tool[];
  resources: readonly Resource[];
  resourceTemplates: readonly ResourceTemplate[];
  prompts: readonly Prompt[];
  /** Left out where there are none. */
  views?: Views;
  /** Where audit records go. */
  record: Write;
  /** Where failures go. */
  log: Write;
}

/** The Lambda function: one API Gateway event in, one answer out. What it serves is put together once. */
export function mcpHandler(parts: Parts): (event: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult> {
  const { configuration, record, log, now } = parts;
  const catalog: Catalog = { ...parts, registry: registryOf(parts.tools) };
  const audit = auditOf(record, now);
  const identify = callerCheck(configuration);
  const { requestsPerCaller } = configuration;
  const secondsToWait = requestsPerCaller === undefined ? () => 0 : callerLimit(requestsPerCaller, now);

  /** Who is asking; nobody for a preflight, which carries no token. */
  async function admit(request: HttpRequest, allowed: boolean): Promise<Caller | undefined> {
    try {
      if (!allowed) throw new Denial(403, 'wrong_origin', 'This origin is not allowed to call this server.');
      if (request.method === 'OPTIONS') return undefined;
      return await identify(request.headers.get('authorization'));
    } catch (error) {
      if (error instanceof Denial) {
        const { reason, status, caller } = error;
        audit.denial({
          requestId: request.id,
          reason,
          status,
          ...caller,
          origin: request.headers.get('origin'),
        });
      }
      throw error;
    }
  }

  async function answer(request: HttpRequest): Promise<HttpResponse> {
    const origin = judgeOrigin(request.headers.get('origin'), configuration.allowedOrigins);
    const headers = { 'cache-control': 'no-store', ...origin.headers };
    let message: unknown;
    try {
      const caller = await admit(request, origin.allowed);
      if (!caller) return { status: 204, headers: { ...headers, ...preflightHeaders }, body: '' };
      const wait = secondsToWait(caller.subject);
      if (wait > 0) {
        throw new Rejection(
          429,
          `Too many requests: expected at most ${requestsPerCaller} in a minute. Try again in ${wait} seconds.`,
          { headers: { 'retry-after': String(wait) } },
        );
      }
      if (request.method !== 'POST') {
        throw new Rejection(405, `The method ${request.method} is not supported here: expected POST.`, {
          headers: { allow: 'POST, OPTIONS' },
        });
      }
      message = readMessage(request);
      const route = routeOf(message, request.headers);
      if (route.kind === 'notification') return { status: 202, headers, body: '' };

      const { publicOrigin } = configuration;
      const client = clientNameOf(route, request.headers);
      const session: Session = {
        requestId: request.id,
        caller,
        client,
        showsViews: showsViews(route, request.headers),
        publicOrigin,
        library: parts,
        audit,
        log,
      };
      const response = await answerTo(route, catalog, session);
      const sessionId = parts.views && viewsSession(route, request.id);
      return json(
        statusOf(route, response),
        { ...headers, ...(sessionId !== undefined && { 'mcp-session-id': sessionId }) },
        response,
      );
    } catch (error) {
      const { status, code, message: text, data, headers: more } = rejectionFor(error, request, log);
      const body = { jsonrpc: '2.0', id: idOf(message), error: { code, message: text, data } };
      return json(status, { ...headers, ...more }, body);
    }
  }

  return async (event) => resultOf(await answer(requestOf(event)));
}

/** Errors travel under 200, as answers, but for one: a modern server has no such method, and says so with 404. */
const statusOf = ({ kind }: Question, response: JSONRPCResponse): number =>
  kind === 'modern' && 'error' in response && response.error.code === errorCodes.methodNotFound ? 404 : 200;

function rejectionFor(error: unknown, { id }: HttpRequest, log: Write): Rejection {
  if (error instanceof Rejection) return error;
  logFailure(log, id, error);
  return new Rejection(500, internalErrorSentence(id), { code: errorCodes.internalError });
}

/** The id of the request that an error answers, where one could be read. */
function idOf(message: unknown): string | number | null {
  if (!isPlainObject(message) || !('method' in message)) return null;
  return typeof message.id === 'string' || typeof message.id === 'number' ? message.id : null;
}

const json = (status: number, headers: Record<string, string>, body: object): HttpResponse => ({
  status,
  headers: { ...headers, 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
