import { Client, SdkHttpError, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { modernVersion } from '../../functions/mcp/protocol-versions.ts';
import { isPlainObject } from '../../shared/json.ts';
import type { Target } from './arguments.ts';
import { Failed, Skipped } from './check.ts';

export interface Credentials {
  readonly id: string;
  readonly secret: string;
}

/** An answer with its whole body. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** @throws {Failed} when the body is not a JSON object */
  object(): Record<string, unknown>;
}

export interface Question {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | URLSearchParams;
  readonly token?: string | undefined;
}

const timeoutMs = 30_000;

/** The deployment under test, with what the checks so far have found. */
export class Site {
  readonly origin: string;
  readonly apiUrl: string | undefined;
  readonly client: Credentials | undefined;
  readonly otherClient: Credentials | undefined;
  /** The metadata of the authorization server (RFC 8414). */
  metadata: Record<string, unknown> | undefined;
  /** A client that registered itself, with its redirect URI. */
  registered: { clientId: string; redirectUri: string } | undefined;
  token: string | undefined;
  otherToken: string | undefined;
  /** Names of the tools that the token can use. */
  tools: readonly string[] | undefined;
  /** The organization in the token's answers. */
  organization: string | undefined;
  invoiceId: string | undefined;
  customer: string | undefined;
  /** The error responses so far. */
  readonly errors: { readonly what: string; readonly text: string }[] = [];

  constructor(target: Target) {
    this.origin = target.origin;
    this.apiUrl = target.apiUrl;
    this.client = target.client;
    this.otherClient = target.otherClient;
  }

  get mcpUrl(): string {
    return `${this.origin}/mcp`;
  }

  /** What no error response may repeat. */
  get secrets(): readonly string[] {
    return [this.client?.secret, this.otherClient?.secret, this.token, this.otherToken].filter(
      (secret) => secret !== undefined,
    );
  }

  /**
   * Asks without following redirects.
   * @param address a path of the site, or another address
   * @throws {Failed} when nothing answers
   */
  ask(address: string, { headers, token, ...question }: Question = {}): Promise<Answer> {
    return this.#fetch(new URL(address, this.origin), {
      ...question,
      headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    });
  }

  /** Asks for the list of tools without a client, to see how exactly that is refused. */
  askForTools(token: string | undefined, { address = '/mcp', headers = {} } = {}): Promise<Answer> {
    return this.ask(address, {
      method: 'POST',
      headers: {
        ...headers,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
      token,
    });
  }

  /**
   * Does some work with the SDK's client, connected at exactly this revision of the protocol.
   * @throws {Failed} when a request of the client fails
   */
  async withClient<Result>(
    token: string,
    work: (client: Client) => Promise<Result>,
    version: string = modernVersion,
  ): Promise<Result> {
    const client = new Client(
      { name: 'finance-mcp-smoke', version: '1' },
      version === modernVersion
        ? { versionNegotiation: { mode: { pin: version } } }
        : { supportedProtocolVersions: [version] },
    );
    const transport = new StreamableHTTPClientTransport(new URL(this.mcpUrl), {
      requestInit: { headers: { authorization: `Bearer ${token}` } },
      fetch: async (url, init) => {
        const { text, ...answer } = await this.#fetch(new URL(url), init);
        return new Response(text || null, answer);
      },
    });
    try {
      await client.connect(transport);
      return await work(client);
    } catch (error) {
      const who = `A client that uses revision ${version}`;
      if (error instanceof SdkHttpError) throw new Failed(`${who} gets ${error.status}: expected 200.`);
      throw new Failed(`${who} fails: ${(error as Error).message}`);
    } finally {
      await client.close();
    }
  }

  async #fetch(url: URL, init: RequestInit = {}): Promise<Answer> {
    const { method = 'GET', signal } = init;
    const timeout = AbortSignal.timeout(timeoutMs);
    let response: Response;
    let text: string;
    try {
      response = await fetch(url, {
        ...init,
        redirect: 'manual',
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      text = await response.text();
    } catch (error) {
      const { name, cause } = error as Error & { cause?: { code?: string; message?: string } };
      const reason = cause?.code ?? cause?.message ?? name;
      throw new Failed(`${method} ${url.origin}${url.pathname} does not answer (${reason}).`);
    }
    const { status, headers } = response;
    const what = `${method} ${url.pathname}`;
    if (status >= 400) this.errors.push({ what, text });
    return { status, headers, text, object: () => parseObject(text, what) };
  }

  /** An endpoint that the metadata names. @throws {Skipped} when it names none */
  endpoint(name: 'token_endpoint' | 'authorization_endpoint' | 'registration_endpoint'): string {
    const address = this.metadata?.[name];
    if (typeof address === 'string') return address;
    throw new Skipped(`The authorization server metadata has no ${name}.`);
  }

  /** @throws {Skipped} when there is none */
  requireToken(): string {
    if (this.token !== undefined) return this.token;
    throw new Skipped(
      this.client
        ? 'This check needs a token, and the client got none.'
        : 'This check needs a machine client: --client-id.',
    );
  }
}

function parseObject(text: string, what: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (isPlainObject(value)) return value;
  throw new Failed(`${what} does not return a JSON object.`);
}
