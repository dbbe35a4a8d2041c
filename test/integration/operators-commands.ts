/** The operators' commands, run as people run them but for npm itself. */

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { endingWithParent } from '../support/programs.ts';

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** What is typed or piped in; nothing when left out. */
  readonly input?: string;
  /** On top of an environment without any settings of AWS. */
  readonly environment?: NodeJS.ProcessEnv;
}

const settingsOfAws = /^(AWS_|USER_POOL_ID$|TABLE_NAME$|PUBLIC_ORIGIN$)/;

/** What one run has compiled, the next need not: half of what a short command takes. */
const compiled = mkdtempSync(join(tmpdir(), 'operators-compiled-'));
after(() => rmSync(compiled, { recursive: true, force: true }));

/** @param command the file in `cli/`, without its ending */
export function runOperator(
  command: string,
  args: readonly string[],
  { input = '', environment = {} }: CommandOptions = {},
): Promise<CommandResult> {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !settingsOfAws.test(name)),
  );
  const child = spawn(process.execPath, [...endingWithParent, `cli/${command}.ts`, ...args], {
    cwd: join(import.meta.dirname, '../..'),
    // The files and the address where the AWS SDK would look for somebody's own credentials.
    env: {
      ...inherited,
      AWS_CONFIG_FILE: '/nowhere',
      AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
      AWS_EC2_METADATA_DISABLED: 'true',
      NODE_COMPILE_CACHE: compiled,
      ...environment,
    },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // A command that refuses its arguments does not wait for its input.
  child.stdin.on('error', () => undefined).end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
