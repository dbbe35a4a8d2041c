/** The authorization server on a real gateway, before the stand-in of the user pool, with everything it says kept. */

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { authorizationServer } from '../../functions/oauth/authorization-server.ts';
import type { FetchOptions } from '../../functions/oauth/clients/document-fetch.ts';
import { type Configuration, readConfiguration } from '../../functions/oauth/configuration.ts';
import type { Secrets } from '../../functions/oauth/sealing/secrets.ts';
import { type ProxyHandler, startGateway } from '../../local/gateway.ts';
import { closeServer, listen } from '../../local/loopback.ts';
import { startUserPool, type UserPool, userPoolId } from '../../local/user-pool.ts';
import { type Browser, follow, locationOf, openBrowser, signIn } from './user-pool-browser.ts';

export const formType = 'application/x-www-form-urlencoded';

export interface Person {
  readonly username: string;
  readonly password: string;
}

export const nancy = {
  username: 'nancy',
  password: 'the-password-of-nancy',
  email: 'nancy@example.com',
  groups: ['org_northwind'],
};
export const jane = {
  username: 'jane',
  password: 'the-password-of-jane',
  email: 'jane@example.com',
  groups: ['org_chinook'],
};

/** An authorization server as clients and browsers reach it. */
export interface AuthorizationServer {
  readonly publicOrigin: string;
  call(path: string, init?: RequestInit): Promise<Response>;
}

export interface Setup extends AuthorizationServer {
  readonly configuration: Configuration;
  readonly pool: UserPool;
  /** What the authorization server has recorded. */
  readonly audit: Record<string, unknown>[];
  /** The authorization server's secrets; changing them is a rotation. */
  secrets: Secrets;
  /** Another instance of the function, with nothing in its memory. */
  restart(): void;
  close(): Promise<void>;
}

export interface SetupOptions {
  readonly environment?: Record<string, string>;
  readonly internet?: FetchOptions;
  /** Where the authorization server believes to be; where it really is when left out. */
  readonly publicOrigin?: string;
}

export async function startSignIn(options: SetupOptions = {}): Promise<Setup> {
  const { environment = {}, internet } = options;
  const port = await freePort();
  const publicOrigin = options.publicOrigin ?? `http://localhost:${port}`;
  let secrets: Secrets = { sealing: secret(), brokerClient: secret() };
  const pool = await startUserPool({
    port: 0,
    publicOrigin,
    people: [nancy, jane],
    brokerSecret: secrets.brokerClient,
  });
  const configuration = readConfiguration({
    PUBLIC_ORIGIN: publicOrigin,
    USER_POOL_URL: pool.url,
    BROKER_CLIENT_ID: 'finance-mcp-broker',
    ...environment,
  });
  const audit: Record<string, unknown>[] = [];
  const create = (): ProxyHandler =>
    authorizationServer({
      configuration,
      readSecrets: async () => secrets,
      record: (record) => audit.push(record),
      ...(internet && { internet }),
    });
  let handler = create();
  const gateway = await startGateway({
    port,
    publicOrigin,
    functions: {
      mcp: async () => ({ statusCode: 200, body: '{}' }),
      oauth: (event: APIGatewayProxyEvent) => handler(event),
    },
    userPool: { id: userPoolId, jwks: pool.jwks },
  });
  return {
    publicOrigin,
    configuration,
    pool,
    audit,
    get secrets() {
      return secrets;
    },
    set secrets(changed) {
      secrets = changed;
    },
    restart: () => {
      handler = create();
    },
    call: (path, init = {}) => fetch(`http://localhost:${port}${path}`, { redirect: 'manual', ...init }),
    async close() {
      await gateway.close();
      await pool.close();
    },
  };
}

export function secret(): string {
  return randomBytes(32).toString('base64url');
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server, 0, '127.0.0.1');
  await closeServer(server);
  return port;
}

/** A program that a person connects, as far as the authorization server sees it. */
export interface App {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly secret?: string;
}

export const loopbackRedirect = 'http://127.0.0.1:43117/callback';

export async function register(
  setup: AuthorizationServer,
  metadata: Record<string, unknown> = {},
): Promise<App> {
  const redirectUri = (metadata.redirect_uris as string[] | undefined)?.[0] ?? loopbackRedirect;
  const response = await setup.call('/oauth/register', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_name: 'Test App', redirect_uris: [redirectUri], ...metadata }),
  });
  const body = (await response.json()) as Record<string, string>;
  assert.equal(response.status, 201, JSON.stringify(body));
  return { clientId: body.client_id!, redirectUri };
}

export const verifier = 'the-verifier-of-the-test-with-50-characters-------';
export const challenge = createHash('sha256').update(verifier).digest('base64url');

export type Changes = Readonly<Record<string, string | undefined>>;

export function authorizeUrl(setup: AuthorizationServer, app: App, changes: Changes = {}): string {
  const parameters: Changes = {
    response_type: 'code',
    client_id: app.clientId,
    redirect_uri: app.redirectUri,
    code_challenge: challenge,
    code_challenge_method: 'S256',
    state: 'state of the client',
    resource: `${setup.publicOrigin}/mcp`,
    ...changes,
  };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.set(name, value);
  return `${setup.publicOrigin}/oauth/authorize?${query}`;
}

export interface Question {
  readonly html: string;
  /** What the form sends when nothing is changed, but for the button. */
  readonly form: Record<string, string>;
}

/** Reads the consent page as a browser does. */
export async function readQuestion(response: Response): Promise<Question> {
  const html = await response.text();
  assert.equal(response.status, 200, html);
  const inputs = [...html.matchAll(/<input ([^>]*)>/g)].map(([, attributes = '']) => attributes);
  const sent = inputs.filter((attributes) => !attributes.includes('checkbox') || / checked/.test(attributes));
  const form = sent.map((attributes): [string, string] => [
    /name="([^"]*)"/.exec(attributes)?.[1] ?? '',
    /value="([^"]*)"/.exec(attributes)?.[1] ?? '',
  ]);
  return { html, form: Object.fromEntries(form) };
}

export async function ask(
  setup: AuthorizationServer,
  browser: Browser,
  app: App,
  changes: Changes = {},
): Promise<Question> {
  return readQuestion(await browser.get(authorizeUrl(setup, app, changes)));
}

/** @returns where the page that follows leads */
export async function answer(
  setup: AuthorizationServer,
  browser: Browser,
  form: Record<string, string>,
  decision: 'allow' | 'deny',
): Promise<string> {
  const response = await browser.post(`${setup.publicOrigin}/oauth/consent`, { ...form, decision });
  const html = await response.text();
  assert.equal(response.status, 200, html);
  return onward(html);
}

/** The address that a page leads on to by itself. */
export function onward(html: string): string {
  const url = /<meta http-equiv="refresh" content="0;url=([^"]+)">/.exec(html)?.[1];
  assert.ok(url, html);
  return url.replaceAll('&#39;', "'").replaceAll('&amp;', '&');
}

export interface Outcome {
  /** Where the browser was sent at last: the client's redirect URI with the answer. */
  readonly url: URL;
  readonly code: string;
}

/** Goes all the way: question, answer, sign-in, and back to the client. */
export async function connect(
  setup: AuthorizationServer,
  app: App,
  options: { browser?: Browser; person?: Person; changes?: Changes; untick?: readonly string[] } = {},
): Promise<Outcome> {
  const { browser = openBrowser(), person = nancy, changes = {}, untick = [] } = options;
  const { form } = await ask(setup, browser, app, changes);
  for (const scope of untick) delete form[scope];
  const callback = await signInAt(browser, await answer(setup, browser, form, 'allow'), person);
  const url = locationOf(await browser.get(callback.href));
  return { url, code: url.searchParams.get('code') ?? '' };
}

/** @returns the address of the authorization server's callback, which is not opened yet */
export async function signInAt(browser: Browser, url: string, person: Person = nancy): Promise<URL> {
  const callback = await signIn(browser, url, person.username, person.password);
  assert.ok(callback instanceof URL, 'the callback was not reached');
  return callback;
}

export interface TokenAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export async function post(
  setup: AuthorizationServer,
  path: string,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<TokenAnswer> {
  const response = await setup.call(path, { method: 'POST', body: new URLSearchParams(form), headers });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}

/** Exchanges a code; a change to undefined leaves a parameter out. */
export function exchange(
  setup: AuthorizationServer,
  app: App,
  code: string,
  changes: Changes = {},
): Promise<TokenAnswer> {
  const form: Changes = {
    grant_type: 'authorization_code',
    code,
    client_id: app.clientId,
    redirect_uri: app.redirectUri,
    code_verifier: verifier,
    resource: `${setup.publicOrigin}/mcp`,
    client_secret: app.secret,
    ...changes,
  };
  return post(setup, '/oauth/token', defined(form));
}

export function refresh(
  setup: AuthorizationServer,
  app: App,
  token: unknown,
  changes: Changes = {},
): Promise<TokenAnswer> {
  const form: Changes = {
    grant_type: 'refresh_token',
    refresh_token: String(token),
    client_id: app.clientId,
    client_secret: app.secret,
    ...changes,
  };
  return post(setup, '/oauth/token', defined(form));
}

function defined(form: Changes): Record<string, string> {
  return Object.fromEntries(
    Object.entries(form).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

export function claimsOf(token: unknown): Record<string, unknown> {
  return JSON.parse(Buffer.from(String(token).split('.')[1]!, 'base64url').toString());
}

/** Follows redirects, then tells the page that is shown. */
export async function pageAt(browser: Browser, url: string): Promise<Response> {
  const page = await follow(browser, await browser.get(url));
  assert.ok(page instanceof Response);
  return page;
}
