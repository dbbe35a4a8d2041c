import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { promisify } from 'node:util';

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
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  await promisify(execFile)('openssl', [
    'req',
    '-x509',
    ...curve,
    '-keyout',
    key,
    '-out',
    certificate,
    ...name,
  ]);

  const server: Server = createServer(
    { key: await readFile(key), cert: await readFile(certificate) },
    (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ client_id: clientId, ...metadata }));
    },
  );
  server.listen(0, 'localhost');
  await once(server, 'listening');
  after(() => server.close());
  const clientId = `https://localhost:${(server.address() as AddressInfo).port}/client.json`;
  return { clientId, certificate };
}
