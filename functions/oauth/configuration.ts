import { type Environment, malformed, optional, originIn, required } from '../environment.ts';
import { type ClientHosts, readHosts } from './clients/client-hosts.ts';
import { type ConfiguredClient, readConfiguredClients } from './clients/configured-client.ts';

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

/** Who runs this server, according to its settings. */
export interface Operator {
  readonly name: string | undefined;
  readonly supportEmail: string | undefined;
  readonly supportUrl: string | undefined;
  /** The operator's own privacy policy. */
  readonly privacyUrl: string | undefined;
}

/** Days for which records are kept; undefined if the server does not know. */
export interface Retention {
  readonly auditDays: number | undefined;
  readonly logDays: number | undefined;
  /** For the copies that nobody can change; undefined if there are none. */
  readonly archiveDays: number | undefined;
}

/** @throws {Error} naming the variable that is missing or malformed. */
export function readConfiguration(environment: Environment): Configuration {
  const publicOrigin = originIn('PUBLIC_ORIGIN', required(environment, 'PUBLIC_ORIGIN'));
  const loopbackDocuments = environment.CLIENT_METADATA_LOOPBACK === 'allowed';
  // In the cloud, this machine is one of AWS's, and its loopback addresses are nobody's business.
  if (loopbackDocuments && new URL(publicOrigin).hostname !== 'localhost') {
    throw new Error('CLIENT_METADATA_LOOPBACK can be allowed only where PUBLIC_ORIGIN is on localhost.');
  }
  return {
    publicOrigin,
    userPoolUrl: webAddressIn('USER_POOL_URL', required(environment, 'USER_POOL_URL')),
    brokerClientId: required(environment, 'BROKER_CLIENT_ID'),
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

function days(environment: Environment, name: string): number | undefined {
  const given = optional(environment, name);
  if (given === undefined) return undefined;
  if (!/^[1-9]\d*$/.test(given)) throw malformed(name, given, 'a whole number of days');
  return Number(given);
}

function webAddressIn(name: string, value: string): string {
  const protocol = URL.parse(value)?.protocol;
  if (protocol !== 'https:' && protocol !== 'http:') throw malformed(name, value, 'a web address');
  return value.replace(/\/$/, '');
}
