import type { Jwks } from 'aws-jwt-verify/jwk';
import { mcpUrl } from '../../shared/edge.ts';
import { isPlainObject } from '../../shared/json.ts';
import { type Environment, malformed, originIn, required } from '../environment.ts';

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
  /** The S3 bucket that holds the files of attachments; without it, no files are kept. */
  filesBucket?: string;
  /** The folder of the function's code, which has the views; without it, there are none. */
  codeFolder?: string;
  /** Origins of the web pages whose scripts may call. */
  allowedOrigins: ReadonlySet<string>;
  /** Requests of one caller in a minute; without it, as many as come. */
  requestsPerCaller?: number;
}

/** @throws {Error} naming the variable that is missing or malformed. */
export function readConfiguration(environment: Environment): Configuration {
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
    ...(environment.FILES_BUCKET && { filesBucket: environment.FILES_BUCKET }),
    ...(environment.LAMBDA_TASK_ROOT && { codeFolder: environment.LAMBDA_TASK_ROOT }),
    allowedOrigins: new Set(
      required(environment, 'ALLOWED_ORIGINS')
        .split(',')
        .map((origin) => originIn('ALLOWED_ORIGINS', origin.trim())),
    ),
    ...(environment.REQUESTS_PER_CALLER && { requestsPerCaller: countIn(environment.REQUESTS_PER_CALLER) }),
  };
}

function countIn(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw malformed('REQUESTS_PER_CALLER', text, 'a whole number, 1 or more');
}

function userPoolIn(text: string): string {
  if (/^[a-z]+(-[a-z]+)+-\d_[A-Za-z0-9]+$/.test(text)) return text;
  throw malformed('USER_POOL_ID', text, "a pool's id such as eu-west-1_AbCdEfGhI");
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
  if (!isPlainObject(parsed) || !Array.isArray(parsed.keys)) throw expected;
  return { keys: parsed.keys };
}
