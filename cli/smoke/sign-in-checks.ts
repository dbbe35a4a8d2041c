import { createHash, randomBytes } from 'node:crypto';
import { type Check, expect, Skipped } from './check.ts';
import type { Answer, Credentials, Site } from './site.ts';

const redirectUri = 'http://127.0.0.1:33418/callback';
const wrongRedirectUri = 'https://redirect.invalid/callback';

/** How clients get a token. */
export const signInChecks: readonly Check[] = [
  {
    name: 'registration of clients',
    async run(site) {
      const endpoint = site.endpoint('registration_endpoint');
      const answer = await register(site, endpoint, redirectUri);
      expect(answer.status === 201, `Registration returns ${answer.status}: expected 201.`);
      const { client_id: clientId } = answer.object();
      expect(typeof clientId === 'string' && clientId !== '', 'Registration returns no client_id.');
      site.registered = { clientId, redirectUri };
      const refused = await register(site, endpoint, 'javascript:alert(1)');
      expect(
        refused.status === 400,
        `Registration of a javascript: redirect URI returns ${refused.status}: expected 400.`,
      );
      return 'A client can register itself, but not with a javascript: redirect URI.';
    },
  },
  {
    name: 'sign-in page',
    async run(site) {
      const endpoint = site.endpoint('authorization_endpoint');
      if (!site.registered)
        throw new Skipped('This check needs a registered client, and registration failed.');
      const good = await authorize(site, endpoint, redirectUri);
      const leadsBack = good.headers.get('location')?.startsWith(redirectUri) ?? false;
      expect(
        good.status < 400 && !leadsBack,
        `A valid sign-in request gets ${good.status}${leadsBack ? ' and an error redirect' : ''}: expected a page.`,
      );
      const bad = await authorize(site, endpoint, wrongRedirectUri);
      expect(
        !bad.headers.has('location'),
        'A request with an unregistered redirect URI is redirected: expected an error page.',
      );
      expect(
        bad.status >= 400 && bad.status < 500,
        `A request with an unregistered redirect URI gets ${bad.status}: expected 400.`,
      );
      return 'Sign-in starts for a registered redirect URI; an unregistered one gets an error page and no redirect.';
    },
  },
  {
    name: 'no token for a wrong secret',
    async run(site) {
      const answer = await machineToken(site, {
        id: site.client?.id ?? 'nobody',
        secret: randomBytes(24).toString('base64url'),
      });
      expect(answer.status === 401, `A wrong secret gets ${answer.status}: expected 401.`);
      const { error } = answer.object();
      expect(error === 'invalid_client', `A wrong secret gets ${String(error)}: expected invalid_client.`);
      return 'A wrong secret gets 401 and invalid_client.';
    },
  },
  {
    name: 'machine token',
    async run(site) {
      if (!site.client) throw new Skipped('This check needs a machine client: --client-id.');
      const [token, scope] = await grantedToken(site, site.client);
      site.token = token;
      if (site.otherClient) [site.otherToken] = await grantedToken(site, site.otherClient);
      return `The client gets a token that is valid for at most 15 minutes, with the scopes ${scope.replaceAll(' ', ', ')}.`;
    },
  },
];

async function grantedToken(site: Site, client: Credentials): Promise<[token: string, scope: string]> {
  const answer = await machineToken(site, client);
  if (answer.status !== 200) {
    const { error } = answer.object();
    expect(false, `The client ${client.id} does not get a token: ${String(error)}.`);
  }
  const { access_token: token, token_type: type, expires_in: seconds, scope } = answer.object();
  expect(typeof token === 'string' && token !== '', 'The answer has no access_token.');
  expect(String(type).toLowerCase() === 'bearer', `token_type is ${String(type)}: expected Bearer.`);
  expect(
    typeof seconds === 'number' && seconds > 0 && seconds <= 900,
    `expires_in is ${String(seconds)}: expected 900 seconds or less.`,
  );
  expect(typeof scope === 'string' && scope !== '', 'The answer has no scope.');
  return [token, scope];
}

function machineToken(site: Site, { id, secret }: Credentials): Promise<Answer> {
  const basic = Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64');
  return site.ask(site.endpoint('token_endpoint'), {
    method: 'POST',
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource: site.mcpUrl }),
  });
}

const register = (site: Site, endpoint: string, redirect: string): Promise<Answer> =>
  site.ask(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'Finance MCP smoke test',
      redirect_uris: [redirect],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    }),
  });

function authorize(site: Site, endpoint: string, redirect: string): Promise<Answer> {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: site.registered?.clientId ?? '',
    redirect_uri: redirect,
    code_challenge: createHash('sha256').update(randomBytes(32)).digest('base64url'),
    code_challenge_method: 'S256',
    state: 'smoke',
    resource: site.mcpUrl,
  });
  return site.ask(`${endpoint}?${query}`, { headers: { accept: 'text/html' } });
}
