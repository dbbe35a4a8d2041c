/** The page that shows every view with real answers, as a client does. Its host is the official one for web pages. */

import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type LoopbackServer, listenOnLoopback } from './loopback.ts';
import type { ViewHostSettings } from './view-host/settings.ts';

export interface ViewHostOptions {
  /** 0 lets the system choose. */
  readonly port: number;
  /** What the page has to know, when it is opened. */
  settings(): Omit<ViewHostSettings, 'sandbox'>;
  /** The script of the page, where it is another than the page's own. */
  readonly script?: string;
}

const folder = fileURLToPath(new URL('view-host/', import.meta.url));

/** What frames of hosts may load, by SEP-1865, where a view asks for nothing: themselves alone. */
const framePolicy = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'none'",
].join('; ');

/**
 * Serves the page on `localhost`, and on `127.0.0.1`, which browsers take for another site, the frames of views.
 * @throws PortInUseError
 */
export async function startViewHost(options: ViewHostOptions): Promise<LoopbackServer> {
  const { port, settings, script = `${folder}page.ts` } = options;
  let bundled: Promise<string> | undefined;
  let own = '';

  async function answer(host: string, path: string, response: ServerResponse): Promise<void> {
    const send = (type: string, body: string, headers: Record<string, string> = {}) => {
      response.writeHead(200, {
        'content-type': `${type}; charset=utf-8`,
        'cache-control': 'no-store',
        ...headers,
      });
      response.end(body);
    };
    const isFrame = !host.startsWith('localhost');
    if (isFrame && path === '/sandbox') {
      return send('text/html', file('sandbox.html'), { 'content-security-policy': framePolicy });
    }
    if (!isFrame && path === '/') return send('text/html', file('page.html'));
    if (!isFrame && path === '/page.css') return send('text/css', file('page.css'));
    if (!isFrame && path === '/page.js') {
      bundled ??= scriptOf(script);
      return send('text/javascript', await bundled);
    }
    if (!isFrame && path === '/settings.json') {
      return send('application/json', JSON.stringify({ ...settings(), sandbox: `${own}/sandbox` }));
    }
    response.writeHead(404).end();
  }

  const server = await listenOnLoopback(
    ({ headers, url = '/' }, response) => {
      answer(headers.host ?? '', url.split('?')[0] ?? '', response).catch((error: unknown) => {
        console.error('The page of the views failed:', error);
        response.writeHead(500).end();
      });
    },
    { port },
  );
  own = `http://127.0.0.1:${server.port}`;
  return server;
}

const file = (name: string): string => readFileSync(folder + name, 'utf8');

/** Made when it is first asked for, so that nobody waits for it who does not look at the views. */
async function scriptOf(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2024',
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0]!.text;
}
