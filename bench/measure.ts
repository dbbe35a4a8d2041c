import { cpus, totalmem } from 'node:os';
import { loadDemo } from '../local/demo.ts';
import { type ByteFigures, measureBytes } from './bytes.ts';
import type { ContestantName, Terms } from './contestants.ts';
import { startDynamoDB } from './dynamodb.ts';
import { tableName } from './environment.ts';
import { measureGrowth, type SizeFigures } from './growth.ts';
import type { Options, Part } from './options.ts';
import { progress } from './progress.ts';
import { measureRuntime, type RuntimeFigures, type Skipped } from './runtime.ts';
import { measureStart, type StartFigures } from './start.ts';
import { measureStatements, type StatementFigures } from './statements.ts';
import { judge, type Verdict } from './targets.ts';
import { measureWarm, type WarmFigures } from './warm.ts';

/** Everything that one run measured; a part that was not asked for is missing. */
export interface Figures {
  machine: Record<string, string | number>;
  options: Options;
  start?: Record<ContestantName, StartFigures>;
  /** Cold starts in Lambda's own runtime client. */
  runtime?: RuntimeFigures | Skipped;
  warm?: WarmFigures;
  /** With the store's answers kept in memory: what is left is the servers' own work. */
  warmWithoutStore?: WarmFigures;
  bytes?: Record<ContestantName, ByteFigures>;
  growth?: SizeFigures[];
  /** By the format of bank statements. */
  statements?: Record<string, StatementFigures>;
  targets: Verdict[];
}

/** The demo's organization whose books the servers are asked about. */
const organization = 'northwind';

/** Measures the parts that were asked for, one after the other. */
export async function measure(options: Options): Promise<Figures> {
  const asked = (...parts: Part[]): boolean => parts.some((part) => options.parts.includes(part));
  const figures: Omit<Figures, 'targets'> = { machine: machine(), options };
  if (asked('start', 'runtime', 'warm', 'bytes')) {
    const terms: Terms = { organization };
    const dynamoDB = await startDynamoDB();
    try {
      const { endpoint } = dynamoDB;
      await loadDemo({ endpoint, tableName, log: progress });
      if (asked('start')) figures.start = await measureStart(endpoint, terms, options.runs);
      if (asked('runtime')) figures.runtime = await measureRuntime(endpoint, terms, options.runs);
      if (asked('warm')) {
        figures.warm = await measureWarm(endpoint, terms, options.calls);
        const alone = { ...terms, storeKept: true };
        figures.warmWithoutStore = await measureWarm(endpoint, alone, options.calls);
      }
      if (asked('bytes')) figures.bytes = await measureBytes(endpoint, terms);
    } finally {
      await dynamoDB.close();
    }
  }
  if (asked('units', 'import')) {
    figures.growth = await measureGrowth(options.sizes, { withUnits: asked('units') });
  }
  if (asked('statements')) figures.statements = await measureStatements(options.runs);
  return { ...figures, targets: judge(figures) };
}

const machine = (): Figures['machine'] => ({
  date: new Date().toISOString().slice(0, 10),
  node: process.version,
  platform: `${process.platform}-${process.arch}`,
  cpu: cpus()[0]?.model ?? 'unknown',
  cpus: cpus().length,
  memoryGB: Math.round(totalmem() / 2 ** 30),
});
