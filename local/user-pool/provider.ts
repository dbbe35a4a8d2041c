/**
 * oidc-provider configured to behave as a Cognito user pool: the same endpoints, claims and strictness.
 * Where the two differ, this file restores Cognito's behaviour and gives the reason.
 */

import { randomBytes } from 'node:crypto';
import {
  type Adapter,
  type Client,
  type Configuration,
  errors,
  type KoaContextWithOIDC,
  Provider,
  type UnknownObject,
} from 'oidc-provider';
import { refreshTokens } from '../../shared/edge.ts';
import { escapeHtml } from '../../shared/text.ts';
import { findAppClient, personScopes } from './app-clients.ts';
import type { Groups } from './groups.ts';
import type { MachineClaims } from './machine-claims.ts';
import { page, pageHeaders } from './page.ts';
import type { People } from './people.ts';
import type { RegisteredClients } from './registered-clients.ts';
import type { SigningKey } from './signing-key.ts';

export interface ProviderOptions {
  readonly issuer: string;
  /** Identifier of the one resource server: the MCP URL. */
  readonly resourceServer: string;
  /** Its scopes, as written in tokens: `<identifier>/<name>`. */
  readonly resourceScopes: readonly string[];
  readonly publicOrigin: string;
  readonly brokerSecret: string;
  readonly people: People;
  readonly groups: Groups;
  readonly clients: RegisteredClients;
  readonly machineClaims: MachineClaims;
  readonly signingKey: SigningKey;
  readonly records: (model: string) => Adapter;
}

/** Seconds. Access tokens are short-lived because a revoked one stays valid until it expires (it is verified offline). */
const lifetimes = {
  accessToken: 15 * 60,
  refreshToken: refreshTokens.lifetimeDays * 24 * 60 * 60,
  code: 5 * 60,
  session: 60 * 60,
  interaction: 10 * 60,
};

/**
 * Means "no resource requested": oidc-provider issues a JWT only for a resource, Cognito always does.
 * Tokens for it lose their audience when they are signed.
 */
const noResource = 'urn:finance-mcp:no-resource';

export function cognitoProvider(options: ProviderOptions): Provider {
  const { people, resourceServer, signingKey } = options;
  const everyScope = [...personScopes, ...options.resourceScopes];
  const everyScopeText = everyScope.join(' ');

  const configuration: Configuration = {
    adapter: (model) => (model === 'Client' ? appClients(options) : options.records(model)),
    jwks: { keys: [signingKey.private] },
    scopes: everyScope,
    claims: {
      openid: ['sub', 'token_use', 'cognito:username', 'cognito:groups'],
      email: ['email', 'email_verified'],
    },
    conformIdTokenClaims: false,
    // With Cognito, PKCE is optional. A challenge that is sent must be S256, and is then enforced.
    pkce: { required: () => false },
    responseTypes: ['code'],
    cookies: {
      keys: [randomBytes(32).toString('base64url')],
      // All ports of localhost share cookies, so the names say whose they are.
      names: { session: 'pool-session', interaction: 'pool-sign-in', resume: 'pool-resume' },
    },
    routes: {
      authorization: '/oauth2/authorize',
      token: '/oauth2/token',
      revocation: '/oauth2/revoke',
      end_session: '/logout',
    },
    interactions: { url: (_context, interaction) => `/login?request=${interaction.uid}` },
    ttl: {
      AccessToken: lifetimes.accessToken,
      ClientCredentials: lifetimes.accessToken,
      IdToken: lifetimes.accessToken,
      AuthorizationCode: lifetimes.code,
      Session: lifetimes.session,
      Interaction: lifetimes.interaction,
      Grant: lifetimes.refreshToken,
      // A rotated token keeps the remaining life of the first one.
      RefreshToken: (context) =>
        context.oidc.entities.RotatedRefreshToken?.remainingTTL ?? lifetimes.refreshToken,
    },
    issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    expiresWithSession: () => false,
    findAccount: (_context, sub) => {
      const person = people.findBySub(sub);
      if (!person || person.disabled) return undefined;
      return {
        accountId: sub,
        claims: () => ({
          sub,
          token_use: 'id',
          'cognito:username': person.username,
          ...groupsClaim(person.groups),
          email: person.email,
          email_verified: true,
        }),
      };
    },
    // Cognito has no consent page: a person who signs in grants everything that the app client may have.
    loadExistingGrant: async (context) => {
      const grant = new context.oidc.provider.Grant({
        clientId: context.oidc.client!.clientId,
        accountId: context.oidc.session!.accountId!,
      });
      grant.addOIDCScope(everyScopeText);
      grant.addResourceScope(resourceServer, everyScopeText);
      grant.addResourceScope(noResource, everyScopeText);
      await grant.save();
      return grant;
    },
    extraTokenClaims: async (context, token) => {
      const claims = { token_use: 'access', version: 2 };
      if (token.kind === 'ClientCredentials') {
        const added = await options.machineClaims(token.clientId!, [...token.scopes]);
        return { ...claims, auth_time: now(), ...added };
      }
      const person = people.findBySub(token.accountId);
      const { AuthorizationCode, RefreshToken } = context.oidc.entities;
      return {
        ...claims,
        auth_time: AuthorizationCode?.authTime ?? RefreshToken?.authTime,
        origin_jti: token.grantId,
        username: person?.username,
        ...groupsClaim(person?.groups ?? []),
      };
    },
    formats: {
      customizers: {
        jwt: (_context, token, parts) => {
          // Undefined members are not serialized: Cognito's header has no typ where oidc-provider says at+jwt.
          parts.header = { ...parts.header, typ: undefined };
          const audience = parts.payload.aud;
          if (token.kind === 'ClientCredentials' || audience === noResource) {
            // oidc-provider requires an audience. One that is not enumerable satisfies it and is not serialized.
            Object.defineProperty(parts.payload, 'aud', {
              value: audience,
              enumerable: false,
              writable: true,
            });
          }
        },
      },
    },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
      revocation: {
        enabled: true,
        allowedPolicy: (_context, client, token) => token.clientId === client.clientId,
      },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => noResource,
        useGrantedResource: () => true,
        getResourceServerInfo: (context, resource, client) => {
          if (resource !== resourceServer && resource !== noResource) throw new errors.InvalidTarget();
          settleScope(context, client);
          return {
            scope: everyScopeText,
            audience: resource,
            accessTokenFormat: 'jwt',
            accessTokenTTL: lifetimes.accessToken,
            jwt: { sign: { alg: 'RS256' } },
          };
        },
      },
    },
    renderError: (context, out) => {
      context.set(pageHeaders);
      context.body = page('Sign-in is not possible', [
        `<p>${escapeHtml(String(out.error_description ?? out.error))}</p>`,
        '<p>Go back to the application and start again.</p>',
      ]);
    },
  };

  const provider = new Provider(options.issuer, configuration);
  provider.use(async (context, next) => {
    await next();
    if (context.path.startsWith('/oauth2/authorize')) withoutIssuer(context.response);
    if (context.path === '/oauth2/token') asCognitoAnswers(context.response);
  });
  provider.on('server_error', (_context, error) => {
    console.error(`The user pool failed: ${error.message}`);
  });
  return provider;
}

/**
 * Cognito refuses a scope that the client may not have (oidc-provider ignores the unknown ones and removes
 * offline_access silently), and reads a missing scope as all of the client's.
 * Called wherever the resource is determined, which is before anything is granted.
 */
function settleScope(context: KoaContextWithOIDC, client: Client): void {
  const parameters = context.oidc.params as UnknownObject;
  const isAuthorization = context.oidc.route === 'authorization';
  if (!isAuthorization && parameters.grant_type !== 'client_credentials') return;
  // At the authorization endpoint, offline_access has already been removed from the parsed parameters.
  const asked = isAuthorization ? context.query.scope : parameters.scope;
  if (typeof asked !== 'string') {
    parameters.scope = client.scope;
    return;
  }
  const allowed = new Set(client.scope?.split(' '));
  const refused = asked.split(' ').filter((scope) => !allowed.has(scope));
  if (refused.length > 0) throw new errors.InvalidScope('requested scope is not allowed', refused.join(' '));
}

interface KoaResponse {
  status: number;
  body: unknown;
  get(header: string): string;
  set(header: string, value: string): void;
  remove(header: string): void;
}

/** Cognito sends no `iss` back to the client. */
function withoutIssuer(response: KoaResponse): void {
  const location = URL.parse(response.get('location'));
  if (!location?.searchParams.has('iss')) return;
  location.searchParams.delete('iss');
  response.set('location', location.href);
}

/** Cognito's token endpoint names no scope in its answer, and its refusals all have status 400. */
function asCognitoAnswers(response: KoaResponse): void {
  if (typeof response.body !== 'object' || response.body === null) return;
  const { scope: _scope, ...body } = response.body as UnknownObject;
  if (body.error_description === 'requested grant type is not allowed for this client') {
    body.error = 'unauthorized_client';
  }
  response.body = body;
  if (response.status === 401) {
    response.status = 400;
    response.remove('www-authenticate');
  }
}

/** The provider's view of the app clients: found by name, never stored. */
function appClients(options: ProviderOptions): Adapter {
  const none = async (): Promise<undefined> => undefined;
  return {
    find: async (id) => findAppClient(id, options),
    upsert: none,
    findByUid: none,
    findByUserCode: none,
    consume: none,
    destroy: none,
    revokeByGrantId: none,
  };
}

/** Cognito omits the claim for a person who is in no group. */
function groupsClaim(groups: readonly string[]): UnknownObject {
  return groups.length > 0 ? { 'cognito:groups': [...groups] } : {};
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}
