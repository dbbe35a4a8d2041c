import { Refusal } from '../../shared/ledger/errors.ts';
import { quote } from '../../shared/text.ts';
import { flag, value } from '../arguments.ts';
import type { Values } from '../command.ts';
import { secretsFromInput } from '../standard-input.ts';
import type { Credentials } from './site.ts';

/** What is tested, and as whom. */
export interface Target {
  /** Origin of the deployment, without a slash at its end. */
  readonly origin: string;
  /** The URL of API Gateway, with the stage. */
  readonly apiUrl: string | undefined;
  readonly client: Credentials | undefined;
  /** A machine client of another organization. */
  readonly otherClient: Credentials | undefined;
}

export const help = `Tests a deployment, or the local edition, from outside: discovery, refusals, sign-in, tokens, every tool, isolation.

  npm run smoke -- URL [--client-id ID --client-secret-stdin [--other-org-client ID]] [--api-url URL] [--json]

URL is the MCP URL or its origin. The test changes nothing and leaves nothing behind. A check is skipped, with the
reason, if its feature is not deployed or if an option is missing.

  --client-id ID           a machine client (npm run machine-clients -- create); without one, nothing that needs a
                           token is tested
  --client-secret-stdin    reads its secret from the first line of standard input
  --other-org-client ID    a machine client of another organization, with its secret on the second line: tests that
                           neither can read the other's data
  --api-url URL            the URL of API Gateway with the stage, such as
                           https://abc123.execute-api.eu-west-1.amazonaws.com/prod: tests that it refuses requests
  --json                   print one JSON object (with npm run --silent smoke nothing else is printed)

Examples:
  npm run smoke -- https://d111111abcdef8.cloudfront.net
  pass show smoke-client | npm run smoke -- https://mcp.example.com/mcp --client-id 1example23456789 --client-secret-stdin
  echo local-only | npm run smoke -- http://localhost:3000 --client-id machine-northwind --client-secret-stdin`;

export const options = {
  'client-id': value,
  'client-secret-stdin': flag,
  'other-org-client': value,
  'api-url': value,
} as const;

/** @throws {Refusal} one sentence about the first argument that is wrong */
export async function targetOf(url: string, values: Values<typeof options>): Promise<Target> {
  const origin = originOf(url);
  const apiUrl = values['api-url'] === undefined ? undefined : apiUrlOf(values['api-url']);
  const { 'client-id': id, 'other-org-client': otherId } = values;
  if ((id !== undefined) !== values['client-secret-stdin']) {
    throw new Refusal(
      '--client-id and --client-secret-stdin must be used together: expected both or neither.',
    );
  }
  if (otherId !== undefined && id === undefined) {
    throw new Refusal('--other-org-client needs a client to compare with: expected --client-id as well.');
  }
  if (id !== undefined && id === otherId) {
    throw new Refusal(
      '--client-id and --other-org-client are the same: expected clients of two organizations.',
    );
  }
  const ids = [id, otherId].filter((one) => one !== undefined);
  const secrets = await secretsFromInput(
    ids.map((one) => `the secret of ${one}`),
    '--client-secret-stdin',
  );
  const [client, otherClient] = ids.map((one, at): Credentials => ({ id: one, secret: secrets[at] ?? '' }));
  return { origin, apiUrl, client, otherClient };
}

function originOf(text: string): string {
  const url = webAddress(text);
  if (!url || !['', '/mcp'].includes(url.pathname.replace(/\/$/, '')) || url.search || url.hash) {
    throw new Refusal(
      `${quote(text)}: expected the MCP URL or its origin, such as https://mcp.example.com/mcp.`,
    );
  }
  return url.origin;
}

function apiUrlOf(text: string): string {
  const url = webAddress(text);
  if (!url || url.search || url.hash) {
    throw new Refusal(`--api-url ${quote(text)}: expected a URL with the stage of the API.`);
  }
  return url.href.replace(/\/$/, '');
}

function webAddress(text: string): URL | undefined {
  const url = URL.parse(text);
  return url && ['https:', 'http:'].includes(url.protocol) && !url.username ? url : undefined;
}
