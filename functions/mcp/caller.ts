import { CognitoJwtVerifier } from 'aws-jwt-verify/cognito-verifier';
import {
  CognitoJwtInvalidTokenUseError,
  FetchError,
  JwtBaseError,
  JwtExpiredError,
} from 'aws-jwt-verify/error';
import { bearerChallenge, type ScopeName, scopeNames } from '../../shared/edge.ts';
import { isOrganizationId, organizationOfGroup } from '../../shared/organization.ts';
import type { Configuration } from './configuration.ts';
import { Denial } from './rejection.ts';

/** Who is asking, as a verified access token says. */
export interface Caller {
  subject: string;
  /** The app client that the token was issued to. */
  clientId: string;
  /** The sign-in that the token comes from, or a machine's token itself: what the records of both functions share. */
  session: string | undefined;
  /** At least one, in alphabetical order. */
  organizations: readonly string[];
  /** At least one, in the order of `scopeNames`. */
  scopes: readonly ScopeName[];
}

/** The claims that decide; Cognito signs them, and what is in them is still checked here. */
interface Claims {
  sub: string;
  /** Seconds since 1970. */
  exp: number;
  client_id: string;
  scope?: unknown;
  aud?: unknown;
  username?: unknown;
  'cognito:groups'?: unknown;
  organization?: unknown;
  origin_jti?: unknown;
  jti?: unknown;
}

/** As many verified tokens are remembered by a process; the oldest is verified again. */
const mostKnownTokens = 1000;

/**
 * Makes the check of the Authorization header. Signature, issuer, expiry and token use are the library's; that the
 * token was made for this server, and for which organizations and scopes, is decided here.
 * The check throws a `Denial`, or a plain error when the pool's keys cannot be fetched.
 */
export function callerCheck(
  configuration: Configuration,
): (authorization: string | undefined) => Promise<Caller> {
  const { mcpUrl, publicOrigin, userPoolId, userPoolKeys, brokerClientId } = configuration;
  // Every machine has an app client of its own, so no list of client ids can be given; `audienceProblem` judges them.
  const verifier = CognitoJwtVerifier.create({ userPoolId, tokenUse: 'access', clientId: null });
  if (userPoolKeys) verifier.cacheJwks(userPoolKeys);

  const challenge = (parameters: Record<string, string> = {}) => ({
    'www-authenticate': bearerChallenge(publicOrigin, scopeNames, parameters),
  });

  const badToken = (message: string, caller?: Denial['caller']): Denial =>
    new Denial(401, 'bad_token', message, { headers: challenge({ error: 'invalid_token' }), caller });

  // What was signed stays signed: a client sends the same token with every call, and only its expiry has to be looked
  // at again. Everything that is decided from the claims is decided anew for each request.
  const known = new Map<string, Claims>();

  async function verified(token: string): Promise<Claims> {
    const before = known.get(token);
    if (before && before.exp * 1000 > Date.now()) return before;
    known.delete(token);
    try {
      // Keys that were handed over are all there are: a token that names another is not worth a trip to the network.
      const claims: Claims = userPoolKeys ? verifier.verifySync(token) : await verifier.verify(token);
      known.set(token, claims);
      if (known.size > mostKnownTokens) known.delete(known.keys().next().value!);
      return claims;
    } catch (error) {
      if (error instanceof JwtExpiredError) {
        throw badToken('The access token has expired: refresh it or sign in again.');
      }
      if (error instanceof CognitoJwtInvalidTokenUseError) {
        throw badToken('An access token is expected, not an ID token.');
      }
      if (error instanceof JwtBaseError && !(error instanceof FetchError)) {
        throw badToken(
          `The access token is not valid: expected one issued by this server's user pool for ${mcpUrl}.`,
        );
      }
      throw error;
    }
  }

  return async (authorization) => {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) {
      throw new Denial(
        401,
        'missing_token',
        'An access token is required: expected the header "Authorization: Bearer <token>".',
        { headers: challenge() },
      );
    }
    const claims = await verified(token);
    const caller = { subject: claims.sub, clientId: claims.client_id };
    const problem = audienceProblem(claims, mcpUrl, brokerClientId);
    if (problem) throw badToken(problem, caller);
    const organizations = organizationsOf(claims, brokerClientId);
    if (organizations.length === 0) {
      // Without a challenge: signing in once more would change nothing.
      throw new Denial(
        403,
        'no_organization',
        'This account belongs to no organization: an administrator has to add it to one.',
        { caller },
      );
    }
    const scopes = scopesOf(claims, mcpUrl);
    if (scopes.length === 0) {
      throw new Denial(
        403,
        'missing_scope',
        `The access token grants none of this server's scopes: expected one or more of ${scopeNames.join(', ')}.`,
        { headers: challenge({ error: 'insufficient_scope' }), caller },
      );
    }
    const session = [claims.origin_jti, claims.jti].find((id) => typeof id === 'string');
    return { ...caller, session, organizations, scopes };
  };
}

/** Why a genuine token of the pool was not made for this server; undefined when it was. */
function audienceProblem(claims: Claims, mcpUrl: string, brokerClientId: string): string | undefined {
  const bound = claims.aud !== undefined;
  const ours = bound && [claims.aud].flat().every((audience) => audience === mcpUrl);
  const person = claims.client_id === brokerClientId;
  if (bound ? !ours : person) return `The access token was made for another resource: expected ${mcpUrl}.`;
  // People come through the broker only: a token of theirs from another app client never saw its consent page.
  if (!person && (claims.username !== undefined || claims['cognito:groups'] !== undefined)) {
    return 'The access token was issued to another application: sign in through this server.';
  }
  return undefined;
}

/** A person's groups `org_<id>`, or the claim that only the pool's own trigger can put into a machine's token. */
function organizationsOf(claims: Claims, brokerClientId: string): string[] {
  if (claims.client_id !== brokerClientId) {
    const { organization } = claims;
    return typeof organization === 'string' && isOrganizationId(organization) ? [organization] : [];
  }
  const groups = Array.isArray(claims['cognito:groups']) ? claims['cognito:groups'] : [];
  const ids = groups.flatMap(
    (group) => (typeof group === 'string' ? organizationOfGroup(group) : undefined) ?? [],
  );
  return [...new Set(ids)].sort();
}

function scopesOf({ scope }: Claims, mcpUrl: string): ScopeName[] {
  const given = new Set(typeof scope === 'string' ? scope.split(' ') : []);
  return scopeNames.filter((name) => given.has(`${mcpUrl}/${name}`));
}
