import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { throwawayCertificate } from './throwaway-certificate.ts';

/** A website on this machine that says who a client is; its certificate is its own. */
export interface ClientWebsite {
  /** The client's id: the address of its metadata document. */
  readonly clientId: string;
  /** File with the certificate, for whoever shall trust it. */
  readonly certificate: string;
}

/** Serves a client's metadata document; it is closed when the tests are done. */
export async function serveClientDocument(
  metadata: Readonly<Record<string, unknown>>,
): Promise<ClientWebsite> {
  const folder = await mkdtemp(join(tmpdir(), 'finance-mcp-website-'));
  after(() => rm(folder, { recursive: true, force: true }));
  const certificate = join(folder, 'certificate.pem');
  const made = throwawayCertificate('localhost');
  await writeFile(certificate, made.cert);

  const server: Server = createServer(made, (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ client_id: clientId, ...metadata }));
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  after(() => server.close());
  const clientId = `https://localhost:${(server.address() as AddressInfo).port}/client.json`;
  return { clientId, certificate };
}
