import { type AuthInfo, OAuthError, OAuthErrorCode } from '@modelcontextprotocol/server';
import { CognitoJwtVerifier } from 'aws-jwt-verify/cognito-verifier';

const clientId = process.env.BROKER_CLIENT_ID ?? '';
const verifier = CognitoJwtVerifier.create({
  userPoolId: process.env.USER_POOL_ID ?? '',
  tokenUse: 'access',
  clientId,
});
const keys = process.env.USER_POOL_JWKS;
if (keys) verifier.cacheJwks(JSON.parse(keys));

const groupPrefix = 'org_';

/** What `requireBearerAuth` asks for: who the caller of a genuine token of the pool is. */
export async function verifyAccessToken(token: string): Promise<AuthInfo> {
  try {
    const { scope, exp, 'cognito:groups': groups = [] } = await verifier.verify(token);
    const group = groups.find((name) => name.startsWith(groupPrefix));
    if (!group) throw new Error('The account belongs to no organization.');
    return {
      token,
      clientId,
      scopes: scope.split(' '),
      expiresAt: exp,
      extra: { organization: group.slice(groupPrefix.length) },
    };
  } catch {
    throw new OAuthError(OAuthErrorCode.InvalidToken, 'The access token is not valid.');
  }
}
