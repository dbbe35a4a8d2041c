import { resourceMetadataUrl, scopeNames } from '../../shared/edge.ts';
import { isPlainObject } from '../../shared/json.ts';
import { counted } from '../../shared/text.ts';
import { type Check, expect, Skipped } from './check.ts';
import type { Answer, Site } from './site.ts';

/** What anybody can read without a token. */
export const frontChecks: readonly Check[] = [
  {
    name: 'health',
    async run(site) {
      const answer = await found(site, '/health');
      expect(answer.object().status === 'ok', 'GET /health does not report the status ok.');
      return 'GET /health reports the status ok.';
    },
  },
  {
    name: 'landing page',
    async run(site) {
      const { headers, text } = await found(site, '/', { accept: 'text/html' });
      expect(/^text\/html/.test(headers.get('content-type') ?? ''), 'GET / does not return an HTML page.');
      expect(text.includes(site.mcpUrl), `The landing page does not show ${site.mcpUrl}.`);
      const policy = headers.get('content-security-policy') ?? '';
      expect(
        policy.includes('frame-ancestors'),
        'Other pages can frame the landing page: expected frame-ancestors in its Content-Security-Policy.',
      );
      return 'GET / shows the MCP URL, and no other page can frame it.';
    },
  },
  {
    name: 'resource metadata',
    async run(site) {
      const document = (await found(site, resourceMetadataUrl(site.origin))).object();
      const atRoot = (await found(site, '/.well-known/oauth-protected-resource')).object();
      expect(
        document.resource === site.mcpUrl,
        `resource is ${String(document.resource)}: expected ${site.mcpUrl}.`,
      );
      const servers = document.authorization_servers;
      expect(
        Array.isArray(servers) && servers[0] === site.origin,
        `The first authorization server is not ${site.origin}.`,
      );
      const scopes = document.scopes_supported;
      expect(
        Array.isArray(scopes) && scopeNames.every((name) => scopes.includes(name)),
        `scopes_supported is incomplete: expected ${scopeNames.join(', ')}.`,
      );
      expect(JSON.stringify(document) === JSON.stringify(atRoot), 'The two documents differ.');
      return `The resource is ${site.mcpUrl}, and ${site.origin} issues its tokens.`;
    },
  },
  {
    name: 'server metadata',
    async run(site) {
      const document = (await found(site, '/.well-known/oauth-authorization-server')).object();
      expect(
        document.issuer === site.origin,
        `issuer is ${String(document.issuer)}: expected ${site.origin}, as in its URL.`,
      );
      const endpoints = Object.entries(document).filter(([name]) => name.endsWith('_endpoint'));
      const elsewhere = endpoints.find(([, address]) => URL.parse(String(address))?.origin !== site.origin);
      expect(!elsewhere, `${elsewhere?.[0]} is not on ${site.origin}.`);
      expect(typeof document.token_endpoint === 'string', 'The metadata has no token_endpoint.');
      site.metadata = document;
      return `The issuer is ${site.origin}, with ${endpoints.map(([name]) => name.replace('_endpoint', '')).join(', ')}.`;
    },
  },
  {
    name: 'OpenAPI document',
    async run(site) {
      const { openapi, servers, paths } = (await found(site, '/openapi.json')).object();
      expect(/^3\.1\./.test(String(openapi)), `openapi is ${String(openapi)}: expected 3.1.`);
      expect(
        JSON.stringify(servers) === JSON.stringify([{ url: site.origin }]),
        `servers is ${JSON.stringify(servers)}: expected ${site.origin} alone.`,
      );
      expect(isPlainObject(paths) && '/mcp' in paths, 'It does not describe /mcp.');
      return `GET /openapi.json describes ${counted(Object.keys(paths as object).length, 'path')} of ${site.origin}.`;
    },
  },
  {
    name: 'proof of possession of codes (PKCE S256)',
    async run(site) {
      site.endpoint('authorization_endpoint');
      const methods = site.metadata?.code_challenge_methods_supported;
      expect(
        Array.isArray(methods) && methods.length === 1 && methods[0] === 'S256',
        'code_challenge_methods_supported is not exactly S256: many clients refuse to sign in.',
      );
      return 'The metadata offers S256 and nothing weaker.';
    },
  },
  {
    name: 'transport security',
    async run(site) {
      const { protocol, hostname, host } = new URL(site.origin);
      if (protocol === 'http:') {
        const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
        expect(isLoopback, `${site.origin} is not encrypted: expected https.`);
        throw new Skipped('The local edition uses plain HTTP, on this machine only.');
      }
      const { headers } = await site.ask('/');
      const policy = headers.get('strict-transport-security') ?? '';
      expect(/max-age=[1-9]/.test(policy), 'The Strict-Transport-Security header is missing.');
      expect(
        headers.get('x-content-type-options') === 'nosniff',
        'The header X-Content-Type-Options is not nosniff.',
      );
      const plain = await site.ask(`http://${host}/`);
      const leadsToTls = plain.status >= 300 && plain.status < 400;
      expect(
        leadsToTls && (plain.headers.get('location') ?? '').startsWith('https://'),
        'Plain HTTP does not redirect to HTTPS.',
      );
      return 'The site requires HTTPS (HSTS), and plain HTTP redirects to it.';
    },
  },
];

/** @throws {Failed} when nothing is found at the address */
async function found(site: Site, address: string, headers: Record<string, string> = {}): Promise<Answer> {
  const answer = await site.ask(address, { headers });
  expect(answer.status === 200, `GET ${address} returns ${answer.status}: expected 200.`);
  return answer;
}

/** The last check: the error responses of all the others. */
export const leakCheck: Check = {
  name: 'no token in refusals',
  async run(site: Site) {
    const { errors, secrets } = site;
    if (errors.length === 0) throw new Skipped('Nothing was refused.');
    const leak = errors.find(({ text }) => secrets.some((secret) => text.includes(secret)));
    expect(!leak, `The error response to ${leak?.what} repeats a token or a secret.`);
    const inside = errors.find(({ text }) => /node_modules|\.ts:\d|\bat .+:\d+:\d+/.test(text));
    expect(!inside, `The error response to ${inside?.what} shows a stack trace.`);
    return `${counted(errors.length, 'error response')} checked: none repeats a token or a secret, or shows a stack trace.`;
  },
};
