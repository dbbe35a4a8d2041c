import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { temporaryFiles } from '../support/import-files.ts';

/* What a test run starts is gone when the run is, however it ended. */

const root = join(import.meta.dirname, '../..');
const write = temporaryFiles();

/** Inherited from the runner of this file, it would make a runner report to that one. */
const { NODE_TEST_CONTEXT: _, ...environment } = process.env;

/** A test file that starts the local edition, says where it is, and goes on as told. */
const testFile = (name: string, next: string): string =>
  write(
    name,
    `import { startLocalEdition } from ${JSON.stringify(join(root, 'test/support/local-edition.ts'))};
const edition = await startLocalEdition(['--empty']);
console.log('Started ' + edition.url);
${next}`,
  );

/** Starts a program and waits for the first line of its output that matches. */
async function startUntil(
  args: readonly string[],
  line: RegExp,
): Promise<{ child: ChildProcess; found: string }> {
  const child = spawn(process.execPath, args, { cwd: root, env: environment });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const ended = once(child, 'close');
  while (!line.test(output)) {
    await Promise.race([delay(50), ended]);
    assert.ok(child.exitCode === null || line.test(output), output);
  }
  return { child, found: line.exec(output)?.[1] ?? '' };
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

/** Waits until something is so; 30 seconds at most, on a machine that does much else. */
async function becomes(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let look = 0; look < 300; look++) {
    if (await holds()) return;
    await delay(100);
  }
  assert.fail(`It did not become so: ${what}`);
}

describe('a local edition of the tests is stopped', () => {
  test('when the preparation fails', async () => {
    const file = testFile('failing.ts', `throw new Error('The preparation fails.');`);
    const { child, found } = await startUntil(['--test', file], /Started (\S+)/);
    if (child.exitCode === null) await once(child, 'exit');
    assert.equal(child.exitCode, 1);
    await becomes('stopped', async () => !(await answers(found)));
  });

  test('when the test file is killed', async () => {
    const file = testFile('waiting.ts', 'setInterval(() => {}, 1000);');
    const { child, found } = await startUntil([file], /Started (\S+)/);
    assert.equal(await answers(found), true);
    child.kill('SIGKILL');
    await becomes('stopped', async () => !(await answers(found)));
  });
});

/** The processes that descend from one, as Linux tells. */
function descendants(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), parentOf(Number(name))] as const);
  const children = parents.filter(([, parent]) => parent === pid).map(([child]) => child);
  return [...children, ...children.flatMap(descendants)];
}

/** Undefined of a process that is gone, or dead and not yet taken note of (Z). */
function parentOf(pid: number): number | undefined {
  try {
    const [, state, parent] = /\) (\w) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return state === 'Z' ? undefined : Number(parent);
  } catch {
    return undefined;
  }
}

const skip = existsSync('/proc/self/stat') ? false : 'Only Linux tells what descends from a process.';

test('npm test leaves nothing behind when it is killed', { skip }, async () => {
  const { child } = await startUntil(['test/run.ts', 'unit'], /(✔|▶)/);
  const started = descendants(child.pid ?? 0);
  assert.ok(started.length > 0, 'a test file');
  child.kill('SIGKILL');
  await becomes('gone', () => started.every((pid) => parentOf(pid) === undefined));
});
