/** `npm start`: runs the local edition until it is stopped. */

import './node-version.cjs';
import { DataDirectoryError } from './data-directory.ts';
import type { Demo } from './edition.ts';
import { FlagError, type Flags, parseFlags, usage } from './flags.ts';
import { introduction } from './introduction.ts';
import { PortInUseError } from './loopback.ts';

const exitCodes = { stopped: 0, failed: 1, misused: 2 };

/** Mistakes of the person who starts it: told in their own words, without a stack. */
const expected = [FlagError, PortInUseError, DataDirectoryError];

/** Milliseconds within which two signals are one: npm passes Ctrl-C on to whom the terminal has told already. */
const echo = 500;

/** Closes what runs by now. */
let close: () => Promise<void> = async () => {};

function stopWhenAsked(): void {
  let asked: number | undefined;
  async function stop(): Promise<void> {
    if (asked !== undefined) {
      // Asked once more, it does not wait for calls under way.
      if (Date.now() - asked > echo) process.exit(exitCodes.failed);
      return;
    }
    asked = Date.now();
    await close();
    console.log('Stopped.');
    process.exit(exitCodes.stopped);
  }
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

async function run(flags: Flags): Promise<void> {
  // Only now: a mistake in the flags is told at once, and an old Node is told before it fails to load the rest.
  const { startEdition } = await import('./edition.ts');
  const demo = flags.empty ? undefined : await importDemo();
  const edition = await startEdition({ port: flags.port, dataDir: flags.dataDir, demo, log: console.log });
  close = edition.close;

  console.log(introduction({ ...edition, dataDir: flags.dataDir, people: demo?.people ?? [] }));
  console.log(`Ready: ${edition.mcpUrl}`);
}

async function importDemo(): Promise<Demo> {
  const { demoPeople, loadDemo } = await import('./demo.ts');
  return { people: demoPeople, load: loadDemo };
}

try {
  const flags = parseFlags(process.argv.slice(2));
  if (flags.help) console.log(usage);
  else {
    stopWhenAsked();
    await run(flags);
  }
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  const isExpected = expected.some((kind) => error instanceof kind);
  console.error(isExpected ? message : `The local edition could not start: ${message}`);
  process.exitCode = error instanceof FlagError ? exitCodes.misused : exitCodes.failed;
}
