/** The local edition's user pool: a stand-in for Amazon Cognito that is as strict as the original. */

import type { JsonWebKey } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { mcpUrl, qualifiedScope, scopeNames } from '../shared/edge.ts';
import { organizationOfGroup } from '../shared/organization.ts';
import { jsonFile } from './json-file.ts';
import { listenOnLoopback } from './loopback.ts';
import { operatorAccessKey } from './reader-role.ts';
import { administration, isAdministration } from './user-pool/administration.ts';
import { type Group, openGroups } from './user-pool/groups.ts';
import { machineClaims, type PreTokenTrigger } from './user-pool/machine-claims.ts';
import { type NewPerson, openPeople, type People, type PersonRecord } from './user-pool/people.ts';
import { cognitoProvider } from './user-pool/provider.ts';
import { openRecords, type StoredRecords } from './user-pool/records.ts';
import { openRegisteredClients, type RegisteredClient } from './user-pool/registered-clients.ts';
import { signIn } from './user-pool/sign-in.ts';
import { signOut } from './user-pool/sign-out.ts';
import { openSigningKey, type PublicKey } from './user-pool/signing-key.ts';
import { userInfo } from './user-pool/user-info.ts';

export const region = 'eu-west-1';
export const userPoolId = `${region}_LOCAL0001`;

/** The `iss` of every token. It has Cognito's own form, so that verifiers do not need to know that the pool is local. */
export const issuer = `https://cognito-idp.${region}.amazonaws.com/${userPoolId}`;

export interface UserPoolOptions {
  /** 0 lets the system choose. */
  readonly port: number;
  /** Origin of the product, e.g. `http://localhost:3000`: it fixes the callback and the resource server. */
  readonly publicOrigin: string;
  readonly people: readonly NewPerson[];
  /** Secret of the app client of the sign-in broker. */
  readonly brokerSecret: string;
  /** Called before a token is issued to a registered client. Without it, nothing is added to such tokens. */
  readonly preTokenTrigger?: PreTokenTrigger;
  /** Folder for the signing key, people, groups, app clients and refresh tokens; all in memory without it. */
  readonly dataDir?: string;
}

export interface UserPool {
  /** Base of the sign-in endpoints, e.g. `http://localhost:3001`. */
  readonly url: string;
  readonly jwks: { keys: PublicKey[] };
  readonly people: People;
  /** All organizations, in alphabetical order. */
  organizations(): string[];
  close(): Promise<void>;
}

/** @throws PortInUseError */
export async function startUserPool(options: UserPoolOptions): Promise<UserPool> {
  const { dataDir, publicOrigin } = options;
  function kept<Value>(name: string) {
    return dataDir === undefined ? undefined : jsonFile<Value>(join(dataDir, `${name}.json`));
  }
  const [signingKey, people, records, clients] = await Promise.all([
    openSigningKey(kept<JsonWebKey>('signing-key')),
    openPeople(options.people, kept<PersonRecord[]>('people')),
    openRecords(kept<StoredRecords>('refresh-tokens')),
    openRegisteredClients(kept<RegisteredClient[]>('app-clients')),
  ]);
  const groups = await openGroups(people, kept<Group[]>('groups'));
  const jwks = { keys: [signingKey.public] };
  const resourceScopes = scopeNames.map((name) => qualifiedScope(publicOrigin, name));
  const provider = cognitoProvider({
    issuer,
    publicOrigin,
    resourceServer: mcpUrl(publicOrigin),
    resourceScopes,
    brokerSecret: options.brokerSecret,
    people,
    groups,
    clients,
    machineClaims: machineClaims({ region, userPoolId }, options.preTokenTrigger),
    signingKey,
    records: records.adapter,
  });
  const answerByProvider = provider.callback();
  const answerUserInfo = userInfo(userPoolId, jwks, people);
  const administer = administration({
    userPoolId,
    accessKeyId: operatorAccessKey,
    people,
    groups,
    records,
    clients,
    resourceScopes,
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split('?')[0] ?? '';
    if (path === '/' && isAdministration(request)) return administer(request, response);
    switch (path) {
      case `/${userPoolId}/.well-known/openid-configuration`:
        return sendJson(response, 200, discovery(`http://${request.headers.host}`));
      case `/${userPoolId}/.well-known/jwks.json`:
        return sendJson(response, 200, jwks);
      case '/login':
        return signIn(provider, people, request, response);
      case '/logout':
        return signOut(provider, `${publicOrigin}/`, request, response);
      case '/oauth2/userInfo':
        return answerUserInfo(request, response);
    }
    // The second one ends the session of a person who signed in before in the same browser.
    if (/^\/oauth2\/(authorize(\/[^/]+)?|token|revoke)$/.test(path) || path === '/logout/confirm') {
      return answerByProvider(request, response);
    }
    sendJson(response, 404, { error: 'not_found' });
  }

  const server = await listenOnLoopback(
    (request, response) => {
      answer(request, response).catch((error: unknown) => {
        console.error(`The user pool failed: ${error instanceof Error ? error.message : String(error)}`);
        if (!response.headersSent) sendJson(response, 500, { error: 'server_error' });
      });
    },
    { port: options.port },
  );
  return {
    url: `http://localhost:${server.port}`,
    jwks,
    people,
    organizations: () => groups.list().flatMap(({ name }) => organizationOfGroup(name) ?? []),
    close: server.close,
  };
}

/** The discovery document as Cognito returns it: without registration, PKCE methods and grant types. */
function discovery(url: string): Record<string, unknown> {
  return {
    authorization_endpoint: `${url}/oauth2/authorize`,
    end_session_endpoint: `${url}/logout`,
    id_token_signing_alg_values_supported: ['RS256'],
    issuer,
    jwks_uri: `${url}/${userPoolId}/.well-known/jwks.json`,
    response_types_supported: ['code', 'token'],
    revocation_endpoint: `${url}/oauth2/revoke`,
    scopes_supported: ['openid', 'email', 'phone', 'profile'],
    subject_types_supported: ['public'],
    token_endpoint: `${url}/oauth2/token`,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    userinfo_endpoint: `${url}/oauth2/userInfo`,
  };
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
