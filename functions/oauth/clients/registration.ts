import { isPlainObject } from '../../../shared/json.ts';
import type { HttpRequest, HttpResponse } from '../../http.ts';
import type { Parts } from '../authorization-server.ts';
import { type Endpoint, errorResponse, json } from '../http.ts';
import { OAuthError } from '../oauth-error.ts';
import { everyScope } from '../resource.ts';
import { areAllowedRedirects } from './client-hosts.ts';
import { readClientMetadata } from './client-metadata.ts';
import { clientLabel } from './clients.ts';
import { targetName } from './redirect-uri.ts';
import { registeredClientId } from './registered-client.ts';

/** Characters; several times what an id can hold. */
const longestRequest = 16 * 1024;

const grantTypes = ['authorization_code', 'refresh_token'];

/** The registration endpoint (RFC 7591): open to everybody, and it stores nothing. */
export function registration({ keys, hosts, audit }: Parts): Endpoint {
  async function register(request: HttpRequest): Promise<HttpResponse> {
    const asked = readRequest(request);
    const metadata = readClientMetadata(asked);
    if (!areAllowedRedirects(hosts, metadata.redirectUris)) {
      throw new OAuthError(
        'invalid_redirect_uri',
        'The operator of this server does not accept applications from this host.',
      );
    }
    const id = await registeredClientId(keys, metadata);
    audit('registration', request, {
      client: clientLabel(id, { id, origin: { kind: 'registered' } }),
      clientName: metadata.name,
      redirectTargets: metadata.redirectUris.map(targetName),
    });
    return json(201, {
      client_id: id,
      ...(metadata.name !== undefined && { client_name: metadata.name }),
      redirect_uris: metadata.redirectUris,
      // A client that asked for a secret gets none: PKCE takes its place, and there is nowhere to store it.
      token_endpoint_auth_method: 'none',
      grant_types: grantTypes,
      response_types: ['code'],
      ...(typeof asked.application_type === 'string' && { application_type: asked.application_type }),
      scope: everyScope.join(' '),
    });
  }

  return {
    methods: ['POST'],
    readableByAnyPage: true,
    async answer(request) {
      try {
        return await register(request);
      } catch (error) {
        if (!(error instanceof OAuthError)) throw error;
        audit('registration-refused', request, { error: error.code });
        return errorResponse(error);
      }
    },
  };
}

/** @throws {OAuthError} */
function readRequest({ body }: HttpRequest): Record<string, unknown> {
  let asked: unknown;
  try {
    asked = body.length > longestRequest ? undefined : JSON.parse(body);
  } catch {
    asked = undefined;
  }
  if (!isPlainObject(asked)) {
    throw new OAuthError(
      'invalid_client_metadata',
      `Send the metadata as one JSON object of at most ${longestRequest} characters.`,
    );
  }
  requireAmong(asked.grant_types, 'grant_types', 'authorization_code');
  requireAmong(asked.response_types, 'response_types', 'code');
  return asked;
}

/** A member that is left out has the default of RFC 7591, which is what is supported here. */
function requireAmong(list: unknown, member: string, needed: string): void {
  if (list === undefined || (Array.isArray(list) && list.includes(needed))) return;
  throw new OAuthError('invalid_client_metadata', `${member} must contain ${needed}.`);
}
