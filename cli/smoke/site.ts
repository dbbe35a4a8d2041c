import { modernVersion } from '../../functions/mcp/protocol-versions.ts';
import { isPlainObject } from '../../shared/json.ts';
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

/** The parts of the server's metadata (RFC 8414) that are tested. */
export interface ServerMetadata {
  readonly token_endpoint?: unknown;
  readonly authorization_endpoint?: unknown;
  readonly registration_endpoint?: unknown;
  readonly [name: string]: unknown;
}

const patienceMs = 30_000;

/** The deployment under test, with what the checks so far have found. */
export class Site {
  readonly origin: string;
  readonly apiUrl: string | undefined;
  readonly client: Credentials | undefined;
  readonly otherClient: Credentials | undefined;
  metadata: ServerMetadata | undefined;
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
  readonly #errors: { readonly what: string; readonly text: string }[] = [];

  constructor(options: {
    origin: string;
    apiUrl: string | undefined;
    client: Credentials | undefined;
    otherClient: Credentials | undefined;
  }) {
    this.origin = options.origin;
    this.apiUrl = options.apiUrl;
    this.client = options.client;
    this.otherClient = options.otherClient;
  }

  get mcpUrl(): string {
    return `${this.origin}/mcp`;
  }

  /** The error responses so far. */
  get errors(): readonly { readonly what: string; readonly text: string }[] {
    return this.#errors;
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
  async ask(address: string, { method = 'GET', headers = {}, body, token }: Question = {}): Promise<Answer> {
    const url = new URL(address, this.origin);
    let response: Response;
    let text: string;
    try {
      response = await fetch(url, {
        method,
        headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
        ...(body !== undefined && { body }),
        redirect: 'manual',
        signal: AbortSignal.timeout(patienceMs),
      });
      text = await response.text();
    } catch (error) {
      const { name, cause } = error as Error & { cause?: { code?: string; message?: string } };
      const reason = cause?.code ?? cause?.message ?? name;
      throw new Failed(`${method} ${url.origin}${url.pathname} does not answer (${reason}).`);
    }
    const { status, headers: received } = response;
    const what = `${method} ${url.pathname}`;
    if (status >= 400) this.#errors.push({ what, text });
    return { status, headers: received, text, object: () => parseObject(text, what) };
  }

  /** Asks the MCP endpoint as clients of the newest revision do. */
  mcp(method: string, params: Record<string, unknown>, token: string | undefined): Promise<Answer> {
    const { name } = params;
    return this.#post(
      {
        jsonrpc: '2.0',
        id: 1,
        method,
        params: {
          ...params,
          _meta: {
            'io.modelcontextprotocol/protocolVersion': modernVersion,
            'io.modelcontextprotocol/clientCapabilities': {},
            'io.modelcontextprotocol/clientInfo': clientInfo,
          },
        },
      },
      {
        'mcp-protocol-version': modernVersion,
        'mcp-method': method,
        ...(typeof name === 'string' && { 'mcp-name': name }),
      },
      token,
    );
  }

  /** Asks as the clients do that begin with a handshake. */
  handshake(protocolVersion: string, token: string | undefined): Promise<Answer> {
    const params = { protocolVersion, capabilities: {}, clientInfo };
    return this.#post({ jsonrpc: '2.0', id: 1, method: 'initialize', params }, {}, token);
  }

  #post(message: object, headers: Record<string, string>, token: string | undefined): Promise<Answer> {
    return this.ask('/mcp', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...headers,
      },
      body: JSON.stringify(message),
      token,
    });
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

const clientInfo = { name: 'finance-mcp-smoke', version: '1' };

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
