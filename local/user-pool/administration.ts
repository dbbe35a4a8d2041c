/** The part of Cognito's administrative API that this project's commands call, in AWS's JSON protocol 1.1. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody } from '../request-body.ts';
import { type AccountParts, accountOperations } from './administration-accounts.ts';
import { type ClientParts, clientOperations } from './administration-clients.ts';
import { groupOperations } from './administration-groups.ts';
import { AdministrationError, type Operation } from './administration-operation.ts';

export interface AdministrationOptions extends AccountParts, ClientParts {
  readonly userPoolId: string;
  /** The only access key that may administer; signatures are not checked here. */
  readonly accessKeyId: string;
}

const target = /^AWSCognitoIdentityProviderService\.(\w+)$/;
const requestBytes = 65_536;

/** Whether a request is for this API and not for one of the pool's pages. */
export const isAdministration = (request: IncomingMessage): boolean =>
  request.headers['x-amz-target'] !== undefined;

/** @returns a request listener; the server around it has checked that the caller means this machine */
export function administration(
  options: AdministrationOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { userPoolId } = options;
  const operations = new Map<string, Operation>(
    Object.entries({
      ...groupOperations(options.groups),
      ...accountOperations(options),
      ...clientOperations(options),
    }),
  );

  async function answer(request: IncomingMessage): Promise<object> {
    const name = target.exec(String(request.headers['x-amz-target']))?.[1] ?? '';
    const run = operations.get(name);
    if (request.method !== 'POST' || !run) {
      throw new AdministrationError('UnknownOperationException', `There is no operation ${name}.`);
    }
    const [, key = ''] = /Credential=([^/,\s]+)\//.exec(request.headers.authorization ?? '') ?? [];
    if (key !== options.accessKeyId) {
      const message = `User: ${key} is not authorized to perform: cognito-idp:${name}`;
      throw new AdministrationError('AccessDeniedException', message);
    }
    const parameters = parse(await readBody(request, requestBytes));
    if ((parameters as { UserPoolId?: unknown } | null)?.UserPoolId !== userPoolId) {
      throw new AdministrationError('ResourceNotFoundException', 'User pool does not exist.');
    }
    return run(parameters);
  }

  return async (request, response) => {
    // A page of any site can send requests to this machine, and this API checks no credentials.
    if (request.headers.origin !== undefined) {
      response.writeHead(403).end();
      return;
    }
    try {
      send(response, 200, await answer(request));
    } catch (error) {
      if (!(error instanceof AdministrationError)) throw error;
      send(response, 400, { __type: error.name, message: error.message });
    }
  };
}

function parse(body: Buffer | undefined): unknown {
  try {
    return JSON.parse(body?.toString('utf8') ?? '');
  } catch {
    throw new AdministrationError('SerializationException', 'The body is not valid JSON.');
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
