/** Finds the endpoint of a request, and answers what no endpoint has to know: unknown paths, methods, preflights. */

import { forwardedPath } from '../../shared/edge.ts';
import type { Endpoint } from './endpoint.ts';
import { json, type Reply } from './reply.ts';
import type { Request } from './request.ts';

/** @param endpoints by their path */
export async function route(endpoints: Readonly<Record<string, Endpoint>>, request: Request): Promise<Reply> {
  const path = forwardedPath(request.path);
  const endpoint = endpoints[path];
  if (!endpoint) return json(404, { message: `Nothing is served at ${path}.` });

  const allowed = endpoint.methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  if (request.method === 'OPTIONS') return preflight(endpoint, allowed);
  if (!allowed.includes(request.method)) {
    const message = `${path} does not support ${request.method}. Use ${endpoint.methods.join(' or ')}.`;
    return json(405, { message }, { Allow: [...allowed, 'OPTIONS'].join(', ') });
  }
  const reply = await endpoint.answer(request);
  if (!endpoint.readableByAnyPage) return reply;
  return { ...reply, headers: { ...reply.headers, 'Access-Control-Allow-Origin': '*' } };
}

function preflight(endpoint: Endpoint, allowed: readonly string[]): Reply {
  const methods = [...allowed, 'OPTIONS'].join(', ');
  const crossOrigin = {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Methods': methods,
    // Clients send the protocol version with every request, discovery included.
    'Access-Control-Allow-Headers': 'Accept, Authorization, Content-Type, Mcp-Protocol-Version',
    'Access-Control-Max-Age': '86400',
  };
  return {
    status: 204,
    headers: { Allow: methods, ...(endpoint.readableByAnyPage ? crossOrigin : {}) },
    body: '',
  };
}
