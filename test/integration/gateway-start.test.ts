import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { FlagError, parseFlags } from '../../local/flags.ts';
import { closeServer, listen, PortInUseError } from '../../local/loopback.ts';
import { endingWithParent } from '../support/programs.ts';
import { runOperator } from './operators-commands.ts';

const script = join(import.meta.dirname, '../../local/start.ts');

interface Run {
  readonly child: ChildProcess;
  /** What it has printed so far. */
  readonly printed: { out: string; err: string };
  readonly exited: Promise<number | null>;
}

const runs: Run[] = [];

function start(args: string[], nodeArgs: string[] = []): Run {
  const child = spawn(process.execPath, [...endingWithParent, ...nodeArgs, script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    printed.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    printed.err += chunk;
  });
  const run = { child, printed, exited: once(child, 'close').then(([code]) => code as number | null) };
  runs.push(run);
  return run;
}

/** Waits for the line that ends the start. */
async function ready(run: Run): Promise<string> {
  let gone = false;
  run.exited.then(() => {
    gone = true;
  });
  while (!/^Ready: \S+\n$/m.test(run.printed.out)) {
    assert.equal(gone, false, `it ended: ${run.printed.err}`);
    await Promise.race([once(run.child.stdout!, 'data'), run.exited]);
  }
  return /^Ready: (\S+)\n$/m.exec(run.printed.out)![1]!;
}

/** A port with three free ones after it, as far as one can know. */
async function freePorts(): Promise<number> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 40_000);
    const servers = [createServer(), createServer(), createServer(), createServer()];
    try {
      await Promise.all(servers.map((server, index) => listen(server, first + index, '127.0.0.1')));
      return first;
    } catch (error) {
      if (!(error instanceof PortInUseError)) throw error;
    } finally {
      await Promise.all(servers.map((server) => closeServer(server)));
    }
  }
}

function askForToken(port: number, organization: string): Promise<Response> {
  return fetch(`http://localhost:${port}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: `machine-${organization}`,
      client_secret: 'local-only',
    }),
  });
}

async function tokenOf(port: number, organization: string): Promise<string> {
  const { access_token: token } = (await (await askForToken(port, organization)).json()) as {
    access_token: string;
  };
  return token;
}

async function createOrganization(port: number, organization: string): Promise<void> {
  const args = ['create', organization, '--local', String(port)];
  const { code, stderr } = await runOperator('organizations', args);
  assert.equal(code, 0, stderr);
}

function listTools(port: number, accessToken: string): Promise<Response> {
  return fetch(`http://localhost:${port}/mcp`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${accessToken}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
  });
}

afterEach(async () => {
  for (const run of runs.splice(0)) {
    run.child.kill('SIGKILL');
    await run.exited;
  }
});

describe('the flags', () => {
  test('have defaults', () => {
    assert.deepEqual(parseFlags([]), { port: 3000, dataDir: undefined, empty: false, help: false });
  });

  test('are read in both spellings', () => {
    const expected = { port: 4000, dataDir: 'books', empty: true, help: false };
    assert.deepEqual(parseFlags(['--port', '4000', '--data', 'books', '--empty']), expected);
    assert.deepEqual(parseFlags(['--port=4000', '--data=books', '--empty']), expected);
  });

  for (const [args, message] of [
    [['--prot', '4000'], /^--prot is not a flag/],
    [['-p', '4000'], /^-p is not a flag/],
    [['-hx'], /^-x is not a flag/],
    [['4000'], /^4000 is not a flag/],
    [['--port'], /^--port needs a whole number from 1 to 65531/],
    [['--port', 'abc'], /not abc/],
    [['--port', '0'], /not 0/],
    [['--port', '65534'], /not 65534/],
    [['--port', '3e3'], /not 3e3/],
    [['--port=-1'], /not -1/],
    [['--data'], /^--data needs a folder/],
    [['--data='], /^--data needs a folder/],
    [['--empty=no'], /^--empty takes no value/],
  ] as const) {
    test(`${args.join(' ')} is explained`, () => {
      assert.throws(
        () => parseFlags(args),
        (error) => error instanceof FlagError && message.test(error.message),
      );
    });
  }
});

describe('npm start', { concurrency: false }, () => {
  for (const asking of ['--help', '-h']) {
    test(`${asking} shows every flag and does nothing else`, async () => {
      const run = start([asking]);
      assert.equal(await run.exited, 0);
      for (const flag of ['--port', '--data', '--empty', '-h, --help'])
        assert.ok(run.printed.out.includes(flag), flag);
    });
  }

  test('ends with 2 and one sentence for an unknown flag', async () => {
    const run = start(['--wrong']);
    assert.equal(await run.exited, 2);
    assert.match(run.printed.err, /^--wrong is not a flag of this command\. .+\n$/);
    assert.equal(run.printed.out, '');
  });

  test('says which Node it needs', async () => {
    const older = 'Object.defineProperty(process, "versions", { value: { node: "22.19.0" } })';
    const run = start([], ['--import', `data:text/javascript,${encodeURIComponent(older)}`]);
    assert.equal(await run.exited, 1);
    assert.equal(run.printed.err, 'Finance MCP needs Node 24 or newer; this is Node 22.19.0.\n');
  });

  for (const [offset, what] of ['the MCP endpoint', 'sign-in', 'DynamoDB'].entries()) {
    test(`ends with 1 and names the port when that of ${what} is taken`, async () => {
      const port = await freePorts();
      const other = createServer();
      await listen(other, port + offset, '127.0.0.1');
      const run = start(['--empty', '--port', String(port)]);
      const code = await run.exited;
      await closeServer(other);
      assert.equal(code, 1, run.printed.out);
      assert.match(run.printed.err, new RegExp(`^Port ${port + offset} is already in use\\. .+\n$`));
    });
  }

  test('serves, and stops with 0 when asked', async () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const port = await freePorts();
      const run = start(['--empty', '--port', String(port)]);
      assert.equal(await ready(run), `http://localhost:${port}/mcp`);
      const curl = /^ {2}curl -s (\S+) (.+)$/m.exec(run.printed.out);
      assert.equal(curl?.[1], `http://localhost:${port}/oauth/token`);

      const refused = await fetch(`http://localhost:${port}/mcp`);
      assert.equal(refused.status, 401);
      await createOrganization(port, 'northwind');
      assert.equal((await listTools(port, await tokenOf(port, 'northwind'))).status, 200);

      run.child.kill(signal);
      assert.equal(await run.exited, 0);
      assert.match(run.printed.out, /\nStopped\.\n$/);
      assert.equal(run.printed.err, '');
    }
  });

  for (const [what, pause, code] of [
    ['waits for a call under way when Ctrl-C comes twice, as from a terminal and from npm', 50, 0],
    ['waits no longer when it is asked again', 700, 1],
  ] as const) {
    test(what, async () => {
      const port = await freePorts();
      const run = start(['--empty', '--port', String(port)]);
      await ready(run);
      const call = connect(port, '127.0.0.1').on('error', () => {});
      call.write(`POST /oauth/token HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Length: 10\r\n\r\n`);
      await delay(100);
      run.child.kill('SIGINT');
      await delay(pause);
      run.child.kill('SIGINT');
      assert.equal(await run.exited, code);
      assert.equal(/\nStopped\.\n$/.test(run.printed.out), code === 0);
      call.destroy();
    });
  }

  test('gives no token for an organization that nobody has created', async () => {
    const port = await freePorts();
    await ready(start(['--empty', '--port', String(port)]));
    await createOrganization(port, 'northwind');
    assert.equal((await askForToken(port, 'northwind')).status, 200);
    const mistyped = await askForToken(port, 'northwnd');
    assert.equal(mistyped.status, 401);
    assert.equal(((await mistyped.json()) as { error: string }).error, 'invalid_client');
  });

  test('adds audit records to the file that it names, and prints none', async () => {
    const port = await freePorts();
    const run = start(['--empty', '--port', String(port)]);
    await ready(run);
    await createOrganization(port, 'northwind');
    await listTools(port, await tokenOf(port, 'northwind'));
    const [, file = ''] = /^Audit records: (\S+) \(deleted when this stops\)$/m.exec(run.printed.out) ?? [];
    const records = (await readFile(file, 'utf8')).trimEnd().split('\n');
    assert.ok(records.map((line) => JSON.parse(line).audit).includes('token-issued'));
    run.child.kill('SIGINT');
    await run.exited;
    assert.doesNotMatch(run.printed.out + run.printed.err, /"audit"/);
    await assert.rejects(readFile(file), { code: 'ENOENT' });
  });
});

describe('npm start --data', { concurrency: false }, () => {
  let folder: string;
  let port: number;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'finance-mcp-'));
    port = await freePorts();
  });
  after(() => rm(folder, { recursive: true }));

  test('lets one process at a time use the folder, and takes it over from one that was killed', async () => {
    const args = ['--empty', '--port', String(port), '--data', folder];
    const first = start(args);
    await ready(first);
    assert.match(
      first.printed.out,
      new RegExp(
        `^Organizations: none yet\\. To create one: npm run organizations -- create acme --local ${port}$`,
        'm',
      ),
    );
    await createOrganization(port, 'northwind');
    await createOrganization(port, 'globex');
    const accessToken = await tokenOf(port, 'northwind');

    const second = start(['--empty', '--port', String(await freePorts()), '--data', folder]);
    assert.equal(await second.exited, 1);
    assert.match(second.printed.err, new RegExp(`is in use by process ${first.child.pid}\\.`));

    first.child.kill('SIGKILL');
    await first.exited;
    const third = start(args);
    await ready(third);
    // Signed before the kill, with a key that the folder kept.
    assert.equal((await listTools(port, accessToken)).status, 200);
    assert.match(third.printed.out, /^Organizations: globex, northwind$/m);
    const [, file = ''] = /^Audit records: (\S+)$/m.exec(third.printed.out) ?? [];
    assert.equal(file, join(folder, 'audit.ndjson'));
    assert.match(await readFile(file, 'utf8'), /"token-issued"/);
  });

  test('refuses a folder with other things in it, and leaves them alone', async () => {
    const other = await mkdtemp(join(folder, '..', 'finance-mcp-'));
    try {
      await writeFile(join(other, 'secrets.json'), '{}');
      await writeFile(join(other, 'thesis.tex'), '');
      const run = start(['--empty', '--port', String(port), '--data', other]);
      assert.equal(await run.exited, 1);
      assert.equal(
        run.printed.err,
        `The folder ${other} contains other files (thesis.tex): expected a new or empty folder, or one that the local edition created.\n`,
      );
      assert.deepEqual((await readdir(other)).sort(), ['secrets.json', 'thesis.tex']);
    } finally {
      await rm(other, { recursive: true });
    }
  });

  test('says why a folder cannot be used', async () => {
    const run = start(['--empty', '--port', String(port), '--data', script]);
    assert.equal(await run.exited, 1);
    assert.match(run.printed.err, /^The folder .+start\.ts cannot be created: EEXIST\.\n$/);
  });
});
