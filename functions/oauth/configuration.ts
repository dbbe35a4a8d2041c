/** What the front door is told by its environment. */

import { type ClientHosts, readHosts } from './clients/client-hosts.ts';
import { type ConfiguredClient, readConfiguredClients } from './clients/configured-client.ts';
import type { Operator, Retention } from './site/operator.ts';

export interface Configuration {
  /** Origin of the product, e.g. `https://d111111abcdef8.cloudfront.net`, without a slash at its end. */
  readonly publicOrigin: string;
  /** Base URL of the user pool's sign-in endpoints, without a slash at its end. */
  readonly userPoolUrl: string;
  /** The user pool's app client through which people sign in. */
  readonly brokerClientId: string;
  readonly clients: readonly ConfiguredClient[];
  readonly clientHosts: ClientHosts;
  /** Whether a client's metadata document may be on this machine, for whoever develops one. */
  readonly loopbackDocuments: boolean;
  readonly operator: Operator;
  readonly retention: Retention;
}

/** @throws Error that names the variable which is missing or wrong */
export function readConfiguration(environment: NodeJS.ProcessEnv): Configuration {
  const publicOrigin = webAddress(environment, 'PUBLIC_ORIGIN');
  const { origin, hostname } = new URL(publicOrigin);
  if (origin !== publicOrigin) {
    throw new Error(`PUBLIC_ORIGIN must be an origin such as https://example.com, not ${publicOrigin}.`);
  }
  const loopbackDocuments = environment.CLIENT_METADATA_LOOPBACK === 'allowed';
  // In the cloud, this machine is one of AWS's, and its loopback addresses are nobody's business.
  if (loopbackDocuments && hostname !== 'localhost') {
    throw new Error('CLIENT_METADATA_LOOPBACK can be allowed only where PUBLIC_ORIGIN is on localhost.');
  }
  return {
    publicOrigin,
    userPoolUrl: webAddress(environment, 'USER_POOL_URL'),
    brokerClientId: value(environment, 'BROKER_CLIENT_ID'),
    clients: readConfiguredClients(environment.CLIENTS),
    clientHosts: {
      allowed: readHosts(environment.CLIENT_HOSTS_ALLOWED),
      denied: readHosts(environment.CLIENT_HOSTS_DENIED) ?? [],
    },
    loopbackDocuments,
    operator: {
      name: optional(environment, 'OPERATOR_NAME'),
      supportEmail: optional(environment, 'SUPPORT_EMAIL'),
      supportUrl: optional(environment, 'SUPPORT_URL'),
      privacyUrl: optional(environment, 'PRIVACY_URL'),
    },
    retention: {
      auditDays: days(environment, 'AUDIT_DAYS'),
      logDays: days(environment, 'LOG_DAYS'),
      archiveDays: days(environment, 'ARCHIVE_DAYS'),
    },
  };
}

/** What is left empty is not set: a deployment passes on every setting. */
function optional(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  return environment[name] === '' ? undefined : environment[name];
}

function days(environment: NodeJS.ProcessEnv, name: string): number | undefined {
  const given = optional(environment, name);
  if (given === undefined) return undefined;
  if (!/^[1-9]\d*$/.test(given)) {
    throw new Error(`The environment variable ${name} must be a whole number of days, not ${given}.`);
  }
  return Number(given);
}

function value(environment: NodeJS.ProcessEnv, name: string): string {
  const found = optional(environment, name);
  if (found === undefined) throw new Error(`The environment variable ${name} is missing.`);
  return found;
}

function webAddress(environment: NodeJS.ProcessEnv, name: string): string {
  const address = value(environment, name);
  const protocol = URL.parse(address)?.protocol;
  if (protocol !== 'https:' && protocol !== 'http:') {
    throw new Error(`The environment variable ${name} must be a web address, not ${address}.`);
  }
  return address.replace(/\/$/, '');
}
