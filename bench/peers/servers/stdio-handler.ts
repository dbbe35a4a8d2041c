import {
  APIGatewayProxyEventHandler,
  StdioServerAdapterRequestHandler,
} from '@aws/run-mcp-servers-with-aws-lambda';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';

/*
 * The README of @aws/run-mcp-servers-with-aws-lambda, chapter "Use API Gateway". The token is checked by API
 * Gateway's Cognito authorizer alone, so there is no check in here. The server is started with node directly, which
 * is quicker than the npx of the README.
 */

const environment = Object.entries(process.env).filter(
  (entry): entry is [string, string] => entry[1] !== undefined,
);
const requestHandler = new APIGatewayProxyEventHandler(
  new StdioServerAdapterRequestHandler({
    command: process.execPath,
    args: [process.env.STDIO_SERVER ?? ''],
    env: Object.fromEntries(environment),
  }),
);

export const handler = (event: APIGatewayProxyEvent, context: Context): Promise<APIGatewayProxyResult> =>
  requestHandler.handle(event, context);
