import {
  type JSONRPCMessage,
  type JSONRPCRequest,
  type JSONRPCResponse,
  PerRequestHTTPServerTransport,
  type Server,
} from '@modelcontextprotocol/server';
import type { Question } from './route.ts';

/**
 * Carries one request to a server of the SDK and its answer back, as objects. The SDK's own transport gives a Fetch
 * `Response`, and the first use of Fetch objects makes Node load its HTTP client: 20 ms and more of every cold start.
 * It is extended rather than replaced because the SDK tells a server its generation by this class alone.
 */
class Exchange extends PerRequestHTTPServerTransport {
  readonly #answered = Promise.withResolvers<JSONRPCResponse>();

  async answerTo(
    message: JSONRPCRequest,
    classification: Question['classification'],
  ): Promise<JSONRPCResponse> {
    this.onmessage?.(message, { classification });
    return await this.#answered.promise;
  }

  override async send(message: JSONRPCMessage): Promise<void> {
    if ('result' in message || 'error' in message) this.#answered.resolve(message);
  }
}

/** Lets a server, made for this one request, answer it. */
export async function exchange(
  server: Server,
  { message, classification }: Question,
): Promise<JSONRPCResponse> {
  const transport = new Exchange({ classification });
  await server.connect(transport);
  return await transport.answerTo(message, classification);
}
