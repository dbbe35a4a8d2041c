import { generateKeyPairSync, sign } from 'node:crypto';
import { qualifiedScope, scopeNames } from '../shared/edge.ts';

/** What the function of every contestant is told, and a token that it takes. */

export const region = 'eu-west-1';
export const tableName = 'finance-mcp';

const publicOrigin = 'https://finance.example';
const userPool = `${region}_Bench0001`;
const broker = 'the-broker';
const keyId = 'bench';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** The environment of a function that reads the table at an endpoint; the pool's keys are preloaded. */
export const environmentFor = (endpoint: string): Record<string, string> => ({
  PATH: process.env.PATH ?? '',
  PUBLIC_ORIGIN: publicOrigin,
  AWS_REGION: region,
  USER_POOL_ID: userPool,
  USER_POOL_JWKS: JSON.stringify({
    keys: [{ ...publicKey.export({ format: 'jwk' }), kid: keyId, alg: 'RS256', use: 'sig' }],
  }),
  BROKER_CLIENT_ID: broker,
  ALLOWED_ORIGINS: 'https://claude.ai',
  TABLE_NAME: tableName,
  AWS_ENDPOINT_URL_DYNAMODB: endpoint,
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
});

/** A person's access token as Cognito signs them, with every scope, good for a day. */
export function accessToken(organization: string): string {
  const now = Math.floor(Date.now() / 1000);
  const content = [
    { alg: 'RS256', kid: keyId },
    {
      iss: `https://cognito-idp.${region}.amazonaws.com/${userPool}`,
      token_use: 'access',
      sub: 'person-1',
      username: 'ada',
      client_id: broker,
      aud: `${publicOrigin}/mcp`,
      scope: scopeNames.map((name) => qualifiedScope(publicOrigin, name)).join(' '),
      'cognito:groups': [`org_${organization}`],
      iat: now,
      exp: now + 86_400,
    },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${content}.${sign('RSA-SHA256', Buffer.from(content), privateKey).toString('base64url')}`;
}
