import { dirname, join } from 'node:path';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { ReaderSessions, readerRoleArn, startSts } from '../local/reader-role.ts';
import { Assembly } from '../test/runtime/assembly.ts';
import {
  ExecutionEnvironment,
  type LambdaConfiguration,
  startRuntimeApi,
} from '../test/runtime/execution-environment.ts';
import { buildRuntimeClient } from '../test/runtime/runtime-client.ts';
import { assertSameAnswers, structuredContentOf } from './answer.ts';
import { bundle, here } from './bundle.ts';
import { type Contestant, type ContestantName, type Terms, withContestants } from './contestants.ts';
import { environmentFor, region } from './environment.ts';
import { callOf, type Era, eventOf } from './event.ts';
import { progress } from './progress.ts';
import { ratioOf, round, type Spread, spreadOf } from './statistics.ts';

/**
 * `hello` answers without doing anything. `finance-mcp` reads the table with its own rights, as the peers do;
 * `finance-mcp-isolated` takes on the reader role first, as it is deployed.
 */
type Name = ContestantName | 'hello' | 'finance-mcp-isolated';

export interface ColdStartFigures {
  /** Milliseconds from the start of the process until the runtime client asks for the first event. */
  initMs: Spread;
  /** Until the first answer has arrived. */
  totalMs: Spread;
  /** The total of every run, in their order: those of one run were measured one after the other. */
  runsMs: number[];
}

export interface RuntimeFigures {
  coldStarts: Record<Name, ColdStartFigures>;
  /** Medians of what one run's totals are to each other; `above hello` compares what is more than the floor. */
  ratios: Record<string, number>;
}

/** That the runtime client cannot be had on this machine. */
export interface Skipped {
  skipped: string;
}

interface Runner {
  name: Name;
  configuration: LambdaConfiguration;
  era: Era;
  starts: ColdStart[];
}

interface ColdStart {
  init: number;
  total: number;
  answer: APIGatewayProxyResult;
}

const question = callOf('list_invoices');

/** Cold starts in Lambda's own runtime client, the product's as it was synthesized; all take turns. */
export async function measureRuntime(
  endpoint: string,
  { organization }: Terms,
  runs: number,
): Promise<RuntimeFigures | Skipped> {
  const absence = buildRuntimeClient();
  if (absence !== undefined) return { skipped: absence };
  progress('runtime: synthesizing');
  const assembly = Assembly.synthesize();
  const sts = await startSts(new ReaderSessions());
  try {
    return await withContestants({ organization }, async (contestants) => {
      const runners = await runnersOf(assembly, contestants, endpoint, sts.endpoint);
      for (let run = 1; run <= runs; run++) {
        progress(`runtime: run ${run} of ${runs}`);
        for (const { configuration, era, starts } of runners) {
          starts.push(await coldStart(configuration, eventOf(question, era, organization)));
        }
        assertSameAnswers(
          runners
            .filter(({ name }) => name !== 'hello')
            .map(({ name, starts }) => [name, structuredContentOf(starts.at(-1)?.answer)]),
        );
      }
      return figuresOf(runners);
    });
  } finally {
    await sts.close();
    assembly.remove();
  }
}

async function runnersOf(
  assembly: Assembly,
  contestants: readonly Contestant[],
  endpoint: string,
  sts: string,
): Promise<Runner[]> {
  const variables = environmentFor(endpoint);
  const { USER_POOL_JWKS = '', AWS_ENDPOINT_URL_DYNAMODB = '' } = variables;
  const synthesized = (role: string): LambdaConfiguration =>
    assembly.configuration('Mcp', {
      references: { ...variables, READER_ROLE_ARN: role },
      added: { USER_POOL_JWKS, AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL_STS: sts },
      accessKeyId: 'local',
      region,
    });
  const withOwnRights = synthesized('');

  const peers = contestants.filter(({ name }) => name !== 'finance-mcp');
  const folder = dirname(peers[0]?.bundle ?? '');
  await bundle(here('hello-handler.ts'), join(folder, 'hello.cjs'));
  const inFolder = (name: Name, added: Readonly<Record<string, string>> = {}): LambdaConfiguration => ({
    ...withOwnRights,
    code: folder,
    handler: `${name}.handler`,
    variables: { ...variables, ...added },
  });

  return [
    { name: 'hello', era: 'modern', configuration: inFolder('hello'), starts: [] },
    { name: 'finance-mcp', era: 'modern', configuration: withOwnRights, starts: [] },
    { name: 'finance-mcp-isolated', era: 'modern', configuration: synthesized(readerRoleArn), starts: [] },
    ...peers.map(({ name, era, environment }) => ({
      name,
      era,
      configuration: inFolder(name, environment),
      starts: [],
    })),
  ];
}

async function coldStart(configuration: LambdaConfiguration, event: object): Promise<ColdStart> {
  const api = await startRuntimeApi(configuration);
  const started = performance.now();
  const environment = new ExecutionEnvironment(configuration, api);
  try {
    await environment.initialized;
    const init = performance.now() - started;
    const answer = (await environment.invoke(event)) as APIGatewayProxyResult;
    return { init, total: performance.now() - started, answer };
  } finally {
    await environment.stop();
  }
}

function figuresOf(runners: readonly Runner[]): RuntimeFigures {
  const totals = new Map(runners.map(({ name, starts }) => [name, starts.map(({ total }) => total)]));
  const of = (name: Name): readonly number[] => totals.get(name) ?? [];
  const above = (name: Name): number[] => of(name).map((total, run) => total - (of('hello')[run] ?? 0));
  const compared: readonly (readonly [Name, Name])[] = [
    ['finance-mcp', 'sdk'],
    ['finance-mcp-isolated', 'sdk'],
    ['finance-mcp', 'stdio-adapter'],
    ['finance-mcp', 'hello'],
  ];
  return {
    coldStarts: Object.fromEntries(
      runners.map(({ name, starts }) => [
        name,
        {
          initMs: spreadOf(starts.map(({ init }) => init)),
          totalMs: spreadOf(of(name)),
          runsMs: of(name).map((total) => round(total, 2)),
        },
      ]),
    ) as Record<Name, ColdStartFigures>,
    ratios: Object.fromEntries([
      ...compared.map(([name, other]) => [`${name} / ${other}`, ratioOf(of(name), of(other))]),
      ['finance-mcp / sdk, above hello', ratioOf(above('finance-mcp'), above('sdk'))],
    ]),
  };
}
