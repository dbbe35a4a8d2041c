/** The local edition's edge: CloudFront and a REST API, with the quirks that clients and functions meet in AWS. */

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import {
  type EdgeFunction,
  type EdgeRoute,
  edgeLimits,
  edgeRoutes,
  forwardedPath,
  gatewayResponses,
  lacksToken,
  missingToken,
  qualifiedScope,
  scopeNames,
} from '../shared/edge.ts';
import { userPoolAuthorizer } from './gateway/authorizer.ts';
import { proxyEvent } from './gateway/event.ts';
import { sendFunctionResult, wellFormedResult } from './gateway/function-result.ts';
import { type GatewayFault, sendEdgeAnswer, sendGatewayResponse } from './gateway/gateway-response.ts';
import { listenOnLoopback } from './loopback.ts';
import { CallerGoneError, readBody } from './request-body.ts';
import type { PublicKey } from './user-pool/signing-key.ts';

/** A function as Lambda calls it behind a REST API. */
export type ProxyHandler = (event: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult>;

/** The functions behind it. */
export type EdgeFunctions = Readonly<Record<EdgeFunction, ProxyHandler>>;

export interface GatewayOptions {
  /** 0 lets the system choose. */
  readonly port: number;
  /** The origin that answers name, e.g. `http://localhost:3000`. */
  readonly publicOrigin: string;
  readonly functions: EdgeFunctions;
  /** The pool whose access tokens open guarded routes. */
  readonly userPool: { readonly id: string; readonly jwks: { keys: PublicKey[] } };
  /** Milliseconds that a function may take; API Gateway's limit when left out. */
  readonly integrationTimeoutMs?: number;
}

export interface Gateway {
  readonly port: number;
  close(): Promise<void>;
}

const faults = {
  unauthorized: { type: 'UNAUTHORIZED', status: 401, message: 'Unauthorized' },
  noResource: { type: 'MISSING_AUTHENTICATION_TOKEN', status: 403, message: 'Missing Authentication Token' },
  badRequest: { type: 'DEFAULT_4XX', status: 400, message: 'Bad Request' },
  tooLarge: { type: 'REQUEST_TOO_LARGE', status: 413, message: 'Request Too Long' },
  timeout: { type: 'DEFAULT_5XX', status: 504, message: 'Endpoint request timed out' },
  broken: { type: 'DEFAULT_5XX', status: 502, message: 'Internal server error' },
} as const satisfies Record<string, GatewayFault>;

/** @throws PortInUseError */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { publicOrigin } = options;
  const responses = gatewayResponses(publicOrigin);
  const authorize = userPoolAuthorizer({
    userPoolId: options.userPool.id,
    jwks: options.userPool.jwks,
    scopes: scopeNames.map((name) => qualifiedScope(publicOrigin, name)),
  });
  const timeoutMs = options.integrationTimeoutMs ?? edgeLimits.integrationTimeoutMs;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    response.setHeader('x-amzn-RequestId', requestId);
    const refuse = (fault: GatewayFault): void => sendGatewayResponse(responses, fault, request, response);

    const url = request.url?.startsWith('/') ? URL.parse(`${publicOrigin}${request.url}`) : null;
    if (!url) return refuse(faults.badRequest);
    const path = forwardedPath(url.pathname);
    if (lacksToken(request.method ?? 'GET', path, request.headers.authorization)) {
      return sendEdgeAnswer(missingToken(publicOrigin), faults.unauthorized, request, response);
    }
    const route = edgeRoutes.find((candidate) => matches(candidate, path));
    if (!route) return refuse(faults.noResource);

    const guarded = route.authorizer === 'cognito' && request.method !== 'OPTIONS';
    const claims = guarded ? authorize(request.headers.authorization) : undefined;
    if (guarded && !claims) return refuse(faults.unauthorized);

    const body = await readBody(request, edgeLimits.requestBytes);
    if (!body) return refuse(faults.tooLarge);

    const event = proxyEvent({
      request,
      resource: route.resource,
      path,
      query: url.searchParams,
      claims,
      requestId,
      body,
    });
    const outcome = await invoke(options.functions[route.function], event, timeoutMs);
    if ('fault' in outcome) return refuse(outcome.fault);
    sendFunctionResult(outcome.result, response);
  }

  return listenOnLoopback(
    (request, response) => {
      answer(request, response).catch((error: unknown) => {
        // A caller that disconnects in the middle of its request is not an error.
        if (!(error instanceof CallerGoneError)) console.error('The gateway failed:', error);
        response.destroy();
      });
    },
    { port: options.port, publicHost: new URL(publicOrigin).host, headerBytes: edgeLimits.headerBytes },
  );
}

function matches(route: EdgeRoute, path: string): boolean {
  const [prefix = '', rest] = route.resource.split('{proxy+}');
  return rest === undefined
    ? path === route.resource
    : path.startsWith(prefix) && path.length > prefix.length;
}

type Outcome = { readonly result: APIGatewayProxyResult } | { readonly fault: GatewayFault };

/** Calls a function once, with a timeout. A failure that Lambda would log is printed to the terminal. */
async function invoke(
  handler: ProxyHandler,
  event: APIGatewayProxyEvent,
  timeoutMs: number,
): Promise<Outcome> {
  const timeout = Promise.withResolvers<Outcome>();
  const timer = setTimeout(() => timeout.resolve({ fault: faults.timeout }), timeoutMs);
  try {
    return await Promise.race([call(handler, event), timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function call(handler: ProxyHandler, event: APIGatewayProxyEvent): Promise<Outcome> {
  try {
    const result = wellFormedResult(await handler(event), edgeLimits.responseBytes);
    if (result) return { result };
    console.error(`The function behind ${event.resource} returned a malformed response.`);
  } catch (error) {
    console.error(`The function behind ${event.resource} failed:`, error);
  }
  return { fault: faults.broken };
}
