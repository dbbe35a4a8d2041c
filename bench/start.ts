import type { APIGatewayProxyResult } from 'aws-lambda';
import { assertSameAnswers, structuredContentOf } from './answer.ts';
import { type ContestantName, type Terms, withContestants } from './contestants.ts';
import { environmentFor } from './environment.ts';
import { callOf, eventOf } from './event.ts';
import { type FirstCall, firstCall, type StartFigures, startFigures } from './first-call.ts';
import { progress } from './progress.ts';

const question = callOf('list_invoices');

/** From the start of a process to its first answered tool call; the contestants take turns. */
export async function measureStart(
  endpoint: string,
  terms: Terms,
  runs: number,
): Promise<Record<ContestantName, StartFigures>> {
  return withContestants(terms, async (contestants) => {
    const calls = contestants.map((): FirstCall<APIGatewayProxyResult>[] => []);
    for (let run = 1; run <= runs; run++) {
      progress(`start: run ${run} of ${runs}`);
      for (const [at, { bundle, era, environment }] of contestants.entries()) {
        const event = eventOf(question, era, terms.organization);
        const answered = await firstCall<APIGatewayProxyResult>(bundle, event, {
          ...environmentFor(endpoint),
          ...environment,
        });
        calls[at]?.push(answered);
      }
      assertSameAnswers(
        contestants.map(({ name }, at) => [name, structuredContentOf(calls[at]?.at(-1)?.answer)]),
      );
    }
    const figures = contestants.map(({ name, bundleBytes }, at) => [
      name,
      startFigures(bundleBytes, calls[at] ?? []),
    ]);
    return Object.fromEntries(figures) as Record<ContestantName, StartFigures>;
  });
}
