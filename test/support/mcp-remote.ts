import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import { endingWithParent } from './programs.ts';

/** mcp-remote as a client starts it: requests go in line by line, and a person is asked by a browser. */
export interface McpRemote {
  /** @throws Error with what the server answered instead of a result */
  request<Result>(method: string, params: object): Promise<Result>;
  /** Shakes hands as every client does first. */
  initialize(): Promise<void>;
  /** Where it sends the person. */
  authorizeUrl: Promise<string>;
  /** What it has told so far. */
  log(): string;
  stop(): Promise<void>;
}

interface Answer {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

const program = join(import.meta.dirname, '../clients/node_modules/mcp-remote/dist/proxy.js');

/** Starts it with nothing remembered; it ends with the tests. */
export async function startMcpRemote(url: string, args: readonly string[] = []): Promise<McpRemote> {
  const home = await mkdtemp(join(tmpdir(), 'finance-mcp-remote-'));
  const child = spawn(process.execPath, [...endingWithParent, program, url, ...args], {
    // The browser is the test's own: what mcp-remote would open does nothing.
    env: { ...process.env, HOME: home, MCP_REMOTE_CONFIG_DIR: home, BROWSER: 'true' },
  });
  const exited = once(child, 'exit');
  async function stop(): Promise<void> {
    child.kill();
    await exited;
    await rm(home, { recursive: true, force: true });
  }
  after(stop);

  let log = '';
  const asked = Promise.withResolvers<string>();
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
    const [address] = /http\S+\/oauth\/authorize\?\S+(?=\s)/.exec(log) ?? [];
    if (address !== undefined) asked.resolve(address);
  });

  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { id, result, error } = JSON.parse(line) as Answer;
    const request = id === undefined ? undefined : waiting.get(id);
    if (error) request?.reject(new Error(error.message));
    else request?.resolve(result);
  });
  child.on('exit', () => {
    const ended = new Error(`mcp-remote ended:\n${log}`);
    for (const request of [...waiting.values(), asked]) request.reject(ended);
  });
  asked.promise.catch(() => {});

  const send = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  let id = 0;
  async function request<Result>(method: string, params: object): Promise<Result> {
    const answer = Promise.withResolvers<unknown>();
    waiting.set(++id, answer);
    send({ id, method, params });
    return (await answer.promise) as Result;
  }
  return {
    request,
    async initialize() {
      await request('initialize', {
        protocolVersion: '2025-11-25',
        capabilities: {},
        clientInfo: { name: 'finance-mcp-tests', version: '1.0.0' },
      });
      send({ method: 'notifications/initialized' });
    },
    authorizeUrl: asked.promise,
    log: () => log,
    stop,
  };
}
