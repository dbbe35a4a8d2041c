/** The front door: discovery, tokens and the page for people, before a user pool that clients never see. */

import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { Configuration } from './configuration.ts';
import type { Endpoint } from './endpoint.ts';
import { health } from './health.ts';
import { resultOf } from './reply.ts';
import { requestOf } from './request.ts';
import { resourceMetadata } from './resource-metadata.ts';
import { route } from './router.ts';
import { serverMetadata } from './server-metadata.ts';
import { token } from './token.ts';
import { welcome } from './welcome.ts';

/** @returns the handler of a Lambda proxy integration */
export function frontDoor(
  configuration: Configuration,
): (event: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult> {
  const resource = resourceMetadata(configuration);
  const endpoints: Record<string, Endpoint> = {
    '/': welcome(configuration),
    '/health': health,
    '/.well-known/oauth-authorization-server': serverMetadata(configuration),
    // Clients look beside the path of the resource, and some at the root of its host.
    '/.well-known/oauth-protected-resource': resource,
    '/.well-known/oauth-protected-resource/mcp': resource,
    '/oauth/token': token(configuration),
  };
  return async (event) => resultOf(await route(endpoints, requestOf(event)));
}
