import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArguments } from '../cli/import/arguments.ts';
import { statementReaders } from '../cli/import/bank/formats.ts';
import { Findings } from '../cli/import/findings.ts';
import { openSources } from '../cli/import/source.ts';
import { inspectTextFile, readText } from '../cli/import/text-file.ts';
import { addDays } from '../shared/ledger/dates.ts';
import { type BankFamily, type BankStatement, statementWriters } from '../test/support/bank-writers.ts';
import { progress } from './progress.ts';
import { round, type Spread, spreadOf } from './statistics.ts';

/** How fast statements of a format are read. */
export interface StatementFigures {
  entries: number;
  megabytes: number;
  /** By the reader of the format alone. */
  entriesPerSecond: Spread;
  megabytesPerSecond: Spread;
  /** As an import reads them, from the file to checked records, which are not written. */
  recordedPerSecond: Spread;
}

const statements = 100;
const entriesInEach = 300;
const entries = statements * entriesInEach;

/** Reads one file of each format, as many times as told. */
export async function measureStatements(runs: number): Promise<Record<BankFamily, StatementFigures>> {
  const folder = await mkdtemp(join(tmpdir(), 'finance-mcp-bench-'));
  try {
    const figures: [string, StatementFigures][] = [];
    for (const family of Object.keys(statementWriters) as BankFamily[]) {
      progress(`statements: ${entries} entries of ${family}`);
      const path = join(folder, `statements.${family}`);
      await writeFile(path, statementWriters[family](generated(), { version: 1, zeros: '', isWide: true }));
      figures.push([family, await measureFile(path, family, runs)]);
    }
    return Object.fromEntries(figures) as Record<BankFamily, StatementFigures>;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureFile(path: string, family: BankFamily, runs: number): Promise<StatementFigures> {
  const { size } = await stat(path);
  const megabytes = size / 1_000_000;
  const file = await inspectTextFile(path);
  const seconds: number[] = [];
  const recorded: number[] = [];
  for (let run = 0; run < runs; run++) {
    seconds.push(
      await timed(() => countOf(statementReaders[family](readText(file)), ({ part }) => part === 'entry')),
    );
    recorded.push(
      await timed(async () => {
        const sources = await openSources(parseArguments(['--org', 'bench', '--dry-run', path]));
        const findings = new Findings({ refused: () => {}, rows: () => {} });
        return countOf(findings.records(sources), ({ kind }) => kind === 'bank_transaction');
      }),
    );
  }
  const perSecond = (of: readonly number[], amount: number, decimals: number) =>
    spreadOf(
      of.map((second) => amount / second),
      decimals,
    );
  return {
    entries,
    megabytes: round(megabytes, 1),
    entriesPerSecond: perSecond(seconds, entries, 0),
    megabytesPerSecond: perSecond(seconds, megabytes, 1),
    recordedPerSecond: perSecond(recorded, entries, 0),
  };
}

async function countOf<Item>(items: AsyncIterable<Item>, counts: (item: Item) => boolean): Promise<number> {
  let count = 0;
  for await (const item of items) if (counts(item)) count++;
  return count;
}

/** The seconds that a reading takes, which must find all entries. */
async function timed(read: () => Promise<number>): Promise<number> {
  const begun = performance.now();
  const count = await read();
  const seconds = (performance.now() - begun) / 1000;
  if (count !== entries) throw new Error(`${count} of ${entries} entries were read.`);
  return seconds;
}

/** Statements of days that follow each other. */
function generated(): BankStatement[] {
  let balance = 0;
  return Array.from({ length: statements }, (_, at) => {
    const day = addDays('2026-01-01', at);
    const opening = balance;
    const all = Array.from({ length: entriesInEach }, (_, number) => ({
      amount: (number % 3 === 0 ? 1 : -1) * (1_250 + 37 * number),
      bookingDate: day,
      valueDate: day,
      name: `Northwind Traders ${number % 40}`,
      text: `Invoice ${at}-${number}, order 4711, thank you for your purchase`,
      reference: `R${at}X${number}`,
      reversal: false,
    }));
    balance += all.reduce((sum, { amount }) => sum + amount, 0);
    const about = { sequence: at + 1, iban: 'NL26VAYB8060476890', currency: 'EUR', from: day, to: day };
    return { ...about, opening, closing: balance, entries: all };
  });
}
