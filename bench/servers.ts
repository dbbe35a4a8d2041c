import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { here } from './bundle.ts';
import { type Contestant, type ContestantName, type Terms, withContestants } from './contestants.ts';
import { environmentFor } from './environment.ts';
import { eventOf, type Question } from './event.ts';

const program = here('children/warm-calls.mjs');

/** How long each of some calls took (ms), and what the last one answered. */
interface Calls {
  durations: number[];
  answer: APIGatewayProxyResult;
}

/** A contestant in a process of its own that stays. */
export class Server {
  readonly name: ContestantName;
  readonly isAdapter: boolean;
  readonly #contestant: Contestant;
  readonly #organization: string;
  readonly #child: ChildProcess;

  constructor(contestant: Contestant, endpoint: string, organization: string) {
    this.name = contestant.name;
    this.isAdapter = contestant.name === 'stdio-adapter';
    this.#contestant = contestant;
    this.#organization = organization;
    this.#child = fork(program, [contestant.bundle], {
      execArgv: [],
      env: { ...environmentFor(endpoint), ...contestant.environment },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
  }

  async ready(): Promise<void> {
    await this.#message();
  }

  async ask(question: Question, count: number): Promise<Calls> {
    const event = eventOf(question, this.#contestant.era, this.#organization);
    const calls = this.#message();
    this.#child.send({ event, count });
    return (await calls) as Calls;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.disconnect();
    await exited;
  }

  /** The next message of the process, unless it ends before. */
  async #message(): Promise<unknown> {
    const ended = new AbortController();
    try {
      return await Promise.race([
        once(this.#child, 'message', { signal: ended.signal }).then(([message]: unknown[]) => message),
        once(this.#child, 'exit', { signal: ended.signal }).then(([code]: unknown[]) => {
          throw new Error(`The process of ${this.name} ended with code ${code}.`);
        }),
      ]);
    } finally {
      ended.abort();
    }
  }
}

/** Starts every contestant, and stops it when the work is over. */
export async function withServers<Result>(
  endpoint: string,
  terms: Terms,
  work: (servers: readonly Server[]) => Promise<Result>,
): Promise<Result> {
  return withContestants(terms, async (contestants) => {
    const servers = contestants.map((contestant) => new Server(contestant, endpoint, terms.organization));
    try {
      await Promise.all(servers.map((server) => server.ready()));
      return await work(servers);
    } finally {
      for (const server of servers) await server.stop();
    }
  });
}
