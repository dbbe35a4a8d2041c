/** Sends the responses that the edge produces itself, as the edge contract defines them. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EdgeAnswer, EdgeGatewayResponse, GatewayResponseType } from '../../shared/edge.ts';

/** What API Gateway found. */
export interface GatewayFault {
  readonly type: GatewayResponseType;
  /** API Gateway's own status, which applies unless the contract sets another. */
  readonly status: number;
  /** API Gateway's own message, for templates that quote it. */
  readonly message: string;
}

export function sendGatewayResponse(
  responses: readonly EdgeGatewayResponse[],
  fault: GatewayFault,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const defined = responses.find((candidate) => candidate.type === fault.type);
  if (!defined) throw new Error(`The edge contract has no gateway response ${fault.type}.`);
  sendEdgeAnswer(defined, fault, request, response);
}

/** @param fault the status and message to use where the answer defines none */
export function sendEdgeAnswer(
  answer: EdgeAnswer,
  fault: { readonly status: number; readonly message: string },
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const [[mediaType, template] = ['application/json', '']] = Object.entries(answer.templates);
  for (const [name, mapping] of Object.entries(answer.headers)) {
    const value = mapped(mapping, request);
    if (value !== undefined) response.setHeader(name, value);
  }
  response.setHeader('Content-Type', mediaType);
  response.statusCode = answer.statusCode ?? fault.status;
  response.end(template.replaceAll('$context.error.messageString', () => JSON.stringify(fault.message)));
}

/** Evaluates a parameter mapping: text in single quotes, or a header of the request. */
function mapped(mapping: string, request: IncomingMessage): string | undefined {
  const literal = /^'(.*)'$/.exec(mapping)?.[1];
  if (literal !== undefined) return literal;
  const header = /^method\.request\.header\.(.+)$/.exec(mapping)?.[1];
  if (header === undefined) throw new Error(`The edge contract has a mapping of an unknown form: ${mapping}`);
  const value = request.headers[header.toLowerCase()];
  return Array.isArray(value) ? value[0] : value;
}
