/** `npm start`: runs the local edition until it is stopped. */

import './node-version.cjs';
import { DataDirectoryError } from './data-directory.ts';
import type { Demo } from './edition.ts';
import { FlagError, type Flags, parseFlags, usage } from './flags.ts';
import { introduction } from './introduction.ts';
import { PortInUseError } from './loopback.ts';

const exitCodes = { stopped: 0, failed: 1, misused: 2 };

/** Errors that the person who starts it can correct: only the message is printed, without a stack trace. */
const expected = [FlagError, PortInUseError, DataDirectoryError];

/** Milliseconds within which two signals count as one: npm forwards a Ctrl-C that the terminal has already sent. */
const echo = 500;

/** Closes what has been started so far. */
let close: () => Promise<void> = async () => {};

function stopWhenAsked(): void {
  let asked: number | undefined;
  async function stop(): Promise<void> {
    if (asked !== undefined) {
      // A second signal ends the process without waiting for calls in progress.
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
  // Imported only now, so that a wrong flag or an old Node is reported before the rest is loaded.
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
