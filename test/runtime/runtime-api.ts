/** Lambda's Runtime API (2018-06-01) on loopback, as one execution environment has it. */

import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { closeServer, listen } from '../../local/loopback.ts';
import { FunctionError } from './function-error.ts';

interface Invocation {
  readonly requestId: string;
  readonly event: unknown;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly answer: PromiseWithResolvers<unknown>;
}

export class RuntimeApi {
  /** Resolves when the runtime asks for its first event; rejects when it could not load the function. */
  readonly initialized: Promise<void>;
  readonly #functionArn: string;
  readonly #server: Server;
  readonly #initialization = Promise.withResolvers<void>();
  readonly #byId = new Map<string, Invocation>();
  #address = '';
  /** The request for the next event that the runtime waits for. */
  #waiting: ServerResponse | undefined;
  /** The event that waits for the runtime. */
  #next: Invocation | undefined;

  private constructor(functionArn: string) {
    this.#functionArn = functionArn;
    this.initialized = this.#initialization.promise;
    // Whoever waits is told; when nobody does, it is no failure of this process.
    this.initialized.catch(() => {});
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(functionArn: string): Promise<RuntimeApi> {
    const api = new RuntimeApi(functionArn);
    api.#address = `127.0.0.1:${await listen(api.#server, 0, '127.0.0.1')}`;
    return api;
  }

  /** For `AWS_LAMBDA_RUNTIME_API`. */
  get address(): string {
    return this.#address;
  }

  /**
   * Hands an event to the runtime, one at a time.
   * @returns what the function answered
   * @throws FunctionError with what the function threw
   */
  invoke(event: unknown, deadline: number): Promise<unknown> {
    const invocation = { requestId: randomUUID(), event, deadline, answer: Promise.withResolvers<unknown>() };
    this.#byId.set(invocation.requestId, invocation);
    if (this.#waiting) this.#send(this.#waiting, invocation);
    else this.#next = invocation;
    this.#waiting = undefined;
    return invocation.answer.promise;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await closeServer(this.#server);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, path = ''] = request.url?.split('/2018-06-01/runtime/') ?? [];
    if (request.method === 'GET' && path === 'invocation/next') {
      this.#initialization.resolve();
      if (this.#next) this.#send(response, this.#next);
      else this.#waiting = response;
      this.#next = undefined;
      return;
    }
    const body = await text(request);
    const accepted = request.method === 'POST' && this.#take(path, body);
    response.writeHead(accepted ? 202 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(accepted ? { status: 'OK' } : { errorType: 'InvalidRequestID' }));
  }

  /** Takes what the runtime has to say. */
  #take(path: string, body: string): boolean {
    if (path === 'init/error') {
      this.#initialization.reject(errorIn(body));
      return true;
    }
    const [, requestId = '', what] = /^invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
    const invocation = this.#byId.get(requestId);
    if (!invocation) return false;
    this.#byId.delete(requestId);
    if (what === 'response') invocation.answer.resolve(JSON.parse(body));
    else invocation.answer.reject(errorIn(body));
    return true;
  }

  #send(response: ServerResponse, { requestId, event, deadline }: Invocation): void {
    const trace = `${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;
    response.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': requestId,
      'lambda-runtime-deadline-ms': deadline,
      'lambda-runtime-invoked-function-arn': this.#functionArn,
      'lambda-runtime-trace-id': `Root=1-${trace};Parent=${randomBytes(8).toString('hex')};Sampled=0`,
    });
    response.end(JSON.stringify(event));
  }
}

function errorIn(body: string): FunctionError {
  const { errorType, errorMessage } = JSON.parse(body) as { errorType?: string; errorMessage?: string };
  return new FunctionError(errorType ?? 'Error', errorMessage ?? '');
}
