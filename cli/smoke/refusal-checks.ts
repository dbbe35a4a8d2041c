import { bearerChallenge, scopeNames } from '../../shared/edge.ts';
import { type Check, expect, Skipped } from './check.ts';
import type { Answer, Site } from './site.ts';

/** No web page can ever have this origin. */
const wrongOrigin = 'https://origin.invalid';

/** Requests that must be refused. */
export const refusalChecks: readonly Check[] = [
  {
    name: 'no answer without a token',
    async run(site) {
      for (const [method, answer] of [
        ['POST', await site.askForTools(undefined)],
        ['GET', await site.ask('/mcp')],
      ] as const) {
        expect(
          answer.status === 401,
          `${method} /mcp without a token returns ${answer.status}: expected 401.`,
        );
        assertChallenge(site, method, answer);
      }
      return 'POST and GET /mcp without a token return 401 and where to get a token.';
    },
  },
  {
    name: 'no answer for a made-up token',
    async run(site) {
      const answer = await site.askForTools('eyJhbGciOiJub25lIn0.eyJzdWIiOiJzbW9rZSJ9.');
      expect(answer.status === 401, `A made-up token gets ${answer.status}: expected 401.`);
      assertChallenge(site, 'POST', answer, { error: 'invalid_token' });
      return 'A token without a signature gets 401 and invalid_token.';
    },
  },
  {
    name: 'no web page that is not allowed',
    async run(site) {
      const preflight = (origin: string) =>
        site.ask('/mcp', {
          method: 'OPTIONS',
          headers: { origin, 'access-control-request-method': 'POST' },
        });
      const refused = [await preflight(wrongOrigin)];
      if (site.token !== undefined) {
        refused.push(await site.askForTools(site.token, { headers: { origin: wrongOrigin } }));
      }
      for (const { status } of refused) {
        expect(status === 403, `A request from ${wrongOrigin} gets ${status}: expected 403.`);
      }
      const allowed = await preflight(site.origin);
      expect(
        allowed.headers.get('access-control-allow-origin') === site.origin,
        'A page of the site itself is refused: expected Access-Control-Allow-Origin for its own origin.',
      );
      return `A request from ${wrongOrigin} gets 403${refused.length > 1 ? ', even with a valid token' : ''}.`;
    },
  },
  {
    name: 'no way around CloudFront',
    async run(site) {
      const { apiUrl } = site;
      if (apiUrl === undefined) throw new Skipped('This check needs the URL of API Gateway: --api-url.');
      const health = await site.ask(`${apiUrl}/health`);
      expect(health.status === 403, `${apiUrl}/health returns ${health.status}: expected 403.`);
      const mcp = await site.askForTools(site.token, { address: `${apiUrl}/mcp` });
      // Without a token, the authorizer answers before the key is checked.
      const expected = site.token === undefined ? [401, 403] : [403];
      expect(
        expected.includes(mcp.status),
        `${apiUrl}/mcp returns ${mcp.status}: expected ${expected.join(' or ')}.`,
      );
      return `The URL of API Gateway refuses requests${site.token === undefined ? '' : ', even with a valid token'}.`;
    },
  },
];

function assertChallenge(
  site: Site,
  method: string,
  { headers }: Answer,
  parameters: Record<string, string> = {},
): void {
  const renamed = headers.get('x-amzn-remapped-www-authenticate');
  expect(renamed === null, `API Gateway has renamed the WWW-Authenticate header of ${method} /mcp.`);
  const expected = bearerChallenge(site.origin, scopeNames, parameters);
  const found = headers.get('www-authenticate');
  expect(
    found === expected,
    `WWW-Authenticate of ${method} /mcp is ${found ?? 'missing'}: expected ${expected}`,
  );
}
