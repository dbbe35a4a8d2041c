import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { requestOf, resultOf } from '../http.ts';
import { type Audit, auditOf, type Write } from './audit.ts';
import { clientDocuments } from './clients/client-document.ts';
import type { ClientHosts } from './clients/client-hosts.ts';
import { type Clients, clientsOf } from './clients/clients.ts';
import { documentFetch, type FetchOptions, publicInternet } from './clients/document-fetch.ts';
import { isLoopbackAddress } from './clients/public-address.ts';
import { registration } from './clients/registration.ts';
import type { Configuration } from './configuration.ts';
import { documentEndpoint, health, resourceDocument, serverDocument } from './discovery.ts';
import { type Endpoint, route } from './http.ts';
import { type Keys, keysOf } from './sealing/keys.ts';
import type { Seal } from './sealing/seal.ts';
import { heldSecrets, type ReadSecrets } from './sealing/secrets.ts';
import { authorize } from './sign-in/authorize.ts';
import { callback } from './sign-in/callback.ts';
import { consent } from './sign-in/consent.ts';
import { type Transactions, transactionsOf } from './sign-in/transaction.ts';
import { siteEndpoint } from './site/document.ts';
import { landing } from './site/landing.ts';
import { openApi } from './site/openapi.ts';
import { privacyHtml } from './site/privacy.ts';
import { supportHtml } from './site/support.ts';
import { type AuthorizationCode, codeSeal } from './tokens/authorization-code.ts';
import { type RefreshToken, refreshTokenSeal } from './tokens/person-grant.ts';
import { revocation } from './tokens/revocation.ts';
import { token } from './tokens/token.ts';
import { type UserPool, userPoolOf } from './user-pool.ts';

export interface Surroundings {
  readonly configuration: Configuration;
  readonly readSecrets: ReadSecrets;
  /** Takes the records of the audit. */
  readonly record: Write;
  /** How the metadata documents of clients are reached. */
  readonly internet?: FetchOptions;
}

/** What the endpoints work with. */
export interface Parts {
  readonly publicOrigin: string;
  readonly hosts: ClientHosts;
  readonly keys: Keys;
  readonly clients: Clients;
  readonly transactions: Transactions;
  readonly userPool: UserPool;
  readonly codes: Seal<AuthorizationCode>;
  readonly refreshTokens: Seal<RefreshToken>;
  readonly audit: Audit;
}

/**
 * The authorization server: discovery, sign-in, tokens and the pages for people, in front of a user pool that clients
 * never see.
 * @returns the handler of a Lambda proxy integration
 */
export function authorizationServer({
  configuration,
  readSecrets,
  record,
  internet = publicInternet,
}: Surroundings): (event: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult> {
  const { publicOrigin, clientHosts: hosts } = configuration;
  const secrets = heldSecrets(readSecrets);
  const keys = keysOf(secrets);
  const documents = clientDocuments({
    fetchPublic: documentFetch(internet),
    fetchLoopback: configuration.loopbackDocuments
      ? documentFetch({ ...internet, isAllowed: isLoopbackAddress })
      : undefined,
  });
  const parts: Parts = {
    publicOrigin,
    hosts,
    keys,
    clients: clientsOf({ keys, documents, configured: configuration.clients, hosts }),
    transactions: transactionsOf(keys, publicOrigin),
    userPool: userPoolOf(configuration, secrets),
    codes: codeSeal(keys),
    refreshTokens: refreshTokenSeal(keys),
    audit: auditOf(record),
  };
  const endpoints = endpointsOf(parts, configuration);
  return async (event) => {
    const response = await route(endpoints, requestOf(event));
    return resultOf({ ...response, headers: { 'X-Content-Type-Options': 'nosniff', ...response.headers } });
  };
}

/** What answers at each path. */
function endpointsOf(parts: Parts, configuration: Configuration) {
  const { publicOrigin } = parts;
  const resource = documentEndpoint(resourceDocument(publicOrigin));
  return {
    '/': landing(publicOrigin),
    '/privacy': siteEndpoint(privacyHtml(configuration)),
    '/support': siteEndpoint(supportHtml(configuration)),
    '/openapi.json': openApi(publicOrigin),
    '/health': health,
    '/.well-known/oauth-authorization-server': documentEndpoint(serverDocument(publicOrigin)),
    // Clients look beside the path of the resource, and some at the root of its host.
    '/.well-known/oauth-protected-resource': resource,
    '/.well-known/oauth-protected-resource/mcp': resource,
    '/oauth/register': registration(parts),
    '/oauth/authorize': authorize(parts),
    '/oauth/consent': consent(parts),
    '/oauth/callback': callback(parts),
    '/oauth/token': token(parts),
    '/oauth/revoke': revocation(parts),
  } satisfies Record<string, Endpoint>;
}

/** A path at which this function answers. */
export type ServedPath = keyof ReturnType<typeof endpointsOf>;
