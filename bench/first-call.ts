import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { here } from './bundle.ts';
import { round, type Spread, spreadOf } from './statistics.ts';

const program = here('children/first-call.mjs');

export interface FirstCall<Answer> {
  /** Milliseconds: all from the start of the process, and what of it went into loading and into answering. */
  timing: { total: number; import: number; call: number };
  answer: Answer;
}

/** Starts a process that loads a bundle and lets its handler answer one event. */
export async function firstCall<Answer>(
  bundle: string,
  event: object,
  environment: Record<string, string>,
): Promise<FirstCall<Answer>> {
  const folder = mkdtempSync(join(tmpdir(), 'finance-mcp-event-'));
  try {
    const eventFile = join(folder, 'event.json');
    writeFileSync(eventFile, JSON.stringify(event));
    const spawnedAt = process.hrtime.bigint();
    const child = spawn(process.execPath, [program, bundle, eventFile, String(spawnedAt)], {
      env: environment,
      stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
    });
    const told = await text(child.stdio[3] as NodeJS.ReadableStream);
    if (told === '') throw new Error(`The process of ${bundle} ended before it had answered.`);
    return JSON.parse(told) as FirstCall<Answer>;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export interface StartFigures {
  bundleBytes: number;
  totalMs: Spread;
  /** The total of every run, in their order: those of one run were measured one after the other. */
  runsMs: number[];
  importMs: Spread;
  callMs: Spread;
}

export const startFigures = (
  bundleBytes: number,
  calls: readonly Pick<FirstCall<unknown>, 'timing'>[],
): StartFigures => ({
  bundleBytes,
  totalMs: spreadOf(calls.map(({ timing }) => timing.total)),
  runsMs: calls.map(({ timing }) => round(timing.total, 2)),
  importMs: spreadOf(calls.map(({ timing }) => timing.import)),
  callMs: spreadOf(calls.map(({ timing }) => timing.call)),
});
