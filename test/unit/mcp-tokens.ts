import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { type Configuration, readConfiguration } from '../../functions/mcp/configuration.ts';
import { allScopes } from '../support/scopes.ts';

export const publicOrigin = 'https://finance.example';
export const mcpUrl = `${publicOrigin}/mcp`;
const pool = 'eu-west-1_TestPool1';
const broker = 'the-broker';
const keyId = 'test-key';

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** The environment of the function under test, with the public half of the key that signs its tokens. */
export const environment: Readonly<Record<string, string>> = {
  PUBLIC_ORIGIN: publicOrigin,
  USER_POOL_ID: pool,
  USER_POOL_JWKS: JSON.stringify({
    keys: [{ ...pair.publicKey.export({ format: 'jwk' }), kid: keyId, alg: 'RS256', use: 'sig' }],
  }),
  BROKER_CLIENT_ID: broker,
  TABLE_NAME: 'books',
  ALLOWED_ORIGINS: 'https://claude.ai, https://chatgpt.com',
};

export const configuration: Configuration = readConfiguration(environment);

type Claims = Record<string, unknown>;

const qualifiedScopes = allScopes
  .split(' ')
  .map((name) => `${mcpUrl}/${name}`)
  .join(' ');

/** The claims of a person's token as Cognito signs them; a claim that is undefined is left out. */
export const personClaims = (changes: Claims = {}): Claims => ({
  iss: `https://cognito-idp.eu-west-1.amazonaws.com/${pool}`,
  token_use: 'access',
  sub: 'person-1',
  username: 'ada',
  client_id: broker,
  origin_jti: 'sign-in-1',
  jti: 'token-1',
  aud: mcpUrl,
  scope: qualifiedScopes,
  'cognito:groups': ['org_acme'],
  iat: secondsFromNow(-10),
  exp: secondsFromNow(600),
  ...changes,
});

/** The claims of a machine's token: no groups, no username, the organization by a claim. */
export const machineClaims = (changes: Claims = {}): Claims =>
  personClaims({
    sub: 'machine-acme',
    client_id: 'machine-acme',
    username: undefined,
    origin_jti: undefined,
    aud: undefined,
    'cognito:groups': undefined,
    organization: 'acme',
    ...changes,
  });

export const secondsFromNow = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

export const token = (claims: Claims): string =>
  signed({ alg: 'RS256', kid: keyId }, claims, pair.privateKey);

/** Signed by a key that the pool does not have, under the id of one that it has. */
export const forgedToken = (claims: Claims): string =>
  signed({ alg: 'RS256', kid: keyId }, claims, stranger.privateKey);

/** Signed by a key that the pool does not have, under its own id. */
export const strangersToken = (claims: Claims): string =>
  signed({ alg: 'RS256', kid: 'another-key' }, claims, stranger.privateKey);

/** Not signed at all. */
export const unsignedToken = (claims: Claims): string =>
  `${encoded({ alg: 'none', kid: keyId })}.${encoded(claims)}.`;

function signed(header: object, claims: Claims, key: KeyObject): string {
  const content = `${encoded(header)}.${encoded(claims)}`;
  return `${content}.${sign('RSA-SHA256', Buffer.from(content), key).toString('base64url')}`;
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
