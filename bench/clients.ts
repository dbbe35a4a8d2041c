import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertSameAnswers } from './answer.ts';
import { bundle, here } from './bundle.ts';
import type { Terms } from './contestants.ts';
import { environmentFor } from './environment.ts';
import { type FirstCall, firstCall, type StartFigures, startFigures } from './first-call.ts';
import { progress } from './progress.ts';

/** Ways to ask DynamoDB for one page of invoices. */
const clientNames = ['plain', 'electrodb', 'dynamodb-toolbox', 'by-hand'] as const;
export type ClientName = (typeof clientNames)[number];

export interface ClientFigures extends StartFigures {
  /** Of the source, without blank lines and comments. */
  lines: number;
}

/** From the start of a process to the first page read; the clients take turns. */
export async function measureClients(
  endpoint: string,
  { organization, format }: Terms,
  runs: number,
): Promise<Record<ClientName, ClientFigures>> {
  const folder = mkdtempSync(join(tmpdir(), 'finance-mcp-clients-'));
  try {
    const clients = [];
    for (const name of clientNames) {
      const source = here(`peers/clients/${name}.ts`);
      const path = join(folder, `${name}.${format === 'esm' ? 'mjs' : 'cjs'}`);
      const bundleBytes = await bundle(source, path, { format });
      clients.push({ name, path, bundleBytes, lines: linesOf(source), calls: [] as FirstCall<unknown>[] });
    }
    for (let run = 1; run <= runs; run++) {
      progress(`clients: run ${run} of ${runs}`);
      for (const { path, calls } of clients) {
        calls.push(await firstCall(path, { organization }, environmentFor(endpoint)));
      }
      assertSameAnswers(clients.map(({ name, calls }) => [name, calls.at(-1)?.answer]));
    }
    const figures = clients.map(({ name, lines, bundleBytes, calls }) => [
      name,
      { lines, ...startFigures(bundleBytes, calls) },
    ]);
    return Object.fromEntries(figures) as Record<ClientName, ClientFigures>;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const linesOf = (source: string): number =>
  readFileSync(source, 'utf8')
    .split('\n')
    .filter((line) => !/^\s*($|\/\/|\/?\*)/.test(line)).length;
