import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after } from 'node:test';
import { endingWithParent } from './programs.ts';

/** The local edition as a user starts it, in a process of its own. */
export interface LocalEdition {
  port: number;
  url: string;
  /** Everything that it has printed so far. */
  output(): string;
  /** Ends it, by default as Ctrl-C does; SIGKILL gives it no chance to tidy up. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

const root = new URL('../../', import.meta.url).pathname;

/**
 * Starts the local edition and waits until it is ready; it is stopped when the tests are done.
 * @param environment added to this process's own
 */
export async function startLocalEdition(
  args: readonly string[] = [],
  port?: number,
  environment: Readonly<Record<string, string>> = {},
): Promise<LocalEdition> {
  const chosen = port ?? (await freePorts());
  const child = spawn(
    process.execPath,
    [...endingWithParent, 'local/start.ts', '--port', String(chosen), ...args],
    { cwd: root, env: { ...process.env, ...environment } },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const stop = async (signal: NodeJS.Signals = 'SIGINT') => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  after(() => stop());
  await ready(child, () => output);
  return { port: chosen, url: `http://localhost:${chosen}`, output: () => output, stop };
}

async function ready(child: ChildProcess, output: () => string): Promise<void> {
  while (!/^Ready: /m.test(output())) {
    if (child.exitCode !== null) throw new Error(`The local edition ended before it was ready:\n${output()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A port whose four successors are free as well, as the local edition needs them. */
export async function freePorts(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 20_000);
    const free = await Promise.all([port, port + 1, port + 2, port + 3, port + 4].map(isFree));
    if (free.every(Boolean)) return port;
  }
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

/** Runs one of the commands of `cli/`, killing it after a while if told. */
export async function runCommand(
  command: string,
  args: readonly string[],
  { killAfter }: { killAfter?: RegExp } = {},
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [...endingWithParent, `cli/${command}.ts`, ...args], { cwd: root });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (killAfter?.test(output)) child.kill('SIGKILL');
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}
