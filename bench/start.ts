import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { assertSameAnswers, structuredContentOf } from './answer.ts';
import { here } from './bundle.ts';
import { type Contestant, type ContestantName, type Terms, withContestants } from './contestants.ts';
import { environmentFor } from './environment.ts';
import { callOf, eventOf } from './event.ts';
import { progress } from './progress.ts';
import { round, type Spread, spreadOf } from './statistics.ts';

export interface StartFigures {
  bundleBytes: number;
  totalMs: Spread;
  /** The total of every run, in their order: those of one run were measured one after the other. */
  runsMs: number[];
  importMs: Spread;
  callMs: Spread;
}

interface FirstCall {
  /** Milliseconds: all from the start of the process, and what of it went into loading and into answering. */
  timing: { total: number; import: number; call: number };
  answer: APIGatewayProxyResult;
}

const program = here('children/first-call.mjs');
const question = callOf('list_invoices');

/** From the start of a process to its first answered tool call; the contestants take turns. */
export async function measureStart(
  endpoint: string,
  terms: Terms,
  runs: number,
): Promise<Record<ContestantName, StartFigures>> {
  return withContestants(terms, async (contestants) => {
    const measured = contestants.map((contestant) => ({ contestant, calls: [] as FirstCall[] }));
    for (let run = 1; run <= runs; run++) {
      progress(`start: run ${run} of ${runs}`);
      for (const { contestant, calls } of measured) {
        calls.push(await firstCall(contestant, endpoint, terms.organization));
      }
      assertSameAnswers(
        measured.map(({ contestant, calls }) => [contestant.name, structuredContentOf(calls.at(-1)?.answer)]),
      );
    }
    const figures = measured.map(({ contestant, calls }) => [contestant.name, figuresOf(contestant, calls)]);
    return Object.fromEntries(figures) as Record<ContestantName, StartFigures>;
  });
}

/** Starts a process that loads a contestant's bundle and lets its handler answer one event. */
async function firstCall(
  { bundle, era, environment }: Contestant,
  endpoint: string,
  organization: string,
): Promise<FirstCall> {
  const folder = mkdtempSync(join(tmpdir(), 'finance-mcp-event-'));
  try {
    const eventFile = join(folder, 'event.json');
    writeFileSync(eventFile, JSON.stringify(eventOf(question, era, organization)));
    const spawnedAt = process.hrtime.bigint();
    const child = spawn(process.execPath, [program, bundle, eventFile, String(spawnedAt)], {
      env: { ...environmentFor(endpoint), ...environment },
      stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
    });
    const report = await text(child.stdio[3] as NodeJS.ReadableStream);
    if (report === '') throw new Error(`The process of ${bundle} ended before it had answered.`);
    return JSON.parse(report) as FirstCall;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const figuresOf = ({ bundleBytes }: Contestant, calls: readonly FirstCall[]): StartFigures => ({
  bundleBytes,
  totalMs: spreadOf(calls.map(({ timing }) => timing.total)),
  runsMs: calls.map(({ timing }) => round(timing.total, 2)),
  importMs: spreadOf(calls.map(({ timing }) => timing.import)),
  callMs: spreadOf(calls.map(({ timing }) => timing.call)),
});
