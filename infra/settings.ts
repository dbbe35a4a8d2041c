/** The settings of a deployment, from the CDK context: `-c name=value`, or a JSON file. */

import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { readConfiguredClients } from '../functions/oauth/clients/configured-client.ts';
import {
  choice,
  flag,
  isHostPattern,
  isWebOrigin,
  list,
  type Parse,
  retention,
  retentionExpected,
  text,
  whole,
} from './setting-values.ts';

/** Each is described in `docs/deploy.md`. */
export interface Settings {
  readonly stage: string;
  readonly domain: string | undefined;
  readonly certificate: string | undefined;
  readonly signInPrefix: string | undefined;
  readonly allowedOrigins: readonly string[];
  /** JSON, as the sign-in function reads it. */
  readonly clients: string;
  readonly clientHostsAllowed: readonly string[];
  readonly clientHostsDenied: readonly string[];
  readonly mfa: 'required' | 'off';
  readonly emailFrom: string | undefined;
  readonly operators: readonly string[];
  readonly breakGlassRole: string | undefined;
  readonly requestsPerSecond: number;
  readonly burst: number;
  readonly reservedConcurrency: number | undefined;
  readonly requestsPerCaller: number;
  readonly waf: boolean;
  readonly wafRequestsPerAddress: number;
  readonly customerManagedKey: boolean;
  readonly sealingRotationDays: number;
  readonly originKey: number;
  readonly logDays: RetentionDays;
  readonly auditDays: RetentionDays;
  readonly archive: 'off' | 'governance' | 'compliance';
  readonly archiveDays: number;
  readonly alarmEmail: string | undefined;
  readonly operatorName: string | undefined;
  readonly supportEmail: string | undefined;
  readonly supportUrl: string | undefined;
  readonly privacyUrl: string | undefined;
  readonly apiLogsRole: 'create' | 'existing';
  readonly removal: 'retain' | 'destroy';
}

/** An unknown setting or an invalid value. The message is for the operator. */
export class SettingError extends Error {
  override name = 'SettingError';
}

const host = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/;
const address = /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/;
const webPage = /^https:\/\/[\w.-]+(:\d+)?(\/[\x21-\x7e]{0,150})?$/;
const webPageExpected = 'the address of a page, such as https://example.com/support';
const role = /^arn:aws:iam::\d{12}:role\/[\w+=,.@/-]+$/;
const roleOrUser = /^arn:aws:iam::\d{12}:(role|user)\/[\w+=,.@/-]+$/;
const hosts = 'host names such as client.example.com or *.example.com, separated by commas';
const wholeNumber = (least: number, most: number) =>
  [whole(least, most), `a whole number from ${least} to ${most}`] as const;

/** The CDK's own keys (`@aws-cdk/…`, `aws:cdk:…`, `cli-telemetry`) are never plain words. */
const plainWord = /^[A-Za-z][A-Za-z0-9]*$/;

/**
 * Reads the settings from the app's context.
 * @throws {SettingError} for the first setting that is unknown or invalid
 */
export function readSettings(context: Readonly<Record<string, unknown>>): Settings {
  function read<Value>(name: string, fallback: Value, parse: Parse<Value>, expected: string): Value {
    const given = context[name];
    if (given === undefined) return fallback;
    const value = parse(given);
    if (value !== undefined) return value;
    throw new SettingError(`The setting ${name} is ${JSON.stringify(given)}: expected ${expected}.`);
  }
  const optional = <Value>(name: string, parse: Parse<Value>, expected: string): Value | undefined =>
    read<Value | undefined>(name, undefined, parse, expected);

  const settings: Settings = {
    stage: read(
      'stage',
      'prod',
      text(/^[a-z][a-z0-9-]{0,19}$/),
      '1 to 20 lowercase letters, digits and hyphens, starting with a letter',
    ),
    domain: optional('domain', text(host), 'a host name such as mcp.example.com'),
    certificate: optional(
      'certificate',
      text(/^arn:aws:acm:us-east-1:\d{12}:certificate\/[\w-]+$/),
      'the ARN of a certificate in us-east-1, which CloudFront requires',
    ),
    signInPrefix: optional(
      'signInPrefix',
      text(/^(?!.*(aws|amazon|cognito))[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/),
      '1 to 63 lowercase letters, digits and hyphens, without the words aws, amazon and cognito',
    ),
    allowedOrigins: read(
      'allowedOrigins',
      [],
      list(isWebOrigin),
      'origins such as https://app.example.com, separated by commas',
    ),
    clients: read(
      'clients',
      '[]',
      clientList,
      `a JSON list of clients with at most ${longestClients} characters`,
    ),
    clientHostsAllowed: read('clientHostsAllowed', [], list(isHostPattern), hosts),
    clientHostsDenied: read('clientHostsDenied', [], list(isHostPattern), hosts),
    mfa: read('mfa', 'required', choice('required', 'off'), 'required or off'),
    emailFrom: optional('emailFrom', text(address), 'an email address such as access@example.com'),
    operators: read(
      'operators',
      [],
      list((arn) => roleOrUser.test(arn)),
      'ARNs of IAM roles or users, separated by commas',
    ),
    breakGlassRole: optional('breakGlassRole', text(role), 'the ARN of an IAM role'),
    requestsPerSecond: read('requestsPerSecond', 50, ...wholeNumber(1, 10_000)),
    burst: read('burst', 100, ...wholeNumber(1, 5_000)),
    reservedConcurrency: optional('reservedConcurrency', ...wholeNumber(1, 10_000)),
    requestsPerCaller: read('requestsPerCaller', 300, ...wholeNumber(2, 400_000)),
    waf: read('waf', false, flag, 'true or false'),
    wafRequestsPerAddress: read('wafRequestsPerAddress', 3_000, ...wholeNumber(10, 2_000_000)),
    customerManagedKey: read('customerManagedKey', false, flag, 'true or false'),
    sealingRotationDays: read('sealingRotationDays', 365, ...wholeNumber(30, 999)),
    originKey: read('originKey', 1, ...wholeNumber(1, 1_000_000)),
    logDays: read('logDays', RetentionDays.ONE_MONTH, retention, retentionExpected),
    auditDays: read('auditDays', RetentionDays.THIRTEEN_MONTHS, retention, retentionExpected),
    archive: read(
      'archive',
      'off',
      choice('off', 'governance', 'compliance'),
      'off, governance or compliance',
    ),
    archiveDays: read('archiveDays', 2_557, ...wholeNumber(1, 36_500)),
    alarmEmail: optional('alarmEmail', text(address), 'an email address'),
    operatorName: optional('operatorName', text(/^[^\p{C}]{1,100}$/u), 'a name of up to 100 characters'),
    supportEmail: optional('supportEmail', text(address), 'an email address'),
    supportUrl: optional('supportUrl', text(webPage), webPageExpected),
    privacyUrl: optional('privacyUrl', text(webPage), webPageExpected),
    apiLogsRole: read('apiLogsRole', 'create', choice('create', 'existing'), 'create or existing'),
    removal: read('removal', 'retain', choice('retain', 'destroy'), 'retain or destroy'),
  };

  const unknown = Object.keys(context).find((name) => plainWord.test(name) && !Object.hasOwn(settings, name));
  if (unknown !== undefined) {
    throw new SettingError(
      `There is no setting "${unknown}": expected one of ${Object.keys(settings).join(', ')}.`,
    );
  }
  if ((settings.domain === undefined) !== (settings.certificate === undefined)) {
    throw new SettingError(
      'Only one of the settings domain and certificate is set: expected both, or neither to use a CloudFront domain.',
    );
  }
  return settings;
}

/** Characters. Lambda limits all environment variables together to 4 KB. */
const longestClients = 2_500;

/** @throws {SettingError} that names the invalid client */
function clientList(value: unknown): string | undefined {
  const json = typeof value === 'string' ? value : JSON.stringify(value);
  if (json.length > longestClients) return undefined;
  try {
    readConfiguredClients(json);
  } catch (error) {
    throw new SettingError(`The setting clients is invalid: ${(error as Error).message}`);
  }
  const plain = (JSON.parse(json) as { client_secret?: string }[]).some(
    ({ client_secret: secret }) => secret !== undefined && !secret.startsWith('sha256:'),
  );
  if (plain) {
    throw new SettingError(
      'The setting clients contains a client_secret in plain text: expected "sha256:" and its SHA-256 hash in hexadecimal digits, because everyone who can view the stack can read its settings.',
    );
  }
  return json;
}
