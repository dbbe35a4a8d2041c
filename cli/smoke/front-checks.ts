import { resourceMetadataUrl, scopeNames } from '../../shared/edge.ts';
import { type Check, expect, Skipped } from './check.ts';
import type { Site } from './site.ts';

/** What everybody may see. */
export const frontChecks: readonly Check[] = [
  {
    name: 'health',
    async run(site) {
      const answer = await site.ask('/health');
      expect(answer.status === 200, `GET /health answers ${answer.status}: expected 200.`);
      expect(answer.object().status === 'ok', 'GET /health does not say that it is ok.');
      return 'GET /health says that it is ok.';
    },
  },
  {
    name: 'landing page',
    async run(site) {
      const { status, headers, text } = await site.ask('/', { headers: { accept: 'text/html' } });
      expect(status === 200, `GET / answers ${status}: expected 200.`);
      expect(/^text\/html/.test(headers.get('content-type') ?? ''), 'GET / is no page for browsers.');
      expect(text.includes(site.mcpUrl), `The landing page does not name ${site.mcpUrl}.`);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy.includes('frame-ancestors'), 'The landing page may be framed by other pages.');
      return 'GET / names the MCP URL, and no other page can frame it.';
    },
  },
  {
    name: 'resource metadata',
    async run(site) {
      const documents = [];
      for (const address of [
        resourceMetadataUrl(site.origin),
        `${site.origin}/.well-known/oauth-protected-resource`,
      ]) {
        const answer = await site.ask(address);
        expect(answer.status === 200, `GET ${address} answers ${answer.status}: expected 200.`);
        documents.push(answer.object());
      }
      const [document = {}, atRoot] = documents;
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
        `scopes_supported lacks some of ${scopeNames.join(', ')}.`,
      );
      expect(JSON.stringify(document) === JSON.stringify(atRoot), 'The two documents differ.');
      return `The resource is ${site.mcpUrl}, and ${site.origin} issues its tokens.`;
    },
  },
  {
    name: 'server metadata',
    async run(site) {
      const answer = await site.ask('/.well-known/oauth-authorization-server');
      expect(answer.status === 200, `The server's metadata answers ${answer.status}: expected 200.`);
      const document = answer.object();
      expect(
        document.issuer === site.origin,
        `issuer is ${String(document.issuer)}: expected ${site.origin}, as the address says.`,
      );
      const endpoints = Object.entries(document).filter(([name]) => name.endsWith('_endpoint'));
      const elsewhere = endpoints.find(([, address]) => URL.parse(String(address))?.origin !== site.origin);
      expect(!elsewhere, `${elsewhere?.[0]} is not on ${site.origin}.`);
      expect(typeof document.token_endpoint === 'string', 'There is no token_endpoint.');
      site.metadata = document;
      return `The issuer is ${site.origin}, with ${endpoints.map(([name]) => name.replace('_endpoint', '')).join(', ')}.`;
    },
  },
  {
    name: 'proof of possession of codes (PKCE S256)',
    async run(site) {
      site.endpoint('authorization_endpoint');
      const methods = site.metadata?.code_challenge_methods_supported;
      expect(
        Array.isArray(methods) && methods.length === 1 && methods[0] === 'S256',
        'code_challenge_methods_supported is not S256 alone: many clients refuse to sign in.',
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
        throw new Skipped('The local edition speaks plain HTTP, to this machine only.');
      }
      const { headers } = await site.ask('/');
      const policy = headers.get('strict-transport-security') ?? '';
      expect(/max-age=[1-9]/.test(policy), 'There is no Strict-Transport-Security header.');
      expect(
        headers.get('x-content-type-options') === 'nosniff',
        'The header X-Content-Type-Options is not nosniff.',
      );
      const plain = await site.ask(`http://${host}/`);
      const leadsToTls = plain.status >= 300 && plain.status < 400;
      expect(
        leadsToTls && (plain.headers.get('location') ?? '').startsWith('https://'),
        'Plain HTTP does not lead to HTTPS.',
      );
      return 'Browsers are told to use HTTPS, and plain HTTP leads there.';
    },
  },
];

/** The last check: what all the others have made the site refuse. */
export const leakCheck: Check = {
  name: 'no token in refusals',
  async run(site: Site) {
    const { errors, secrets } = site;
    if (errors.length === 0) throw new Skipped('Nothing was refused.');
    const leak = errors.find(({ text }) => secrets.some((secret) => text.includes(secret)));
    expect(!leak, `The refusal of ${leak?.what} repeats a token or a secret.`);
    const inside = errors.find(({ text }) => /node_modules|\.ts:\d|\bat .+:\d+:\d+/.test(text));
    expect(!inside, `The refusal of ${inside?.what} shows where the program failed.`);
    return `None of ${errors.length} refusals repeats a token or a secret, or shows the inside.`;
  },
};
