import { createMcpHandler, requireBearerAuth } from '@modelcontextprotocol/server';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { createServer } from './server.ts';
import { verifyAccessToken } from './verify-access-token.ts';

/*
 * The SDK's documentation, chapters "Serve on web-standard runtimes" and "Require authorization", behind a Lambda
 * function: the event becomes a Request, the Response the function's result.
 */

const gate = requireBearerAuth({ verifier: { verifyAccessToken } });
const mcp = createMcpHandler(({ authInfo }) => createServer(String(authInfo?.extra?.organization)));

export async function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  const request = new Request(`https://${event.requestContext.domainName}${event.path}`, {
    method: event.httpMethod,
    headers: Object.entries(event.headers).filter((header): header is [string, string] => !!header[1]),
    body: event.body,
  });
  const auth = await gate(request);
  const response = auth instanceof Response ? auth : await mcp.fetch(request, { authInfo: auth });
  return {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
  };
}
