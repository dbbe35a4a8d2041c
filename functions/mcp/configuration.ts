import type { Jwks } from 'aws-jwt-verify/jwk';
import { mcpUrl } from '../../shared/edge.ts';

/** What the operator decides, read from the environment once. */
export interface Configuration {
  publicOrigin: string;
  /** The OAuth resource that tokens are made for, and the prefix of its scopes. */
  mcpUrl: string;
  userPoolId: string;
  /** The pool's public keys, where they are handed over; otherwise they are fetched from the pool. */
  userPoolKeys?: Jwks;
  /** The app client through which people sign in. */
  brokerClientId: string;
  /** The DynamoDB table that holds the books. */
  tableName: string;
  /** The role that may read one organization's books at a time; without it, the process's own rights are used. */
  readerRoleArn?: string;
  /** Origins of the web pages whose scripts may call. */
  allowedOrigins: ReadonlySet<string>;
  /** Requests of one caller in a minute; without it, as many as come. */
  requestsPerCaller?: number;
}

/** @throws {Error} naming the variable that is missing or malformed. */
export function readConfiguration(environment: Readonly<Record<string, string | undefined>>): Configuration {
  const publicOrigin = originIn('PUBLIC_ORIGIN', required(environment, 'PUBLIC_ORIGIN'));
  const keys = environment.USER_POOL_JWKS;
  return {
    publicOrigin,
    mcpUrl: mcpUrl(publicOrigin),
    userPoolId: userPoolIn(required(environment, 'USER_POOL_ID')),
    ...(keys && { userPoolKeys: keysIn(keys) }),
    brokerClientId: required(environment, 'BROKER_CLIENT_ID'),
    tableName: required(environment, 'TABLE_NAME'),
    ...(environment.READER_ROLE_ARN && { readerRoleArn: environment.READER_ROLE_ARN }),
    allowedOrigins: new Set(
      required(environment, 'ALLOWED_ORIGINS')
        .split(',')
        .map((origin) => originIn('ALLOWED_ORIGINS', origin.trim())),
    ),
    ...(environment.REQUESTS_PER_CALLER && { requestsPerCaller: countIn(environment.REQUESTS_PER_CALLER) }),
  };
}

function required(environment: Readonly<Record<string, string | undefined>>, name: string): string {
  const value = environment[name];
  if (!value) throw new Error(`The environment variable ${name} is not set.`);
  return value;
}

function originIn(name: string, text: string): string {
  if (!URL.canParse(text) || new URL(text).origin !== text) {
    throw new Error(
      `The environment variable ${name} is ${JSON.stringify(text)}: expected an origin such as https://mcp.example.com, without a path or a slash at the end.`,
    );
  }
  return text;
}

function countIn(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error(
    `The environment variable REQUESTS_PER_CALLER is ${JSON.stringify(text)}: expected a whole number, 1 or more.`,
  );
}

function userPoolIn(text: string): string {
  if (!/^[a-z]+(-[a-z]+)+-\d_[A-Za-z0-9]+$/.test(text)) {
    throw new Error(
      `The environment variable USER_POOL_ID is ${JSON.stringify(text)}: expected a pool's id such as eu-west-1_AbCdEfGhI.`,
    );
  }
  return text;
}

function keysIn(text: string): Jwks {
  const expected = new Error(
    'The environment variable USER_POOL_JWKS is malformed: expected JSON {"keys":[…]}.',
  );
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw expected;
  }
  if (typeof parsed !== 'object' || parsed === null || !('keys' in parsed) || !Array.isArray(parsed.keys)) {
    throw expected;
  }
  return parsed as Jwks;
}
