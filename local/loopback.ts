/** A web server that only this machine can reach, as `localhost`. */

import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';

export interface LoopbackOptions {
  /** 0 lets the system choose. */
  readonly port: number;
  /** A host name that is answered beside those of loopback, for an origin that is published by other means. */
  readonly publicHost?: string;
  /** Bytes of the request line and the headers together; Node's default when left out. */
  readonly headerBytes?: number;
}

export interface LoopbackServer {
  readonly port: number;
  /** Resolves when every connection is closed. Calls in progress get a moment to finish. */
  close(): Promise<void>;
}

/** Another process listens on the port. */
export class PortInUseError extends Error {
  override readonly name = 'PortInUseError';
  readonly port: number;

  constructor(port: number) {
    super(`Port ${port} is already in use. Stop the program that uses it, or choose another with --port.`);
    this.port = port;
  }
}

/** A caller that sends its request more slowly is disconnected, so that it cannot hold a connection forever. */
const timeouts: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
};

/** Milliseconds. */
const closingGrace = 2_000;

/**
 * Whether a `Host` header names this machine. A page of another site that has its name resolve to 127.0.0.1
 * (DNS rebinding) shows itself by the name.
 */
export function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i.test(host);
}

/**
 * Listens on 127.0.0.1, and on ::1 where the machine has it, because `localhost` may mean either.
 * @throws PortInUseError
 */
export async function listenOnLoopback(
  listener: RequestListener,
  options: LoopbackOptions,
): Promise<LoopbackServer> {
  const guarded: RequestListener = (request, response) => {
    const { host } = request.headers;
    if (!isLoopbackHost(host) && host !== options.publicHost) {
      response.writeHead(403, { 'content-type': 'application/json', connection: 'close' });
      response.end(JSON.stringify({ message: 'This server accepts only the host name localhost.' }));
      return;
    }
    listener(request, response);
  };
  const serverOptions: ServerOptions =
    options.headerBytes === undefined ? timeouts : { ...timeouts, maxHeaderSize: options.headerBytes };
  const servers = [createServer(serverOptions, guarded)];
  const port = await listen(servers[0]!, options.port, '127.0.0.1');
  const second = createServer(serverOptions, guarded);
  try {
    await listen(second, port, '::1');
    servers.push(second);
  } catch (error) {
    if (error instanceof PortInUseError) {
      await Promise.all(servers.map((server) => closeServer(server)));
      throw error;
    }
    // The machine has no IPv6 loopback: then localhost cannot mean it either.
  }
  return {
    port,
    close: async () => {
      await Promise.all(servers.map((server) => closeServer(server)));
    },
  };
}

/**
 * Starts one server on one address.
 * @returns the port, which matters where 0 was asked for
 * @throws PortInUseError
 */
export function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new PortInUseError(port) : error);
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/**
 * Stops one server.
 * @param graceMs milliseconds after which connections that are still busy are cut
 */
export function closeServer(server: Server, graceMs: number = closingGrace): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
