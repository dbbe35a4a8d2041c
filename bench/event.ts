import type { APIGatewayProxyEvent } from 'aws-lambda';
import { modernVersion } from '../functions/mcp/protocol-versions.ts';
import { accessToken } from './environment.ts';

/** A request of a client, of either generation of the protocol. */
export interface Question {
  method: 'tools/list' | 'tools/call';
  params: Record<string, unknown>;
}

export type Era = 'modern' | 'legacy';

export const callOf = (name: string, args: Record<string, unknown> = {}): Question => ({
  method: 'tools/call',
  params: { name, arguments: args },
});

export const listOfTools: Question = { method: 'tools/list', params: {} };

/** The event that API Gateway makes of a question of one of the organization's people. */
export function eventOf({ method, params }: Question, era: Era, organization: string): APIGatewayProxyEvent {
  const headers = {
    Accept: 'application/json, text/event-stream',
    'Content-Type': 'application/json',
    Authorization: `Bearer ${accessToken(organization)}`,
    'MCP-Protocol-Version': era === 'modern' ? modernVersion : '2025-11-25',
    ...(era === 'modern' && {
      'Mcp-Method': method,
      ...(typeof params.name === 'string' && { 'Mcp-Name': params.name }),
    }),
  };
  const meta = {
    'io.modelcontextprotocol/protocolVersion': modernVersion,
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1.0.0' },
  };
  const message = {
    jsonrpc: '2.0',
    id: 1,
    method,
    params: { ...params, ...(era === 'modern' && { _meta: meta }) },
  };
  // What no contestant looks at is left out.
  return {
    httpMethod: 'POST',
    path: '/mcp',
    resource: '/mcp',
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    body: JSON.stringify(message),
    isBase64Encoded: false,
    requestContext: { requestId: 'bench', domainName: 'finance.example', httpMethod: 'POST', stage: 'v1' },
  } as unknown as APIGatewayProxyEvent;
}
