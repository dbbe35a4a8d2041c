/** The local edition's STS and IAM: a role that may read one organization's items and files, as the deployed one. */

import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { isOrganizationId } from '../shared/organization.ts';
import { closeServer, listen } from './loopback.ts';
import { readBody } from './request-body.ts';

export const readerRoleArn = 'arn:aws:iam::000000000000:role/finance-mcp-reader';

/** The access key of the functions themselves, which cannot read data, and of the operator, which can. */
export const functionsAccessKey = 'LOCALFUNCTIONS';
export const operatorAccessKey = 'local';
const operatorSecret = 'local';

const sessionMs = 900_000;
const requestBytes = 65_536;

/** Sessions of the reader role, by access key id. */
export class ReaderSessions {
  readonly #organizations = new Map<string, { organization: string; secret: string; until: number }>();

  /** Starts a session tagged with the organization. */
  begin(organization: string): { accessKeyId: string; secret: string; expiration: Date } {
    const accessKeyId = `ASIA${randomBytes(8).toString('hex').toUpperCase()}`;
    // Links to files are signed with it.
    const secret = randomBytes(30).toString('base64url');
    const until = Date.now() + sessionMs;
    this.#organizations.set(accessKeyId, { organization, secret, until });
    setTimeout(() => this.#organizations.delete(accessKeyId), sessionMs).unref();
    return { accessKeyId, secret, expiration: new Date(until) };
  }

  /**
   * The secret that a request for a file of an organization must be signed with, by the rules of the deployed policies:
   * a session reads files of its own organization, and the operator's key does everything.
   * @returns undefined when the key may not do it
   */
  secretFor(accessKeyId: string, method: string, organization: string): string | undefined {
    if (accessKeyId === operatorAccessKey) return operatorSecret;
    const session = this.#organizations.get(accessKeyId);
    if (!session || session.until < Date.now() || method !== 'GET') return undefined;
    return session.organization === organization ? session.secret : undefined;
  }

  /**
   * Whether a request to DynamoDB is allowed, by the rules of the deployed policies. The functions' own key can read
   * nothing. A session can read items whose partition keys begin with its organization's prefixes. The operator's key
   * can do everything.
   */
  allows(accessKeyId: string, operation: string, body: string): boolean {
    if (accessKeyId === operatorAccessKey) return true;
    const session = this.#organizations.get(accessKeyId);
    if (!session || session.until < Date.now()) return false;
    const keys = leadingKeys(operation, body);
    const prefixes = ['R', 'D'].map((what) => `${what}#${session.organization}#`);
    return keys.length > 0 && keys.every((key) => prefixes.some((prefix) => key.startsWith(prefix)));
  }
}

type Attribute = { S?: string };

/** The partition keys that a read names; none for every other operation, which is therefore refused. */
function leadingKeys(operation: string, body: string): string[] {
  const request = JSON.parse(body) as {
    Key?: { pk?: Attribute };
    RequestItems?: Record<string, { Keys?: { pk?: Attribute }[] }>;
    KeyConditionExpression?: string;
    ExpressionAttributeValues?: Record<string, Attribute>;
  };
  switch (operation) {
    case 'GetItem':
      return [request.Key?.pk?.S ?? ''];
    case 'BatchGetItem':
      return Object.values(request.RequestItems ?? {}).flatMap(({ Keys = [] }) =>
        Keys.map(({ pk }) => pk?.S ?? ''),
      );
    case 'Query': {
      const [, name = ''] = /^pk = (:\w+)\b/.exec(request.KeyConditionExpression ?? '') ?? [];
      return [request.ExpressionAttributeValues?.[name]?.S ?? ''];
    }
    default:
      return [];
  }
}

export interface LocalSts {
  /** For `AWS_ENDPOINT_URL_STS`. */
  readonly endpoint: string;
  close(): Promise<void>;
}

/** Starts an STS that knows AssumeRole for the reader role, tagged with an organization and nothing else. */
export async function startSts(sessions: ReaderSessions): Promise<LocalSts> {
  const server: Server = createServer(async (request, response) => {
    const answer = (status: number, xml: string) =>
      response
        .writeHead(status, { 'content-type': 'text/xml' })
        .end(`<?xml version="1.0" encoding="UTF-8"?>${xml}`);
    const form = new URLSearchParams(String(await readBody(request, requestBytes)));
    const organization = form.get('Tags.member.1.Value') ?? '';
    const granted =
      form.get('Action') === 'AssumeRole' &&
      form.get('RoleArn') === readerRoleArn &&
      form.get('Tags.member.1.Key') === 'org' &&
      !form.has('Tags.member.2.Key') &&
      isOrganizationId(organization);
    if (!granted) {
      answer(
        403,
        '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>Not authorized</Message></Error></ErrorResponse>',
      );
      return;
    }
    const { accessKeyId, secret, expiration } = sessions.begin(organization);
    answer(
      200,
      `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secret}</SecretAccessKey><SessionToken>local</SessionToken><Expiration>${expiration.toISOString()}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
    );
  });
  const port = await listen(server, 0, '127.0.0.1');
  return { endpoint: `http://127.0.0.1:${port}`, close: () => closeServer(server) };
}
