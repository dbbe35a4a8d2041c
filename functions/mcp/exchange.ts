import {
  type JSONRPCMessage,
  type JSONRPCRequest,
  type JSONRPCResponse,
  type MessageClassification,
  PerRequestHTTPServerTransport,
  type Server,
} from '@modelcontextprotocol/server';
import { errorCodes } from './rejection.ts';
import type { Route } from './route.ts';

/**
 * Hands one message to one SDK server and takes its answer as plain JSON. The SDK's own transports answer with Fetch
 * objects, whose first use makes Node load a whole HTTP client (about 30 ms of a cold start). It extends the SDK's
 * per-request transport because that is how a server learns which revision a modern request is of.
 */
class PlainExchange extends PerRequestHTTPServerTransport {
  readonly #classification: MessageClassification | undefined;
  #deliver: ((answer: JSONRPCResponse) => void) | undefined;

  constructor(classification: MessageClassification | undefined) {
    super({ classification: classification ?? { era: 'legacy' } });
    this.#classification = classification;
  }

  ask(message: JSONRPCRequest): Promise<JSONRPCResponse> {
    return new Promise((resolve) => {
      this.#deliver = resolve;
      this.onmessage?.(message, this.#classification && { classification: this.#classification });
    });
  }

  override async send(message: JSONRPCMessage): Promise<void> {
    if ('result' in message || 'error' in message) this.#deliver?.(message);
  }
}

/** What the server answers to a request. */
export async function exchange(
  route: Exclude<Route, { kind: 'notification' }>,
  server: Server,
): Promise<JSONRPCResponse> {
  const transport = new PlainExchange(route.kind === 'modern' ? route.classification : undefined);
  await server.connect(transport);
  return inWords(await transport.ask(route.message));
}

/** What the SDK's schemas find wrong, its errors hold as a dump of JSON, which says little to whoever reads it. */
const dump = /\[\s*\{/;

const inWords = (answer: JSONRPCResponse): JSONRPCResponse =>
  'error' in answer && dump.test(answer.error.message)
    ? {
        ...answer,
        error: {
          code: errorCodes.invalidParams,
          message: 'Invalid params: expected them as the protocol defines them for this method.',
        },
      }
    : answer;
