import { resultOf, structuredContentOf } from './answer.ts';
import type { ContestantName, Terms } from './contestants.ts';
import { callOf, listOfTools } from './event.ts';
import { progress } from './progress.ts';
import { withServers } from './servers.ts';

export interface ByteFigures {
  /** The result of `tools/list`, as JSON. */
  toolsList: number;
  /** The whole body of a `list_invoices` answer with 25 rows. */
  listInvoices: number;
}

/** Bytes of what each contestant answers. */
export async function measureBytes(
  endpoint: string,
  terms: Terms,
): Promise<Record<ContestantName, ByteFigures>> {
  return withServers(endpoint, terms, async (servers) => {
    const figures: [ContestantName, ByteFigures][] = [];
    for (const server of servers) {
      progress(`bytes: ${server.name}`);
      const { answer: tools } = await server.ask(listOfTools, 1);
      const { answer: invoices } = await server.ask(callOf('list_invoices'), 1);
      const { returned } = structuredContentOf(invoices) as { returned: number };
      if (returned !== 25) throw new Error(`Expected 25 invoices to weigh, ${server.name} gave ${returned}.`);
      figures.push([
        server.name,
        {
          toolsList: Buffer.byteLength(JSON.stringify(resultOf(tools))),
          listInvoices: Buffer.byteLength(invoices.body),
        },
      ]);
    }
    return Object.fromEntries(figures) as Record<ContestantName, ByteFigures>;
  });
}
