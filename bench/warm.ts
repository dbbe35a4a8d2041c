import { assertSameAnswers, structuredContentOf } from './answer.ts';
import type { ContestantName, Terms } from './contestants.ts';
import { callOf } from './event.ts';
import { progress } from './progress.ts';
import { withServers } from './servers.ts';
import { type Spread, spreadOf } from './statistics.ts';

const warmTools = ['list_invoices', 'get_business'] as const;
type WarmTool = (typeof warmTools)[number];

/** Milliseconds of a call in a process that has answered many. */
export type WarmFigures = Record<WarmTool, Partial<Record<ContestantName, Spread>>>;

/** Calls of a contestant at a stretch, before it is another's turn. */
const callsPerTurn = 50;
const warmUpCalls = 300;
/** The adapter starts a process for every call: fewer of them say enough, and none is warmer than the first. */
const adapterCallsPerTurn = 2;

/** Warm calls; the contestants take turns. */
export async function measureWarm(endpoint: string, terms: Terms, calls: number): Promise<WarmFigures> {
  return withServers(endpoint, terms, async (servers) => {
    const figures: [WarmTool, Partial<Record<ContestantName, Spread>>][] = [];
    for (const tool of warmTools) {
      progress(`warm: ${tool}${terms.storeKept ? ', store kept in memory' : ''}`);
      const durations = new Map(servers.map((server) => [server, [] as number[]]));
      for (const server of servers) await server.ask(callOf(tool), server.isAdapter ? 1 : warmUpCalls);
      for (let turn = 0; turn < calls / callsPerTurn; turn++) {
        const answers: [ContestantName, unknown][] = [];
        for (const server of servers) {
          const count = server.isAdapter ? adapterCallsPerTurn : callsPerTurn;
          const asked = await server.ask(callOf(tool), count);
          durations.get(server)?.push(...asked.durations);
          answers.push([server.name, structuredContentOf(asked.answer)]);
        }
        assertSameAnswers(answers);
      }
      figures.push([
        tool,
        Object.fromEntries([...durations].map(([{ name }, values]) => [name, spreadOf(values, 3)])),
      ]);
    }
    return Object.fromEntries(figures) as WarmFigures;
  });
}
