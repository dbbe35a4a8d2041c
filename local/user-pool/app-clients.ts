/** The pool's app clients: the sign-in broker, one machine per organization, and those that were registered. */

import type { ClientMetadata } from 'oidc-provider';
import { groupOf } from '../../shared/organization.ts';
import type { Groups } from './groups.ts';
import type { RegisteredClients } from './registered-clients.ts';

export const brokerClientId = 'finance-mcp-broker';

/** The secret of every machine client that is named after its organization. It guards nothing: the pool listens on loopback only. */
export const machineSecret = 'local-only';

const machineClientId = /^machine-([a-z0-9][a-z0-9-]{1,62})$/;

/** The organization of a machine client, or undefined for an id of another form. */
export function machineOrganization(clientId: string): string | undefined {
  return machineClientId.exec(clientId)?.[1];
}

export interface AppClientOptions {
  readonly publicOrigin: string;
  readonly brokerSecret: string;
  /** Scopes of the resource server, as written in tokens. */
  readonly resourceScopes: readonly string[];
  readonly groups: Groups;
  readonly clients: RegisteredClients;
}

/** Scopes about the person who signs in; a machine has none. */
export const personScopes = ['openid', 'email', 'profile'] as const;

/**
 * Finds an app client. Machine clients that are named after their organization are made on demand: one exists as long as
 * its organization does. As with Cognito, each can present its secret with Basic authentication or in the form.
 */
export function findAppClient(id: string, options: AppClientOptions): ClientMetadata | undefined {
  if (id === brokerClientId) {
    return {
      client_id: id,
      client_secret: options.brokerSecret,
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      redirect_uris: [`${options.publicOrigin}/oauth/callback`],
      scope: [...personScopes, ...options.resourceScopes].join(' '),
    };
  }
  const organization = machineOrganization(id);
  if (organization !== undefined) {
    const exists = options.groups.find(groupOf(organization)) !== undefined;
    return exists ? machine(id, machineSecret, options.resourceScopes) : undefined;
  }
  const registered = options.clients.find(id);
  return registered && machine(id, registered.secret, registered.scopes);
}

function machine(id: string, secret: string, scopes: readonly string[]): ClientMetadata {
  return {
    client_id: id,
    client_secret: secret,
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    scope: scopes.join(' '),
  };
}
