import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Caller, callerCheck } from '../../functions/mcp/caller.ts';
import { Denial } from '../../functions/mcp/rejection.ts';
import { allScopes } from '../support/scopes.ts';
import {
  configuration,
  forgedToken,
  machineClaims,
  mcpUrl,
  personClaims,
  secondsFromNow,
  strangersToken,
  token,
  unsignedToken,
} from './mcp-tokens.ts';

const check = callerCheck(configuration);
const callerOf = (claims: Record<string, unknown>): Promise<Caller> => check(`Bearer ${token(claims)}`);

test('a person is who the token names, with the organizations of its groups and the scopes that were granted', async () => {
  assert.deepEqual(
    await callerOf(
      personClaims({
        'cognito:groups': ['org_zeta', 'admins', 'org_acme', 'org_acme'],
        scope: `openid ${mcpUrl}/payments:read ${mcpUrl}/invoices:read`,
      }),
    ),
    {
      subject: 'person-1',
      clientId: 'the-broker',
      session: 'sign-in-1',
      organizations: ['acme', 'zeta'],
      scopes: ['invoices:read', 'payments:read'],
    },
  );
});

test('a machine belongs to the organization of its claim', async () => {
  const caller = await callerOf(machineClaims({ scope: `${mcpUrl}/business:read` }));
  assert.equal(caller.session, 'token-1');
  assert.deepEqual(caller.organizations, ['acme']);
  assert.deepEqual(caller.scopes, ['business:read']);
  assert.equal(caller.clientId, 'machine-acme');
});

test('a machine may have a token that is bound to this server', async () => {
  assert.deepEqual((await callerOf(machineClaims({ aud: mcpUrl }))).organizations, ['acme']);
});

test('the word Bearer is read in any case', async () => {
  assert.equal((await check(`bearer  ${token(personClaims())}`)).subject, 'person-1');
});

test('a claim of organization counts for nothing in a person’s token', async () => {
  const caller = await callerOf(personClaims({ organization: 'globex' }));
  assert.deepEqual(caller.organizations, ['acme']);
});

test('groups whose names could not be an organization’s are ignored', async () => {
  const caller = await callerOf(
    personClaims({
      'cognito:groups': [
        'org_acme',
        'org_',
        'org_a',
        'org_UP',
        'org_a#b',
        'org_-x',
        'acme2',
        'xorg_globex',
        7,
      ],
    }),
  );
  assert.deepEqual(caller.organizations, ['acme']);
});

test('scopes of another server, or unknown here, are ignored', async () => {
  const caller = await callerOf(
    personClaims({
      scope: `${mcpUrl}/invoices:read ${mcpUrl}/invoices:write https://other.example/mcp/business:read expenses:read`,
    }),
  );
  assert.deepEqual(caller.scopes, ['invoices:read']);
});

const refused: readonly {
  what: string;
  authorization: string | undefined;
  status: number;
  reason: string;
  says: RegExp;
}[] = [
  {
    what: 'no header',
    authorization: undefined,
    status: 401,
    reason: 'missing_token',
    says: /access token is required/,
  },
  {
    what: 'another scheme',
    authorization: 'Basic YTpi',
    status: 401,
    reason: 'missing_token',
    says: /Authorization: Bearer/,
  },
  {
    what: 'no JWT at all',
    authorization: 'Bearer nonsense',
    status: 401,
    reason: 'bad_token',
    says: /is not valid: expected one issued/,
  },
  {
    what: 'an expired token',
    authorization: `Bearer ${token(personClaims({ exp: secondsFromNow(-5) }))}`,
    status: 401,
    reason: 'bad_token',
    says: /has expired/,
  },
  {
    what: 'a token of another pool',
    authorization: `Bearer ${token(
      personClaims({ iss: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_OtherPool' }),
    )}`,
    status: 401,
    reason: 'bad_token',
    says: /is not valid: expected one issued/,
  },
  {
    what: 'an ID token',
    authorization: `Bearer ${token(personClaims({ token_use: 'id' }))}`,
    status: 401,
    reason: 'bad_token',
    says: /not an ID token/,
  },
  {
    what: 'a token without a signature',
    authorization: `Bearer ${unsignedToken(personClaims())}`,
    status: 401,
    reason: 'bad_token',
    says: /is not valid: expected one issued/,
  },
  {
    what: 'a token signed by a stranger',
    authorization: `Bearer ${forgedToken(personClaims())}`,
    status: 401,
    reason: 'bad_token',
    says: /is not valid: expected one issued/,
  },
  {
    what: 'a token signed by a key that the pool does not have',
    authorization: `Bearer ${strangersToken(personClaims())}`,
    status: 401,
    reason: 'bad_token',
    says: /is not valid: expected one issued/,
  },
  {
    what: 'a person’s token for another resource',
    authorization: `Bearer ${token(personClaims({ aud: 'https://other.example/mcp' }))}`,
    status: 401,
    reason: 'bad_token',
    says: /another resource/,
  },
  {
    what: 'a person’s token for this resource and another',
    authorization: `Bearer ${token(personClaims({ aud: [mcpUrl, 'https://other.example/mcp'] }))}`,
    status: 401,
    reason: 'bad_token',
    says: /another resource/,
  },
  {
    what: 'a person’s token for no resource',
    authorization: `Bearer ${token(personClaims({ aud: undefined }))}`,
    status: 401,
    reason: 'bad_token',
    says: /another resource/,
  },
  {
    what: 'a machine’s token for another resource',
    authorization: `Bearer ${token(machineClaims({ aud: 'https://other.example/mcp' }))}`,
    status: 401,
    reason: 'bad_token',
    says: /another resource/,
  },
  {
    what: 'a person’s token from another application',
    authorization: `Bearer ${token(personClaims({ client_id: 'someone-else' }))}`,
    status: 401,
    reason: 'bad_token',
    says: /another application/,
  },
  {
    what: 'a person’s token from another application that names an organization',
    authorization: `Bearer ${token(
      personClaims({ client_id: 'someone-else', 'cognito:groups': undefined, organization: 'acme' }),
    )}`,
    status: 401,
    reason: 'bad_token',
    says: /another application/,
  },
  {
    what: 'a person without groups',
    authorization: `Bearer ${token(personClaims({ 'cognito:groups': undefined }))}`,
    status: 403,
    reason: 'no_organization',
    says: /belongs to no organization/,
  },
  {
    what: 'a person whose groups name no organization',
    authorization: `Bearer ${token(personClaims({ 'cognito:groups': ['org_A B', 'staff'] }))}`,
    status: 403,
    reason: 'no_organization',
    says: /belongs to no organization/,
  },
  {
    what: 'a machine without an organization',
    authorization: `Bearer ${token(machineClaims({ organization: undefined }))}`,
    status: 403,
    reason: 'no_organization',
    says: /belongs to no organization/,
  },
  {
    what: 'a machine whose organization could not be one',
    authorization: `Bearer ${token(machineClaims({ organization: 'acme#' }))}`,
    status: 403,
    reason: 'no_organization',
    says: /belongs to no organization/,
  },
  {
    what: 'a token without a scope of this server',
    authorization: `Bearer ${token(personClaims({ scope: 'openid email' }))}`,
    status: 403,
    reason: 'missing_scope',
    says: /expected one or more of invoices:read, /,
  },
  {
    what: 'a token without any scope',
    authorization: `Bearer ${token(personClaims({ scope: undefined }))}`,
    status: 403,
    reason: 'missing_scope',
    says: /none of this server's scopes/,
  },
];

for (const { what, authorization, status, reason, says } of refused) {
  test(`${what} is refused with ${status}`, async () => {
    await assert.rejects(check(authorization), (error) => {
      assert.ok(error instanceof Denial);
      assert.equal(error.status, status);
      assert.equal(error.reason, reason);
      assert.match(error.message, says);
      return true;
    });
  });
}

test('a 401 says where to sign in and for which scopes', async () => {
  await assert.rejects(check(undefined), (error) => {
    assert.ok(error instanceof Denial);
    assert.equal(
      error.headers['www-authenticate'],
      'Bearer resource_metadata="https://finance.example/.well-known/oauth-protected-resource/mcp", ' +
        `scope="${allScopes}"`,
    );
    return true;
  });
});

test('a bad token and missing scopes are told apart in the challenge', async () => {
  const challenges = await Promise.all(
    [personClaims({ exp: secondsFromNow(-5) }), personClaims({ scope: 'openid' })].map((claims) =>
      callerOf(claims).then(
        () => '',
        (error: Denial) => error.headers['www-authenticate'] ?? '',
      ),
    ),
  );
  assert.match(challenges[0] ?? '', /^Bearer error="invalid_token", resource_metadata="/);
  assert.match(challenges[1] ?? '', /^Bearer error="insufficient_scope", resource_metadata="/);
});

test('a token that was accepted is refused once it has expired, and so is every alteration of it', async (context) => {
  const now = Date.now();
  context.mock.timers.enable({ apis: ['Date'], now });
  const good = token(personClaims({ exp: Math.floor(now / 1000) + 60 }));
  for (const _ of [1, 2]) assert.equal((await check(`Bearer ${good}`)).subject, 'person-1');
  const [head, , signature] = good.split('.');
  const [, others] = token(personClaims({ sub: 'somebody-else' })).split('.');
  for (const altered of [`${head}.${others}.${signature}`, good.slice(0, -2), `${good}x`]) {
    await assert.rejects(check(`Bearer ${altered}`), /is not valid/);
  }
  context.mock.timers.tick(61_000);
  await assert.rejects(check(`Bearer ${good}`), /has expired/);
});
