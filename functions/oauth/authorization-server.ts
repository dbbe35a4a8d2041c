import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { requestOf, resultOf } from '../http.ts';
import { auditOf, type Write } from './audit.ts';
import { clientDocuments } from './clients/client-document.ts';
import { clientsOf } from './clients/clients.ts';
import { documentFetch, type FetchOptions, publicInternet } from './clients/document-fetch.ts';
import { isLoopbackAddress } from './clients/public-address.ts';
import { registration } from './clients/registration.ts';
import type { Configuration } from './configuration.ts';
import { health, resourceMetadata, serverMetadata } from './discovery.ts';
import { type Endpoint, route } from './http.ts';
import { keysOf } from './sealing/keys.ts';
import { heldSecrets, type ReadSecrets } from './sealing/secrets.ts';
import { authorize } from './sign-in/authorize.ts';
import { callback } from './sign-in/callback.ts';
import { consent } from './sign-in/consent.ts';
import { transactionsOf } from './sign-in/transaction.ts';
import { siteEndpoint } from './site/document.ts';
import { landing } from './site/landing.ts';
import { privacyHtml } from './site/privacy.ts';
import { supportHtml } from './site/support.ts';
import { authorizationCode, codeSeal } from './tokens/authorization-code.ts';
import { clientCredentials } from './tokens/client-credentials.ts';
import { refreshTokenSeal } from './tokens/person-grant.ts';
import { refresh } from './tokens/refresh.ts';
import { revocation } from './tokens/revocation.ts';
import { token } from './tokens/token.ts';
import { userPoolOf } from './user-pool.ts';

export interface AuthorizationServerParts {
  readonly configuration: Configuration;
  readonly readSecrets: ReadSecrets;
  /** Takes the records of the audit. */
  readonly record: Write;
  /** How the metadata documents of clients are reached. */
  readonly internet?: FetchOptions;
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
}: AuthorizationServerParts): (event: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult> {
  const { publicOrigin, clientHosts: hosts } = configuration;
  const secrets = heldSecrets(readSecrets);
  const keys = keysOf(secrets);
  const audit = auditOf(record);
  const userPool = userPoolOf(configuration, secrets);
  const documents = clientDocuments({
    fetchPublic: documentFetch(internet),
    fetchLoopback: configuration.loopbackDocuments
      ? documentFetch({ ...internet, isAllowed: isLoopbackAddress })
      : undefined,
  });
  const clients = clientsOf({ keys, documents, configured: configuration.clients, hosts });
  const transactions = transactionsOf(keys, publicOrigin);
  const codes = codeSeal(keys);
  const refreshTokens = refreshTokenSeal(keys);
  const grantTypes = new Map([
    ['authorization_code', authorizationCode({ publicOrigin, clients, userPool, codes, refreshTokens })],
    ['refresh_token', refresh({ publicOrigin, clients, userPool, refreshTokens, audit })],
    ['client_credentials', clientCredentials(publicOrigin, userPool)],
  ]);
  const resource = resourceMetadata(publicOrigin);

  const endpoints: Record<string, Endpoint> = {
    '/': landing(configuration),
    '/privacy': siteEndpoint(privacyHtml(configuration)),
    '/support': siteEndpoint(supportHtml(configuration)),
    '/health': health,
    '/.well-known/oauth-authorization-server': serverMetadata(publicOrigin),
    // Clients look beside the path of the resource, and some at the root of its host.
    '/.well-known/oauth-protected-resource': resource,
    '/.well-known/oauth-protected-resource/mcp': resource,
    '/oauth/register': registration({ keys, hosts, audit }),
    '/oauth/authorize': authorize({ publicOrigin, clients, transactions, audit }),
    '/oauth/consent': consent({ publicOrigin, transactions, userPool, audit }),
    '/oauth/callback': callback({ publicOrigin, transactions, codes, audit }),
    '/oauth/token': token({ grantTypes, clients, audit }),
    '/oauth/revoke': revocation({ clients, userPool, refreshTokens, audit }),
  };
  return async (event) => {
    const response = await route(endpoints, requestOf(event));
    return resultOf({ ...response, headers: { 'X-Content-Type-Options': 'nosniff', ...response.headers } });
  };
}
